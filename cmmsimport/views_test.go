package cmmsimport_test

import (
	"errors"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// hostName is the host's name for one of our columns.
func hostName(column string) string {
	switch column {
	case "id":
		return "nr"
	case "customer_id":
		return "tenant"
	case "cmms_id", "cmms_asset_id":
		return "innomaint_ref"
	case "name", "asset_name":
		return "title"
	}
	return "h_" + column
}

// asViews renames our tables and their columns, except those of runs and leases, and creates views with the old names. The views have
// their columns in another order.
func (w *world) asViews() {
	w.t.Helper()
	tables := []string{"ic3_asset_master", "cmms_sync_log"}
	for _, table := range masterTables {
		tables = append(tables, "ic3_"+table+"_master")
	}
	for _, table := range tables {
		var columns []string
		must(w.t, w.db.Raw(`SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?
			ORDER BY column_name`, table).Scan(&columns).Error)
		var selected []string
		for _, column := range columns {
			w.exec("ALTER TABLE " + table + " RENAME COLUMN " + column + " TO " + hostName(column))
			selected = append(selected, hostName(column)+" AS "+column)
		}
		w.exec("ALTER TABLE " + table + " ADD note VARCHAR(20) NOT NULL DEFAULT 'the host''s own' FIRST, RENAME TO host_" + table)
		w.exec("CREATE VIEW " + table + " AS SELECT " + strings.Join(selected, ", ") + " FROM host_" + table)
	}
}

func TestViews(t *testing.T) {
	t.Parallel()
	t.Run("SyncWritesThroughThem", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.asViews()
		w.migrate()
		id := w.link(7, "AST-1")
		w.link(7, "AST-2")
		w.serve("AST-1")
		w.serve("AST-2", map[string]any{"vendor": ref(10, "Beta"), "purchase_date": "soon"})

		summary := w.sync(w.options())
		equal(t, "successful", summary.Successful, 2)
		equal(t, "masters created", summary.MastersCreated, len(sampleMasters)+1)
		sameLines(t, "masters", w.masters("category", "location"), append(append([]string{}, sampleMasters[:2]...), sampleMasters[5:9]...))
		equal(t, "references", w.references(id), sampleReferences)
		equal(t, "the host's asset", w.count("host_ic3_asset_master", "nr = ? AND title = 'Chilled water pump 7' AND h_purchase_cost = 125000.5 AND note = 'the host''s own'", id), 1)
		equal(t, "the host's vendors", w.count("host_ic3_vendor_master", "tenant = 7 AND innomaint_ref IN ('9', '10')"), 2)
		equal(t, "the host's log", w.count("host_cmms_sync_log", "h_status = 'Success' AND h_changes IS NOT NULL"), 2)

		w.checkStable(w.options())
		w.serve("AST-1", map[string]any{"vendor": ref(9, "Acme Ltd"), "location": map[string]any{"site": ref(1, "Chennai"), "room": ref(4, "Plant")}})
		w.link(8, "AST-3")
		summary = w.sync(w.options())
		equal(t, "changed", summary.Changed, 1)
		equal(t, "failed", summary.FailedByKind[innomaint.KindNotFound], 1)
		equal(t, "the failure in the host's tables", w.count("host_ic3_asset_master", "innomaint_ref = 'AST-3' AND h_cmms_sync_status = 'Failed'"), 1)
		equal(t, "the renamed vendor", w.count("host_ic3_vendor_master", "title = 'Acme Ltd' AND innomaint_ref = '9'"), 1)

		entries, err := synclog.Entries(t.Context(), w.db, synclog.Filter{CMMSAssetID: "AST-2"})
		must(t, err)
		equal(t, "entries of AST-2", len(entries), 3)
	})
	t.Run("MigrateNamesMissingColumns", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, view := range []struct{ table, lacks string }{
			{"ic3_asset_master", "cmms_attempted_at, cmms_sync_status"}, {"ic3_vendor_master", "email"},
		} {
			w.exec("ALTER TABLE " + view.table + " RENAME TO host_" + view.table)
			var columns []string
			must(t, w.db.Raw("SELECT column_name FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ?", "host_"+view.table).Scan(&columns).Error)
			var carried []string
			for _, column := range columns {
				if !strings.Contains(", "+view.lacks+",", ", "+column+",") {
					carried = append(carried, column)
				}
			}
			w.exec("CREATE VIEW " + view.table + " AS SELECT " + strings.Join(carried, ", ") + " FROM host_" + view.table)
		}
		before := w.definitions()
		err := cmmsimport.Migrate(t.Context(), w.db)
		if !errors.Is(err, cmmsimport.ErrSchema) {
			t.Fatalf("got %v, want ErrSchema", err)
		}
		sameLines(t, "error", strings.Split(err.Error(), "\n"), []string{
			"database schema is not ready for the sync: ic3_asset_master is a view: add cmms_sync_status, cmms_attempted_at to it",
			"ic3_vendor_master is a view: add email to it",
		})
		sameLines(t, "definitions", w.definitions(), before)
		if err := cmmsimport.CheckSchema(t.Context(), w.db); err == nil || !strings.Contains(err.Error(), "column ic3_vendor_master.email is missing") {
			t.Errorf("CheckSchema: got %v", err)
		}
	})
}
