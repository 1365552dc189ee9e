package runrow_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/runrow"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const runID = "01JC0000000000000000000001"

var startedAt = time.Date(2026, 3, 29, 2, 30, 0, 5000, time.UTC) // no time in Berlin

func setup(t *testing.T, dsn string) *gorm.DB {
	t.Helper()
	db := dbtest.Open(t, dsn)
	if err := db.Set("gorm:table_options", "").Migrator().CreateTable(&synclog.Run{}); err != nil {
		t.Fatal(err)
	}
	return db
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func stored(t *testing.T, db *gorm.DB) synclog.Run {
	t.Helper()
	runs, err := synclog.Runs(t.Context(), db, synclog.Filter{})
	must(t, err)
	if len(runs) != 1 {
		t.Fatalf("%d rows", len(runs))
	}
	return runs[0]
}

func TestRun(t *testing.T) {
	t.Parallel()
	for _, params := range []string{"", "?parseTime=true&loc=Europe%2FBerlin", "?clientFoundRows=true"} {
		t.Run("FromStartToEnd"+params, func(t *testing.T) {
			t.Parallel()
			db := setup(t, dbtest.Database(t)+params)
			customer := uint64(7)
			r := &synclog.Run{
				ID: runID, CustomerID: &customer, Status: synclog.Running, Total: 3,
				CurrentAsset: "AST-1", Host: "node-1:4711", StartedAt: startedAt, HeartbeatAt: startedAt,
			}
			check := func(err error) {
				t.Helper()
				must(t, err)
				if diff := cmp.Diff(*r, stored(t, db)); diff != "" {
					t.Fatalf("(-want +got)\n%s", diff)
				}
			}
			check(runrow.Create(t.Context(), db, r))
			check(runrow.Create(t.Context(), db, r)) // its response was lost
			check(runrow.Save(t.Context(), db, r))   // nothing has changed

			finished, took := startedAt.Add(time.Minute), int64(60000)
			r.Status, r.Successful, r.Failed, r.Skipped, r.Warnings = synclog.Aborted, 1, 2, 3, 4
			r.CurrentAsset, r.ErrorMessage = "", "auth: refused"
			r.HeartbeatAt, r.FinishedAt, r.DurationMS = finished, &finished, &took
			check(runrow.Save(t.Context(), db, r))
		})
	}
	t.Run("LateInsertChangesNothing", func(t *testing.T) {
		t.Parallel()
		db := setup(t, dbtest.Database(t))
		r := synclog.Run{ID: runID, Status: synclog.Running, StartedAt: startedAt, HeartbeatAt: startedAt}
		ended := r
		ended.Status = synclog.Interrupted
		must(t, runrow.Save(t.Context(), db, &ended)) // the row is not there: it is created as it ended
		must(t, runrow.Create(t.Context(), db, &r))   // the first INSERT, delivered late
		if got := stored(t, db).Status; got != synclog.Interrupted {
			t.Errorf("status %s", got)
		}
	})
	t.Run("LateHeartbeatChangesNothing", func(t *testing.T) {
		t.Parallel()
		db := setup(t, dbtest.Database(t))
		r := synclog.Run{ID: runID, Status: synclog.Running, StartedAt: startedAt, HeartbeatAt: startedAt}
		ended := r
		ended.Status, ended.FinishedAt = synclog.Interrupted, &startedAt
		must(t, runrow.Save(t.Context(), db, &ended)) // by the run, or by one that rescued it
		must(t, runrow.Save(t.Context(), db, &r))     // a heartbeat, delivered late
		if got := stored(t, db); got.Status != synclog.Interrupted || got.FinishedAt == nil {
			t.Errorf("stored %+v", got)
		}
		ended.Status = synclog.Aborted
		must(t, runrow.Save(t.Context(), db, &ended)) // the run's own end wins
		if got := stored(t, db).Status; got != synclog.Aborted {
			t.Errorf("status %s", got)
		}
	})
	t.Run("FitsNarrowerTable", func(t *testing.T) {
		t.Parallel()
		db := setup(t, dbtest.Database(t))
		must(t, db.Exec("ALTER TABLE cmms_sync_run MODIFY error_message VARCHAR(255) CHARACTER SET utf8mb3").Error)
		r := &synclog.Run{ID: runID, Status: synclog.Running, StartedAt: startedAt, HeartbeatAt: startedAt}
		must(t, runrow.Create(t.Context(), db, r))
		r.Status = synclog.Aborted
		r.ErrorMessage = "🔥 password=hunter2 " + strings.Repeat("x", 3000)
		r.CurrentAsset = strings.Repeat("A", 70)
		must(t, runrow.Save(t.Context(), db, r))
		got := stored(t, db)
		if got.Status != synclog.Aborted || !strings.Contains(got.ErrorMessage, "password=REDACTED") || strings.Contains(got.ErrorMessage, "🔥") {
			t.Errorf("stored %+v", got)
		}
	})
	t.Run("ErrorNamesTheRun", func(t *testing.T) {
		t.Parallel()
		err := runrow.Create(t.Context(), dbtest.Open(t, dbtest.Database(t)), &synclog.Run{ID: runID})
		if err == nil || !strings.Contains(err.Error(), runID) {
			t.Errorf("error %v", err)
		}
	})
}
