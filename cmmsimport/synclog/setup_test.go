package synclog_test

import (
	"database/sql"
	"os"
	"testing"
	"time"

	"github.com/DATA-DOG/go-sqlmock"
	driver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) {
	if err := driver.SetLogger(&driver.NopLogger{}); err != nil { // connections are broken on purpose here
		panic(err)
	}
	os.Exit(dbtest.Main(m))
}

// The tables as a host's DBA would write them.
const (
	logDDL = `CREATE TABLE cmms_sync_log (
  id            BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  run_id        CHAR(26) NULL,
  customer_id   BIGINT UNSIGNED NOT NULL,
  cmms_asset_id VARCHAR(64) NOT NULL,
  status        VARCHAR(16) NOT NULL,
  error_kind    VARCHAR(32) NULL,
  error_message TEXT NULL,
  warnings      JSON NULL,
  changes       JSON NULL,
  synced_at     DATETIME(6) NOT NULL,
  duration_ms   BIGINT NOT NULL,
  attempt_key   VARCHAR(64) NULL,
  KEY idx_log_customer (customer_id, synced_at),
  KEY idx_log_asset (cmms_asset_id, synced_at),
  KEY idx_log_run (run_id, id),
  UNIQUE KEY uq_log_attempt (attempt_key)
)`
	runDDL = `CREATE TABLE cmms_sync_run (
  id           CHAR(26) NOT NULL PRIMARY KEY,
  customer_id  BIGINT UNSIGNED NULL,
  status       VARCHAR(16) NOT NULL,
  total        BIGINT NOT NULL DEFAULT 0,
  successful   BIGINT NOT NULL DEFAULT 0,
  failed       BIGINT NOT NULL DEFAULT 0,
  skipped      BIGINT NOT NULL DEFAULT 0,
  warnings     BIGINT NOT NULL DEFAULT 0,
  current_asset VARCHAR(64) NULL,
  host         VARCHAR(255) NULL,
  error_message TEXT NULL,
  started_at   DATETIME(6) NOT NULL,
  heartbeat_at DATETIME(6) NOT NULL,
  finished_at  DATETIME(6) NULL,
  duration_ms  BIGINT NULL,
  KEY idx_run_started (started_at)
)`
)

// runID is any ULID.
const runID = "01JC0000000000000000000001"

func open(tb testing.TB, dsn string, config *gorm.Config) *gorm.DB {
	tb.Helper()
	if config == nil {
		config = &gorm.Config{}
	}
	config.Logger = logger.Discard // the tests provoke errors
	db, err := gorm.Open(mysql.Open(dsn), config)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { mustPool(tb, db).Close() })
	return db
}

// setup returns a handle on a database with both tables.
func setup(tb testing.TB) *gorm.DB {
	tb.Helper()
	db := open(tb, dbtest.Database(tb), nil)
	mustExec(tb, db, logDDL)
	mustExec(tb, db, runDDL)
	return db
}

func mustPool(tb testing.TB, db *gorm.DB) *sql.DB {
	tb.Helper()
	pool, err := db.DB()
	if err != nil {
		tb.Fatal(err)
	}
	return pool
}

func mustExec(tb testing.TB, db *gorm.DB, statement string, args ...any) {
	tb.Helper()
	if err := db.Exec(statement, args...).Error; err != nil {
		tb.Fatalf("%.200s: %v", statement, err)
	}
}

// one reads a single value with plain SQL, so that what the package reads is not proved by the package.
func one[T any](tb testing.TB, db *gorm.DB, query string, args ...any) (v T) {
	tb.Helper()
	if err := mustPool(tb, db).QueryRow(query, args...).Scan(&v); err != nil {
		tb.Fatalf("%.200s: %v", query, err)
	}
	return v
}

func mustRecord(tb testing.TB, db *gorm.DB, e *synclog.Entry) {
	tb.Helper()
	if err := (synclog.Recorder{}).Record(tb.Context(), db, e); err != nil {
		tb.Fatal(err)
	}
}

func mustEntries(tb testing.TB, db *gorm.DB, f synclog.Filter) []synclog.Entry {
	tb.Helper()
	entries, err := synclog.Entries(tb.Context(), db, f)
	if err != nil {
		tb.Fatal(err)
	}
	return entries
}

// mock returns a handle on a pretended MySQL that expects statements in order.
func mock(tb testing.TB) (*gorm.DB, sqlmock.Sqlmock) {
	tb.Helper()
	pool, m, err := sqlmock.New()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := m.ExpectationsWereMet(); err != nil {
			tb.Error(err)
		}
		pool.Close()
	})
	db, err := gorm.Open(mysql.New(mysql.Config{Conn: pool, SkipInitializeWithVersion: true}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		tb.Fatal(err)
	}
	return db, m
}

var syncedAt = time.Date(2026, 3, 1, 20, 30, 0, 123456000, time.UTC)

func failedEntry() *synclog.Entry {
	return &synclog.Entry{
		RunID: runID, CustomerID: 7, CMMSAssetID: "AST-1042", AttemptKey: runID + ":1", Status: synclog.Failed,
		ErrorKind: "not_found", ErrorMessage: "404 Not Found", SyncedAt: syncedAt, DurationMS: 321,
	}
}

func successEntry() *synclog.Entry {
	return &synclog.Entry{
		RunID: runID, CustomerID: 7, CMMSAssetID: "AST-1042", AttemptKey: runID + ":2", Status: synclog.Success,
		Warnings: []string{`purchase_date: "soon" is not a date in a known layout; kept 2020-01-31`},
		Changes:  synclog.Changes{"asset_name": {From: nil, To: "குளிர் <நீர்> & 🔥"}},
		SyncedAt: syncedAt, DurationMS: 45,
	}
}
