package cmmsimport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// flaky fails the writes of the log for which refuse says so.
func flaky(refuse func(call int, e *synclog.Entry) bool) cmmsimport.LogRecorder {
	calls := 0
	return recorderFunc(func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
		if calls++; refuse(calls, e) {
			return errors.New("the log's tablespace is full")
		}
		return synclog.Recorder{}.Record(ctx, db, e)
	})
}

func TestLogRowsThatWaitGoOutInOrder(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i := range 6 {
		id := fmt.Sprint("A-", i)
		w.link(7, id)
		if i%2 == 0 {
			w.serve(id)
		}
	}
	opts := w.options()
	opts.Recorder = flaky(func(call int, _ *synclog.Entry) bool { return call >= 2 && call <= 6 })
	summary := w.sync(opts)
	w.checkAudit(summary)
	for i, e := range w.entries() {
		equal(t, "row", e.CMMSAssetID, fmt.Sprint("A-", i))
	}
}

// With AtomicLog a success is logged inside its transaction: not before the rows that wait.
func TestAnAtomicLogRowDoesNotOvertakeThoseThatWait(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id)
		w.serve(id)
	}
	w.exec(`CREATE TRIGGER full BEFORE INSERT ON cmms_sync_log FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'`)
	opts := w.options()
	opts.AtomicLog = true
	opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID == "A-3" {
			w.exec("DROP TRIGGER full")
		}
		return w.client.GetAsset(ctx, ref)
	})
	summary := w.sync(opts)
	equal(t, "successful", summary.Successful, 1)
	w.checkAudit(summary)
	for i, e := range w.entries() {
		equal(t, "row", e.CMMSAssetID, fmt.Sprint("A-", i+1))
	}
}

func TestAnAuditThatStaysIncompleteIsAnErrorAndInTheLogOutput(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id)
		w.serve(id)
	}
	var output bytes.Buffer
	opts := w.options()
	opts.Logger = slog.New(slog.NewJSONHandler(&output, nil))
	opts.Recorder = flaky(func(_ int, e *synclog.Entry) bool { return e.CMMSAssetID != "A-1" })

	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
	checkSums(t, summary)
	equal(t, "is ErrAuditIncomplete", errors.Is(err, cmmsimport.ErrAuditIncomplete), true)
	equal(t, "counts them", strings.Contains(err.Error(), "2 entries"), true)
	equal(t, "successful all the same", summary.Successful, 3)
	equal(t, "log rows", len(w.entries()), 1)
	for _, id := range []string{"A-2", "A-3"} {
		equal(t, id+" stands in the log output, whole", strings.Contains(output.String(), `"log entry not written"`) &&
			strings.Contains(output.String(), `"cmms_asset_id":"`+id+`"`) && strings.Contains(output.String(), `"Chilled water pump 7"`), true)
	}
}

func TestAtomicLogRollsBackWithItsLogRow(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.link(7, "A-1")
	w.serve("A-1")
	opts := w.options()
	opts.AtomicLog = true
	opts.Recorder = flaky(func(_ int, e *synclog.Entry) bool { return e.Status == synclog.Success })
	summary := w.sync(opts)
	equal(t, "failed", summary.Failed, 1)
	equal(t, "name", w.asset(id).AssetName, "")
	equal(t, "masters", w.count("ic3_vendor_master", "1 = 1"), 0)
	w.checkAudit(summary)
}

func TestALogTableThatRefusesRows(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2"} {
		w.link(7, id)
		w.serve(id)
	}
	w.exec(`CREATE TRIGGER full BEFORE INSERT ON cmms_sync_log FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'`)
	opts := w.options()
	opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if res.CMMSAssetID == "A-2" {
			w.exec("DROP TRIGGER full") // before the end of the run
		}
	}
	summary := w.sync(opts)
	equal(t, "successful", summary.Successful, 2)
	w.checkAudit(summary)
}

// TestFailuresAreMarkedWhileTheLogRefuses: OnlyFailed must find them, although their log rows wait behind another's.
func TestFailuresAreMarkedWhileTheLogRefuses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id) // and Innomaint knows none of them
	}
	w.exec(`CREATE TRIGGER full BEFORE INSERT ON cmms_sync_log FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'`)
	opts := w.options()
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
	equal(t, "audit incomplete", errors.Is(err, cmmsimport.ErrAuditIncomplete), true)
	equal(t, "marked", w.count("ic3_asset_master", "cmms_sync_status = 'Failed'"), 3)
}

func TestNoSecretIsWrittenAnywhere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.link(7, "A-2")
	w.serve("A-1")
	var output bytes.Buffer
	opts := w.options()
	opts.Logger = slog.New(slog.NewTextHandler(&output, &slog.HandlerOptions{Level: slog.LevelDebug}))
	opts.Recorder = flaky(func(int, *synclog.Entry) bool { return false })
	opts.Enrich = nil
	client := opts.Client
	opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID == "A-2" {
			return nil, fmt.Errorf("GET http://host/x?api_key=%[1]s: Authorization: Bearer %[1]s refused", apiToken)
		}
		return client.GetAsset(ctx, ref)
	})
	opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) { panic("password=" + apiToken) }
	w.sync(opts)
	equal(t, "in the log output", strings.Contains(output.String(), apiToken), false)
	equal(t, "in the table", w.count("cmms_sync_log", "error_message LIKE ?", "%"+apiToken+"%"), 0)
	equal(t, "failures in the table", w.count("cmms_sync_log", "status = 'Failed'"), 2)
}

func TestAMarkThatIsRefusedDoesNotHoldUpTheLog(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id)
		w.serve(id)
	}
	w.exec(`CREATE TRIGGER keep BEFORE UPDATE ON ic3_asset_master FOR EACH ROW
		IF NEW.cmms_asset_id = 'A-2' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'archived rows are kept as they are'; END IF`)
	summary := w.sync(w.options())
	equal(t, "successful", summary.Successful, 2)
	equal(t, "failed", summary.FailedByKind["database"], 1)
	equal(t, "log rows", len(w.entries()), 3)
	w.checkAudit(summary)
}
