package cmmsimport_test

import (
	"errors"
	"fmt"
	"os"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
)

// TestLease shows what leases are for. The suite examples/faults/contention has the same with processes; the mechanism is tested in
// package lease.
func TestLease(t *testing.T) {
	t.Parallel()
	t.Run("RefusesASecondRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1")
		opts := w.options()
		opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) {
			_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, w.options())
			var held *cmmsimport.InProgressError
			if !errors.Is(err, cmmsimport.ErrSyncInProgress) || !errors.As(err, &held) {
				t.Fatalf("got %v, want an *InProgressError", err)
			}
			equal(t, "lease", held.Name, "all")
			equal(t, "run", w.count("cmms_sync_run", "id = ? AND status = 'Running'", held.RunID), 1)
			equal(t, "is in the future", held.Until.After(time.Now()), true)
			contains(t, held.Holder, fmt.Sprint("process ", os.Getpid()))
			contains(t, err.Error(), held.Holder, "until 20")
		}
		equal(t, "successful", w.sync(opts).Successful, 1)
	})
	t.Run("RunSkipsACustomerOfAnotherRun", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2")
		w.link(8, "B-1")
		w.serve("B-1")
		manual := w.options()
		manual.CustomerID = customer(7)
		manual.Limit = 1
		manual.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) {
			all := w.sync(w.options())
			equal(t, "skipped", all.Skipped, 2)
			equal(t, "successful", all.Successful, 1)
		}
		w.checkAudit(w.sync(manual))
		sameLines(t, "log", w.loggedAssets(), []string{"A-1", "B-1"})
	})
	t.Run("ExpiresAfterACrash", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1")
		w.exec("INSERT INTO cmms_sync_lock VALUES ('all', 'crashed', 'elsewhere', UTC_TIMESTAMP(6) + INTERVAL 1 HOUR), ('customer:7', 'crashed', 'elsewhere', UTC_TIMESTAMP(6) + INTERVAL 1 HOUR)")
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, w.options())
		equal(t, "is ErrSyncInProgress", errors.Is(err, cmmsimport.ErrSyncInProgress), true)
		w.exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")
		equal(t, "successful", w.sync(w.options()).Successful, 1)
		equal(t, "leases", w.count("cmms_sync_lock", "1 = 1"), 0)
	})
}
