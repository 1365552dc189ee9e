package cmmsimport_test

import (
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// nextIDs returns the definitions of all tables, with the AUTO_INCREMENT values: an INSERT that was rolled back would have used up an id.
func (w *world) nextIDs() (definitions []string) {
	w.t.Helper()
	for _, table := range w.tables() {
		definitions = append(definitions, w.rows("SHOW CREATE TABLE "+table)...)
	}
	return definitions
}

// setupDryRun returns a world with an asset that changes, two that create masters, and one that Innomaint does not have.
func setupDryRun(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Old", "vendor_id": 1, "cmms_sync_status": "Failed"})
	w.exec("INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme')")
	w.link(7, "AST-2")
	w.link(8, "AST-3")
	w.link(7, "AST-4")
	w.respond("AST-1", map[string]any{"asset_name": "New", "vendor": ref(9, "Acme Ltd"), "category": ref(12, "HVAC"), "subcategory": ref(77, "Pumps"),
		"location": map[string]any{"site": ref(1, "Chennai"), "room": ref(4, "Lab")}})
	w.respond("AST-2", map[string]any{"category": ref(12, ""), "purchase_date": "soon", "manufacturer": ref(5, "Grundfos")})
	w.respond("AST-4", map[string]any{"manufacturer": ref(5, "Grundfos"), "model": "NB"})
	return w
}

func TestDryRun(t *testing.T) {
	t.Parallel()
	t.Run("WritesNothing", func(t *testing.T) {
		t.Parallel()
		w := setupDryRun(t)
		opts := w.options()
		opts.DryRun = true
		rows, ids := w.dump(), w.nextIDs()
		equal(t, "changed", w.sync(opts).Changed, 3)
		sameLines(t, "rows", w.dump(), rows)
		sameLines(t, "next ids", w.nextIDs(), ids)
	})
	t.Run("RollsBackWhatTheHostWrites", func(t *testing.T) {
		t.Parallel()
		w := setupDryRun(t)
		w.exec("CREATE TABLE host_notes (id BIGINT AUTO_INCREMENT PRIMARY KEY, note TEXT)")
		opts, calls := w.options(), 0
		opts.DryRun = true
		opts.Enrich = enrichWith(func(e enrichment) error {
			calls++
			return e.tx.Exec("INSERT INTO host_notes (note) VALUES ('of a dry run')").Error
		})
		w.sync(opts)
		equal(t, "calls", calls, 3)
		equal(t, "notes", w.count("host_notes", "1 = 1"), 0)
	})
	t.Run("ReportsWhatWouldChange", func(t *testing.T) {
		t.Parallel()
		w := setupDryRun(t)
		opts := w.options()
		opts.DryRun = true
		got := w.changesOf(opts)
		sameLines(t, "changes", got, []string{
			`AST-1 Success <nil> map[asset_name:{Old New} category_id:{<nil> new category "HVAC"} location_id:{<nil> new room "Lab"} subcategory_id:{<nil> new subcategory "Pumps"} vendor.name:{Acme Acme Ltd}] []`,
			`AST-2 Success <nil> map[category_id:{<nil> new category "HVAC"} manufacturer_id:{<nil> new manufacturer "Grundfos"}] [purchase_date: "soon" is not a date in a known layout; stays empty]`,
			`AST-4 Success <nil> map[manufacturer_id:{<nil> new manufacturer "Grundfos"} model_id:{<nil> new model "NB"}] []`,
			"AST-3 Failed " + strings.TrimPrefix(got[3], "AST-3 Failed "),
		})
	})
	t.Run("CountsAsTheNextRunDoes", func(t *testing.T) {
		t.Parallel()
		w := setupDryRun(t)
		opts := w.options()
		opts.DryRun = true
		dry := w.sync(opts)
		summary := w.sync(w.options())
		numbers := func(s cmmsimport.Summary) [5]int {
			return [5]int{s.Total, s.Changed, s.Failed, s.Warnings, s.MastersCreated}
		}
		equal(t, "total, changed, failed, warnings, masters created", numbers(dry), numbers(summary))
		equal(t, "masters created", summary.MastersCreated, 6)
		equal(t, "changed after the run", w.sync(opts).Changed, 0)
	})
	t.Run("NeedsNoRightToWrite", func(t *testing.T) {
		t.Parallel()
		for name, readOnly := range map[string]func(w *world) (dsn string){
			"UserWithSelectOnly": func(w *world) string {
				database := w.dsn[strings.LastIndex(w.dsn, "/")+1:]
				reader := "reader_" + database
				admin := w.db
				w.exec("CREATE USER " + reader + "@localhost")
				w.t.Cleanup(func() { admin.Exec("DROP USER " + reader + "@localhost") })
				w.exec("GRANT SELECT ON " + database + ".* TO " + reader + "@localhost")
				return strings.Replace(w.dsn, "root@", reader+"@", 1)
			},
			"ReadOnlySession": func(w *world) string { return w.dsn + "?" + w.transactionVariable("read_only") + "=1" },
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Old"})
				w.serve("AST-1")
				w.add("AST-2")
				w.exec("INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme'), (7, '10', 'Beta')")
				before := w.dump()
				w.db = dbtest.Open(t, readOnly(w))
				if err := w.db.Exec("INSERT INTO ic3_status_master (customer_id, name) VALUES (7, 'x')").Error; err == nil {
					t.Fatal("this handle can write")
				}
				opts := w.options()
				opts.DryRun = true
				summary := w.sync(opts)
				equal(t, "changed", summary.Changed, 2)
				equal(t, "masters to create", summary.MastersCreated, len(sampleMasters)-1)
				sameLines(t, "rows", w.dump(), before)
			})
		}
	})
}
