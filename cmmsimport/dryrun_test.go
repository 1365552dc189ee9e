package cmmsimport_test

import (
	"fmt"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// autoIncrements are the next ids of every table: an INSERT that was rolled back would have used one up.
func (w *world) autoIncrements() []string {
	w.t.Helper()
	return w.rows("SELECT table_name AS name, auto_increment FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY 1")
}

// changesOf syncs and returns what changed, a line an asset.
func (w *world) changesOf(opts cmmsimport.Options) (lines []string) {
	w.t.Helper()
	opts.OnAsset = func(r cmmsimport.AssetResult, _ cmmsimport.Progress) {
		lines = append(lines, fmt.Sprint(r.CMMSAssetID, " ", r.Status, " ", r.Err, " ", r.Changes, " ", r.Warnings))
	}
	w.sync(opts)
	return lines
}

func TestDryRunWritesNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Old", "vendor_id": 1, "cmms_sync_status": "Failed"})
	w.exec("INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme')")
	w.link(7, "AST-2")
	w.link(8, "AST-3") // for which there is no answer
	w.link(7, "AST-4")
	w.answer("AST-1", map[string]any{"asset_name": "New", "vendor": ref(9, "Acme Ltd"), "category": ref(12, "HVAC"), "subcategory": ref(77, "Pumps"),
		"location": map[string]any{"site": ref(1, "Chennai"), "room": ref(4, "Lab")}})
	w.answer("AST-2", map[string]any{"category": ref(12, ""), "purchase_date": "soon", "manufacturer": ref(5, "Grundfos")})
	w.answer("AST-4", map[string]any{"manufacturer": ref(5, "Grundfos"), "model": "NB"})
	w.exec("CREATE TABLE host_notes (id BIGINT AUTO_INCREMENT PRIMARY KEY, note TEXT)")

	opts := w.options()
	opts.DryRun = true
	opts.Enrich = enrichWith(func(e enrichment) error {
		return e.tx.Exec("INSERT INTO host_notes (note) VALUES ('of a dry run')").Error
	})
	rows := w.dump()
	counters := w.autoIncrements()
	got := w.changesOf(opts)
	sameLines(t, "rows", w.dump(), rows)
	sameLines(t, "what it says", got, []string{
		`AST-1 Success <nil> map[asset_name:{Old New} category_id:{<nil> new category "HVAC"} location_id:{<nil> new room "Lab"} subcategory_id:{<nil> new subcategory "Pumps"} vendor.name:{Acme Acme Ltd}] []`,
		`AST-2 Success <nil> map[category_id:{<nil> new category "HVAC"} manufacturer_id:{<nil> new manufacturer "Grundfos"}] [purchase_date: "soon" is not a date in a known layout; stays empty]`,
		`AST-4 Success <nil> map[manufacturer_id:{<nil> new manufacturer "Grundfos"} model_id:{<nil> new model "NB"}] []`,
		"AST-3 Failed " + strings.TrimPrefix(got[3], "AST-3 Failed "),
	})
	for i := range counters {
		if !strings.Contains(counters[i], "host_notes") { // which the host's own enricher wrote, and the dry run rolled back
			equal(t, "next id", w.autoIncrements()[i], counters[i])
		}
	}

	// The run that follows does what was said, ids in place of names.
	foretold := w.sync(opts)
	opts.DryRun = false
	summary := w.sync(opts)
	for what, numbers := range map[string][2]int{
		"changed": {foretold.Changed, summary.Changed}, "failed": {foretold.Failed, summary.Failed}, "warnings": {foretold.Warnings, summary.Warnings},
		"masters created": {foretold.MastersCreated, summary.MastersCreated}, "total": {foretold.Total, summary.Total},
	} {
		equal(t, what, numbers[0], numbers[1])
	}
	equal(t, "masters created", summary.MastersCreated, 6)
	opts.DryRun = true
	for _, line := range w.changesOf(opts)[:3] {
		if !strings.Contains(line, "map[]") {
			t.Errorf("a dry run after the run foretells a change: %s", line)
		}
	}
}

// A user who may only read is enough, and a server that only lets read.
func TestDryRunNeedsNoRightToWrite(t *testing.T) {
	t.Parallel()
	for name, parameters := range map[string]string{"a user with SELECT": "", "a read-only session": "?tx_read_only=1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Old"})
			w.link(7, "AST-2")
			w.serve("AST-1")
			w.serve("AST-2")
			w.exec("INSERT INTO ic3_vendor_master (customer_id, cmms_id, name) VALUES (7, '9', 'Acme'), (7, '10', 'Beta')")
			dsn := w.dsn + parameters
			if parameters == "" {
				database := w.dsn[strings.LastIndex(w.dsn, "/")+1:]
				reader := "reader_" + database
				w.exec("CREATE USER " + reader + "@localhost")
				t.Cleanup(func() { w.db.Exec("DROP USER " + reader + "@localhost") })
				w.exec("GRANT SELECT ON " + database + ".* TO " + reader + "@localhost")
				dsn = strings.Replace(w.dsn, "root@", reader+"@", 1)
			}
			reading := *w
			reading.db = dbtest.Open(t, dsn)
			if err := reading.db.Exec("INSERT INTO ic3_status_master (customer_id, name) VALUES (7, 'x')").Error; err == nil {
				t.Fatal("this handle can write")
			}
			before := w.dump()
			opts := w.options()
			opts.DryRun = true
			summary := reading.sync(opts)
			equal(t, "changed", summary.Changed, 2)
			equal(t, "masters to create", summary.MastersCreated, len(sampleMasters)-1)
			sameLines(t, "rows", w.dump(), before)
		})
	}
}
