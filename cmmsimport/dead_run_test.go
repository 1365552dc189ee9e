package cmmsimport_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// die makes a run look as one whose process died: Running, with a lease that has run out, and without the log rows of these
// assets.
func (w *world) die(summary cmmsimport.Summary, lease string, unlogged ...string) {
	w.t.Helper()
	w.exec("UPDATE cmms_sync_run SET status = 'Running', finished_at = NULL, duration_ms = NULL, successful = 0, failed = 0, current_asset = 'A-2' WHERE id = ?", summary.RunID)
	w.exec("INSERT INTO cmms_sync_lock (name, run_id, holder, expires_at) VALUES (?, ?, 'dead', UTC_TIMESTAMP(6) - INTERVAL 1 SECOND)", lease, summary.RunID)
	for _, asset := range unlogged {
		w.exec("DELETE FROM cmms_sync_log WHERE run_id = ? AND cmms_asset_id = ?", summary.RunID, asset)
	}
}

// threeAssets are of customer 7, and B-1 of customer 8; A-2 fails once.
func threeAssets(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2"} {
		w.link(7, id)
		w.serve(id)
	}
	w.link(8, "B-1")
	w.serve("B-1")
	w.api.Script("A-2", innomainttest.Answer{Status: 404, Body: "gone"})
	return w
}

func (w *world) runRow(id string) synclog.Run {
	w.t.Helper()
	runs, err := synclog.Runs(w.t.Context(), w.db, synclog.Filter{RunID: id})
	must(w.t, err)
	equal(w.t, "rows of the run", len(runs), 1)
	return runs[0]
}

func (w *world) rowsOf(runID string) map[string][]synclog.Entry {
	w.t.Helper()
	entries, err := synclog.Entries(w.t.Context(), w.db, synclog.Filter{RunID: runID})
	must(w.t, err)
	rows := map[string][]synclog.Entry{}
	for _, e := range entries {
		rows[e.CMMSAssetID] = append(rows[e.CMMSAssetID], e)
	}
	return rows
}

func customer(id uint64) *uint64 { return &id }

func contains(t testing.TB, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in %q", part, text)
		}
	}
}

// The next run closes a run that died, and writes what its log lacks.
func TestADeadRunIsRepaired(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dead, next *uint64
		unlogged   []string
	}{
		"whole by whole":                 {unlogged: []string{"A-1"}},
		"a failure":                      {unlogged: []string{"A-2"}},
		"a backlog":                      {unlogged: []string{"A-1", "A-2", "B-1"}},
		"nothing is missing":             {},
		"whole by manual":                {next: customer(7), unlogged: []string{"A-1"}},
		"whole by another's manual":      {next: customer(8), unlogged: []string{"A-2"}},
		"manual by manual":               {dead: customer(7), next: customer(7), unlogged: []string{"A-2"}},
		"manual by whole":                {dead: customer(7), unlogged: []string{"A-1"}},
		"manual by a manual of another":  {dead: customer(7), next: customer(8), unlogged: []string{"A-1"}},
		"by one that covers no asset":    {next: customer(99), unlogged: []string{"A-1"}},
		"manual, of the other customer ": {dead: customer(8), unlogged: []string{"B-1"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := threeAssets(t)
			opts := w.options()
			opts.CustomerID = tc.dead
			dead := w.sync(opts)
			lease := "all"
			if tc.dead != nil {
				lease = fmt.Sprint("customer:", *tc.dead)
			}
			marks := map[string]cmmsimport.AssetMaster{"A-1": w.asset(1), "A-2": w.asset(2), "B-1": w.asset(3)}
			w.die(dead, lease, tc.unlogged...)

			opts.CustomerID = tc.next
			next := w.sync(opts)
			run := w.runRow(dead.RunID)
			equal(t, "status", run.Status, synclog.Interrupted)
			equal(t, "successful", run.Successful, int64(dead.Successful))
			equal(t, "failed", run.Failed, int64(dead.Failed))
			contains(t, run.ErrorMessage, "died or lost its database", next.RunID, `asset "A-2"`)
			if run.FinishedAt == nil || run.DurationMS == nil || run.FinishedAt.Before(run.StartedAt) || run.FinishedAt.After(next.StartedAt) {
				t.Errorf("finished at %v, duration %v", run.FinishedAt, run.DurationMS)
			}
			rows := w.rowsOf(dead.RunID)
			equal(t, "assets with a log row", len(rows), dead.Total)
			for asset, of := range rows {
				equal(t, "log rows of "+asset, len(of), 1)
			}
			for _, asset := range tc.unlogged {
				e, mark := rows[asset][0], marks[asset]
				equal(t, "status of "+asset, string(e.Status), mark.CMMSSyncStatus)
				equal(t, "customer of "+asset, e.CustomerID, mark.CustomerID)
				equal(t, "synced_at of "+asset, e.SyncedAt, mark.CMMSAttemptedAt)
				contains(t, fmt.Sprint(e.Warnings, e.ErrorMessage), "added by run "+next.RunID)
				equal(t, "warning beside "+string(e.Status), len(e.Warnings) == 1, e.Status == synclog.Success)
			}
			equal(t, "warnings of the run", int(run.Warnings), countWarnings(rows))
			equal(t, "leases left", w.count("cmms_sync_lock", "TRUE"), 0)
		})
	}
}

func countWarnings(rows map[string][]synclog.Entry) (n int) {
	for _, of := range rows {
		n += len(of[0].Warnings)
	}
	return n
}

// What is not dead, or not this run's to speak for, is left alone.
func TestARunThatMayLiveIsLeftAlone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		dead    *uint64
		lease   string
		arrange string
		dryRun  bool
	}{
		"its lease lives":                  {dead: customer(7), lease: "customer:7", arrange: "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE"},
		"one of its leases lives":          {lease: "customer:7", arrange: "INSERT INTO cmms_sync_lock SELECT 'all', run_id, 'dead', UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE FROM cmms_sync_lock"},
		"a dry run":                        {lease: "all", dryRun: true},
		"a finished run with a lease left": {lease: "all", arrange: "UPDATE cmms_sync_run SET status = 'Completed'"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := threeAssets(t)
			opts := w.options()
			opts.CustomerID = tc.dead
			dead := w.sync(opts)
			w.die(dead, tc.lease, "A-1")
			if tc.arrange != "" {
				w.exec(tc.arrange)
			}
			before := w.runRow(dead.RunID)
			opts.CustomerID, opts.DryRun = customer(8), tc.dryRun
			w.sync(opts)
			equal(t, "status", w.runRow(dead.RunID).Status, before.Status)
			equal(t, "log rows of its unlogged asset", len(w.rowsOf(dead.RunID)["A-1"]), 0)
		})
	}
}

// The process died at customer 7, whose lease ends first: a manual run takes it over while the lease of the whole run lives.
// Its attempts would cover the traces.
func TestWhoTakesOverALeaseRepairsFirst(t *testing.T) {
	t.Parallel()
	w := threeAssets(t)
	dead := w.sync(w.options())
	w.die(dead, "customer:7", "A-1")
	w.exec("INSERT INTO cmms_sync_lock VALUES ('all', ?, 'dead', UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE)", dead.RunID)
	opts := w.options()
	opts.CustomerID = customer(7)
	w.sync(opts)
	equal(t, "status", w.runRow(dead.RunID).Status, synclog.Interrupted)
	equal(t, "log rows of A-1", len(w.rowsOf(dead.RunID)["A-1"]), 1)
	equal(t, "leases of the dead run", w.count("cmms_sync_lock", "run_id = ?", dead.RunID), 0)
}

// A manual run died at customer 8, and its lease ends while a whole run is on its way there.
func TestAWholeRunRepairsWhatItMeetsOnItsWay(t *testing.T) {
	t.Parallel()
	w := threeAssets(t)
	opts := w.options()
	opts.CustomerID = customer(8)
	dead := w.sync(opts)
	w.die(dead, "customer:8", "B-1")
	w.exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR")
	opts = w.options()
	opts.OnAsset = func(r cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if r.CustomerID == 7 {
			w.exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) WHERE run_id = ?", dead.RunID)
		}
	}
	equal(t, "skipped", w.sync(opts).Skipped, 0)
	equal(t, "status", w.runRow(dead.RunID).Status, synclog.Interrupted)
	equal(t, "log rows of B-1", len(w.rowsOf(dead.RunID)["B-1"]), 1)
}

// The marks name the run of each attempt, so it does not matter that a live run works on the customer by now.
func TestALiveRunsCustomerIsRescuedToo(t *testing.T) {
	t.Parallel()
	w := threeAssets(t)
	dead := w.sync(w.options())
	w.die(dead, "all", "A-1", "B-1")
	w.exec("INSERT INTO cmms_sync_lock VALUES ('customer:8', 'another', 'h', UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE)")
	w.sync(w.options())
	equal(t, "log rows of A-1", len(w.rowsOf(dead.RunID)["A-1"]), 1)
	equal(t, "log rows of B-1", len(w.rowsOf(dead.RunID)["B-1"]), 1)
}

// elsewhere is a recorder that keeps its log in another place.
type elsewhere struct{}

func (elsewhere) Record(context.Context, *gorm.DB, *synclog.Entry) error { return nil }

func TestALogKeptElsewhereIsNotReconstructed(t *testing.T) {
	t.Parallel()
	w := threeAssets(t)
	opts := w.options()
	opts.Recorder = elsewhere{}
	dead := w.sync(opts)
	w.die(dead, "all")
	w.sync(opts)
	equal(t, "status", w.runRow(dead.RunID).Status, synclog.Interrupted)
	equal(t, "log rows", len(w.entries()), 0)
}

// Columns of whole seconds make neither a row that is there missing, nor the other way round.
func TestCoarseTimesAreNoMissingRows(t *testing.T) {
	t.Parallel()
	for _, table := range []string{"cmms_sync_log MODIFY synced_at DATETIME NOT NULL", "ic3_asset_master MODIFY cmms_attempted_at DATETIME"} {
		t.Run(table, func(t *testing.T) {
			t.Parallel()
			w := threeAssets(t)
			w.exec("ALTER TABLE " + table)
			dead := w.sync(w.options())
			w.die(dead, "all", "A-1")
			opts := w.options()
			opts.CustomerID = customer(8)
			w.sync(opts) // the dead run's, repaired; then a log row of this one
			equal(t, "log rows", len(w.entries()), 4)
			again := w.sync(w.options())
			w.die(again, "all")
			w.sync(opts)
			equal(t, "log rows", len(w.entries()), 8)
		})
	}
}

// Another run has attempted the asset since: its row is there, and the traces of the dead run are not.
func TestALaterAttemptIsNotTheDeadRuns(t *testing.T) {
	t.Parallel()
	w := threeAssets(t)
	dead := w.sync(w.options())
	w.sync(w.options())
	w.die(dead, "all", "A-1")
	w.sync(w.options())
	equal(t, "log rows of A-1 in the dead run", len(w.rowsOf(dead.RunID)["A-1"]), 0)
	equal(t, "successful", w.runRow(dead.RunID).Successful, 1)
}

// Two rows of one customer are linked to one asset of Innomaint, and the process died at the second one.
func TestTheLogRowOfATwinIsNoneOfTheDeadRuns(t *testing.T) {
	t.Parallel()
	w := threeAssets(t)
	w.link(7, "A-1")
	dead := w.sync(w.options())
	w.die(dead, "all")
	w.exec("DELETE FROM cmms_sync_log WHERE cmms_asset_id = 'A-1' ORDER BY id DESC LIMIT 1")
	w.sync(w.options())
	equal(t, "log rows of both", len(w.rowsOf(dead.RunID)["A-1"]), 2)
	equal(t, "successful", w.runRow(dead.RunID).Successful, int64(dead.Successful))
}
