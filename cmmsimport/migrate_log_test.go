package cmmsimport_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

const seedLog = `customer_id BIGINT NOT NULL, cmms_asset_id VARCHAR(64) NOT NULL, status VARCHAR(16) NOT NULL,
	error_message VARCHAR(255) NULL, synced_at DATETIME NOT NULL, duration_ms BIGINT NOT NULL`

func TestMigrate_Log(t *testing.T) {
	t.Parallel()
	// The host's log keeps its rows and takes new ones.
	t.Run("OfSixColumns", func(t *testing.T) {
		t.Parallel()
		for name, key := range map[string]string{
			"NoID":                 "",
			"NoIDButAUniqueKey":    ", UNIQUE KEY (customer_id, cmms_asset_id, synced_at)",
			"BigID":                ", id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY",
			"SmallID":              ", id INT NOT NULL AUTO_INCREMENT PRIMARY KEY",
			"AnotherPrimaryKey":    ", PRIMARY KEY (customer_id, cmms_asset_id, synced_at)",
			"UUIDAsPrimaryKey":     ", uid CHAR(36) NOT NULL DEFAULT (UUID()) PRIMARY KEY",
			"IndexWithAnotherName": ", KEY by_customer (customer_id, synced_at)",
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setupEmpty(t)
				w.exec("CREATE TABLE cmms_sync_log (" + seedLog + key + ")")
				w.exec("INSERT INTO cmms_sync_log (customer_id, cmms_asset_id, status, error_message, synced_at, duration_ms) VALUES " +
					"(7, 'AST-1', 'Failed', 'timeout', '2025-01-01 10:00:00', 12), (7, 'AST-1', 'Success', NULL, '2025-01-02 10:00:00', 13), (8, 'AST-9', 'Success', NULL, '2025-01-02 10:00:01', 14)")
				w.migrate()
				sameLines(t, "rows", w.rows("SELECT customer_id, cmms_asset_id, status, error_message, synced_at, duration_ms FROM cmms_sync_log ORDER BY synced_at"), []string{
					"customer_id=7 cmms_asset_id=AST-1 status=Failed error_message=timeout synced_at=2025-01-01 10:00:00 duration_ms=12",
					"customer_id=7 cmms_asset_id=AST-1 status=Success synced_at=2025-01-02 10:00:00 duration_ms=13",
					"customer_id=8 cmms_asset_id=AST-9 status=Success synced_at=2025-01-02 10:00:01 duration_ms=14",
				})
				equal(t, "ids", w.count("(SELECT DISTINCT id FROM cmms_sync_log WHERE id > 0) ids", "1 = 1"), 3)
				equal(t, "indexes that begin with the customer", w.count("information_schema.statistics",
					"table_schema = DATABASE() AND table_name = 'cmms_sync_log' AND seq_in_index = 2 AND column_name = 'synced_at' AND index_name IN ('idx_log_customer', 'by_customer')"), 1)

				synced := setupOn(t, w.dsn)
				synced.link(7, "AST-1")
				synced.serve("AST-1")
				synced.link(7, "AST-2")
				synced.api.Script("AST-2") // unknown to Innomaint
				opts := synced.options()
				opts.OnAsset = func(r cmmsimport.AssetResult, _ cmmsimport.Progress) {
					if r.Err == nil {
						panic("a bug in the host's metrics") // the row that was just written is updated
					}
				}
				summary := synced.sync(opts)
				equal(t, "failed", summary.Failed, 2)
				entries, err := synclog.Entries(t.Context(), w.db, synclog.Filter{RunID: summary.RunID})
				must(t, err)
				equal(t, "entries", len(entries), 2)
				equal(t, "newest first", entries[0].CMMSAssetID+" "+entries[0].ErrorKind, "AST-2 not_found")
				equal(t, "updated row", entries[1].CMMSAssetID+" "+entries[1].ErrorKind, "AST-1 panic")
				if age := time.Since(entries[0].SyncedAt); age < -2*time.Second || age > time.Minute {
					t.Errorf("synced_at is %s, not now in UTC", entries[0].SyncedAt)
				}
				equal(t, "rows", w.count("cmms_sync_log", "1 = 1"), 5)
			})
		}
	})
	// MySQL allows one AUTO_INCREMENT column per table. If it is not id, the host makes a view.
	t.Run("WithAnotherAutoIncrementColumn", func(t *testing.T) {
		t.Parallel()
		w := setupEmpty(t)
		w.exec("CREATE TABLE cmms_sync_log (log_id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY, " + seedLog + ")")
		_, err := cmmsimport.MigrationSQL(t.Context(), w.db)
		if !errors.Is(err, cmmsimport.ErrSchema) || !strings.Contains(err.Error(), "cmms_sync_log has the AUTO_INCREMENT column log_id") {
			t.Fatalf("got %v, want ErrSchema that names the column", err)
		}
		w.exec("RENAME TABLE cmms_sync_log TO host_log")
		w.exec("CREATE VIEW cmms_sync_log AS SELECT *, log_id AS id FROM host_log")
		_, err = cmmsimport.MigrationSQL(t.Context(), w.db)
		equal(t, "error", err.Error(), "database schema is not ready for the sync: cmms_sync_log is a view: add run_id, error_kind, warnings, changes, attempt_key to it")

		w.exec("ALTER TABLE host_log ADD run_id CHAR(26), ADD error_kind VARCHAR(32), ADD warnings JSON, ADD changes JSON, ADD attempt_key VARCHAR(64) UNIQUE")
		w.exec("CREATE OR REPLACE VIEW cmms_sync_log AS SELECT *, log_id AS id FROM host_log")
		w.migrate()
		synced := setupOn(t, w.dsn)
		synced.link(7, "AST-1")
		synced.serve("AST-1")
		synced.sync(synced.options())
		equal(t, "rows", w.count("host_log", "log_id = 1 AND status = 'Success' AND changes IS NOT NULL"), 1)
	})
}
