package synclog_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestPurge_TenThousandRows(t *testing.T) {
	t.Parallel()
	db := setup(t)
	// a large customer, some small ones, and the ids at both ends of the range
	mustExec(t, db, `INSERT INTO cmms_sync_log (customer_id, cmms_asset_id, status, synced_at, duration_ms)
		SELECT CASE WHEN seq <= 10500 THEN 7 WHEN seq <= 10600 THEN 0 WHEN seq <= 10700 OR seq > 10950 THEN ? ELSE seq END,
		'A', 'Success', '2026-01-01' + INTERVAL seq SECOND, 5 FROM `+dbtest.Sequence(11000), uint64(math.MaxUint64))
	day := func(n int) time.Time { return time.Date(2026, 1, n, 0, 0, 0, 0, time.UTC) }
	for n, r := range []synclog.Run{
		{Status: synclog.Completed, StartedAt: day(1), HeartbeatAt: day(1)},
		{Status: synclog.Running, StartedAt: day(2), HeartbeatAt: day(20)},
		{Status: synclog.Running, StartedAt: day(2), HeartbeatAt: day(2)}, // its process died
		{Status: synclog.Interrupted, StartedAt: day(3), HeartbeatAt: day(3)},
		{Status: synclog.Completed, StartedAt: day(4), HeartbeatAt: day(4)},
	} {
		r.ID = fmt.Sprintf("01JC%022d", n)
		if err := db.Create(&r).Error; err != nil {
			t.Fatal(err)
		}
	}
	watching, seen := watched(db)
	before := time.Date(2026, 1, 1, 0, 0, 10901, 0, time.UTC) // 100 seconds before the last row
	deleted, err := synclog.Purge(t.Context(), watching, before)
	if err != nil || deleted != 10900 {
		t.Errorf("deleted %d, %v, want 10900", deleted, err)
	}
	if left, wrong := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log"), one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log WHERE synced_at < '2026-01-01 03:01:41'"); left != 100 || wrong != 0 {
		t.Errorf("%d rows are left, %d of them too old", left, wrong)
	}
	ofLargest := 0
	for _, sql := range seen.sql {
		if strings.HasPrefix(sql, "DELETE FROM cmms_sync_log") && strings.Contains(sql, "customer_id = 7 ") {
			ofLargest++
		}
	}
	if ofLargest != 3 {
		t.Errorf("10,500 rows went in %d batches, want 3", ofLargest)
	}

	// of the runs: the finished ones that started before
	if _, err := synclog.Purge(t.Context(), db, time.Date(2026, 1, 4, 0, 0, 0, 0, time.UTC)); err != nil {
		t.Fatal(err)
	}
	var runs []synclog.RunStatus
	if err := db.Model(&synclog.Run{}).Order("id").Pluck("status", &runs).Error; err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]synclog.RunStatus{synclog.Running, synclog.Completed}, runs); diff != "" {
		t.Errorf("runs left (-want +got)\n%s", diff)
	}
}

// No statement of Purge scans the table.
func TestPurge_UsesIndexes(t *testing.T) {
	t.Parallel()
	db := setup(t)
	fill(t, db, 20000)
	for n := range 300 {
		mustExec(t, db, "INSERT INTO cmms_sync_run (id, status, started_at, heartbeat_at) VALUES (?, 'Completed', ?, ?)",
			fmt.Sprintf("01JC%022d", n), fmt.Sprintf("2026-01-01 %02d:%02d:00", n/60, n%60), "2026-01-01")
	}
	before := time.Date(2026, 1, 1, 0, 2, 0, 0, time.UTC)
	watching, seen := watched(db)
	m := map[string]plan{}
	if deleted, err := synclog.Purge(t.Context(), watching, before); err != nil || deleted != 119 {
		t.Fatalf("deleted %d, %v", deleted, err)
	}
	for _, sql := range seen.sql {
		p := explain(t, db, sql)[0]
		m[p.Key] = p
		if p.Key != "idx_log_customer" && p.Key != "idx_run_started" || strings.Contains(p.Extra, "filesort") {
			t.Errorf("%+v\nfor %s", p, sql)
		}
	}
	if len(m) != 2 {
		t.Errorf("plans: %v", m)
	}
}

// cancelAfterDelete is a logger that cancels once a DELETE is done.
type cancelAfterDelete struct {
	logger.Interface
	cancel func()
}

func (c cancelAfterDelete) Trace(_ context.Context, _ time.Time, fc func() (string, int64), _ error) {
	if sql, _ := fc(); strings.HasPrefix(sql, "DELETE") {
		c.cancel()
	}
}

func TestPurge_StopsWhenCanceled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	db, m := mock(t)
	m.ExpectQuery("^SELECT customer_id").WithArgs(0).WillReturnRows(sqlmock.NewRows([]string{"customer_id"}).AddRow(7))
	m.ExpectExec("^DELETE FROM cmms_sync_log").WithArgs(7, "2026-03-01 20:30:00.123456").WillReturnResult(sqlmock.NewResult(0, 5000))
	watching := db.Session(&gorm.Session{Logger: cancelAfterDelete{db.Logger, cancel}})
	deleted, err := synclog.Purge(ctx, watching, syncedAt)
	if !errors.Is(err, context.Canceled) || deleted != 5000 {
		t.Errorf("deleted %d, %v", deleted, err)
	}
}

func TestPurge_ReportsProgressWithAnError(t *testing.T) {
	t.Parallel()
	db, m := mock(t)
	down := errors.New("server is down")
	m.ExpectQuery("^SELECT customer_id").WithArgs(0).WillReturnRows(sqlmock.NewRows([]string{"customer_id"}).AddRow(7))
	m.ExpectExec("^DELETE").WillReturnResult(sqlmock.NewResult(0, 42))
	m.ExpectQuery("^SELECT customer_id").WithArgs(8).WillReturnError(down)
	deleted, err := synclog.Purge(t.Context(), db, syncedAt)
	if !errors.Is(err, down) || deleted != 42 || !strings.Contains(err.Error(), "42 entries") {
		t.Errorf("deleted %d, %v", deleted, err)
	}
}

func TestPurge_RefusesATransaction(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Database(t)
	for _, config := range []*gorm.Config{{}, {PrepareStmt: true}} {
		db := open(t, dsn, config)
		err := db.Transaction(func(tx *gorm.DB) error {
			_, err := synclog.Purge(t.Context(), tx, syncedAt)
			return err
		})
		if err == nil || !strings.Contains(err.Error(), "transaction") {
			t.Errorf("err = %v", err)
		}
	}
}
