package synclog_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestEntries_Filter(t *testing.T) {
	t.Parallel()
	db := setup(t)
	for n := range 12 {
		e := failedEntry()
		e.AttemptKey = ""
		e.CustomerID = uint64(n % 2)
		e.CMMSAssetID = fmt.Sprintf("AST-%d", n%3)
		e.RunID = fmt.Sprintf("01JC%022d", n/6)
		e.SyncedAt = syncedAt.Add(time.Duration(n) * time.Minute)
		if n%4 == 0 {
			e.Status = synclog.Success
		}
		if n%4 == 1 {
			e.ErrorKind = "auth"
		}
		mustRecord(t, db, e)
		if e.ID != uint64(n+1) {
			t.Fatalf("id %d", e.ID)
		}
	}
	zero, one := uint64(0), uint64(1)
	for name, test := range map[string]struct {
		filter synclog.Filter
		want   []uint64 // n+1
	}{
		"all":            {synclog.Filter{}, []uint64{12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1}},
		"customer 0":     {synclog.Filter{CustomerID: &zero}, []uint64{11, 9, 7, 5, 3, 1}},
		"customer":       {synclog.Filter{CustomerID: &one}, []uint64{12, 10, 8, 6, 4, 2}},
		"asset":          {synclog.Filter{CMMSAssetID: "AST-1"}, []uint64{11, 8, 5, 2}},
		"run":            {synclog.Filter{RunID: "01JC0000000000000000000001"}, []uint64{12, 11, 10, 9, 8, 7}},
		"status":         {synclog.Filter{Status: synclog.Success}, []uint64{9, 5, 1}},
		"kind":           {synclog.Filter{ErrorKind: "auth"}, []uint64{10, 6, 2}},
		"time":           {synclog.Filter{Since: syncedAt.Add(2 * time.Minute), Until: syncedAt.Add(4 * time.Minute)}, []uint64{4, 3}},
		"all at once":    {synclog.Filter{CustomerID: &one, CMMSAssetID: "AST-1", RunID: "01JC0000000000000000000000", Status: synclog.Failed, ErrorKind: "auth", Since: syncedAt, Until: syncedAt.Add(time.Hour), BeforeID: 9}, []uint64{2}},
		"page":           {synclog.Filter{CustomerID: &one, Limit: 2}, []uint64{12, 10}},
		"next page":      {synclog.Filter{CustomerID: &one, Limit: 2, BeforeID: 10}, []uint64{8, 6}},
		"last page":      {synclog.Filter{CustomerID: &one, Limit: 4, BeforeID: 6}, []uint64{4, 2}},
		"run's page":     {synclog.Filter{RunID: "01JC0000000000000000000001", Limit: 2, BeforeID: 9}, []uint64{8, 7}},
		"negative limit": {synclog.Filter{Status: synclog.Success, Limit: -1}, []uint64{9, 5, 1}},
		"none":           {synclog.Filter{CMMSAssetID: "AST-9"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []uint64
			for _, e := range mustEntries(t, db, test.filter) {
				got = append(got, e.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestEntries_Limits(t *testing.T) {
	t.Parallel()
	db := setup(t)
	fill(t, db, 1500)
	for limit, want := range map[int]int{0: 100, 7: 7, 1000: 1000, 1001: 1000, 1 << 40: 1000} {
		if got := len(mustEntries(t, db, synclog.Filter{Limit: limit})); got != want {
			t.Errorf("Limit %d gives %d entries, want %d", limit, got, want)
		}
	}
	// pages join without gap or repeat
	var ids []uint64
	for f := (synclog.Filter{Limit: 400}); ; f.BeforeID = ids[len(ids)-1] {
		page := mustEntries(t, db, f)
		if len(page) == 0 {
			break
		}
		for _, e := range page {
			ids = append(ids, e.ID)
		}
	}
	if len(ids) != 1500 || ids[0] != 1500 || ids[1499] != 1 || !slices.IsSortedFunc(ids, func(a, b uint64) int { return int(b) - int(a) }) {
		t.Errorf("%d ids, from %d to %d", len(ids), ids[0], ids[len(ids)-1])
	}
}

// fill inserts n entries: 20 customers by turns, 1,000 assets, runs of 500; the first twentieth is customer 99's alone.
func fill(tb testing.TB, db *gorm.DB, n int) {
	tb.Helper()
	mustExec(tb, db, `INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, error_kind, synced_at, duration_ms)
		SELECT CONCAT('01JC', LPAD(seq DIV 500, 22, '0')), IF(seq <= ? DIV 20, 99, seq MOD 20), CONCAT('AST-', seq MOD 1000),
		IF(seq MOD 10, 'Success', 'Failed'), IF(seq MOD 10, NULL, 'timeout'), ? + INTERVAL seq SECOND, 5
		FROM `+dbtest.Sequence(n), n, "2026-01-01 00:00:00")
	mustExec(tb, db, "ANALYZE TABLE cmms_sync_log")
}

// statements is a logger that keeps the SQL with its arguments in it.
type statements struct {
	logger.Interface
	sql []string
}

func (s *statements) LogMode(logger.LogLevel) logger.Interface { return s }

func (s *statements) Trace(_ context.Context, _ time.Time, fc func() (string, int64), _ error) {
	sql, _ := fc()
	s.sql = append(s.sql, sql)
}

func watched(db *gorm.DB) (*gorm.DB, *statements) {
	s := &statements{Interface: logger.Discard}
	return db.Session(&gorm.Session{Logger: s}), s
}

type plan struct {
	Table, Type, Key, Extra string
	Rows                    int64
}

func explain(tb testing.TB, db *gorm.DB, sql string) (plans []plan) {
	tb.Helper()
	if err := db.Raw("EXPLAIN " + sql).Scan(&plans).Error; err != nil {
		tb.Fatalf("EXPLAIN %s: %v", sql, err)
	}
	if len(plans) == 0 {
		tb.Fatalf("no plan for %s", sql)
	}
	return plans
}

// Every combination that names a customer, an asset or a run goes by the index of one of them and never scans, also where
// the newest entry of the customer is far back.
func TestEntries_UseIndexes(t *testing.T) {
	t.Parallel()
	db := setup(t)
	fill(t, db, 20000)
	seven, old := uint64(7), uint64(99)
	shapes := 0
	for _, customer := range []*uint64{nil, &seven, &old} {
		for _, asset := range []string{"", "AST-7"} {
			for _, run := range []string{"", fmt.Sprintf("01JC%022d", 3)} {
				for _, status := range []synclog.Status{"", synclog.Failed} {
					for _, since := range []time.Time{{}, time.Date(2026, 1, 1, 1, 0, 0, 0, time.UTC)} {
						for _, before := range []uint64{0, 15000} {
							if customer == nil && asset == "" && run == "" {
								continue
							}
							shapes++
							f := synclog.Filter{CustomerID: customer, CMMSAssetID: asset, RunID: run, Status: status, Since: since, BeforeID: before}
							watching, seen := watched(db)
							mustEntries(t, watching, f)
							for _, p := range explain(t, db, seen.sql[0]) {
								byID := p.Table == "l" && p.Type == "eq_ref" && p.Key == "PRIMARY"
								byIndex := p.Table == "cmms_sync_log" && strings.HasPrefix(p.Key, "idx_log_") && p.Rows <= 1100
								if !byID && !byIndex && !strings.HasPrefix(p.Table, "<derived") {
									t.Errorf("%+v\nfor %s", p, seen.sql[0])
								}
							}
						}
					}
				}
			}
		}
	}
	if shapes != 3*2*2*2*2*2-8 {
		t.Errorf("%d shapes", shapes)
	}
}

// Without a customer, asset or run the page comes from the end of the table, and the rest of it is not read.
func TestEntries_WithoutFilterReadBackwards(t *testing.T) {
	t.Parallel()
	db := setup(t)
	fill(t, db, 20000)
	mustPool(t, db).SetMaxOpenConns(1) // the counters are the session's
	mustExec(t, db, "FLUSH STATUS")
	mustEntries(t, db, synclog.Filter{Limit: 10})
	read := one[int](t, db, "SELECT SUM(variable_value) FROM "+dbtest.SessionStatus()+" WHERE variable_name LIKE 'Handler_read%'")
	if read < 10 || read > 50 {
		t.Errorf("read %d rows for a page of 10", read)
	}
}

func TestQuery_Errors(t *testing.T) {
	t.Parallel()
	db := open(t, dbtest.Database(t), nil)
	if _, err := synclog.Entries(t.Context(), db, synclog.Filter{}); err == nil || !strings.Contains(err.Error(), "cmms_sync_log") {
		t.Errorf("Entries without a table: %v", err)
	}
	if _, err := synclog.Runs(t.Context(), db, synclog.Filter{}); err == nil || !strings.Contains(err.Error(), "cmms_sync_run") {
		t.Errorf("Runs without a table: %v", err)
	}
}
