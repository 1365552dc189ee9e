package cmmsimport_test

import (
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestAssetTimeout(t *testing.T) {
	t.Parallel()
	t.Run("FailsTheAssetThatTheAPIDelays", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2", "A-3")
		w.api.ScriptAlways("A-2", innomainttest.Answer{Hold: make(chan struct{})})
		opts := w.options()
		opts.AssetTimeout = 2 * time.Second // enough for the other assets, even on a busy machine
		summary := w.sync(opts)
		equal(t, "successful", summary.Successful, 2)
		equal(t, "failed", summary.FailedByKind[innomaint.KindTimeout], 1)
		equal(t, "log rows that name the limit", w.count("cmms_sync_log", "error_message LIKE '%AssetTimeout%'"), 1)
		w.checkAudit(summary)
	})
	// Another session holds a lock on the row during the whole attempt. The row is marked at the end of the run.
	t.Run("FailsTheAssetWhoseRowIsLocked", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2", "A-3")
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
		equal(t, "failed", summary.FailedByKind[innomaint.KindTimeout], 1)
		w.checkAudit(summary)
	})
}
