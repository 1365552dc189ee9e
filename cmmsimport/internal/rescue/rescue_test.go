package rescue_test

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/rescue"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// register is a database with three attempts of a dead run on the assets of customers 7 and 8, none of them logged.
type register struct {
	*gorm.DB
	t *testing.T
}

func run(n int) string { return fmt.Sprintf("01M%023d", n) }

func setup(t *testing.T) *register {
	t.Helper()
	r := &register{dbtest.Open(t, dbtest.Database(t)), t}
	schema, err := os.ReadFile("../../testdata/schema.sql")
	if err != nil {
		t.Fatal(err)
	}
	for statement := range strings.SplitSeq(strings.TrimSpace(string(schema)), ";\n") {
		r.exec(strings.TrimSuffix(statement, ";"))
	}
	r.dead(1)
	r.exec("INSERT INTO cmms_sync_lock VALUES ('all', ?, 'dead', UTC_TIMESTAMP(6) - INTERVAL 1 SECOND)", run(1))
	r.exec(`INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, cmms_sync_status, cmms_attempted_at, cmms_run_id) VALUES
		(7, 'A-1', 'Success', '2026-11-01 10:00:01.5', ?), (7, 'A-2', 'Failed', '2026-11-01 10:00:02.5', ?), (8, 'B-1', 'Success', '2026-11-01 10:00:03.5', ?)`,
		run(1), run(1), run(1))
	return r
}

// dead adds a run that is Running, without a lease.
func (r *register) dead(n int) {
	r.t.Helper()
	r.exec("INSERT INTO cmms_sync_run (id, status, total, current_asset, started_at, heartbeat_at) VALUES (?, 'Running', 5, 'B-1', '2026-11-01 10:00:00', '2026-11-01 10:00:02')", run(n))
}

func (r *register) exec(text string, args ...any) {
	r.t.Helper()
	if err := r.Exec(text, args...).Error; err != nil {
		r.t.Fatalf("%s: %v", text, err)
	}
}

// rescue lets run 9 rescue, and returns the log output.
func (r *register) rescue(takenFrom string, inTable bool) (output string) {
	r.t.Helper()
	var b strings.Builder
	rescuer := rescue.Rescuer{DB: r.DB, Log: slog.New(slog.NewTextHandler(&b, nil)), RunID: run(9), InTable: inTable}
	if err := rescuer.Rescue(r.t.Context(), takenFrom); err != nil {
		r.t.Fatal(err)
	}
	return b.String()
}

// entries returns the log rows of a run as short texts, and its row.
func (r *register) entries(n int) (rows []string, row synclog.Run) {
	r.t.Helper()
	entries, err := synclog.Entries(r.t.Context(), r.DB, synclog.Filter{RunID: run(n)})
	if err != nil {
		r.t.Fatal(err)
	}
	for _, e := range entries {
		text := e.ErrorMessage + strings.Join(e.Warnings, " ")
		by := "own"
		if strings.Contains(text, "added by run "+run(9)) {
			by = "added"
		}
		rows = append(rows, fmt.Sprintf("%d %s %s %s %s", e.CustomerID, e.CMMSAssetID, e.Status, e.SyncedAt.Format("05.0"), by))
	}
	runs, err := synclog.Runs(r.t.Context(), r.DB, synclog.Filter{RunID: run(n)})
	if err != nil || len(runs) != 1 {
		r.t.Fatal(err, len(runs))
	}
	return rows, runs[0]
}

func equal[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s:\n got %v\nwant %v", what, got, want)
	}
}

func TestRescue(t *testing.T) {
	t.Parallel()
	t.Run("AddsWhatTheLogLacks", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.rescue("", true)
		rows, row := r.entries(1)
		equal(t, "rows", rows, []string{"8 B-1 Success 03.5 added", "7 A-2 Failed 02.5 added", "7 A-1 Success 01.5 added"})
		equal(t, "counts", []int64{row.Total, row.Successful, row.Failed, row.Skipped, row.Warnings}, []int64{5, 2, 1, 2, 2})
		equal(t, "status", row.Status, synclog.Interrupted)
		equal(t, "finished, the last sign of life", row.FinishedAt.Format("15:04:05.0"), "10:00:03.5")
		equal(t, "duration", *row.DurationMS, 3500)
		if !strings.Contains(row.ErrorMessage, run(9)) || !strings.Contains(row.ErrorMessage, `"B-1"`) {
			t.Errorf("message %q", row.ErrorMessage)
		}
	})
	t.Run("KeepsTheRunsOwnRows", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.exec("INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, synced_at, duration_ms, attempt_key) VALUES (?, 7, 'A-1', 'Success', '2026-11-01 10:00:01.6', 12, ?)",
			run(1), run(1)+":1")
		r.rescue("", true)
		rows, _ := r.entries(1)
		equal(t, "rows", rows, []string{"8 B-1 Success 03.5 added", "7 A-2 Failed 02.5 added", "7 A-1 Success 01.6 own"})
	})
	t.Run("ALogWithFewerRowsDoesNotChangeTheCounts", func(t *testing.T) {
		t.Parallel()
		for _, inTable := range []bool{false, true} { // kept elsewhere; purged
			r := setup(t)
			r.exec("UPDATE cmms_sync_run SET total = 9, successful = 6, failed = 1, warnings = 4 WHERE id = ?", run(1))
			r.rescue("", inTable)
			_, row := r.entries(1)
			equal(t, "counts", []int64{row.Total, row.Successful, row.Failed, row.Skipped, row.Warnings}, []int64{9, 6, 1, 2, 4})
			equal(t, "status", row.Status, synclog.Interrupted)
		}
	})
	t.Run("AnotherRunsMarksAreNotItsOwn", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.exec("UPDATE ic3_asset_master SET cmms_run_id = ? WHERE cmms_asset_id <> 'A-2'", run(2))
		r.rescue("", true)
		rows, _ := r.entries(1)
		equal(t, "rows", rows, []string{"7 A-2 Failed 02.5 added"})
	})
	t.Run("ManyDeadRunsAtOnce", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		for n := 2; n <= 5; n++ {
			r.dead(n)
		}
		r.exec("UPDATE ic3_asset_master SET cmms_run_id = ? WHERE cmms_asset_id = 'B-1'", run(4))
		output := r.rescue("", true)
		if !strings.Contains(output, "log_rows_added=3") {
			t.Error(output)
		}
		for n := 1; n <= 5; n++ {
			rows, row := r.entries(n)
			equal(t, "status of "+run(n), row.Status, synclog.Interrupted)
			equal(t, "rows of "+run(n), len(rows), map[int]int{1: 2, 4: 1}[n])
		}
	})
	t.Run("LogKeptElsewhere", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.rescue("", false)
		rows, row := r.entries(1)
		equal(t, "rows", len(rows), 0)
		equal(t, "status", row.Status, synclog.Interrupted)
	})
	t.Run("OtherCollationsAndCoarseTimes", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.exec("ALTER TABLE ic3_asset_master CONVERT TO CHARACTER SET latin1, MODIFY cmms_attempted_at DATETIME")
		r.exec("ALTER TABLE cmms_sync_run CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_bin")
		r.exec("ALTER TABLE cmms_sync_log CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
		r.rescue("", true)
		rows, row := r.entries(1)
		equal(t, "rows", len(rows), 3)
		equal(t, "successful", row.Successful, 2)
	})
	t.Run("LeasesInAnotherCollation", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.exec("ALTER TABLE cmms_sync_lock CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
		r.exec("ALTER TABLE cmms_sync_run CONVERT TO CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci")
		r.rescue("", true)
		rows, row := r.entries(1)
		equal(t, "rows", len(rows), 3)
		equal(t, "status", row.Status, synclog.Interrupted)
	})
	t.Run("BinaryAttemptKey", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.exec("ALTER TABLE cmms_sync_log MODIFY attempt_key VARBINARY(64)")
		r.rescue("", true)
		rows, _ := r.entries(1)
		equal(t, "rows", len(rows), 3)
	})
	t.Run("StartRoundedUp", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.exec("UPDATE cmms_sync_run SET started_at = '2026-11-01 10:00:02'") // MySQL rounds 10:00:01.5 in a column of whole seconds
		r.rescue("", true)
		rows, _ := r.entries(1)
		equal(t, "rows", len(rows), 3)
	})
	t.Run("MessageFitsNarrowColumn", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.exec("ALTER TABLE cmms_sync_run MODIFY error_message VARCHAR(255)")
		r.exec("UPDATE cmms_sync_run SET current_asset = ?", strings.Repeat("A", 64))
		r.rescue("", true)
		_, row := r.entries(1)
		equal(t, "status", row.Status, synclog.Interrupted)
	})
	t.Run("RowThatTheLogRefusesStopsNobody", func(t *testing.T) {
		t.Parallel()
		r := setup(t)
		r.exec("ALTER TABLE cmms_sync_log MODIFY cmms_asset_id VARCHAR(2) NOT NULL")
		output := r.rescue("", true)
		if !strings.Contains(output, "could not be closed") {
			t.Error(output)
		}
	})
}

func TestRescue_LeavesAlone(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]string{
		"RunWithALiveLease":    "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE",
		"OneOfItsLeasesIsLive": "INSERT INTO cmms_sync_lock SELECT 'customer:7', run_id, 'dead', UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE FROM cmms_sync_lock",
		"FinishedRun":          "UPDATE cmms_sync_run SET status = 'Completed'",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := setup(t)
			r.exec(arrange)
			_, before := r.entries(1)
			r.rescue("", true)
			rows, after := r.entries(1)
			equal(t, "rows", len(rows), 0)
			equal(t, "status", after.Status, before.Status)
		})
	}
}

func TestRescue_TakenFrom(t *testing.T) {
	t.Parallel()
	r := setup(t)
	r.exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 MINUTE") // of the whole run; that of customer 7 was taken over
	r.rescue(run(1), true)
	rows, row := r.entries(1)
	equal(t, "rows", len(rows), 3)
	equal(t, "status", row.Status, synclog.Interrupted)
	var leases int
	if err := r.Raw("SELECT COUNT(*) FROM cmms_sync_lock").Scan(&leases).Error; err != nil || leases != 0 {
		t.Errorf("%d leases are left, %v", leases, err)
	}
}
