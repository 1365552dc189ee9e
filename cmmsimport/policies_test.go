package cmmsimport_test

import (
	"fmt"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

// policyColumns are columns of each type, with a local value, another value of Innomaint, and one that cannot be read.
var policyColumns = []struct {
	column, local      string
	field              string
	remote, unreadable any
	stored, keptInLog  string
	hostsEmpty         string // what a host may store instead of NULL
}{
	{"asset_name", "Old pump", "asset_name", "New pump", map[string]any{"x": 1}, "New pump", "Old pump", "''"},
	{"purchase_date", "2020-01-31", "purchase_date", "2021-04-01", "soon", "2021-04-01", "2020-01-31", "'0000-00-00'"},
	{"purchase_cost", "10.00", "purchase_cost", 12.5, "much", "12.50", "10", "NULL"},
	{"vendor_id", "99", "vendor", ref(9, "Acme"), []any{"a", "b"}, "1", "99", "0"},
	{"custom_fields", `{"a": 1}`, "custom_fields", map[string]any{"a": 2}, "text", `{"a":2}`, `{"a": 1}`, "'null'"},
}

// Where a value comes from.
const (
	local  = "local"
	remote = "remote"
	none   = "none"
)

// TestPolicy has each policy meet each combination of a local value and one of Innomaint. The table lists which one the
// column has afterwards.
func TestPolicy(t *testing.T) {
	t.Parallel()
	type situation struct{ local, remote string } // remote: "remote", "none" or "unreadable"
	everything := []situation{{local, remote}, {local, none}, {local, "unreadable"}, {none, remote}, {none, none}, {none, "unreadable"}}
	for policy, want := range map[cmmsimport.FieldPolicy]string{
		cmmsimport.Overwrite:   "remote local local remote none none",
		cmmsimport.Mirror:      "remote none local remote none none",
		cmmsimport.FillIfEmpty: "local local local remote none none",
		cmmsimport.Ignore:      "local local local none none none",
	} {
		t.Run(string(policy), func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			var ids []uint64
			for i, s := range everything {
				row := map[string]any{"customer_id": 7, "cmms_asset_id": fmt.Sprintf("AST-%d", i)}
				response := map[string]any{}
				for _, c := range policyColumns {
					if s.local == local {
						row[c.column] = c.local
					}
					switch s.remote {
					case remote:
						response[c.field] = c.remote
					case "unreadable":
						response[c.field] = c.unreadable
					}
				}
				ids = append(ids, w.row(row))
				w.respond(fmt.Sprintf("AST-%d", i), response)
			}
			opts := w.options()
			opts.Policies = map[string]cmmsimport.FieldPolicy{"*": policy}
			summary := w.sync(opts)
			equal(t, "warnings", summary.Warnings, 2*len(policyColumns))
			for i, outcome := range strings.Fields(want) {
				for _, c := range policyColumns {
					value := map[string]string{local: c.local, remote: c.stored, none: ""}[outcome]
					got := w.rows("SELECT "+c.column+" FROM ic3_asset_master WHERE id = ?", ids[i])[0]
					equal(t, fmt.Sprintf("%s of %+v", c.column, everything[i]), strings.TrimPrefix(got, c.column+"="), canonicalJSON(value))
				}
				changed := outcome != everything[i].local
				equal(t, fmt.Sprintf("changes of %+v", everything[i]), w.count("cmms_sync_log", "cmms_asset_id = ? AND JSON_LENGTH(changes) = ?", fmt.Sprintf("AST-%d", i), len(policyColumns)) == 1, changed)
			}
			kept, empty := w.entries()[2].Warnings, w.entries()[5].Warnings
			for i, c := range policyColumns {
				for list, end := range map[*[]string]string{&kept: "; kept " + c.keptInLog, &empty: "; stays empty"} {
					found := false
					for _, warning := range *list {
						found = found || strings.HasPrefix(warning, c.column+": ") && strings.HasSuffix(warning, end)
					}
					if !found {
						t.Errorf("column %d: no warning about %s ends with %q: %q", i, c.column, end, *list)
					}
				}
			}
			w.checkStable(opts)
		})
	}
	t.Run("OfAColumnOverridesTheDefault", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Old", "asset_code": "O-1", "barcode": "1", "serial_number": "S"})
		w.respond("AST-1", map[string]any{"asset_name": "New", "asset_code": "N-1"})
		opts := w.options()
		opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.Ignore, "asset_name": cmmsimport.Overwrite, "barcode": cmmsimport.Mirror}
		w.sync(opts)
		sameLines(t, "asset", w.rows("SELECT asset_name, asset_code, barcode, serial_number FROM ic3_asset_master WHERE id = ?", id), []string{"asset_name=New asset_code=O-1 serial_number=S"})
		equal(t, "changes", w.lastChanges(), "map[asset_name:{Old New} barcode:{1 <nil>}]")
	})
	t.Run("MirrorKeepsTheValueIfTheNewOneDoesNotFit", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "currency": "INR", "purchase_cost": "1.5", "vendor_id": 4})
		w.respond("AST-1", map[string]any{"currency": "Rupees", "purchase_cost": "1.005", "vendor": ref(9, strings.Repeat("x", 256))})
		opts := w.options()
		opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.Mirror}
		equal(t, "unchanged", w.sync(opts).Unchanged, 1)
		sameLines(t, "asset", w.rows("SELECT currency, purchase_cost, vendor_id FROM ic3_asset_master WHERE id = ?", id), []string{"currency=INR purchase_cost=1.50 vendor_id=4"})
		warnings := w.entries()[0].Warnings
		equal(t, "warnings", len(warnings), 3)
		sameLines(t, "warnings", warnings[1:], []string{
			`purchase_cost: "1.005" does not fit the column's DECIMAL(18,2); kept 1.5`,
			`currency: "Rupees" has 6 characters, the column takes 3; kept INR`,
		})
	})
	// Some hosts store an empty value instead of NULL.
	t.Run("FillIfEmptyFillsTheHostsEmptyValues", func(t *testing.T) {
		t.Parallel()
		for _, c := range policyColumns {
			t.Run(c.column, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				id := w.link(7, "AST-1")
				must(t, w.lenient().Exec("UPDATE ic3_asset_master SET "+c.column+" = "+c.hostsEmpty).Error)
				w.respond("AST-1", map[string]any{c.field: c.remote})
				opts := w.options()
				opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.FillIfEmpty}
				w.sync(opts)
				sameLines(t, "asset", w.rows("SELECT "+c.column+" FROM ic3_asset_master WHERE id = ?", id), []string{c.column + "=" + c.stored})
				w.checkStable(opts)
			})
		}
	})
}
