package cmmsimport_test

import (
	"context"
	"errors"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestCancellation cancels at two moments. The suite examples/faults/cancellation has the others.
func TestCancellation(t *testing.T) {
	t.Parallel()
	t.Run("BeforeTheRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1")
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, w.db, w.options())
		equal(t, "is context.Canceled", errors.Is(err, context.Canceled), true)
		checkSums(t, summary)
		equal(t, "requests", w.api.Calls(), 0)
	})
	t.Run("DuringARequest", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add(numbered(5)...)
		ctx, cancel := context.WithCancelCause(t.Context())
		maintenance := errors.New("maintenance window is over")
		opts := w.options()
		opts.Client = w.before(func(ref innomaint.AssetRef) {
			if ref.AssetID == "A-2" {
				cancel(maintenance)
			}
		})
		summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, w.db, opts)
		checkSums(t, summary)
		equal(t, "is context.Canceled", errors.Is(err, context.Canceled), true)
		equal(t, "is the cause", errors.Is(err, maintenance), true)
		equal(t, "successful", summary.Successful, 2)
		equal(t, "failed", summary.FailedByKind[cmmsimport.KindCanceled], 1)
		equal(t, "skipped", summary.Skipped, 2)
		w.checkAudit(summary)
		equal(t, "interrupted runs", w.count("cmms_sync_run", "status = 'Interrupted' AND error_message LIKE '%maintenance%'"), 1)
	})
}
