package cmmsimport_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"log/slog"
	"testing"

	"github.com/DATA-DOG/go-sqlmock"
	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// The texts that the mock waits for, in the order of a run.
const (
	updateAsset  = "^UPDATE ic3_asset_master SET .*cmms_sync_status = 'Success'.* WHERE id = \\? AND cmms_asset_id = \\? AND deleted_at IS NULL$"
	markedFailed = "^UPDATE ic3_asset_master SET cmms_sync_status = 'Failed', cmms_attempted_at = \\? WHERE id = \\? AND cmms_asset_id = \\? AND deleted_at IS NULL AND \\(cmms_attempted_at IS NULL OR cmms_attempted_at <= \\? \\+ INTERVAL 1 SECOND\\)$"
	insertLog    = "^INSERT INTO .?cmms_sync_log"
	updateLog    = "^UPDATE cmms_sync_log SET status"
)

// script is a mocked database that expects a run over one asset of customer 7.
type script struct {
	sqlmock.Sqlmock
	t         *testing.T
	db        *gorm.DB
	atomicLog bool
}

func newScript(t *testing.T) *script {
	t.Helper()
	pool, mock, err := sqlmock.New()
	must(t, err)
	t.Cleanup(func() { _ = pool.Close() })
	db, err := gorm.Open(mysql.New(mysql.Config{Conn: pool, SkipInitializeWithVersion: true}), &gorm.Config{Logger: logger.Discard})
	must(t, err)
	return &script{Sqlmock: mock, t: t, db: db}
}

// opening expects all that comes before the asset.
func (s *script) opening() {
	s.ExpectQuery("information_schema.columns").WillReturnRows(everyColumn())
	s.ExpectPrepare("INSERT INTO cmms_sync_lock").ExpectExec().WillReturnResult(driver.RowsAffected(1))
	s.ExpectQuery("FROM cmms_sync_run").WillReturnRows(sqlmock.NewRows([]string{"id"}))
	s.ExpectQuery("SELECT customer_id, COUNT").WillReturnRows(
		sqlmock.NewRows([]string{"customer_id", "assets", "max_id", "newest"}).AddRow(7, 1, 1, nil))
	s.ExpectPrepare("INSERT INTO cmms_sync_run").ExpectExec().WillReturnResult(driver.RowsAffected(1))
	s.ExpectExec("INSERT INTO cmms_sync_lock").WillReturnResult(driver.RowsAffected(1))
	s.ExpectQuery("SELECT .* FROM .ic3_asset_master.").WillReturnRows(
		sqlmock.NewRows([]string{"id", "customer_id", "cmms_asset_id", "asset_name"}).AddRow(1, 7, "AST-1", "old name"))
}

// logged expects the row of cmms_sync_log.
func (s *script) logged() {
	if !s.atomicLog { // inside a transaction, nothing is prepared
		s.ExpectPrepare(insertLog)
	}
	s.ExpectExec(insertLog).WillReturnResult(sqlmock.NewResult(1, 1))
}

// marked expects the failure's mark.
func (s *script) marked() {
	s.ExpectPrepare(markedFailed).ExpectExec().WillReturnResult(driver.RowsAffected(1))
}

// closing expects all that comes after the asset.
func (s *script) closing() {
	s.ExpectPrepare("DELETE FROM cmms_sync_lock").ExpectExec().WillReturnResult(driver.RowsAffected(1))
	s.ExpectPrepare("UPDATE cmms_sync_run").ExpectExec().WillReturnResult(driver.RowsAffected(1))
	s.ExpectExec("DELETE FROM cmms_sync_lock").WillReturnResult(driver.RowsAffected(1))
}

// run syncs and checks that every expectation was met, in order.
func (s *script) run(name string, vary func(*cmmsimport.Options)) cmmsimport.Summary {
	s.t.Helper()
	opts := cmmsimport.Options{AtomicLog: s.atomicLog, Logger: slog.New(slog.DiscardHandler), Client: clientFunc(
		func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) {
			return &innomaint.Asset{ID: "AST-1", Name: name}, nil
		})}
	if vary != nil {
		vary(&opts)
	}
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(s.t.Context(), s.db, opts)
	must(s.t, err)
	must(s.t, s.ExpectationsWereMet())
	checkSums(s.t, summary)
	return summary
}

func TestStatementsOfASuccess(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.opening()
	s.ExpectBegin()
	s.ExpectExec("^UPDATE ic3_asset_master SET `asset_name` = \\?, updated_at = \\?, cmms_sync_status = 'Success', cmms_synced_at = \\?, cmms_attempted_at = \\? WHERE id = \\? AND cmms_asset_id = \\? AND deleted_at IS NULL$").
		WithArgs("new name", sqlmock.AnyArg(), sqlmock.AnyArg(), sqlmock.AnyArg(), 1, "AST-1").
		WillReturnResult(driver.RowsAffected(1))
	s.ExpectCommit()
	s.logged()
	s.closing()
	equal(t, "changed", s.run("new name", nil).Changed, 1)
}

func TestStatementsOfASuccessWithAtomicLog(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.atomicLog = true
	s.opening()
	s.ExpectBegin()
	s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
	s.logged()
	s.ExpectCommit()
	s.closing()
	equal(t, "changed", s.run("new name", nil).Changed, 1)
}

func TestStatementsOfFailures(t *testing.T) {
	t.Parallel()
	refused := &mysqldriver.MySQLError{Number: 1406, Message: "Data too long for column 'asset_name'"}
	tests := map[string]struct {
		expect    func(*script)
		vary      func(*cmmsimport.Options)
		atomicLog bool
		kind      string
	}{
		"the API fails: no transaction at all": {
			expect: func(*script) {},
			vary: func(o *cmmsimport.Options) {
				o.Client = clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) {
					return nil, &innomaint.Error{Kind: innomaint.KindNotFound, AssetID: "AST-1"}
				})
			},
			kind: "not_found",
		},
		"the enricher fails: rollback": {
			expect: func(s *script) { s.ExpectBegin(); s.ExpectRollback() },
			vary: func(o *cmmsimport.Options) {
				o.Enrich = func(context.Context, *gorm.DB, cmmsimport.MasterResolver, *cmmsimport.AssetMaster, *innomaint.Asset) error {
					return errors.New("no such cost centre")
				}
			},
			kind: "internal",
		},
		"the enricher panics: rollback": {
			expect: func(s *script) { s.ExpectBegin(); s.ExpectRollback() },
			vary: func(o *cmmsimport.Options) {
				o.Enrich = func(context.Context, *gorm.DB, cmmsimport.MasterResolver, *cmmsimport.AssetMaster, *innomaint.Asset) error {
					panic("a host's bug")
				}
			},
			kind: "panic",
		},
		"BEGIN fails": {
			expect: func(s *script) { s.ExpectBegin().WillReturnError(errTooMuch) },
			kind:   "database",
		},
		"a master's look-up fails: rollback": {
			expect: func(s *script) {
				s.ExpectBegin()
				s.ExpectQuery("FROM ic3_status_master").WillReturnError(errTooMuch)
				s.ExpectRollback()
			},
			vary: func(o *cmmsimport.Options) {
				o.Client = clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) {
					return &innomaint.Asset{ID: "AST-1", Status: innomaint.Reference{Name: "In service"}}, nil
				})
			},
			kind: "database",
		},
		"UPDATE is refused: rollback": {
			expect: func(s *script) {
				s.ExpectBegin()
				s.ExpectExec(updateAsset).WillReturnError(refused)
				s.ExpectRollback()
			},
			kind: "invalid_data",
		},
		"UPDATE meets a unique key of the host's: rollback": {
			expect: func(s *script) {
				s.ExpectBegin()
				s.ExpectExec(updateAsset).WillReturnError(&mysqldriver.MySQLError{Number: 1062, Message: "Duplicate entry"})
				s.ExpectRollback()
			},
			kind: "invalid_data",
		},
		"the row is gone: rollback": {
			expect: func(s *script) {
				s.ExpectBegin()
				s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(0))
				s.ExpectQuery("SELECT id FROM ic3_asset_master .* FOR UPDATE").WillReturnRows(sqlmock.NewRows([]string{"id"}))
				s.ExpectRollback()
			},
			kind: "invalid_data",
		},
		"COMMIT is refused": {
			expect: func(s *script) {
				s.ExpectBegin()
				s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
				s.ExpectCommit().WillReturnError(errTooMuch)
			},
			kind: "database",
		},
		"with AtomicLog, the log row is refused: rollback of both": {
			expect: func(s *script) {
				s.ExpectBegin()
				s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
				s.ExpectExec(insertLog).WillReturnError(errTooMuch)
				s.ExpectRollback()
			},
			atomicLog: true, kind: "database",
		},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.atomicLog = tc.atomicLog
			s.opening()
			tc.expect(s)
			s.marked()
			s.logged()
			s.closing()
			summary := s.run("new name", tc.vary)
			equal(t, "failed", summary.Failed, 1)
			equal(t, "of kind "+tc.kind, summary.FailedByKind[tc.kind], 1)
		})
	}
}

// errTooMuch is an error of the server that no repetition mends.
var errTooMuch = &mysqldriver.MySQLError{Number: 1114, Message: "The table is full"}

func TestStatementsOfARepeatedTransaction(t *testing.T) {
	t.Parallel()
	deadlock := &mysqldriver.MySQLError{Number: 1213, Message: "Deadlock found when trying to get lock"}
	s := newScript(t)
	s.opening()
	s.ExpectBegin()
	s.ExpectExec(updateAsset).WillReturnError(deadlock)
	s.ExpectRollback()
	s.ExpectBegin()
	s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
	s.ExpectCommit().WillReturnError(deadlock) // a Galera conflict
	s.ExpectBegin()
	s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
	s.ExpectCommit().WillReturnError(mysqldriver.ErrInvalidConn) // committed or not: nobody knows
	s.ExpectBegin()
	s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(0)) // it was: the same values again
	s.ExpectQuery("SELECT id FROM ic3_asset_master .* FOR UPDATE").WillReturnRows(sqlmock.NewRows([]string{"id"}).AddRow(1))
	s.ExpectCommit()
	s.logged()
	s.closing()
	equal(t, "successful", s.run("new name", nil).Successful, 1)
}

func TestStatementsOfADryRun(t *testing.T) {
	t.Parallel()
	s := newScript(t)
	s.ExpectQuery("information_schema.columns").WillReturnRows(everyColumn())
	s.ExpectQuery("SELECT customer_id, COUNT").WillReturnRows(
		sqlmock.NewRows([]string{"customer_id", "assets", "max_id", "newest"}).AddRow(7, 1, 1, nil))
	s.ExpectQuery("SELECT .* FROM .ic3_asset_master.").WillReturnRows(
		sqlmock.NewRows([]string{"id", "customer_id", "cmms_asset_id", "asset_name"}).AddRow(1, 7, "AST-1", "old name"))
	s.ExpectBegin()
	s.ExpectRollback()
	equal(t, "changed", s.run("new name", func(o *cmmsimport.Options) { o.DryRun = true }).Changed, 1)
}

// The connection dies while the log row is inserted: it may be in the table, so it is looked for first.
func TestStatementsOfALogRowWhoseFateIsUnknown(t *testing.T) {
	t.Parallel()
	const lookFor = "SELECT id FROM cmms_sync_log"
	for name, there := range map[string]bool{"it is there": true, "it is not": false} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			found := sqlmock.NewRows([]string{"id"})
			if there {
				found.AddRow(5)
			}
			s := newScript(t)
			s.opening()
			s.ExpectBegin()
			s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
			s.ExpectCommit()
			s.ExpectPrepare(insertLog)
			s.ExpectExec(insertLog).WillReturnError(mysqldriver.ErrInvalidConn)
			s.ExpectPrepare(lookFor)
			s.ExpectQuery(lookFor).WillReturnRows(found)
			if there {
				s.ExpectPrepare(updateLog).ExpectExec().WillReturnResult(driver.RowsAffected(1))
			} else {
				s.ExpectExec(insertLog).WillReturnResult(sqlmock.NewResult(6, 1))
			}
			s.closing()
			equal(t, "successful", s.run("new name", nil).Successful, 1)
		})
		t.Run(name+", with AtomicLog", func(t *testing.T) {
			t.Parallel()
			found := sqlmock.NewRows([]string{"id"})
			if there {
				found.AddRow(5)
			}
			s := newScript(t)
			s.atomicLog = true
			s.opening()
			s.ExpectBegin()
			s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
			s.logged()
			s.ExpectCommit().WillReturnError(mysqldriver.ErrInvalidConn)
			s.ExpectBegin()
			s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
			s.ExpectQuery(lookFor).WillReturnRows(found)
			if there {
				s.ExpectExec(updateLog).WillReturnResult(driver.RowsAffected(1))
			} else {
				s.ExpectExec(insertLog).WillReturnResult(sqlmock.NewResult(6, 1))
			}
			s.ExpectCommit()
			s.closing()
			equal(t, "successful", s.run("new name", nil).Successful, 1)
		})
	}
}

// With AtomicLog the row of a success may be committed although nobody heard of it: the failure takes that row over.
func TestStatementsOfAnAtomicCommitWhoseFateStaysUnknown(t *testing.T) {
	t.Parallel()
	for name, nextTry := range map[string]func(*script){
		"the next try does not begin": func(s *script) { s.ExpectBegin().WillReturnError(errTooMuch) },
		"the next try cannot look for the row": func(s *script) {
			s.ExpectBegin()
			s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
			s.ExpectQuery("SELECT id FROM cmms_sync_log").WillReturnError(errTooMuch)
			s.ExpectRollback()
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.atomicLog = true
			s.opening()
			s.ExpectBegin()
			s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
			s.ExpectExec(insertLog).WillReturnResult(sqlmock.NewResult(31, 1))
			s.ExpectCommit().WillReturnError(mysqldriver.ErrInvalidConn)
			nextTry(s)
			s.marked()
			s.ExpectPrepare(updateLog).ExpectExec().
				WithArgs("Failed", "database", sqlmock.AnyArg(), nil, `{"asset_name":{"from":"old name","to":"new name"}}`, sqlmock.AnyArg(), sqlmock.AnyArg(), 31, 7).
				WillReturnResult(driver.RowsAffected(1))
			s.closing()
			equal(t, "failed", s.run("new name", nil).FailedByKind["database"], 1)
		})
	}
}
