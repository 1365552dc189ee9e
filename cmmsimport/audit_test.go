package cmmsimport_test

import (
	"bytes"
	"errors"
	"log/slog"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// loggedAssets returns the assets of cmms_sync_log, oldest row first.
func (w *world) loggedAssets() (ids []string) {
	w.t.Helper()
	for _, e := range w.entries() {
		ids = append(ids, e.CMMSAssetID)
	}
	return ids
}

func TestAudit(t *testing.T) {
	t.Parallel()
	t.Run("BufferedRowsAreWrittenInOrder", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add(numbered(6)...)
		for _, id := range []string{"A-1", "A-3", "A-5"} {
			w.api.RemoveAsset(id)
		}
		opts := w.options()
		opts.Recorder = refusing(func(call int, _ *synclog.Entry) bool { return call >= 2 && call <= 6 })
		w.checkAudit(w.sync(opts))
		sameLines(t, "log", w.loggedAssets(), numbered(6))
	})
	t.Run("RowsAreWrittenOnceTheTableAcceptsThem", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2")
		w.refuseLogRows()
		opts := w.options()
		opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
			if res.CMMSAssetID == "A-2" { // only the end of the run is left
				w.acceptLogRows()
			}
		}
		summary := w.sync(opts)
		equal(t, "successful", summary.Successful, 2)
		w.checkAudit(summary)
	})
	t.Run("UnwrittenRowsAreLoggedInFull", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2", "A-3")
		var output bytes.Buffer
		opts := w.options()
		opts.Logger = slog.New(slog.NewJSONHandler(&output, nil))
		opts.Recorder = refusing(func(_ int, e *synclog.Entry) bool { return e.CMMSAssetID != "A-1" })

		summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
		checkSums(t, summary)
		equal(t, "is ErrAuditIncomplete", errors.Is(err, cmmsimport.ErrAuditIncomplete), true)
		contains(t, err.Error(), "2 entries")
		equal(t, "successful", summary.Successful, 3)
		sameLines(t, "log", w.loggedAssets(), []string{"A-1"})
		contains(t, output.String(), `"log entry not written"`, `"cmms_asset_id":"A-2"`, `"cmms_asset_id":"A-3"`, `"Chilled water pump 7"`)
	})
	t.Run("FailuresAreMarkedAlthoughTheirRowsAreRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, id := range numbered(3) {
			w.link(7, id) // unknown to Innomaint
		}
		w.refuseLogRows()
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, w.options())
		equal(t, "is ErrAuditIncomplete", errors.Is(err, cmmsimport.ErrAuditIncomplete), true)
		equal(t, "marked as failed", w.count("ic3_asset_master", "cmms_sync_status = 'Failed'"), 3) // OnlyFailed finds them
	})
	t.Run("RefusedMarkDelaysNoRow", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2", "A-3")
		w.exec(`CREATE TRIGGER keep BEFORE UPDATE ON ic3_asset_master FOR EACH ROW
			IF NEW.cmms_asset_id = 'A-2' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'archived rows are read-only'; END IF`)
		summary := w.sync(w.options())
		equal(t, "successful", summary.Successful, 2)
		equal(t, "failed", summary.FailedByKind[cmmsimport.KindDatabase], 1)
		sameLines(t, "log", w.loggedAssets(), []string{"A-1", "A-2", "A-3"})
		w.checkAudit(summary)
	})
}

func TestAtomicLog(t *testing.T) {
	t.Parallel()
	t.Run("RefusedRowRollsBackTheAsset", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.link(7, "A-1")
		w.serve("A-1")
		opts := w.options()
		opts.AtomicLog = true
		opts.Recorder = refusing(func(_ int, e *synclog.Entry) bool { return e.Status == synclog.Success })
		summary := w.sync(opts)
		equal(t, "failed", summary.Failed, 1)
		equal(t, "asset_name", w.asset(id).AssetName, "")
		equal(t, "vendors", w.count("ic3_vendor_master", "1 = 1"), 0)
		w.checkAudit(summary)
	})
	t.Run("RowIsWrittenAfterTheBufferedOnes", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2", "A-3")
		w.refuseLogRows()
		opts := w.options()
		opts.AtomicLog = true
		opts.Client = w.before(func(ref innomaint.AssetRef) {
			if ref.AssetID == "A-3" {
				w.acceptLogRows()
			}
		})
		summary := w.sync(opts)
		equal(t, "successful", summary.Successful, 1)
		w.checkAudit(summary)
		sameLines(t, "log", w.loggedAssets(), []string{"A-1", "A-2", "A-3"})
	})
}
