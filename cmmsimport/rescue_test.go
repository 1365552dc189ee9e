package cmmsimport_test

import (
	"context"
	"fmt"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// setupThree returns a world with of customer 7, and B-1 of customer 8. The first request for A-2 fails.
func setupThree(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	w.add("A-1", "A-2")
	w.link(8, "B-1")
	w.serve("B-1")
	w.api.Script("A-2", innomainttest.Answer{Status: 404, Body: "gone"})
	return w
}

// kill makes a finished run look as if its process had died: Running, with an expired lease, and without the log rows of some assets.
func (w *world) kill(summary cmmsimport.Summary, lease string, unlogged ...string) {
	w.t.Helper()
	w.exec("UPDATE cmms_sync_run SET status = 'Running', finished_at = NULL, duration_ms = NULL, successful = 0, failed = 0, current_asset = 'A-2' WHERE id = ?", summary.RunID)
	w.exec("INSERT INTO cmms_sync_lock (name, run_id, holder, expires_at) VALUES (?, ?, 'dead', UTC_TIMESTAMP(6) - INTERVAL 1 SECOND)", lease, summary.RunID)
	for _, asset := range unlogged {
		w.exec("DELETE FROM cmms_sync_log WHERE run_id = ? AND cmms_asset_id = ?", summary.RunID, asset)
	}
}

func (w *world) runRow(id string) synclog.Run {
	w.t.Helper()
	runs, err := synclog.Runs(w.t.Context(), w.db, synclog.Filter{RunID: id})
	must(w.t, err)
	equal(w.t, "rows of the run", len(runs), 1)
	return runs[0]
}

// entriesOf returns a run's log rows by asset.
func (w *world) entriesOf(runID string) map[string][]synclog.Entry {
	w.t.Helper()
	entries, err := synclog.Entries(w.t.Context(), w.db, synclog.Filter{RunID: runID})
	must(w.t, err)
	byAsset := map[string][]synclog.Entry{}
	for _, e := range entries {
		byAsset[e.CMMSAssetID] = append(byAsset[e.CMMSAssetID], e)
	}
	return byAsset
}

// TestRescue_ClosesTheDeadRun has a run die and another one rescue it. A run with customer nil covers all customers.
func TestRescue_ClosesTheDeadRun(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		dead, next *uint64
		unlogged   []string
	}{
		"SuccessWithoutRow":          {unlogged: []string{"A-1"}},
		"FailureWithoutRow":          {unlogged: []string{"A-2"}},
		"NoRowAtAll":                 {unlogged: []string{"A-1", "A-2", "B-1"}},
		"NoRowIsMissing":             {},
		"ByARunOfOneCustomer":        {next: customer(7), unlogged: []string{"A-1"}},
		"ByARunOfTheOtherCustomer":   {next: customer(8), unlogged: []string{"A-2"}},
		"ByARunWithoutAssets":        {next: customer(99), unlogged: []string{"A-1"}},
		"OfOneCustomer":              {dead: customer(7), unlogged: []string{"A-1"}},
		"OfOneCustomerByTheSame":     {dead: customer(7), next: customer(7), unlogged: []string{"A-2"}},
		"OfOneCustomerByTheOther":    {dead: customer(7), next: customer(8), unlogged: []string{"A-1"}},
		"OfTheLastCustomerOfTheNext": {dead: customer(8), unlogged: []string{"B-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setupThree(t)
			opts := w.options()
			opts.CustomerID = tc.dead
			dead := w.sync(opts)
			lease := "all"
			if tc.dead != nil {
				lease = fmt.Sprint("customer:", *tc.dead)
			}
			marks := map[string]cmmsimport.AssetMaster{"A-1": w.asset(1), "A-2": w.asset(2), "B-1": w.asset(3)}
			w.kill(dead, lease, tc.unlogged...)

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
			entries, warnings := w.entriesOf(dead.RunID), 0
			equal(t, "assets with a log row", len(entries), dead.Total)
			for asset, of := range entries {
				equal(t, "log rows of "+asset, len(of), 1)
				warnings += len(of[0].Warnings)
			}
			equal(t, "warnings of the run", int(run.Warnings), warnings)
			for _, asset := range tc.unlogged {
				e, mark := entries[asset][0], marks[asset]
				equal(t, "status of "+asset, string(e.Status), mark.CMMSSyncStatus)
				equal(t, "customer of "+asset, e.CustomerID, mark.CustomerID)
				equal(t, "synced_at of "+asset, e.SyncedAt, mark.CMMSAttemptedAt)
				contains(t, fmt.Sprint(e.Warnings, e.ErrorMessage), "added by run "+next.RunID)
				equal(t, "has a warning", len(e.Warnings) == 1, e.Status == synclog.Success)
			}
			equal(t, "leases", w.count("cmms_sync_lock", "1 = 1"), 0)
		})
	}
}

func TestRescue_LeavesAlone(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		dead    *uint64
		lease   string
		arrange string
		dryRun  bool
	}{
		"RunWithALiveLease":         {dead: customer(7), lease: "customer:7", arrange: "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE"},
		"RunWithOneLiveLease":       {lease: "customer:7", arrange: "INSERT INTO cmms_sync_lock SELECT 'all', run_id, 'dead', UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE FROM cmms_sync_lock"},
		"DeadRunInADryRun":          {lease: "all", dryRun: true},
		"FinishedRunThatLeftALease": {lease: "all", arrange: "UPDATE cmms_sync_run SET status = 'Completed'"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setupThree(t)
			opts := w.options()
			opts.CustomerID = tc.dead
			dead := w.sync(opts)
			w.kill(dead, tc.lease, "A-1")
			if tc.arrange != "" {
				w.exec(tc.arrange)
			}
			before := w.runRow(dead.RunID)
			opts.CustomerID, opts.DryRun = customer(8), tc.dryRun
			w.sync(opts)
			equal(t, "status", w.runRow(dead.RunID).Status, before.Status)
			equal(t, "log rows of A-1", len(w.entriesOf(dead.RunID)["A-1"]), 0)
		})
	}
}

func TestRescue(t *testing.T) {
	t.Parallel()
	// The process died at customer 7, whose lease expires first. The next run of customer 7 would overwrite the marks.
	t.Run("ComesBeforeTheFirstAttempt", func(t *testing.T) {
		t.Parallel()
		w := setupThree(t)
		dead := w.sync(w.options())
		w.kill(dead, "customer:7", "A-1")
		w.exec("INSERT INTO cmms_sync_lock VALUES ('all', ?, 'dead', UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE)", dead.RunID)
		opts := w.options()
		opts.CustomerID = customer(7)
		w.sync(opts)
		equal(t, "status", w.runRow(dead.RunID).Status, synclog.Interrupted)
		equal(t, "log rows of A-1", len(w.entriesOf(dead.RunID)["A-1"]), 1)
		equal(t, "leases of the dead run", w.count("cmms_sync_lock", "run_id = ?", dead.RunID), 0)
	})
	// A run of customer 8 died. Its lease expires while the next run, over all customers, is at customer 7.
	t.Run("OfALeaseThatExpiresMidRun", func(t *testing.T) {
		t.Parallel()
		w := setupThree(t)
		opts := w.options()
		opts.CustomerID = customer(8)
		dead := w.sync(opts)
		w.kill(dead, "customer:8", "B-1")
		w.exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR")
		opts = w.options()
		opts.OnAsset = func(r cmmsimport.AssetResult, _ cmmsimport.Progress) {
			if r.CustomerID == 7 {
				w.exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) WHERE run_id = ?", dead.RunID)
			}
		}
		equal(t, "skipped", w.sync(opts).Skipped, 0)
		equal(t, "status", w.runRow(dead.RunID).Status, synclog.Interrupted)
		equal(t, "log rows of B-1", len(w.entriesOf(dead.RunID)["B-1"]), 1)
	})
	// The marks name the run of each attempt, so a live run may already work on the customer.
	t.Run("CoversACustomerThatALiveRunHolds", func(t *testing.T) {
		t.Parallel()
		w := setupThree(t)
		dead := w.sync(w.options())
		w.kill(dead, "all", "A-1", "B-1")
		w.exec("INSERT INTO cmms_sync_lock VALUES ('customer:8', 'another', 'h', UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE)")
		w.sync(w.options())
		equal(t, "log rows of A-1", len(w.entriesOf(dead.RunID)["A-1"]), 1)
		equal(t, "log rows of B-1", len(w.entriesOf(dead.RunID)["B-1"]), 1)
	})
	t.Run("AddsNoRowsIfTheLogIsKeptElsewhere", func(t *testing.T) {
		t.Parallel()
		w := setupThree(t)
		opts := w.options()
		opts.Recorder = recorderFunc(func(context.Context, *gorm.DB, *synclog.Entry) error { return nil })
		dead := w.sync(opts)
		w.kill(dead, "all")
		w.sync(opts)
		equal(t, "status", w.runRow(dead.RunID).Status, synclog.Interrupted)
		equal(t, "log rows", len(w.entries()), 0)
	})
	t.Run("WorksWithTimesInWholeSeconds", func(t *testing.T) {
		t.Parallel()
		for name, change := range map[string]string{"Log": "cmms_sync_log MODIFY synced_at DATETIME NOT NULL", "Asset": "ic3_asset_master MODIFY cmms_attempted_at DATETIME"} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setupThree(t)
				w.exec("ALTER TABLE " + change)
				dead := w.sync(w.options())
				w.kill(dead, "all", "A-1")
				opts := w.options()
				opts.CustomerID = customer(8)
				w.sync(opts)
				equal(t, "log rows, with one that was added", len(w.entries()), 4)
				dead = w.sync(w.options())
				w.kill(dead, "all")
				w.sync(opts)
				equal(t, "log rows, with none that was added", len(w.entries()), 8)
			})
		}
	})
	// Another run attempted the asset later: its marks replaced those of the dead run.
	t.Run("DoesNotClaimALaterAttempt", func(t *testing.T) {
		t.Parallel()
		w := setupThree(t)
		dead := w.sync(w.options())
		w.sync(w.options())
		w.kill(dead, "all", "A-1")
		w.sync(w.options())
		equal(t, "log rows of A-1", len(w.entriesOf(dead.RunID)["A-1"]), 0)
		equal(t, "successful", w.runRow(dead.RunID).Successful, 1)
	})
	// Two rows of one customer are linked to one asset of Innomaint. The process died at the second row.
	t.Run("TellsTwoRowsOfOneAssetApart", func(t *testing.T) {
		t.Parallel()
		w := setupThree(t)
		w.link(7, "A-1")
		dead := w.sync(w.options())
		w.kill(dead, "all")
		w.exec("DELETE FROM cmms_sync_log WHERE cmms_asset_id = 'A-1' ORDER BY id DESC LIMIT 1")
		w.sync(w.options())
		equal(t, "log rows of both", len(w.entriesOf(dead.RunID)["A-1"]), 2)
		equal(t, "successful", w.runRow(dead.RunID).Successful, int64(dead.Successful))
	})
}
