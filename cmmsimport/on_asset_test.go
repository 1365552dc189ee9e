package cmmsimport_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestOnAsset(t *testing.T) {
	t.Parallel()
	t.Run("RunsAfterTheLogRow", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add(numbered(4)...)
		w.api.RemoveAsset("A-2")
		opts, calls := w.options(), 0
		opts.OnAsset = func(res cmmsimport.AssetResult, p cmmsimport.Progress) {
			calls++
			entries := w.entries()
			equal(t, "log rows", len(entries), calls)
			equal(t, "status in the log", entries[calls-1].Status, res.Status)
			equal(t, "has an error", res.Err != nil, res.CMMSAssetID == "A-2")
			equal(t, "done", p.Done, calls)
			equal(t, "total", p.Total, 4)
			equal(t, "nothing remains", p.Remaining == 0, calls == 4)
		}
		w.sync(opts)
		equal(t, "calls", calls, 4)
	})
	t.Run("PanicFailsTheAsset", func(t *testing.T) {
		t.Parallel()
		for _, mode := range []struct{ atomic, dry bool }{{false, false}, {true, false}, {false, true}} {
			t.Run(fmt.Sprintf("AtomicLog=%t,DryRun=%t", mode.atomic, mode.dry), func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				w.add("A-1", "A-2", "A-3")
				opts := w.options()
				opts.AtomicLog, opts.DryRun = mode.atomic, mode.dry
				opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
					if res.CMMSAssetID == "A-2" {
						panic("a bug in the host's metrics")
					}
				}
				summary := w.sync(opts)
				equal(t, "successful", summary.Successful, 2)
				equal(t, "failed", summary.FailedByKind[cmmsimport.KindPanic], 1)
				if mode.dry {
					equal(t, "log rows", len(w.entries()), 0)
					return
				}
				equal(t, "log rows", len(w.entries()), 3)
				equal(t, "log rows of the failure", w.count("cmms_sync_log",
					"cmms_asset_id = 'A-2' AND status = 'Failed' AND error_kind = 'panic' AND error_message LIKE '%committed before%' AND changes IS NOT NULL"), 1)
				equal(t, "rows that are marked and keep the data", w.count("ic3_asset_master", "cmms_asset_id = 'A-2' AND cmms_sync_status = 'Failed' AND asset_name IS NOT NULL"), 1)
				equal(t, "runs with these numbers", w.count("cmms_sync_run", "successful = 2 AND failed = 1"), 1)
			})
		}
	})
	// The log row arrives, the response to its INSERT does not, and then the callback panics. There is one row.
	t.Run("PanicWhileTheLogRowIsBuffered", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2")
		opts, lost := w.options(), false
		opts.Recorder = recorderFunc(func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
			if lost {
				return synclog.Recorder{}.Record(ctx, db, e)
			}
			lost = true
			arrived := *e
			must(t, synclog.Recorder{}.Record(ctx, db, &arrived))
			return errors.New("the response was lost")
		})
		opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
			if res.CMMSAssetID == "A-1" {
				panic("a bug in the host's metrics")
			}
		}
		summary := w.sync(opts)
		equal(t, "failed", summary.FailedByKind[cmmsimport.KindPanic], 1)
		w.checkAudit(summary)
	})
	t.Run("CannotChangeTheLog", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "A-1")
		w.serve("A-1", map[string]any{"purchase_date": "soon"})
		opts := w.options()
		opts.Recorder = refusing(func(call int, _ *synclog.Entry) bool { return call == 1 }) // the row is buffered
		opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
			clear(res.Changes)
			clear(res.Warnings)
		}
		w.sync(opts)
		equal(t, "complete log rows", w.count("cmms_sync_log", "changes LIKE '%asset_name%' AND warnings LIKE '%soon%'"), 1)
	})
}
