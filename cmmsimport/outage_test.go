package cmmsimport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// TestTheDatabaseRestartsInMidRun kills the server while an asset is fetched, and starts it again.
func TestTheDatabaseRestartsInMidRun(t *testing.T) {
	t.Parallel()
	for _, atomic := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomic), func(t *testing.T) {
			t.Parallel()
			server := dbtest.Start(t)
			w := setupOn(t, server.Database(t))
			for i := range 5 {
				id := fmt.Sprint("A-", i)
				w.link(7, id)
				w.serve(id)
			}
			opts := w.options()
			opts.AtomicLog = atomic
			opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				if ref.AssetID == "A-2" {
					server.Kill(t)
					server.Restart(t)
				}
				return w.client.GetAsset(ctx, ref)
			})
			summary := w.sync(opts)
			equal(t, "successful", summary.Successful, 5)
			w.checkAudit(summary)
		})
	}
}

func TestConnectionsThatAreKilledBetweenAssets(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i := range 5 {
		id := fmt.Sprint("A-", i)
		w.link(7, id)
		w.serve(id)
	}
	killer := dbtest.Open(t, w.dsn)
	opts := w.options()
	opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		var ids []int
		must(t, killer.Raw("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()").Scan(&ids).Error)
		for _, id := range ids {
			_ = killer.Exec(fmt.Sprintf("KILL %d", id)).Error // it may be gone already
		}
		return w.client.GetAsset(ctx, ref)
	})
	summary := w.sync(opts)
	equal(t, "successful", summary.Successful, 5)
	w.checkAudit(summary)
}

// TestAnAssetRowThatSomebodyHolds locks one row through the whole attempt: that asset fails, and only it.
func TestAnAssetRowThatSomebodyHolds(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id)
		w.serve(id)
	}
	w.sync(w.options())
	holder := dbtest.Open(t, w.dsn).Begin()
	must(t, holder.Error)
	must(t, holder.Exec("UPDATE ic3_asset_master SET barcode = 'x' WHERE cmms_asset_id = 'A-1' AND customer_id = 7").Error)
	opts := w.options()
	opts.AssetTimeout = time.Second
	opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if res.CMMSAssetID == "A-3" {
			must(t, holder.Rollback().Error)
		}
	}
	summary := w.sync(opts)
	equal(t, "successful", summary.Successful, 2)
	equal(t, "failed", summary.FailedByKind["timeout"], 1)
	w.checkAudit(summary) // the row that was held is marked by the end of the run, too
}

func TestAPanicWithANetworkErrorIsNoOutage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.serve("A-1")
	opts, calls := w.options(), 0
	opts.Enrich = func(context.Context, *gorm.DB, cmmsimport.MasterResolver, *cmmsimport.AssetMaster, *innomaint.Asset) error {
		calls++
		panic(&net.OpError{Op: "dial", Err: errors.New("refused")})
	}
	equal(t, "failed", w.sync(opts).FailedByKind["panic"], 1)
	equal(t, "calls", calls, 1)
}

func TestAnEnricherThatReadsToTheEndOfSomethingIsNoOutage(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.serve("A-1")
	opts, calls := w.options(), 0
	opts.Enrich = func(context.Context, *gorm.DB, cmmsimport.MasterResolver, *cmmsimport.AssetMaster, *innomaint.Asset) error {
		calls++
		return json.NewDecoder(strings.NewReader("")).Decode(new(any)) // io.EOF
	}
	equal(t, "failed", w.sync(opts).FailedByKind["internal"], 1)
	equal(t, "calls", calls, 1)
}
