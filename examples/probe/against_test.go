package main

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// newRegister returns a database of the host's with two customers that have the asset, and the DSN of a user who may read it
// and no more.
func newRegister(t *testing.T) (db *gorm.DB, readOnly string) {
	t.Helper()
	dsn := dbtest.Database(t)
	db = dbtest.Open(t, dsn)
	must(t, cmmsimport.Migrate(t.Context(), db))

	database := dsn[strings.LastIndex(dsn, "/")+1:]
	user := "probe_" + database
	for _, statement := range []string{
		"CREATE USER " + user + "@localhost IDENTIFIED BY 'pa55word'",
		"GRANT SELECT ON " + database + ".* TO " + user + "@localhost",
		"INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, asset_name) VALUES (7, 'AST-1', 'Old'), (8, 'AST-1', 'Pump 7'), (8, 'AST-2', 'Other')",
		"INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme Ltd')",
	} {
		must(t, db.Exec(statement).Error)
	}
	t.Cleanup(func() { db.Exec("DROP USER " + user + "@localhost") })
	return db, strings.Replace(dsn, "root@", user+":pa55word@", 1)
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// everything shows all rows and the next ids of the sync's tables.
func everything(t *testing.T, db *gorm.DB) string {
	t.Helper()
	var b strings.Builder
	for _, query := range []string{
		"SELECT GROUP_CONCAT(CONCAT_WS('|', id, customer_id, asset_name, vendor_id, cmms_sync_status, updated_at)) FROM ic3_asset_master",
		"SELECT GROUP_CONCAT(CONCAT_WS('|', id, name, cmms_id)) FROM ic3_vendor_master",
		"SELECT COUNT(*) FROM cmms_sync_log", "SELECT COUNT(*) FROM cmms_sync_run", "SELECT COUNT(*) FROM cmms_sync_lock",
		"SELECT GROUP_CONCAT(table_name, auto_increment ORDER BY table_name) FROM information_schema.tables WHERE table_schema = DATABASE()",
	} {
		var row string
		must(t, db.Raw(query).Scan(&row).Error)
		b.WriteString(row + "\n")
	}
	return b.String()
}

func TestAgainstADatabase(t *testing.T) {
	t.Parallel()
	db, readOnly := newRegister(t)
	before := everything(t, db)
	server := newTenant(t, odd["envelope"].body)

	env := map[string]string{"INNOMAINT_TOKEN": secret, "HOST_DSN": readOnly}
	code, printed := program(t, server, env, "-against-db", "$HOST_DSN")
	if code != exitShown {
		t.Errorf("exit code %d:\n%s", code, printed)
	}
	_, changes, _ := strings.Cut(printed, "== What a sync would change")
	golden(t, "against_db", changes)
	if server.Calls() != 1 {
		t.Errorf("the tenant was asked %d times", server.Calls())
	}

	code, printed = program(t, server, env, "-against-db", readOnly, "-customer", "8")
	if code != exitShown || strings.Contains(printed, "of customer 7") || !strings.Contains(printed, "of customer 8") {
		t.Errorf("with -customer 8, exit code %d:\n%s", code, printed)
	}
	code, printed = program(t, server, env, "-against-db", readOnly, "-customer", "9")
	if code != exitShown || !strings.Contains(printed, `No row of ic3_asset_master has cmms_asset_id "AST-1" and customer_id 9.`) {
		t.Errorf("with -customer 9, exit code %d:\n%s", code, printed)
	}
	if after := everything(t, db); after != before {
		t.Errorf("the database changed:\n%s\n%s", before, after)
	}
}

func TestADatabaseThatIsNotReady(t *testing.T) {
	t.Parallel()
	db, readOnly := newRegister(t)
	must(t, db.Exec("DROP TABLE cmms_sync_lock").Error)
	server := newTenant(t, odd["envelope"].body)
	for name, test := range map[string]struct{ dsn, want string }{
		"a table is missing": {readOnly, "table cmms_sync_lock is missing"},
		"a wrong password":   {strings.Replace(readOnly, "pa55word", "pa55word2", 1), "Access denied"},
	} {
		code, printed := program(t, server, withToken, "-against-db", test.dsn)
		if code != exitFailed || !strings.Contains(printed, test.want) || strings.Contains(printed, "pa55word") {
			t.Errorf("%s: exit code %d:\n%s", name, code, printed)
		}
	}
}
