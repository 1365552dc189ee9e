package synclog_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/DATA-DOG/go-sqlmock"
	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestUncertainEntryIsFoundAgain(t *testing.T) {
	t.Parallel()
	for _, precision := range []string{"DATETIME(6)", "DATETIME(3)", "DATETIME"} {
		for _, run := range []string{runID, ""} {
			t.Run(precision+" "+run, func(t *testing.T) {
				t.Parallel()
				db := open(t, dbtest.Database(t), nil)
				mustExec(t, db, strings.Replace(logDDL, "DATETIME(6)", precision, 1))
				first := failedEntry()
				first.RunID = run
				first.SyncedAt = time.Date(2026, 1, 1, 0, 0, 0, 999999000, time.UTC) // cut or rounded by some
				mustRecord(t, db, first)

				again := *first
				again.ID, again.Uncertain = 0, true
				mustRecord(t, db, &again)
				if again.ID != first.ID || again.Uncertain {
					t.Errorf("id %d, uncertain %v, want the row %d adopted", again.ID, again.Uncertain, first.ID)
				}
				if n := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log"); n != 1 {
					t.Errorf("%d rows", n)
				}
			})
		}
	}
}

// Nothing that differs in what tells one attempt from another is taken for the lost one.
func TestUncertainEntryIsNotConfused(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(e *synclog.Entry){
		"another asset":    func(e *synclog.Entry) { e.CMMSAssetID = "AST-1043" },
		"another customer": func(e *synclog.Entry) { e.CustomerID = 8 },
		"another run":      func(e *synclog.Entry) { e.RunID = "01JC0000000000000000000002" },
		"no run":           func(e *synclog.Entry) { e.RunID = "" },
		"a moment later":   func(e *synclog.Entry) { e.SyncedAt = e.SyncedAt.Add(time.Millisecond) }, // the twin of two rows with one id
		"another duration": func(e *synclog.Entry) { e.DurationMS++ },
		"much later":       func(e *synclog.Entry) { e.SyncedAt = e.SyncedAt.Add(2 * time.Second) },
		"much earlier":     func(e *synclog.Entry) { e.SyncedAt = e.SyncedAt.Add(-2 * time.Second) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := setup(t)
			mustRecord(t, db, failedEntry())
			other := failedEntry()
			change(other)
			other.Uncertain = true
			mustRecord(t, db, other)
			if n := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log"); n != 2 || other.Uncertain {
				t.Errorf("%d rows, uncertain %v", n, other.Uncertain)
			}
		})
	}
}

// An entry may have become another outcome while it waited: the row that an earlier insert left is brought up to date.
func TestUncertainEntryThatChanged(t *testing.T) {
	t.Parallel()
	db := setup(t)
	e := successEntry()
	mustRecord(t, db, e)
	e.ID, e.Uncertain = 0, true
	e.Status, e.ErrorKind, e.ErrorMessage = synclog.Failed, "panic", "OnAsset panicked"
	mustRecord(t, db, e)
	if diff := cmp.Diff([]synclog.Entry{*e}, mustEntries(t, db, synclog.Filter{})); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

// The server has the row, the answer never came: the write is repeated and makes no second row.
func TestServerDiesAfterTheInsert(t *testing.T) {
	t.Parallel()
	server := dbtest.Start(t)
	db := open(t, server.Database(t), &gorm.Config{PrepareStmt: true})
	mustExec(t, db, logDDL)
	backlog := synclog.NewBacklog(func(ctx context.Context, e *synclog.Entry) error { return synclog.Recorder{}.Record(ctx, db, e) })

	lost := failedEntry()
	sent := *lost
	mustRecord(t, db, &sent) // as if by lost, whose answer is not heard of:
	server.Kill(t)
	if err := backlog.Write(t.Context(), lost); err == nil {
		t.Fatal("written to a dead server")
	}
	next := successEntry()
	next.CMMSAssetID = "AST-1043"
	if err := backlog.Write(t.Context(), next); err == nil || backlog.Len() != 2 || next.Uncertain {
		t.Fatalf("err %v, %d waiting, the one that was never tried is uncertain: %v", err, backlog.Len(), next.Uncertain)
	}
	server.Restart(t)
	if err := backlog.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	got := mustEntries(t, db, synclog.Filter{})
	if diff := cmp.Diff([]synclog.Entry{*next, *lost}, got); diff != "" || lost.ID != sent.ID {
		t.Errorf("id %d, want %d; (-want +got)\n%s", lost.ID, sent.ID, diff)
	}
}

// A steady entry costs one statement, an uncertain one looks first.
func TestStatementsInOrder(t *testing.T) {
	t.Parallel()
	const insert, look = "^INSERT INTO cmms_sync_log ", "^SELECT id FROM cmms_sync_log WHERE cmms_asset_id = .* FOR UPDATE$"
	broken := errors.New("broken pipe")

	db, m := mock(t)
	e := failedEntry()
	m.ExpectExec(insert).WithArgs(runID, 7, "AST-1042", "Failed", "not_found", "404 Not Found", nil, nil, "2026-03-01 20:30:00.123456", 321).
		WillReturnError(broken)
	if err := (synclog.Recorder{}).Record(t.Context(), db, e); !errors.Is(err, broken) {
		t.Fatalf("err = %v, want the driver's wrapped", err)
	}

	e.Uncertain = true
	m.ExpectQuery(look).WithArgs("AST-1042", "2026-03-01 20:29:59.123456", "2026-03-01 20:30:01.123456", "2026-03-01 20:30:00.123456", 7, 321, runID).
		WillReturnError(broken)
	if err := (synclog.Recorder{}).Record(t.Context(), db, e); !errors.Is(err, broken) || !e.Uncertain {
		t.Fatalf("err = %v, uncertain = %v", err, e.Uncertain)
	}

	m.ExpectQuery(look).WillReturnRows(sqlmock.NewRows([]string{"id"}))
	m.ExpectExec(insert).WillReturnResult(sqlmock.NewResult(41, 1))
	mustRecord(t, db, e)
	if e.ID != 41 || e.Uncertain {
		t.Errorf("id %d, uncertain %v", e.ID, e.Uncertain)
	}
}
