package cmmsimport

import (
	"context"
	"errors"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// TestStalledRun stalls between COMMIT and the log row of A-2, for longer than the lease. Another run takes the stalled one for dead and
// adds that row.
func TestStalledRun(t *testing.T) {
	t.Parallel()
	t.Run("OwnRowReplacesTheAddedOne", func(t *testing.T) {
		t.Parallel()
		var r *testRun
		var other Summary
		r = newTestRun(t, Options{Client: renaming, Recorder: stallingRecorder{stall: func(context.Context, *synclog.Entry) {
			other = r.rescueByAnother()
			r.checkRowsOfA2(1, 0)
		}}})
		summary, err := r.sync()
		if !errors.Is(err, ErrSyncInProgress) || summary.Successful != 2 || other.Successful != 3 {
			t.Errorf("error %v, %v, %v", err, summary, other)
		}
		r.checkRowsOfA2(1, 1)
		if n := mustCount(t, r.db, "SELECT COUNT(*) FROM cmms_sync_log"); n != 5 {
			t.Errorf("%d log rows, want 2 of the stalled run and 3 of the other", n)
		}
		if n := mustCount(t, r.db, "SELECT successful FROM cmms_sync_run WHERE status = 'Interrupted' AND id = ?", r.summary.RunID); n != 2 {
			t.Errorf("the stalled run's row has %d successful", n)
		}
	})
	// The process is killed as soon as it has written its own row. Nothing has to be deleted.
	t.Run("KilledAfterItsOwnRow", func(t *testing.T) {
		t.Parallel()
		var r *testRun
		r = newTestRun(t, Options{Client: renaming, Recorder: stallingRecorder{stall: func(ctx context.Context, e *synclog.Entry) {
			r.rescueByAnother()
			must(t, synclog.Recorder{}.Record(ctx, r.db, e))
			panic("killed")
		}}})
		must(t, r.start(t.Context()))
		_ = r.syncCustomers(t.Context())
		r.checkRowsOfA2(1, 1)
	})
	// The process is dead. The network delivers its INSERT after another run has added the row.
	t.Run("LateInsertReplacesTheAddedRow", func(t *testing.T) {
		t.Parallel()
		var r *testRun
		var late synclog.Entry
		r = newTestRun(t, Options{Client: renaming, Recorder: stallingRecorder{stall: func(_ context.Context, e *synclog.Entry) {
			late = *e
			panic("killed")
		}}})
		must(t, r.start(t.Context()))
		must(t, r.syncCustomer(t.Context(), r.plan[0]))
		r.rescueByAnother()
		r.checkRowsOfA2(1, 0)
		for range 2 {
			must(t, synclog.Recorder{}.Record(t.Context(), r.db, &late))
			r.checkRowsOfA2(1, 1)
		}
	})
}

// stallingRecorder calls stall before it writes the row of A-2.
type stallingRecorder struct {
	synclog.Recorder
	stall func(ctx context.Context, e *synclog.Entry)
}

func (s stallingRecorder) Record(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
	if e.CMMSAssetID == "A-2" {
		s.stall(ctx, e)
	}
	return s.Recorder.Record(ctx, db, e)
}

// rescueByAnother lets this run's leases expire, and another run rescue it.
func (r *testRun) rescueByAnother() Summary {
	r.t.Helper()
	mustExec(r.t, r.db, "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6)")
	r.clock.expire()
	summary, err := SyncAllAssetsFromInnomaint(r.t.Context(), r.db, Options{Client: renaming, Logger: r.opts.Logger})
	must(r.t, err)
	return summary
}

// checkRowsOfA2 checks how many log rows the attempt on A-2 has, and how many of them this run wrote itself.
func (r *testRun) checkRowsOfA2(all, own int) {
	r.t.Helper()
	const rows = "SELECT COUNT(*) FROM cmms_sync_log WHERE cmms_asset_id = 'A-2' AND run_id = ?"
	if n := mustCount(r.t, r.db, rows, r.summary.RunID); n != all {
		r.t.Errorf("%d log rows, want %d", n, all)
	}
	if n := mustCount(r.t, r.db, rows+" AND changes IS NOT NULL", r.summary.RunID); n != own {
		r.t.Errorf("%d log rows of the run's own, want %d", n, own)
	}
}
