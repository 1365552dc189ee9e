package cmmsimport_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// sameLines compares two lists line by line.
func sameLines(t testing.TB, what string, got, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// contains checks that each of the parts is in a text.
func contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in %q", part, text)
		}
	}
}

// checkSums checks what Summary promises of its numbers.
func checkSums(t testing.TB, s cmmsimport.Summary) {
	t.Helper()
	kinds := 0
	for _, n := range s.FailedByKind {
		kinds += n
	}
	if s.Total != s.Successful+s.Failed+s.Skipped || s.Successful != s.Changed+s.Unchanged || kinds != s.Failed {
		t.Errorf("the summary does not add up: %+v", s)
	}
}

// checkAudit checks that the asset rows, the log, the run's row and the summary agree.
func (w *world) checkAudit(s cmmsimport.Summary) {
	w.t.Helper()
	equal(w.t, "log rows of successes", w.count("cmms_sync_log", "run_id = ? AND status = 'Success'", s.RunID), int64(s.Successful))
	equal(w.t, "log rows of failures", w.count("cmms_sync_log", "run_id = ? AND status = 'Failed' AND error_kind IS NOT NULL AND error_message IS NOT NULL", s.RunID), int64(s.Failed))
	equal(w.t, "run's row", w.count("cmms_sync_run", "id = ? AND total = ? AND successful = ? AND failed = ? AND finished_at IS NOT NULL", s.RunID, s.Total, s.Successful, s.Failed), 1)
	equal(w.t, "leases", w.count("cmms_sync_lock", "1 = 1"), 0)
	equal(w.t, "asset rows that contradict their last log row", w.count(
		`ic3_asset_master a JOIN cmms_sync_log l ON l.customer_id = a.customer_id AND l.cmms_asset_id = a.cmms_asset_id
		 AND l.id = (SELECT MAX(id) FROM cmms_sync_log x WHERE x.customer_id = a.customer_id AND x.cmms_asset_id = a.cmms_asset_id)`,
		"a.cmms_sync_status <> l.status"), 0)
}

// checkStable checks that neither a dry run nor another sync would change anything.
func (w *world) checkStable(opts cmmsimport.Options) {
	w.t.Helper()
	opts.DryRun = true
	w.syncUnchanged(opts)
	opts.DryRun = false
	w.syncUnchanged(opts)
}

// syncUnchanged syncs, and checks that nothing changes.
func (w *world) syncUnchanged(opts cmmsimport.Options) cmmsimport.Summary {
	w.t.Helper()
	before := w.masters(masterTables...)
	opts.OnAsset = func(result cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if result.Err != nil || len(result.Changes) > 0 {
			w.t.Errorf("another sync (dry: %v) of %s: error %v, changes %v", opts.DryRun, result.CMMSAssetID, result.Err, result.Changes)
		}
	}
	summary := w.sync(opts)
	equal(w.t, "masters created by another sync", summary.MastersCreated, 0)
	sameLines(w.t, "masters after another sync", w.masters(masterTables...), before)
	return summary
}
