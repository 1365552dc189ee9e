package cmmsimport_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, customer := range []uint64{7, 8} {
		for i := range 2 {
			id := fmt.Sprintf("A-%d-%d", customer, i)
			w.link(customer, id)
			w.serve(id)
		}
	}
	other := dbtest.Open(t, w.dsn)
	second := func(customer *uint64) (cmmsimport.Summary, error) {
		opts := w.options()
		opts.CustomerID = customer
		s, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), other, opts)
		checkSums(t, s)
		return s, err
	}
	seven, eight := uint64(7), uint64(8)

	opts, once := w.options(), false
	opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) {
		if once {
			return
		}
		once = true
		_, err := second(nil)
		equal(t, "a second whole run is refused", errors.Is(err, cmmsimport.ErrSyncInProgress), true)
		equal(t, "says who and until when", strings.Contains(err.Error(), "process ") && strings.Contains(err.Error(), "until 20"), true)
		_, err = second(&seven)
		equal(t, "a manual run for the customer at hand is refused", errors.Is(err, cmmsimport.ErrSyncInProgress), true)
		s, err := second(&eight)
		must(t, err)
		equal(t, "a manual run for another customer goes on beside it", s.Successful, 2)
	}
	w.checkAudit(w.sync(opts))

	manual := w.options()
	manual.CustomerID, once = &seven, false
	manual.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) {
		if once {
			return
		}
		once = true
		s, err := second(nil)
		must(t, err)
		equal(t, "a whole run skips the customer of a manual one", s.Skipped, 2)
		equal(t, "and syncs the others", s.Successful, 2)
	}
	w.checkAudit(w.sync(manual))
	equal(t, "no asset was attempted twice", w.count("(SELECT run_id FROM cmms_sync_log GROUP BY run_id, cmms_asset_id HAVING COUNT(*) > 1) x", "1 = 1"), 0)
}

func TestALeaseOfACrashedRunEndsByItself(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.serve("A-1")
	w.exec("INSERT INTO cmms_sync_lock VALUES ('all', 'crashed', 'elsewhere', UTC_TIMESTAMP(6) + INTERVAL 1 HOUR), ('customer:7', 'crashed', 'elsewhere', UTC_TIMESTAMP(6) + INTERVAL 1 HOUR)")
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, w.options())
	equal(t, "refused", errors.Is(err, cmmsimport.ErrSyncInProgress), true)
	w.exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) - INTERVAL 1 SECOND")
	equal(t, "successful", w.sync(w.options()).Successful, 1)
	equal(t, "leases left", w.count("cmms_sync_lock", "1 = 1"), 0)
}

const lockDSN = "INNOMAINTSYNC_TEST_DSN"

// TestHoldALease is no test but the other process of TestTwoProcesses: it holds a run open until its input ends.
func TestHoldALease(t *testing.T) {
	t.Parallel()
	dsn := os.Getenv(lockDSN)
	if dsn == "" {
		t.Skip("runs as a child of TestTwoProcesses")
	}
	opts := (&world{}).options()
	opts.Client = clientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		fmt.Println("holding")
		_, _ = io.Copy(io.Discard, os.Stdin)
		return &innomaint.Asset{ID: ref.AssetID}, nil
	})
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), dbtest.Open(t, dsn), opts)
	must(t, err)
}

func TestTwoProcesses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.serve("A-1")

	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHoldALease$", "-test.short")
	child.Env = append(os.Environ(), lockDSN+"="+w.dsn)
	input, err := child.StdinPipe()
	must(t, err)
	output, err := child.StdoutPipe()
	must(t, err)
	must(t, child.Start())
	lines := bufio.NewScanner(output)
	for lines.Scan() && !strings.Contains(lines.Text(), "holding") {
	}

	_, err = cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, w.options())
	equal(t, "refused while the other process runs", errors.Is(err, cmmsimport.ErrSyncInProgress), true)
	equal(t, "names it", err != nil && strings.Contains(err.Error(), fmt.Sprint("process ", child.Process.Pid)), true)

	must(t, input.Close())
	_, err = io.Copy(io.Discard, output)
	must(t, err)
	must(t, child.Wait())
	equal(t, "successful after it", w.sync(w.options()).Successful, 1)
	equal(t, "log rows", len(w.entries()), 2)
}
