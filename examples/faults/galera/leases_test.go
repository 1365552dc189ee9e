package galera_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/invariant"
)

// twoRuns begins runs at the same moment through two nodes: whichever takes the lease waits in its first API call until
// the other run has returned, so that both would stand there if both had taken it.
func twoRuns(t *testing.T, c cluster) {
	w := invariant.NewWorld(t, c.node(t, 0), invariant.Size{Customers: 1, Assets: 2})
	pools := []*gorm.DB{c.node(t, 1), c.node(t, 2)}
	customer := w.Assets[0].CustomerID
	for n := range invariant.Rounds(20, 500) {
		opts := w.Options()
		if n%2 == 1 {
			opts.CustomerID = &customer
		}
		c.awaitApplied(t, 0)
		if n%4 > 1 { // leases of a run that died have just ended
			exec(t, w.DB, "INSERT INTO cmms_sync_lock VALUES ('all', 'x', 'dead', UTC_TIMESTAMP(6)), (?, 'x', 'dead', UTC_TIMESTAMP(6))", "customer:1")
		}
		won, refused := race(t, w, opts, pools)
		equal(t, "runs that took the lease", won, 1)
		equal(t, "runs that were refused", refused, 1)
		exec(t, w.DB, "DELETE FROM cmms_sync_lock WHERE run_id = 'x'")
		if t.Failed() {
			break
		}
	}
	c.check(t, w, 0, 1, 2)
	t.Logf("%d conflicts on the way", conflicts(w))
}

// race runs through both pools at once.
func race(t *testing.T, w *invariant.World, opts cmmsimport.Options, pools []*gorm.DB) (won, refused int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	client := opts.Client
	var inside atomic.Int32
	refusal := make(chan struct{})
	opts.Client = cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID == w.Assets[0].CMMSAssetID {
			if inside.Add(1) == 2 {
				t.Error("two runs are at work on one customer")
				cancel()
			}
			select {
			case <-refusal:
			case <-ctx.Done():
			}
		}
		return client.GetAsset(ctx, ref)
	})
	errs := make([]error, len(pools))
	var runs sync.WaitGroup
	for i, pool := range pools {
		runs.Go(func() {
			_, errs[i] = w.RunOn(ctx, pool, opts)
			if errors.Is(errs[i], cmmsimport.ErrSyncInProgress) {
				close(refusal)
			}
		})
	}
	runs.Wait()
	for _, err := range errs {
		switch {
		case err == nil:
			won++
		case errors.Is(err, cmmsimport.ErrSyncInProgress):
			refused++
		default:
			t.Error(err)
		}
	}
	return won, refused
}
