package galera_test

import (
	"context"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/mariadbtest"
)

func TestNodesThatFail(t *testing.T) {
	t.Parallel()
	nodes := mariadbtest.StartCluster(t, 3)
	for range rounds(1, 10) {
		bothLogs(t, "killed in a transaction", func(t *testing.T, atomicLog bool) { killed(t, newDatabase(t, nodes), atomicLog) })
		bothLogs(t, "cut off", func(t *testing.T, atomicLog bool) { cutOff(t, newDatabase(t, nodes), atomicLog) })
	}
}

// killed kills the node that the sync is connected to before a transaction commits. The pool's next connection goes to
// another one.
func killed(t *testing.T, c cluster, atomicLog bool) {
	way := &path{sockets: []string{c.Nodes[0].Socket(), c.Nodes[1].Socket()}}
	w := invariant.NewWorld(t, way.pool(t, c.database), invariant.Size{})
	victim := w.Assets[len(w.Assets)/2].RowID
	var killedAt time.Time
	opts := w.Options()
	opts.AtomicLog = atomicLog
	opts.Repository = &meddler{seen: map[uint64]bool{}, meddle: func(row *cmmsimport.AssetMaster) {
		if row.ID == victim {
			killedAt = time.Now()
			c.Nodes[0].Kill(t)
		}
	}}
	opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if res.AssetID == victim {
			t.Logf("%.1f s from the node's end to the asset's commit through another", time.Since(killedAt).Seconds())
		}
	}
	summary, err := w.Run(t.Context(), opts)
	must(t, err)
	equal(t, "successful", summary.Successful, len(w.Assets))
	equal(t, "new assets", w.CountNew(t), len(w.Assets))
	c.check(t, w, 1, 2)
	c.Rejoin(t, 0)
	c.check(t, w, 0)
}

// cutOff parts the only node that the host knows from the others until it has refused the sync a statement.
func cutOff(t *testing.T, c cluster, atomicLog bool) {
	way := &path{sockets: []string{c.Nodes[0].Socket()}}
	w := invariant.NewWorld(t, way.pool(t, c.database), invariant.Size{})
	opts := w.Options()
	opts.AtomicLog = atomicLog
	client := opts.Client
	healed := make(chan struct{})
	opts.Client = cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID == w.Assets[len(w.Assets)/2].CMMSAssetID {
			c.Isolate(t, 0)
			go func() {
				defer close(healed)
				again := time.NewTicker(time.Millisecond)
				defer again.Stop()
				for way.refused.Load() == 0 && t.Context().Err() == nil {
					<-again.C
				}
				c.Reunite(t, 0)
			}()
		}
		return client.GetAsset(ctx, ref)
	})
	summary, err := w.Run(t.Context(), opts)
	must(t, err)
	<-healed
	t.Logf("%d answers 1047, %d conflicts; %v", way.refused.Load(), conflicts(w), summary)
	equal(t, "successful", summary.Successful, len(w.Assets))
	equal(t, "new assets", w.CountNew(t), len(w.Assets))
	c.AwaitSynced(t, 0, 1, 2)
	c.check(t, w, 0, 1, 2)
}
