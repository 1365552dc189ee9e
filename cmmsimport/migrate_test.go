package cmmsimport_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// emptyWorld is a database without tables, and no API.
func emptyWorld(t *testing.T) *world {
	t.Helper()
	dsn := dbtest.Database(t)
	return &world{t: t, dsn: dsn, db: dbtest.Open(t, dsn)}
}

// definitions are all columns and indexes of the database.
func (w *world) definitions() []string {
	w.t.Helper()
	return append(
		w.rows(`SELECT table_name AS tab, column_name AS col, column_type AS type, is_nullable AS nullable, column_default AS def, extra, character_set_name AS chars
			FROM information_schema.columns WHERE table_schema = DATABASE() ORDER BY table_name, ordinal_position`),
		w.rows(`SELECT table_name AS tab, index_name AS idx, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index) AS cols
			FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name, non_unique ORDER BY table_name, index_name`)...)
}

// ddl are the statements of testdata/schema.sql.
func ddl(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/schema.sql")
	must(t, err)
	_, statements, _ := strings.Cut(string(text), "\n\n") // behind the comment
	return strings.Split(strings.TrimSuffix(strings.TrimSpace(statements), ";"), ";\n")
}

// migrated migrates, and checks that nothing is left to do.
func (w *world) migrated() {
	w.t.Helper()
	must(w.t, cmmsimport.Migrate(w.t.Context(), w.db))
	left, err := cmmsimport.MigrationSQL(w.t.Context(), w.db)
	must(w.t, err)
	sameLines(w.t, "statements left", left, nil)
	must(w.t, cmmsimport.CheckSchema(w.t.Context(), w.db))
}

func TestMigrateMakesTheSchema(t *testing.T) {
	t.Parallel()
	want, got := emptyWorld(t), emptyWorld(t)
	for _, statement := range ddl(t) {
		want.exec(statement)
	}
	equal(t, "definitions of the DDL", len(want.definitions()), 122+33)

	statements, err := cmmsimport.MigrationSQL(t.Context(), got.db)
	must(t, err)
	equal(t, "statements", len(statements), len(ddl(t)))
	sameLines(t, "definitions before", got.definitions(), nil) // printing does nothing
	got.migrated()
	sameLines(t, "definitions", got.definitions(), want.definitions())

	// What is printed is what is run.
	byHand := emptyWorld(t)
	for _, statement := range statements {
		byHand.exec(statement)
	}
	sameLines(t, "definitions by hand", byHand.definitions(), want.definitions())
	want.migrated()
}

func TestMigrateTwice(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "AST-1")
	w.serve("AST-1")
	w.sync(w.options())
	definitions, rows := w.definitions(), w.dump()
	w.migrated()
	sameLines(t, "definitions", w.definitions(), definitions)
	sameLines(t, "rows", w.dump(), rows)
}

func TestMigrateTwiceAtOnce(t *testing.T) {
	t.Parallel()
	for name, before := range map[string]string{
		"from nothing": "",
		"beside a log": "CREATE TABLE cmms_sync_log (customer_id INT NOT NULL, cmms_asset_id VARCHAR(64), status VARCHAR(8), error_message VARCHAR(255), synced_at DATETIME, duration_ms INT)",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := emptyWorld(t)
			if before != "" {
				w.exec(before)
			}
			const several = 4
			errs := make(chan error)
			for range several {
				db := dbtest.Open(t, w.dsn)
				go func() { errs <- cmmsimport.Migrate(t.Context(), db) }()
			}
			for range several {
				if err := <-errs; err != nil {
					t.Error(err)
				}
			}
			w.migrated()
		})
	}
}

func TestMigrateInALatin1Database(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	w.exec("ALTER DATABASE CHARACTER SET latin1")
	w.db = dbtest.Open(t, w.dsn)
	w.exec("CREATE TABLE ic3_vendor_master (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT UNSIGNED NOT NULL, cmms_id VARCHAR(64), name VARCHAR(255) NOT NULL)")
	w.migrated()
	sameLines(t, "tables that are not utf8mb4", w.rows("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_collation NOT LIKE 'utf8mb4%'"), []string{"name=ic3_vendor_master"})
	equal(t, "columns added to it", w.count("information_schema.columns", "table_schema = DATABASE() AND table_name = 'ic3_vendor_master'"), 9)

	world := setupOn(t, w.dsn)
	id := world.link(7, "AST-1")
	world.serve("AST-1", map[string]any{"asset_name": "இயந்திரம் 🚀", "manufacturer": ref(5, "கிரண்ட்ஃபோஸ்"), "vendor": ref(9, "Acme €")})
	world.sync(world.options())
	equal(t, "asset_name", world.asset(id).AssetName, "இயந்திரம் 🚀")
	equal(t, "manufacturer", world.count("ic3_manufacturer_master", "name = 'கிரண்ட்ஃபோஸ்'"), 1)
	equal(t, "vendor", world.count("ic3_vendor_master", "name = 'Acme €'"), 1)
	world.settled(world.options())
	world.serve("AST-1", map[string]any{"vendor": ref(10, "இயந்திரம்")})
	equal(t, "warnings", world.sync(world.options()).Warnings, 1)
}

// A host's own tables: other types, more columns, indexes under other names, no columns of the sync.
func TestMigrateOnAHostsTables(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	for _, statement := range ddl(t)[:8] {
		w.exec(statement)
	}
	w.exec(`ALTER TABLE ic3_asset_master DROP KEY idx_asset_attempted, DROP KEY idx_asset_cmms, DROP COLUMN cmms_updated_at, DROP COLUMN cmms_sync_status,
		DROP COLUMN cmms_synced_at, DROP COLUMN cmms_attempted_at, ADD COLUMN owner VARCHAR(20) NOT NULL DEFAULT 'nobody', MODIFY asset_name VARCHAR(400),
		MODIFY description MEDIUMTEXT, MODIFY purchase_cost DECIMAL(30,6), MODIFY category_id INT NOT NULL DEFAULT 0,
		ADD KEY idx_asset_cmms (cmms_asset_id), ADD KEY host_customer (customer_id, id, cmms_asset_id), DROP KEY idx_asset_customer_id`)
	w.exec("ALTER TABLE ic3_vendor_master DROP KEY uq_vendor_name, ADD UNIQUE KEY host_name (customer_id, name), DROP KEY uq_vendor_cmms, ADD KEY uq_vendor_cmms (name(10)), ADD UNIQUE KEY short (customer_id, cmms_id(9))")
	w.exec("INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, asset_name) VALUES (7, 'AST-1', 'old')")
	before := w.definitions()

	statements, err := cmmsimport.MigrationSQL(t.Context(), w.db)
	must(t, err)
	sameLines(t, "statements", statements[:2], []string{
		"ALTER TABLE `ic3_asset_master` ADD `cmms_updated_at` datetime(6) DEFAULT NULL, ADD `cmms_sync_status` varchar(16) DEFAULT NULL, " +
			"ADD `cmms_synced_at` datetime(6) DEFAULT NULL, ADD `cmms_attempted_at` datetime(6) DEFAULT NULL, " +
			"ADD INDEX `idx_asset_attempted` (`customer_id`,`cmms_attempted_at`,`id`), ADD INDEX `idx_asset_cmms_sync` (`customer_id`,`cmms_asset_id`)",
		"ALTER TABLE `ic3_vendor_master` ADD UNIQUE INDEX `uq_vendor_cmms_sync` (`customer_id`,`cmms_id`)",
	})
	equal(t, "statements", len(statements), 2+3)
	w.migrated()
	after := strings.Join(w.definitions(), "\n")
	for _, definition := range before {
		if !strings.Contains(after, definition) {
			t.Errorf("lost or changed: %s", definition)
		}
	}

	long := strings.Repeat("x", 400)
	world := setupOn(t, w.dsn)
	world.serve("AST-1", map[string]any{"asset_name": long, "purchase_cost": "123456789012345678901.123456"})
	equal(t, "warnings", world.sync(world.options()).Warnings, 0)
	equal(t, "the row", w.count("ic3_asset_master", "asset_name = ? AND owner = 'nobody' AND purchase_cost = 123456789012345678901.123456 AND category_id = 1", long), 1)
	world.settled(world.options())
}

func TestMigrateSaysWhichRowsContradictAnIndex(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	w.exec("CREATE TABLE ic3_vendor_master (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT UNSIGNED NOT NULL, cmms_id VARCHAR(64), name VARCHAR(255) NOT NULL)")
	w.exec("INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Acme'), (7, 'ACME')")
	err := cmmsimport.Migrate(t.Context(), w.db)
	if !errors.Is(err, cmmsimport.ErrSchema) {
		t.Fatalf("got %v, want ErrSchema", err)
	}
	for _, part := range []string{"uq_vendor_name", "ic3_vendor_master", "duplicate rows: merge them", "7-A", "then migrate again"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not say %q: %v", part, err)
		}
	}
	equal(t, "rows", w.count("ic3_vendor_master", "1 = 1"), 2)
	w.exec("DELETE FROM ic3_vendor_master WHERE id = 2")
	w.migrated()
}

// A host's own INSERT and UPDATE name none of the columns that Migrate adds.
func TestMigrateKeepsTheHostsStatementsValid(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	host := []string{
		"INSERT INTO ic3_location_master (customer_id, name) VALUES (7, 'Chennai %d')",
		"UPDATE ic3_location_master SET name = CONCAT(name, ' North') WHERE name = 'Chennai %d'",
		"INSERT INTO ic3_asset_master (customer_id, label) VALUES (7, 'AST-%d')",
		"INSERT INTO ic3_category_master (name) VALUES ('HVAC %d')",
	}
	w.exec("CREATE TABLE ic3_location_master (id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, name VARCHAR(100) NOT NULL)")
	w.exec("CREATE TABLE ic3_asset_master (id INT AUTO_INCREMENT PRIMARY KEY, customer_id INT NOT NULL, label VARCHAR(64) NOT NULL)")
	w.exec("CREATE TABLE ic3_category_master (id INT AUTO_INCREMENT PRIMARY KEY, name VARCHAR(100) NOT NULL)")
	for _, statement := range host[:3] {
		w.exec(fmt.Sprintf(statement, 1))
	}
	w.migrated()
	for _, statement := range host {
		w.exec(fmt.Sprintf(statement, 2))
	}
	sameLines(t, "locations", w.rows("SELECT name, level, parent_id FROM ic3_location_master ORDER BY id"),
		[]string{"name=Chennai 1 North parent_id=0", "name=Chennai 2 North parent_id=0"})
}

func TestMigrateRefusesRowsThatANewColumnHasNoValueFor(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	w.exec("CREATE TABLE ic3_vendor_master (id INT AUTO_INCREMENT PRIMARY KEY, title VARCHAR(100))")
	w.exec("INSERT INTO ic3_vendor_master (title) VALUES ('Acme')")
	before := w.definitions()
	err := cmmsimport.Migrate(t.Context(), w.db)
	if !errors.Is(err, cmmsimport.ErrSchema) || !strings.Contains(err.Error(), "ic3_vendor_master has rows but no customer_id, name: add it with a value for each row") {
		t.Errorf("got %v, want ErrSchema that names the columns", err)
	}
	sameLines(t, "definitions", w.definitions(), before)
}

// Another process adds a part of what the table lacks, after this one has looked.
func TestMigrateCompletesWhatAnotherProcessBegan(t *testing.T) {
	t.Parallel()
	w := emptyWorld(t)
	w.exec("CREATE TABLE ic3_vendor_master (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT UNSIGNED NOT NULL, name VARCHAR(255) NOT NULL)")
	w.intrude("ALTER TABLE", "ALTER TABLE ic3_vendor_master ADD phone VARCHAR(64)")
	w.migrated()
}
