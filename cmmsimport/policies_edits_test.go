package cmmsimport_test

import (
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// TestConcurrentEdit has a person edit the row after it was read.
func TestConcurrentEdit(t *testing.T) {
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
	t.Run("OfAnotherColumnSurvives", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Old", "description": "As sent", "barcode": "1"})
		w.respond("AST-1", map[string]any{"asset_name": "New", "description": "As sent"})
		opts := w.options()
		opts.Enrich = edit(w, "description = 'by hand', barcode = '2', owner_note = 'mine'")
		w.exec("ALTER TABLE ic3_asset_master ADD owner_note VARCHAR(20)")
		w.sync(opts)
		sameLines(t, "asset", w.rows("SELECT asset_name, description, barcode, owner_note FROM ic3_asset_master WHERE id = ?", id),
			[]string{"asset_name=New description=by hand barcode=2 owner_note=mine"})
	})
	t.Run("WinsOverFillIfEmpty", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.link(7, "AST-1")
		response, byHand, columns := map[string]any{"barcode": "1"}, []string{}, []string{}
		for _, c := range policyColumns {
			response[c.field] = c.remote
			byHand = append(byHand, c.column+" = '"+c.local+"'")
			columns = append(columns, c.column)
		}
		w.respond("AST-1", response)
		opts := w.options()
		opts.Policies = map[string]cmmsimport.FieldPolicy{"*": cmmsimport.FillIfEmpty}
		opts.Enrich = edit(w, strings.Join(byHand, ", "))
		w.sync(opts)
		sameLines(t, "asset", w.rows("SELECT "+strings.Join(columns, ", ")+", barcode FROM ic3_asset_master WHERE id = ?", id),
			[]string{`asset_name=Old pump purchase_date=2020-01-31 purchase_cost=10.00 vendor_id=99 custom_fields={"a":1} barcode=1`})
		w.checkStable(opts)
	})
}
