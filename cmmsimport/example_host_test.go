package cmmsimport_test

import (
	"database/sql/driver"
	"fmt"

	"github.com/DATA-DOG/go-sqlmock"
	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// hostDB is the host's database in the examples: a mock with one asset of customer 42, linked to AST-1042, that expects one run.
func hostDB() *gorm.DB {
	db, mock := mockDB()
	mock.ExpectQuery("information_schema.columns").WillReturnRows(everyColumn())
	mock.ExpectPrepare("INSERT INTO cmms_sync_lock").ExpectExec().WillReturnResult(driver.RowsAffected(1))
	mock.ExpectQuery("FROM cmms_sync_run").WillReturnRows(sqlmock.NewRows([]string{"id"}))
	mock.ExpectQuery("SELECT customer_id, COUNT").WillReturnRows(
		sqlmock.NewRows([]string{"customer_id", "assets", "max_id", "newest"}).AddRow(42, 1, 1, nil))
	mock.ExpectPrepare("INSERT INTO cmms_sync_run").ExpectExec().WillReturnResult(driver.RowsAffected(1))
	mock.ExpectExec("INSERT INTO cmms_sync_lock").WillReturnResult(driver.RowsAffected(1))
	mock.ExpectQuery("ic3_asset_master").WillReturnRows(
		sqlmock.NewRows([]string{"id", "customer_id", "cmms_asset_id"}).AddRow(1, 42, "AST-1042"))
	mock.ExpectBegin()
	mock.ExpectExec("UPDATE ic3_asset_master").WillReturnResult(driver.RowsAffected(1))
	mock.ExpectCommit()
	mock.ExpectPrepare("INSERT INTO cmms_sync_log").ExpectExec().WillReturnResult(sqlmock.NewResult(1, 1))
	mock.ExpectPrepare("DELETE FROM cmms_sync_lock").ExpectExec().WillReturnResult(driver.RowsAffected(1))
	mock.ExpectPrepare("UPDATE cmms_sync_run").ExpectExec().WillReturnResult(driver.RowsAffected(1))
	mock.ExpectExec("DELETE FROM cmms_sync_lock").WillReturnResult(driver.RowsAffected(1))
	return db
}

// dryHostDB is hostDB for a dry run.
func dryHostDB() *gorm.DB {
	db, mock := mockDB()
	mock.ExpectQuery("information_schema.columns").WillReturnRows(everyColumn())
	mock.ExpectQuery("SELECT customer_id, COUNT").WillReturnRows(
		sqlmock.NewRows([]string{"customer_id", "assets", "max_id", "newest"}).AddRow(42, 1, 1, nil))
	mock.ExpectQuery("ic3_asset_master").WillReturnRows(
		sqlmock.NewRows([]string{"id", "customer_id", "cmms_asset_id", "asset_name"}).AddRow(1, 42, "AST-1042", "Pump"))
	mock.ExpectBegin()
	mock.ExpectRollback()
	return db
}

// migratedDB is a mock that has every table, or every table except cmms_sync_lock.
func migratedDB(lock bool) *gorm.DB {
	db, mock := mockDB()
	columns := everyColumn()
	if !lock {
		columns = everyColumn("cmms_sync_lock")
	}
	mock.ExpectQuery("information_schema.columns").WillReturnRows(columns)
	mock.ExpectQuery("(?i)view").WillReturnRows(sqlmock.NewRows([]string{"view"}))
	mock.ExpectQuery("information_schema.statistics").WillReturnRows(everyIndex())
	mock.ExpectQuery("character_set_database").WillReturnRows(sqlmock.NewRows([]string{"charset"}).AddRow("utf8mb4"))
	return db
}

// busyDB is hostDB while another run holds the lease.
func busyDB() *gorm.DB {
	db, mock := mockDB()
	mock.ExpectQuery("information_schema.columns").WillReturnRows(everyColumn())
	duplicate := &mysqldriver.MySQLError{Number: 1062, Message: "Duplicate entry"}
	mock.MatchExpectationsInOrder(false)
	mock.ExpectPrepare("INSERT INTO cmms_sync_lock")
	mock.ExpectPrepare("UPDATE cmms_sync_lock")
	for range 2 { // the run looks twice: the lease may just have changed hands
		mock.ExpectExec("INSERT INTO cmms_sync_lock").WillReturnError(duplicate)
		mock.ExpectQuery("SELECT run_id, holder").WillReturnRows(sqlmock.NewRows([]string{"run_id", "holder", "expires"}).
			AddRow("01JB0000000000000000000001", "worker-2, process 77", "2026-10-01 08:32:00.000000"))
		mock.ExpectExec("UPDATE cmms_sync_lock").WillReturnResult(driver.RowsAffected(0))
	}
	return db
}

func mockDB() (*gorm.DB, sqlmock.Sqlmock) {
	pool, mock, err := sqlmock.New()
	exitOn(err)
	db, err := gorm.Open(mysql.New(mysql.Config{Conn: pool, SkipInitializeWithVersion: true}), &gorm.Config{Logger: logger.Discard})
	exitOn(err)
	return db, mock
}

// tenant is a fake Innomaint that has AST-1042.
func tenant(token string) *innomainttest.Server {
	server := innomainttest.NewServer(innomainttest.WithBearerToken(token))
	server.SetAsset("AST-1042", map[string]any{
		"asset_id": "AST-1042", "asset_name": "Chilled water pump 7", "purchase_cost": "₹ 1,25,000.50",
		"purchase_date": "2021-04-01T00:00:00+05:30", "cost_center": "CC-9",
	})
	return server
}

func exitOn(err error) {
	if err != nil {
		panic(fmt.Sprint("example: ", err))
	}
}
