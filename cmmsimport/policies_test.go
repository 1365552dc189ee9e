package cmmsimport_test

import (
	"fmt"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// The columns of the policy tests, one of each sort, with a local value, another one of Innomaint, and one that cannot
// be read.
var policyColumns = []struct {
	column, local        string
	field                string
	remote, unreadable   any
	stored, keptInLog    string
	emptyInTheHostsTable string // another way than NULL
}{
	{"asset_name", "Old pump", "asset_name", "New pump", map[string]any{"x": 1}, "New pump", "Old pump", "''"},
	{"purchase_date", "2020-01-31", "purchase_date", "2021-04-01", "soon", "2021-04-01", "2020-01-31", "'0000-00-00'"},
	{"purchase_cost", "10.00", "purchase_cost", 12.5, "much", "12.50", "10", "NULL"},
	{"vendor_id", "99", "vendor", ref(9, "Acme"), []any{"a", "b"}, "1", "99", "0"},
	{"custom_fields", `{"a": 1}`, "custom_fields", map[string]any{"a": 2}, "text", `{"a":2}`, `{"a": 1}`, "'null'"},
}

// What of local and remote a column holds afterwards.
const (
	local  = "local"
	remote = "remote"
	none   = "none"
)

func TestPolicies(t *testing.T) {
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
				answer := map[string]any{}
				for _, c := range policyColumns {
					if s.local == local {
						row[c.column] = c.local
					}
					switch s.remote {
					case remote:
						answer[c.field] = c.remote
					case "unreadable":
						answer[c.field] = c.unreadable
					}
				}
				ids = append(ids, w.row(row))
				w.answer(fmt.Sprintf("AST-%d", i), answer)
			}
			opts := w.options()
			opts.Policies = map[string]cmmsimport.FieldPolicy{"*": policy}
			summary := w.sync(opts)
			equal(t, "warnings", summary.Warnings, 2*len(policyColumns))
			for i, outcome := range strings.Fields(want) {
				for _, c := range policyColumns {
					held := map[string]string{local: c.local, remote: c.stored, none: ""}[outcome]
					got := w.rows("SELECT "+c.column+" FROM ic3_asset_master WHERE id = ?", ids[i])[0]
					equal(t, fmt.Sprintf("%s of %+v", c.column, everything[i]), strings.TrimPrefix(got, c.column+"="), held)
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
			w.settled(opts)
		})
	}
}

func TestPolicyOfAColumnGoesBeforeTheRest(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Old", "asset_code": "O-1", "barcode": "1", "serial_number": "S"})
	w.answer("AST-1", map[string]any{"asset_name": "New", "asset_code": "N-1"})
	opts := w.options()
	opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.Ignore, "asset_name": cmmsimport.Overwrite, "barcode": cmmsimport.Mirror}
	w.sync(opts)
	sameLines(t, "asset", w.rows("SELECT asset_name, asset_code, barcode, serial_number FROM ic3_asset_master WHERE id = ?", id), []string{"asset_name=New asset_code=O-1 serial_number=S"})
	sameLines(t, "changes", w.rows("SELECT changes FROM cmms_sync_log"), []string{`changes={"asset_name":{"from":"Old","to":"New"},"barcode":{"from":"1","to":null}}`})
}

// A value that does not fit clears nothing either.
func TestMirrorKeepsWhatAValueThatDoesNotFitWouldReplace(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "currency": "INR", "purchase_cost": "1.5", "vendor_id": 4})
	w.answer("AST-1", map[string]any{"currency": "Rupees", "purchase_cost": "1.005", "vendor": ref(9, strings.Repeat("x", 256))})
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
}

// An answer is half the truth: meanwhile people edit the row.
func TestEditsBetweenReadingAndWriting(t *testing.T) {
	t.Parallel()
	edit := func(w *world, set string) cmmsimport.EnrichFunc {
		other := dbtest.Open(t, w.dsn)
		done := false
		return enrichWith(func(e enrichment) error {
			if !done {
				done = true
				return other.Exec("UPDATE ic3_asset_master SET "+set+" WHERE id = ?", e.asset.ID).Error
			}
			return nil
		})
	}
	t.Run("of another column survives", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Old", "description": "As sent", "barcode": "1"})
		w.answer("AST-1", map[string]any{"asset_name": "New", "description": "As sent"})
		opts := w.options()
		opts.Enrich = edit(w, "description = 'by hand', barcode = '2', owner_note = 'mine'")
		w.exec("ALTER TABLE ic3_asset_master ADD owner_note VARCHAR(20)")
		w.sync(opts)
		sameLines(t, "asset", w.rows("SELECT asset_name, description, barcode, owner_note FROM ic3_asset_master WHERE id = ?", id),
			[]string{"asset_name=New description=by hand barcode=2 owner_note=mine"})
	})
	t.Run("fills what is only to be filled", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.link(7, "AST-1")
		answer, byHand, columns := map[string]any{"barcode": "1"}, []string{}, []string{}
		for _, c := range policyColumns {
			answer[c.field] = c.remote
			byHand = append(byHand, c.column+" = '"+c.local+"'")
			columns = append(columns, c.column)
		}
		w.answer("AST-1", answer)
		opts := w.options()
		opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.FillIfEmpty}
		opts.Enrich = edit(w, strings.Join(byHand, ", "))
		w.sync(opts)
		sameLines(t, "asset", w.rows("SELECT "+strings.Join(columns, ", ")+", barcode FROM ic3_asset_master WHERE id = ?", id),
			[]string{`asset_name=Old pump purchase_date=2020-01-31 purchase_cost=10.00 vendor_id=99 custom_fields={"a": 1} barcode=1`})
		w.settled(opts)
	})
}

// Where a host's rows say "nothing" otherwise than by NULL, that is empty too.
func TestFillIfEmptyTakesTheHostsEmptyValues(t *testing.T) {
	t.Parallel()
	for _, c := range policyColumns {
		t.Run(c.column, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			id := w.link(7, "AST-1")
			w.exec("SET STATEMENT sql_mode = '' FOR UPDATE ic3_asset_master SET " + c.column + " = " + c.emptyInTheHostsTable)
			w.answer("AST-1", map[string]any{c.field: c.remote})
			opts := w.options()
			opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.FillIfEmpty}
			w.sync(opts)
			sameLines(t, "asset", w.rows("SELECT "+c.column+" FROM ic3_asset_master WHERE id = ?", id), []string{c.column + "=" + c.stored})
			w.settled(opts)
		})
	}
}
