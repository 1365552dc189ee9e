package cmmsimport_test

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

func TestOnStart(t *testing.T) {
	t.Parallel()
	t.Run("RunsOnceBeforeTheFirstAsset", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2")
		opts := w.options()
		opts.CustomerID = customer(7)
		var started []cmmsimport.Summary
		opts.OnStart = func(s cmmsimport.Summary) {
			equal(t, "requests", w.api.Calls(), 0)
			equal(t, "run's rows", w.count("cmms_sync_run", "id = ? AND status = 'Running' AND total = 2", s.RunID), 1)
			equal(t, "leases", w.count("cmms_sync_lock", "name = 'customer:7' AND run_id = ?", s.RunID), 1)
			started = append(started, s)
		}
		summary := w.sync(opts)
		equal(t, "calls", len(started), 1)
		equal(t, "run", started[0].RunID, summary.RunID)
		equal(t, "total", started[0].Total, 2)
		equal(t, "customer", *started[0].CustomerID, 7)
	})
	t.Run("SummaryIsACopy", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "unknown")
		opts := w.options()
		var started cmmsimport.Summary
		opts.OnStart = func(s cmmsimport.Summary) { started = s }
		equal(t, "failed", w.sync(opts).Failed, 1)
		equal(t, "kinds in the copy", len(started.FailedByKind), 0)
	})
	t.Run("PanicEndsTheRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "A-1")
		opts := w.options()
		opts.OnStart = func(cmmsimport.Summary) { panic("a bug in the host's tracing") }
		summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
		if err == nil {
			t.Fatal("no error")
		}
		contains(t, err.Error(), "OnStart")
		equal(t, "skipped", summary.Skipped, 1)
		equal(t, "requests", w.api.Calls(), 0)
		equal(t, "interrupted runs", w.count("cmms_sync_run", "status = 'Interrupted' AND error_message LIKE '%OnStart%'"), 1)
		equal(t, "leases", w.count("cmms_sync_lock", "1 = 1"), 0)
	})
}
