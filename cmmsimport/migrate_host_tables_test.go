package cmmsimport_test

import (
	"fmt"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

func TestMigrate_HostTables(t *testing.T) {
	t.Parallel()
	// The host's tables have other types, more columns, indexes with other names, and no columns of the sync.
	t.Run("KeepsTheirDefinitions", func(t *testing.T) {
		t.Parallel()
		w := setupEmpty(t)
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
		w.migrate()
		after := strings.Join(w.definitions(), "\n")
		for _, definition := range before {
			if !strings.Contains(after, definition) {
				t.Errorf("lost or changed: %s", definition)
			}
		}

		long := strings.Repeat("x", 400)
		synced := setupOn(t, w.dsn)
		synced.serve("AST-1", map[string]any{"asset_name": long, "purchase_cost": "123456789012345678901.123456"})
		equal(t, "warnings", synced.sync(synced.options()).Warnings, 0)
		equal(t, "the row", w.count("ic3_asset_master", "asset_name = ? AND owner = 'nobody' AND purchase_cost = 123456789012345678901.123456 AND category_id = 1", long), 1)
		synced.checkStable(synced.options())
	})
	// The host's own INSERT and UPDATE do not name the columns that Migrate adds.
	t.Run("KeepsTheHostsStatementsValid", func(t *testing.T) {
		t.Parallel()
		w := setupEmpty(t)
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
		w.migrate()
		for _, statement := range host {
			w.exec(fmt.Sprintf(statement, 2))
		}
		sameLines(t, "locations", w.rows("SELECT name, level, parent_id FROM ic3_location_master ORDER BY id"),
			[]string{"name=Chennai 1 North parent_id=0", "name=Chennai 2 North parent_id=0"})
	})
}
