package synclog_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestRunFromStartToEnd(t *testing.T) {
	t.Parallel()
	for _, params := range []string{"", "?parseTime=true&loc=Europe%2FBerlin", "?clientFoundRows=true"} {
		t.Run(params, func(t *testing.T) {
			t.Parallel()
			db := open(t, dbtest.Database(t)+params, nil)
			mustExec(t, db, runDDL)
			started := time.Date(2026, 3, 29, 2, 30, 0, 5000, time.UTC) // no time in Berlin
			customer := uint64(7)
			r := &synclog.Run{
				ID: runID, CustomerID: &customer, Status: synclog.Running, Total: 3,
				CurrentAsset: "AST-1", Host: "node-1:4711", StartedAt: started, HeartbeatAt: started,
			}
			save := func(write func() error) {
				t.Helper()
				if err := write(); err != nil {
					t.Fatal(err)
				}
				got, err := synclog.Runs(t.Context(), db, synclog.Filter{})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff([]synclog.Run{*r}, got); diff != "" {
					t.Fatalf("(-want +got)\n%s", diff)
				}
			}
			save(func() error { return synclog.CreateRun(t.Context(), db, r) })
			save(func() error { return synclog.SaveRun(t.Context(), db, r) }) // nothing has changed

			finished, took := started.Add(time.Minute), int64(60000)
			r.Status, r.Successful, r.Failed, r.Warnings = synclog.Aborted, 1, 2, 4
			r.CurrentAsset, r.ErrorMessage = "", "auth: refused"
			r.HeartbeatAt, r.FinishedAt, r.DurationMS = finished, &finished, &took
			save(func() error { return synclog.SaveRun(t.Context(), db, r) })
		})
	}
}

func TestCreateRunFillsTimes(t *testing.T) {
	t.Parallel()
	db := setup(t)
	r := &synclog.Run{ID: runID, Status: synclog.Running}
	if err := synclog.CreateRun(t.Context(), db, r); err != nil {
		t.Fatal(err)
	}
	if d := time.Since(r.StartedAt); d < -time.Second || d > time.Minute || r.HeartbeatAt != r.StartedAt {
		t.Errorf("started %s, heartbeat %s", r.StartedAt, r.HeartbeatAt)
	}
	if n := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_run WHERE customer_id IS NULL AND current_asset IS NULL AND host IS NULL AND error_message IS NULL AND finished_at IS NULL AND duration_ms IS NULL"); n != 1 {
		t.Error("not all empty columns are NULL")
	}
}

func TestRunFitsNarrowerTables(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.Database(t), nil)
	mustExec(t, db, strings.Replace(runDDL, "error_message TEXT", "error_message VARCHAR(255) CHARACTER SET utf8mb3", 1))
	r := &synclog.Run{ID: runID, Status: synclog.Running, StartedAt: syncedAt}
	if err := synclog.CreateRun(t.Context(), db, r); err != nil {
		t.Fatal(err)
	}
	r.Status = synclog.Aborted
	r.ErrorMessage = "🔥 password=hunter2 " + strings.Repeat("x", 3000)
	r.CurrentAsset = strings.Repeat("A", 70)
	if err := synclog.SaveRun(t.Context(), db, r); err != nil {
		t.Fatal(err)
	}
	got := one[string](t, db, "SELECT CONCAT(status, ' ', error_message) FROM cmms_sync_run")
	if !strings.HasPrefix(got, "Aborted ") || !strings.Contains(got, "password=REDACTED") || strings.Contains(got, "🔥") {
		t.Errorf("stored %q", got)
	}
}

func TestRunErrors(t *testing.T) {
	t.Parallel()
	db := setup(t)
	r := &synclog.Run{ID: runID, Status: synclog.Running, StartedAt: syncedAt}
	if err := synclog.SaveRun(t.Context(), db, r); !errors.Is(err, gorm.ErrRecordNotFound) || !strings.Contains(err.Error(), runID) {
		t.Errorf("saving what is not there: %v", err)
	}
	if err := synclog.CreateRun(t.Context(), db, r); err != nil {
		t.Fatal(err)
	}
	if err := synclog.CreateRun(t.Context(), db, r); err == nil {
		t.Error("the same run was created twice")
	}
}

func TestRunsFilter(t *testing.T) {
	t.Parallel()
	db := setup(t)
	one, two := uint64(1), uint64(2)
	id := func(n int) string { return fmt.Sprintf("01JC%022d", n) }
	for n := range 6 {
		r := &synclog.Run{ID: id(n), Status: synclog.Completed, StartedAt: syncedAt.Add(time.Duration(n) * time.Hour)}
		switch n % 3 {
		case 0:
			r.CustomerID = &one
		case 1:
			r.CustomerID, r.Status = &two, synclog.Aborted
		}
		if err := synclog.CreateRun(t.Context(), db, r); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		filter synclog.Filter
		want   []int
	}{
		"all":       {synclog.Filter{}, []int{5, 4, 3, 2, 1, 0}},
		"customer":  {synclog.Filter{CustomerID: &two}, []int{4, 1}},
		"one run":   {synclog.Filter{RunID: id(3)}, []int{3}},
		"status":    {synclog.Filter{RunStatus: synclog.Aborted}, []int{4, 1}},
		"time":      {synclog.Filter{Since: syncedAt.Add(time.Hour), Until: syncedAt.Add(3 * time.Hour)}, []int{2, 1}},
		"page":      {synclog.Filter{Limit: 2}, []int{5, 4}},
		"next page": {synclog.Filter{Limit: 2, BeforeRunID: id(4)}, []int{3, 2}},
		"none":      {synclog.Filter{CustomerID: &two, RunStatus: synclog.Completed}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			runs, err := synclog.Runs(t.Context(), db, test.filter)
			if err != nil {
				t.Fatal(err)
			}
			var got, want []string
			for _, r := range runs {
				got = append(got, r.ID)
			}
			for _, n := range test.want {
				want = append(want, id(n))
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}
