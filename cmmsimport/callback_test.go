package cmmsimport_test

import (
	"fmt"
	"testing"

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
