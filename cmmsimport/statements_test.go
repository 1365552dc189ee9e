package cmmsimport_test

import (
	"context"
	"database/sql/driver"
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

// Patterns of statements, in the order of a run.
const (
	updateAsset  = "^UPDATE ic3_asset_master SET .*cmms_sync_status = 'Success'.* WHERE id = \\? AND cmms_asset_id = \\? AND deleted_at IS NULL$"
	markedFailed = "^UPDATE ic3_asset_master SET cmms_sync_status = 'Failed', cmms_attempted_at = \\?, cmms_run_id = \\?, updated_at = updated_at WHERE id = \\? AND cmms_asset_id = \\? AND deleted_at IS NULL AND \\(cmms_attempted_at IS NULL OR cmms_attempted_at <= \\? \\+ INTERVAL 1 SECOND\\)$"
	insertLog    = "^INSERT INTO cmms_sync_log .* ON DUPLICATE KEY UPDATE "
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
	s.ExpectPrepare(insertLog).ExpectExec().WillReturnResult(sqlmock.NewResult(1, 1))
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

// TestStatements shows the five orders of statements that matter.
func TestStatements(t *testing.T) {
	t.Parallel()
	refused := &mysqldriver.MySQLError{Number: 1114, Message: "The table is full"} // no repetition helps
	withMaster := func(o *cmmsimport.Options) {
		o.Client = clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) {
			return &innomaint.Asset{ID: "AST-1", Status: innomaint.Reference{Name: "In service"}}, nil
		})
	}
	missing := func(o *cmmsimport.Options) {
		o.Client = clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) {
			return nil, &innomaint.Error{Kind: innomaint.KindNotFound, AssetID: "AST-1"}
		})
	}
	for name, tc := range map[string]struct {
		atomicLog bool
		vary      func(*cmmsimport.Options)
		expect    func(*script)
		failed    innomaint.Kind // "": a success
	}{
		"Success": {expect: func(s *script) {
			s.ExpectBegin()
			s.ExpectExec("^UPDATE ic3_asset_master SET `asset_name` = \\?, updated_at = \\?, cmms_sync_status = 'Success', cmms_synced_at = \\?, cmms_attempted_at = \\?, cmms_run_id = \\? WHERE id = \\? AND cmms_asset_id = \\? AND deleted_at IS NULL$").
				WithArgs("new name", sqlmock.AnyArg(), sqlmock.AnyArg(), sqlmock.AnyArg(), sqlmock.AnyArg(), 1, "AST-1").
				WillReturnResult(driver.RowsAffected(1))
			s.ExpectCommit()
			s.logged()
		}},
		"Failure": {vary: missing, failed: "not_found", expect: func(s *script) {
			s.marked()
			s.logged()
		}},
		"RollbackAtMaster": {vary: withMaster, failed: "database", expect: func(s *script) {
			s.ExpectBegin()
			s.ExpectQuery("FROM ic3_status_master").WillReturnError(refused)
			s.ExpectRollback()
			s.marked()
			s.logged()
		}},
		"RollbackAtAsset": {failed: "database", expect: func(s *script) {
			s.ExpectBegin()
			s.ExpectExec(updateAsset).WillReturnError(refused)
			s.ExpectRollback()
			s.marked()
			s.logged()
		}},
		"AtomicLog": {atomicLog: true, expect: func(s *script) {
			s.ExpectBegin()
			s.ExpectExec(updateAsset).WillReturnResult(driver.RowsAffected(1))
			s.ExpectExec(insertLog).WillReturnResult(sqlmock.NewResult(1, 1))
			s.ExpectCommit()
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newScript(t)
			s.atomicLog = tc.atomicLog
			s.opening()
			tc.expect(s)
			s.closing()
			summary := s.run("new name", tc.vary)
			equal(t, "failed", summary.Failed == 1, tc.failed != "")
			equal(t, "of its kind", summary.FailedByKind[tc.failed], summary.Failed)
		})
	}
}
