package consoletest_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/console"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// largeRows is the size of the log in TestPagesOnALargeLog:
//
//	go -C examples test ./consoletest -run TestPagesOnALargeLog -v -timeout 60m -log-rows 10000000
var largeRows = flag.Int("log-rows", 300_000, "`rows` of cmms_sync_log in TestPagesOnALargeLog, a multiple of 100,000")

// maxRead is the maximum number of table and index rows that a statement may read. A search in one customer's rows reads three
// per row.
const maxRead = 160_000

func TestPagesOnALargeLog(t *testing.T) {
	t.Parallel()
	s, seen := setupLarge(t, *largeRows)
	assets := *largeRows / 100
	last := runID(100)
	failing, quiet := "A-7", "A-8"
	for _, address := range []string{
		"", "runs", "runs?before=" + runID(50), "run?id=" + last, "run?show=all&id=" + last, "run?show=warned&id=" + last, "run?show=changed&id=" + last,
		fmt.Sprintf("run?show=failed&id=%s&before=%d", last, *largeRows-assets/2),
		"failures", "failures?customer=1", "failures?customer=8", "warnings", "warnings?customer=1", "warnings?customer=4", "assets?q=A-7", "assets?q=A-7&after=A-70", "assets?q=A-7&customer=8",
		"asset?id=" + failing, "asset?customer=1&id=" + quiet, fmt.Sprintf("asset?customer=1&id=%s&before=%d", quiet, *largeRows/2),
		"events?run=" + last, "export.csv?run=" + last, "export.csv?id=" + failing + "&customer=8", "export.csv?customer=8&since=" + time.Now().AddDate(0, 0, -3).Format(time.DateOnly),
		"export.csv?status=Failed&since=" + time.Now().AddDate(0, 0, -1).Format(time.DateOnly),
	} {
		before := time.Now()
		size := s.fetch(address)
		t.Logf("%8s %9d bytes  %s", time.Since(before).Round(time.Millisecond), size, address)
	}
	response, err := http.PostForm(s.url+"start", url.Values{"customer": {"8"}, "only_failed": {"1"}, "asset": {"A-7"}})
	must(t, err)
	response.Body.Close()
	equal(t, "a retry", response.StatusCode, http.StatusOK)

	checked := 0
	for _, statement := range seen.all() {
		if !strings.HasPrefix(statement, "SELECT ") || !strings.Contains(statement, "FROM") || strings.Contains(statement, "information_schema") {
			continue
		}
		checked++
		for _, p := range explain(t, s.db, statement) {
			small := strings.HasPrefix(p.Table, "<") || p.Table == "cmms_sync_lock" || p.Table == "" // cmms_sync_lock has one row per run in progress
			if !small && (p.Key == "" || p.Type == "ALL") {
				t.Errorf("%+v\nfor %s", p, statement)
			}
		}
		if read := s.rowsRead(statement); read > maxRead {
			t.Errorf("%d rows were read for %s", read, statement)
		}
	}
	if checked < 40 {
		t.Errorf("only %d statements were seen", checked)
	}
	response, err = http.Get(s.url + "failures?customer=8")
	must(t, err)
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	must(t, err)
	if !strings.Contains(string(page), "for 11 days") {
		t.Errorf("the failures of customer 8 have no date:\n%s", page)
	}
}

func runID(night int) string { return fmt.Sprintf("01J%023d", night) }

// setupLarge creates a log of a hundred nights. Half of the assets belong to customer 1, which has more attempts than a page
// searches; the rest belong to ten others. There are 20,000 older manual runs.
func setupLarge(t *testing.T, rows int) (*site, *statements) {
	t.Helper()
	server := dbtest.Start(t, "--innodb-buffer-pool-size=1G", "--innodb-flush-log-at-trx-commit=0", "--innodb-log-file-size=256M")
	seen := &statements{Interface: logger.Discard}
	db, err := gorm.Open(mysql.Open(server.Database(t)), &gorm.Config{Logger: seen})
	must(t, err)
	t.Cleanup(func() {
		if pool, err := db.DB(); err == nil {
			_ = pool.Close()
		}
	})
	must(t, cmmsimport.Migrate(t.Context(), db))
	exec := func(statement string, args ...any) {
		t.Helper()
		must(t, db.Exec(statement, args...).Error)
	}
	assets := rows / 100
	first := time.Now().UTC().AddDate(0, 0, -100).Format(time.DateTime)
	// One percent of the assets failed in the last twelve nights, two percent have warnings.
	exec("ALTER TABLE cmms_sync_log DROP KEY idx_log_customer, DROP KEY idx_log_asset, DROP KEY idx_log_run")
	for night := 1; night <= 100; night++ {
		exec(`INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, error_kind, error_message, warnings, changes, synced_at, duration_ms)
			SELECT ?, IF(seq % 2, 1 + seq % 20, 1), CONCAT('A-', seq), IF(seq % 100 = 7 AND ? > 88, 'Failed', 'Success'), IF(seq % 100 = 7 AND ? > 88, 'not_found', NULL),
				IF(seq % 100 = 7 AND ? > 88, CONCAT('innomaint: asset "A-', seq, '": not_found (HTTP 404): the API has no such asset'), NULL),
				IF(seq % 50 = 3, '["purchase_date: \\"soon\\" is not a date in a known layout; stays empty"]', NULL),
				IF((seq + ?) % 40 = 0, '{"criticality":{"from":"Low","to":"High"}}', NULL),
				? + INTERVAL ? DAY + INTERVAL seq * 0.1 SECOND, 80 + seq % 50 FROM seq_1_to_`+fmt.Sprint(assets),
			runID(night), night, night, night, night, first, night)
	}
	exec("ALTER TABLE cmms_sync_log ADD KEY idx_log_customer (customer_id, synced_at), ADD KEY idx_log_asset (cmms_asset_id, synced_at), ADD KEY idx_log_run (run_id, id)")
	exec(`INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, asset_name, cmms_sync_status, cmms_synced_at, cmms_attempted_at)
		SELECT IF(seq % 2, 1 + seq % 20, 1), CONCAT('A-', seq), CONCAT('Pump ', seq), IF(seq % 100 = 7, 'Failed', 'Success'),
			? + INTERVAL IF(seq % 100 = 7, 88, 100) DAY + INTERVAL seq * 0.1 SECOND, ? + INTERVAL 100 DAY + INTERVAL seq * 0.1 SECOND FROM seq_1_to_`+fmt.Sprint(assets), first, first)
	exec(`INSERT INTO cmms_sync_run (id, customer_id, status, total, successful, failed, started_at, heartbeat_at, finished_at, duration_ms)
		SELECT CONCAT('01J', LPAD(n.seq, 23, '0')), NULL, 'Completed', ?, ? - IF(n.seq > 88, ? DIV 100, 0), IF(n.seq > 88, ? DIV 100, 0),
			? + INTERVAL n.seq DAY, ? + INTERVAL n.seq DAY, ? + INTERVAL n.seq DAY, 600000 FROM seq_1_to_100 n`, assets, assets, assets, assets, first, first, first)
	exec(`INSERT INTO cmms_sync_run (id, customer_id, status, total, successful, started_at, heartbeat_at, duration_ms)
		SELECT CONCAT('01H', LPAD(n.seq, 23, '0')), 1 + n.seq % 20, 'Completed', 5, 5, ? - INTERVAL n.seq HOUR, ? - INTERVAL n.seq HOUR, 700 FROM seq_1_to_20000 n`, first, first)
	exec("ANALYZE TABLE cmms_sync_log, cmms_sync_run, ic3_asset_master")

	client := cmmsimport.APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		return &innomaint.Asset{ID: ref.AssetID}, nil
	})
	c, err := console.New(console.Config{DB: db, Options: cmmsimport.Options{Client: client, Logger: slog.New(slog.DiscardHandler)}})
	must(t, err)
	web := httptest.NewServer(http.StripPrefix(prefix, c))
	t.Cleanup(func() {
		must(t, c.Shutdown(context.Background()))
		web.Close()
	})
	seen.clear()
	return &site{t: t, db: db, console: c, url: web.URL + prefix + "/"}, seen
}

// fetch downloads a page and returns its size.
func (s *site) fetch(address string) int64 {
	s.t.Helper()
	response, err := http.Get(s.url + address)
	must(s.t, err)
	defer response.Body.Close()
	n, err := io.Copy(io.Discard, response.Body)
	must(s.t, err)
	equal(s.t, address, response.StatusCode, http.StatusOK)
	return n
}

// statements is a logger that keeps the SQL with its arguments.
type statements struct {
	logger.Interface
	mu   sync.Mutex
	sql  []string
	seen map[string]bool
}

func (s *statements) LogMode(logger.LogLevel) logger.Interface { return s }

func (s *statements) Trace(_ context.Context, _ time.Time, fc func() (string, int64), _ error) {
	sql, _ := fc()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.seen == nil {
		s.seen = map[string]bool{}
	}
	if !s.seen[sql] {
		s.seen[sql] = true
		s.sql = append(s.sql, sql)
	}
}

func (s *statements) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sql, s.seen = nil, nil
}

func (s *statements) all() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.sql...)
}

// rowsRead runs a statement and returns the number of table and index rows that the server read.
func (s *site) rowsRead(statement string) (read int64) {
	s.t.Helper()
	must(s.t, s.db.Connection(func(one *gorm.DB) error {
		if err := one.Exec("FLUSH STATUS").Error; err != nil {
			return err
		}
		rows, err := one.Raw(statement).Rows()
		if err != nil {
			return err
		}
		for rows.Next() {
			continue
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			return err
		}
		return one.Raw("SELECT SUM(VARIABLE_VALUE) FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME IN " +
			"('Handler_read_first', 'Handler_read_key', 'Handler_read_last', 'Handler_read_next', 'Handler_read_prev', 'Handler_read_rnd_next')").Scan(&read).Error
	}))
	return read
}

type plan struct{ Table, Type, Key, Extra string }

func explain(t testing.TB, db *gorm.DB, sql string) (plans []plan) {
	t.Helper()
	if err := db.Raw("EXPLAIN " + sql).Scan(&plans).Error; err != nil {
		t.Fatalf("EXPLAIN %s: %v", sql, err)
	}
	return plans
}
