package cmmsimport_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestOnAssetComesAfterTheLogRow(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i := range 4 {
		id := fmt.Sprint("A-", i)
		w.link(7, id)
		if i != 2 {
			w.serve(id)
		}
	}
	opts, calls := w.options(), 0
	opts.OnAsset = func(res cmmsimport.AssetResult, p cmmsimport.Progress) {
		calls++
		equal(t, "log rows so far", len(w.entries()), calls)
		equal(t, "done", p.Done, calls)
		equal(t, "total", p.Total, 4)
		equal(t, "log row", w.entries()[calls-1].Status, res.Status)
		equal(t, "error", res.Err != nil, res.Status == synclog.Failed)
		equal(t, "nothing remains at the end", p.Remaining == 0, calls == 4)
	}
	w.sync(opts)
	equal(t, "calls", calls, 4)
}

func TestOnStartComesOnceBeforeTheFirstAsset(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.link(7, "A-2")
	w.serve("A-1")
	opts, customer := w.options(), uint64(7)
	opts.CustomerID = &customer
	var started []cmmsimport.Summary
	opts.OnStart = func(s cmmsimport.Summary) {
		equal(t, "requests before", w.api.Calls(), 0)
		equal(t, "the run's row", w.count("cmms_sync_run", "id = ? AND status = 'Running' AND total = 2", s.RunID), 1)
		equal(t, "its lease", w.count("cmms_sync_lock", "name = 'customer:7' AND run_id = ?", s.RunID), 1)
		started = append(started, s)
	}
	summary := w.sync(opts)
	equal(t, "calls", len(started), 1)
	equal(t, "run", started[0].RunID, summary.RunID)
	equal(t, "total", started[0].Total, 2)
	equal(t, "customer", *started[0].CustomerID, customer)
	equal(t, "kinds counted in the host's copy", len(started[0].FailedByKind), 0)
}

func TestAPanicInOnStartEndsTheRun(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	opts := w.options()
	opts.OnStart = func(cmmsimport.Summary) { panic("a bug in the host's tracing") }
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
	if err == nil || !strings.Contains(err.Error(), "OnStart") {
		t.Errorf("error %v", err)
	}
	equal(t, "skipped", summary.Skipped, 1)
	equal(t, "requests", w.api.Calls(), 0)
	equal(t, "runs that say so", w.count("cmms_sync_run", "status = 'Interrupted' AND error_message LIKE '%OnStart%'"), 1)
	equal(t, "leases", w.count("cmms_sync_lock", "TRUE"), 0)
}

func TestAPanicInOnAssetIsThatAssetsFailure(t *testing.T) {
	t.Parallel()
	for _, mode := range []struct{ atomic, dry bool }{{false, false}, {true, false}, {false, true}} {
		t.Run(fmt.Sprintf("%+v", mode), func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			for _, id := range []string{"A-1", "A-2", "A-3"} {
				w.link(7, id)
				w.serve(id)
			}
			opts := w.options()
			opts.AtomicLog, opts.DryRun = mode.atomic, mode.dry
			opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
				if res.CMMSAssetID == "A-2" {
					panic("a bug in the host's metrics")
				}
			}
			summary := w.sync(opts)
			equal(t, "successful", summary.Successful, 2)
			equal(t, "failed", summary.FailedByKind["panic"], 1)
			if mode.dry {
				equal(t, "log rows", len(w.entries()), 0)
				return
			}
			equal(t, "log rows", len(w.entries()), 3)
			equal(t, "the log agrees", w.count("cmms_sync_log",
				"cmms_asset_id = 'A-2' AND status = 'Failed' AND error_kind = 'panic' AND error_message LIKE '%committed before%' AND changes IS NOT NULL"), 1)
			equal(t, "the row is marked", w.count("ic3_asset_master", "cmms_asset_id = 'A-2' AND cmms_sync_status = 'Failed' AND asset_name IS NOT NULL"), 1)
			equal(t, "the run agrees", w.count("cmms_sync_run", "successful = 2 AND failed = 1"), 1)
		})
	}
}

// The first insert of the log row arrives, its answer does not, and then the callback panics: still one row.
func TestAPanicInOnAssetWhileItsLogRowWaits(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2"} {
		w.link(7, id)
		w.serve(id)
	}
	opts, lost := w.options(), false
	opts.Recorder = recorderFunc(func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
		if lost {
			return synclog.Recorder{}.Record(ctx, db, e)
		}
		lost = true
		arrived := *e
		must(t, synclog.Recorder{}.Record(ctx, db, &arrived))
		return errors.New("the answer was lost")
	})
	opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if res.CMMSAssetID == "A-1" {
			panic("a bug in the host's metrics")
		}
	}
	summary := w.sync(opts)
	equal(t, "failed", summary.FailedByKind["panic"], 1)
	w.checkAudit(summary)
}

func TestWhatOnAssetDoesToItsResultStaysThere(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.serve("A-1", map[string]any{"purchase_date": "soon"})
	opts := w.options()
	opts.Recorder = flaky(func(call int, _ *synclog.Entry) bool { return call == 1 }) // so that it waits
	opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		clear(res.Changes)
		clear(res.Warnings)
	}
	w.sync(opts)
	equal(t, "log rows that say it all", w.count("cmms_sync_log", "changes LIKE '%asset_name%' AND warnings LIKE '%soon%'"), 1)
}
