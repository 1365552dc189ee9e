package synclog_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/DATA-DOG/go-sqlmock"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// pretended stands for a host's handle: a database that returns prepared results.
func pretended(expect func(sqlmock.Sqlmock)) *gorm.DB {
	pool, m, err := sqlmock.New()
	if err != nil {
		panic(err)
	}
	expect(m)
	db, err := gorm.Open(mysql.New(mysql.Config{Conn: pool, SkipInitializeWithVersion: true}))
	if err != nil {
		panic(err)
	}
	return db
}

func ExampleRecorder_Record() {
	db := pretended(func(m sqlmock.Sqlmock) {
		m.ExpectExec("INSERT INTO cmms_sync_log").WillReturnResult(sqlmock.NewResult(1, 1))
	})

	entry := synclog.Entry{
		CustomerID: 7, CMMSAssetID: "AST-1042", Status: synclog.Failed,
		ErrorKind:    "not_found",
		ErrorMessage: synclog.ErrorMessage(errors.New("the API knows no such asset")),
		SyncedAt:     time.Now(), DurationMS: 120,
	}
	if err := (synclog.Recorder{}).Record(context.Background(), db, &entry); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("recorded as", entry.ID)
	// Output: recorded as 1
}

// The next page is the same filter, below the last id seen.
func ExampleEntries() {
	db := pretended(func(m sqlmock.Sqlmock) {
		columns := []string{"id", "cmms_asset_id", "error_kind", "synced_at"}
		m.ExpectQuery("customer_id = . AND status").WillReturnRows(sqlmock.NewRows(columns).
			AddRow(42, "AST-3", "timeout", "2026-03-01 20:30:00.000000").
			AddRow(40, "AST-1", "auth", "2026-03-01 20:29:00.000000"))
		m.ExpectQuery("id < ").WillReturnRows(sqlmock.NewRows(columns))
	})

	customer := uint64(7)
	filter := synclog.Filter{CustomerID: &customer, Status: synclog.Failed, Limit: 2}
	for {
		entries, err := synclog.Entries(context.Background(), db, filter)
		if err != nil {
			fmt.Println(err)
			return
		}
		if len(entries) == 0 {
			break
		}
		for _, e := range entries {
			fmt.Println(e.SyncedAt.Format(time.RFC3339), e.CMMSAssetID, e.ErrorKind)
		}
		filter.BeforeID = entries[len(entries)-1].ID
	}
	// Output:
	// 2026-03-01T20:30:00Z AST-3 timeout
	// 2026-03-01T20:29:00Z AST-1 auth
}

// The last run, while it goes on and afterwards.
func ExampleRuns() {
	db := pretended(func(m sqlmock.Sqlmock) {
		m.ExpectQuery("FROM cmms_sync_run").WillReturnRows(
			sqlmock.NewRows([]string{"id", "status", "total", "successful", "failed", "started_at", "heartbeat_at"}).
				AddRow("01KAE2RJ5V5GJ8N7M3C2B1A0ZZ", "Running", 300, 120, 2, "2026-03-01 20:30:00.000000", "2026-03-01 20:31:05.000000"))
	})

	runs, err := synclog.Runs(context.Background(), db, synclog.Filter{Limit: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range runs {
		fmt.Printf("%s: %d of %d, %d failed, last seen %s\n", r.Status, r.Successful+r.Failed, r.Total, r.Failed, r.HeartbeatAt.Format(time.TimeOnly))
	}
	// Output: Running: 122 of 300, 2 failed, last seen 20:31:05
}

func ExamplePurge() {
	db := pretended(func(m sqlmock.Sqlmock) {
		m.ExpectQuery("SELECT customer_id").WillReturnRows(sqlmock.NewRows([]string{"customer_id"}).AddRow(7))
		m.ExpectExec("DELETE FROM cmms_sync_log").WillReturnResult(sqlmock.NewResult(0, 1200))
		m.ExpectQuery("SELECT customer_id").WillReturnRows(sqlmock.NewRows([]string{"customer_id"}))
		m.ExpectExec("DELETE FROM cmms_sync_run").WillReturnResult(sqlmock.NewResult(0, 3))
	})

	deleted, err := synclog.Purge(context.Background(), db, time.Now().AddDate(0, 0, -90))
	fmt.Println(deleted, err)
	// Output: 1200 <nil>
}

func ExampleRedact() {
	fmt.Println(synclog.Redact(`Get "https://cmms.example/api/v1/assets/7?key=abc": 401, sent Authorization: Bearer eyJhbGciOi`))
	// Output: Get "https://cmms.example/api/v1/assets/7?REDACTED": 401, sent Authorization: REDACTED
}

func ExampleErrorMessage() {
	err := errors.New("dial tcp: sync:hunter2@tcp(db:3306)/cmms: connection refused")
	fmt.Println(synclog.ErrorMessage(err))
	// Output: dial tcp: sync:REDACTED@tcp(db:3306)/cmms: connection refused
}
