package model_test

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// A database is a real one with triggers that fail on demand, emptied for each sequence that is drawn.
type database struct {
	host *gorm.DB // the host's own connection, the check's and that of whoever provokes
	sync *gorm.DB // the sync's, under a user of its own, so that its connections can be told
}

var tables = []string{
	"ic3_asset_master", "ic3_category_master", "ic3_manufacturer_master", "ic3_model_master", "ic3_vendor_master", "ic3_location_master",
	"ic3_department_master", "ic3_status_master", "cmms_sync_log", "cmms_sync_run", "cmms_sync_lock", "provoked",
}

// triggers raise the error that the table provoked lines up for a place, so many times. That table is not transactional, so
// that a rollback does not line it up again.
var triggers = []string{
	`CREATE TABLE provoked (place VARCHAR(32) PRIMARY KEY, asset VARCHAR(64), error INT, times INT) ENGINE = MyISAM`,
	`CREATE PROCEDURE provoke(here VARCHAR(32), of_asset VARCHAR(64)) BEGIN
		DECLARE number INT;
		SET number = (SELECT error FROM provoked WHERE place = here AND asset IN (of_asset, '*') AND times > 0);
		IF number IS NOT NULL THEN
			UPDATE provoked SET times = times - 1 WHERE place = here;
			SIGNAL SQLSTATE '45000' SET MYSQL_ERRNO = number, MESSAGE_TEXT = 'provoked';
		END IF;
	END`,
	`CREATE TRIGGER of_assets BEFORE UPDATE ON ic3_asset_master FOR EACH ROW
		IF NEW.cmms_sync_status = 'Success' THEN CALL provoke('asset', NEW.cmms_asset_id); END IF`,
	`CREATE TRIGGER of_vendors BEFORE INSERT ON ic3_vendor_master FOR EACH ROW CALL provoke('master', '*')`,
	`CREATE TRIGGER of_locations BEFORE INSERT ON ic3_location_master FOR EACH ROW CALL provoke('master', '*')`,
	`CREATE TRIGGER of_categories BEFORE UPDATE ON ic3_category_master FOR EACH ROW CALL provoke('master', '*')`,
	`CREATE TRIGGER of_log_rows BEFORE INSERT ON cmms_sync_log FOR EACH ROW BEGIN
		CALL provoke('log', NEW.cmms_asset_id); CALL provoke('whole log', NEW.cmms_asset_id); END`,
}

func openDatabase(t *testing.T) *database {
	t.Helper()
	// What survives a power cut is not what is looked at here, so commits need not reach the disk.
	server := dbtest.Start(t, "--innodb-flush-log-at-trx-commit=0")
	dsn := server.Database(t)
	d := &database{host: open(t, dsn)}
	d.mustExec(t, "CREATE USER sync@localhost")
	d.mustExec(t, "GRANT ALL ON "+dsn[strings.LastIndexByte(dsn, '/')+1:]+".* TO sync@localhost")
	d.sync = open(t, "sync"+strings.TrimPrefix(dsn, "root"))
	if err := cmmsimport.Migrate(t.Context(), d.host); err != nil {
		t.Fatal(err)
	}
	for _, statement := range triggers {
		d.mustExec(t, statement)
	}
	return d
}

func open(t *testing.T, dsn string) *gorm.DB {
	t.Helper()
	db := dbtest.Open(t, dsn)
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	pool.SetMaxOpenConns(2)
	return db
}

func (d *database) mustExec(t *testing.T, statement string, args ...any) {
	t.Helper()
	if err := d.host.Exec(statement, args...).Error; err != nil {
		t.Fatalf("%v: %s", err, statement)
	}
}

func (d *database) empty(t *testing.T) {
	t.Helper()
	for _, table := range tables {
		d.mustExec(t, "DELETE FROM "+table)
	}
}

// provoke lines an error up for a place, and takes away what was lined up there.
func (d *database) provoke(t *testing.T, place, asset string, number, times int) {
	t.Helper()
	d.mustExec(t, "REPLACE INTO provoked VALUES (?, ?, ?, ?)", place, asset, number, times)
}

// killSync kills the connections of the sync.
func (d *database) killSync(t *testing.T) {
	t.Helper()
	var ids []int
	if err := d.host.Raw("SELECT id FROM information_schema.processlist WHERE user = 'sync'").Scan(&ids).Error; err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		_ = d.host.Exec(fmt.Sprintf("KILL %d", id)).Error // it may be gone already
	}
}

// readMasters reads every master row, with the database's ids.
func (d *database) readMasters(t *testing.T) map[uint64]masters {
	t.Helper()
	all := map[uint64]masters{}
	for table, columns := range map[string]string{
		"category": "level, parent_id, '', ''", "location": "level, parent_id, '', ''", "model": "'', manufacturer_id, '', ''",
		"vendor": "'', 0, COALESCE(email, ''), COALESCE(phone, '')", "manufacturer": "'', 0, '', ''", "department": "'', 0, '', ''", "status": "'', 0, '', ''",
	} {
		d.rows(t, "SELECT id, customer_id, COALESCE(cmms_id, ''), name, COALESCE(code, ''), "+columns+" FROM ic3_"+table+"_master", func(rows *sql.Rows) error {
			var id int
			var customer uint64
			row := masterRow{table: table}
			err := rows.Scan(&id, &customer, &row.cmmsID, &row.name, &row.code, &row.level, &row.parent, &row.email, &row.phone)
			if all[customer] == nil {
				all[customer] = masters{}
			}
			// Ids of two tables may be the same number.
			row.parent = inTable(kinds[map[string]string{"category": "category", "location": "site", "model": "model"}[table]].parent, row.parent)
			all[customer][inTable(table, id)] = row
			return err
		})
	}
	return all
}

// inTable makes an id that no other table has.
func inTable(table string, id int) int {
	if id == 0 {
		return 0
	}
	names := []string{"category", "location", "model", "manufacturer", "vendor", "department", "status"}
	return id*len(names) + slices.Index(names, table)
}

// rows reads a query row by row.
func (d *database) rows(t *testing.T, query string, scan func(*sql.Rows) error) {
	t.Helper()
	rows, err := d.host.Raw(query).Rows()
	if err != nil {
		t.Fatalf("%v: %s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
}
