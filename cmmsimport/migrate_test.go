package cmmsimport_test

import (
	"os"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// ddl returns the statements of testdata/schema.sql.
func ddl(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("testdata/schema.sql")
	must(t, err)
	_, statements, _ := strings.Cut(string(text), "\n\n") // after the comment
	return strings.Split(strings.TrimSuffix(strings.TrimSpace(statements), ";"), ";\n")
}

// migrate migrates, and checks that the schema is complete.
func (w *world) migrate() {
	w.t.Helper()
	must(w.t, cmmsimport.Migrate(w.t.Context(), w.db))
	left, err := cmmsimport.MigrationSQL(w.t.Context(), w.db)
	must(w.t, err)
	sameLines(w.t, "statements left", left, nil)
	must(w.t, cmmsimport.CheckSchema(w.t.Context(), w.db))
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	t.Run("CreatesTheSchema", func(t *testing.T) {
		t.Parallel()
		want, got := setupEmpty(t), setupEmpty(t)
		for _, statement := range ddl(t) {
			want.exec(statement)
		}
		equal(t, "definitions of the DDL", len(want.definitions()), 122+33)

		statements, err := cmmsimport.MigrationSQL(t.Context(), got.db)
		must(t, err)
		equal(t, "statements", len(statements), len(ddl(t)))
		sameLines(t, "definitions after MigrationSQL", got.definitions(), nil)
		got.migrate()
		sameLines(t, "definitions", got.definitions(), want.definitions())

		byHand := setupEmpty(t)
		for _, statement := range statements {
			byHand.exec(statement)
		}
		sameLines(t, "definitions by hand", byHand.definitions(), want.definitions())
		want.migrate()
	})
	t.Run("TwiceChangesNothing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "AST-1")
		w.serve("AST-1")
		w.sync(w.options())
		definitions, rows := w.definitions(), w.dump()
		w.migrate()
		sameLines(t, "definitions", w.definitions(), definitions)
		sameLines(t, "rows", w.dump(), rows)
	})
	t.Run("SeveralProcessesAtOnce", func(t *testing.T) {
		t.Parallel()
		for name, before := range map[string]string{
			"EmptyDatabase":    "",
			"DatabaseWithALog": "CREATE TABLE cmms_sync_log (customer_id INT NOT NULL, cmms_asset_id VARCHAR(64), status VARCHAR(8), error_message VARCHAR(255), synced_at DATETIME, duration_ms INT)",
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setupEmpty(t)
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
				w.migrate()
			})
		}
	})
	// Another process adds a column that is missing, after this one read the schema.
	t.Run("CompletesWhatAnotherProcessBegan", func(t *testing.T) {
		t.Parallel()
		w := setupEmpty(t)
		w.exec("CREATE TABLE ic3_vendor_master (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT UNSIGNED NOT NULL, name VARCHAR(255) NOT NULL)")
		w.intrude("ALTER TABLE", "ALTER TABLE ic3_vendor_master ADD phone VARCHAR(64)")
		w.migrate()
	})
	t.Run("Latin1Database", func(t *testing.T) {
		t.Parallel()
		w := setupEmpty(t)
		w.exec("ALTER DATABASE CHARACTER SET latin1")
		w.db = dbtest.Open(t, w.dsn)
		w.exec("CREATE TABLE ic3_vendor_master (id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT UNSIGNED NOT NULL, cmms_id VARCHAR(64), name VARCHAR(255) NOT NULL)")
		w.migrate()
		sameLines(t, "tables that are not utf8mb4", w.rows("SELECT table_name AS name FROM information_schema.tables WHERE table_schema = DATABASE() AND table_collation NOT LIKE 'utf8mb4%'"), []string{"name=ic3_vendor_master"})
		equal(t, "columns added to it", w.count("information_schema.columns", "table_schema = DATABASE() AND table_name = 'ic3_vendor_master'"), 9)

		synced := setupOn(t, w.dsn)
		id := synced.link(7, "AST-1")
		synced.serve("AST-1", map[string]any{"asset_name": "இயந்திரம் 🚀", "manufacturer": ref(5, "கிரண்ட்ஃபோஸ்"), "vendor": ref(9, "Acme €")})
		synced.sync(synced.options())
		equal(t, "asset_name", synced.asset(id).AssetName, "இயந்திரம் 🚀")
		equal(t, "manufacturer", synced.count("ic3_manufacturer_master", "name = 'கிரண்ட்ஃபோஸ்'"), 1)
		equal(t, "vendor", synced.count("ic3_vendor_master", "name = 'Acme €'"), 1)
		synced.checkStable(synced.options())
		synced.serve("AST-1", map[string]any{"vendor": ref(10, "இயந்திரம்")})
		equal(t, "warnings", synced.sync(synced.options()).Warnings, 1)
	})
}
