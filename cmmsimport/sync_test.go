package cmmsimport_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestSync(t *testing.T) {
	t.Parallel()
	t.Run("WritesAssetMastersAndLog", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.link(7, "AST-1")
		w.serve("AST-1")

		summary := w.sync(w.options())
		equal(t, "total", summary.Total, 1)
		equal(t, "changed", summary.Changed, 1)
		equal(t, "warnings", summary.Warnings, 0)

		a := w.asset(id)
		equal(t, "asset_name", a.AssetName, "Chilled water pump 7")
		equal(t, "purchase_cost", string(a.PurchaseCost), "125000.5")
		equal(t, "purchase_date", a.PurchaseDate.String(), "2021-04-01")
		equal(t, "cmms_sync_status", a.CMMSSyncStatus, "Success")
		equal(t, "location", w.count("ic3_location_master", "id = ? AND level = 'room' AND name = 'Plant room'", a.LocationID), 1)
		equal(t, "subcategory", w.count("ic3_category_master", "id = ? AND level = 'subcategory' AND parent_id = ?", a.SubcategoryID, a.CategoryID), 1)
		equal(t, "model", w.count("ic3_model_master", "id = ? AND manufacturer_id = ?", a.ModelID, a.ManufacturerID), 1)
		entries := w.entries()
		equal(t, "log rows", len(entries), 1)
		equal(t, "status", entries[0].Status, synclog.Success)
		equal(t, "run", entries[0].RunID, summary.RunID)
		w.checkAudit(summary)

		again := w.sync(w.options())
		equal(t, "unchanged", again.Unchanged, 1)
		equal(t, "log rows", len(w.entries()), 2)
	})
	t.Run("CustomerWithoutAssets", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "A-1")
		opts := w.options()
		opts.CustomerID = customer(8)
		equal(t, "total", w.sync(opts).Total, 0)
		equal(t, "completed runs", w.count("cmms_sync_run", "status = 'Completed' AND customer_id = 8 AND total = 0"), 1)
		equal(t, "requests", w.api.Calls(), 0)
	})
	// Three assets with every field alternate with three that have none.
	t.Run("NothingLeaksIntoTheNextAsset", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		var full, bare []uint64
		for i := range 3 {
			id := fmt.Sprintf("AST-%d", 2*i)
			full = append(full, w.link(7, id))
			w.serve(id)
			id = fmt.Sprintf("AST-%d", 2*i+1)
			bare = append(bare, w.link(7, id))
			w.respond(id, nil)
		}
		w.link(7, "AST-6")
		w.respond("AST-6", map[string]any{"purchase_date": "soon", "vendor": []string{"a", "b"}})
		w.link(7, "AST-7")
		w.respond("AST-7", nil)
		summary := w.sync(w.options())
		equal(t, "changed", summary.Changed, 3)
		equal(t, "warnings", summary.Warnings, 2)
		for _, id := range full {
			sameLines(t, "a full asset", w.rows(syncedColumns, id), []string{sampleColumns})
			equal(t, "its references", w.references(id), sampleReferences)
		}
		for _, id := range bare {
			sameLines(t, "a bare asset", w.rows(syncedColumns, id), []string{""})
			equal(t, "its references", w.references(id), "")
		}
		sameLines(t, "log", w.rows("SELECT cmms_asset_id, JSON_LENGTH(changes) AS changes, warnings FROM cmms_sync_log ORDER BY id"), []string{
			"cmms_asset_id=AST-0 changes=25", "cmms_asset_id=AST-1", "cmms_asset_id=AST-2 changes=25", "cmms_asset_id=AST-3",
			"cmms_asset_id=AST-4 changes=25", "cmms_asset_id=AST-5",
			`cmms_asset_id=AST-6 warnings=["purchase_date: \"soon\" is not a date in a known layout; stays empty",` +
				`"vendor_id: \"[\\\"a\\\",\\\"b\\\"]\" is a list of several where one was expected; stays empty"]`,
			"cmms_asset_id=AST-7",
		})
		w.checkStable(w.options())
		equal(t, "warnings in another sync", w.sync(w.options()).Warnings, 2)
	})
	t.Run("LogsWhatChanged", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Pump <7> & co", "purchase_cost": "125000.50",
			"purchase_date": "2020-01-31", "vendor_id": 5, "custom_fields": `{"b":1,"a":[2]}`, "serial_number": "SN-1"})
		w.respond("AST-1", map[string]any{"asset_name": "Pump “8”", "purchase_cost": 125001, "purchase_date": "soon", "vendor": ref(9, "Acme"),
			"custom_fields": map[string]any{"b": 2}, "serial_number": "SN-1", "warranty_end": "2024-04-30"})
		w.sync(w.options())
		entry := w.entries()[0]
		sameLines(t, "warnings", entry.Warnings, []string{`purchase_date: "soon" is not a date in a known layout; kept 2020-01-31`})
		equal(t, "old custom fields", canonicalJSON(fmt.Sprint(entry.Changes["custom_fields"].From)), `{"a":[2],"b":1}`)
		equal(t, "new custom fields", entry.Changes["custom_fields"].To, any(`{"b":2}`))
		delete(entry.Changes, "custom_fields")
		equal(t, "other changes", fmt.Sprint(entry.Changes), "map[asset_name:{Pump <7> & co Pump “8”} purchase_cost:{125000.5 125001} vendor_id:{5 1} warranty_end:{<nil> 2024-04-30}]")

		w.sync(w.options())
		w.respond("AST-1", nil)
		w.sync(w.options())
		entries := w.entries()
		equal(t, "changes of an unchanged asset", len(entries[1].Changes), 0)
		equal(t, "changes and warnings of an empty response", len(entries[2].Changes)+len(entries[2].Warnings), 0)
		equal(t, "log rows without changes", w.count("cmms_sync_log", "changes IS NULL"), 2)
	})
	// In Berlin there was no 02:30 on that day.
	t.Run("StoresTimesThatTheLocOfTheDSNLacks", func(t *testing.T) {
		t.Parallel()
		w := setupOn(t, dbtest.Database(t)+"?parseTime=true&loc=Europe%2FBerlin")
		w.link(7, "A-1")
		w.serve("A-1", map[string]any{"updated_at": "2024-03-31T02:30:00Z"})
		w.sync(w.options())
		equal(t, "rows", w.count("ic3_asset_master", "cmms_updated_at = '2024-03-31 02:30:00'"), 1)
		equal(t, "unchanged", w.sync(w.options()).Unchanged, 1)
	})
	t.Run("OneRequestAtATime", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add(numbered(5)...)
		pool, err := w.db.DB()
		must(t, err)
		var inFlight atomic.Int32
		opts := w.options()
		opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
			equal(t, "calls in flight", inFlight.Add(1), 1)
			equal(t, "connections in use", pool.Stats().InUse, 0)
			defer inFlight.Add(-1)
			return w.client.GetAsset(ctx, ref)
		})
		equal(t, "successful", w.sync(opts).Successful, 5)
		equal(t, "requests in flight", w.api.MaxInFlight(), 1)
	})
	t.Run("OneConnectionIsEnough", func(t *testing.T) {
		t.Parallel()
		for _, atomic := range []bool{false, true} {
			t.Run(fmt.Sprint("AtomicLog=", atomic), func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				pool, err := w.db.DB()
				must(t, err)
				pool.SetMaxOpenConns(1)
				for i, id := range numbered(250) {
					w.link(uint64(7+i%3), id)
					w.serve(id)
				}
				opts := w.options()
				opts.AtomicLog = atomic
				opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) {
					equal(t, "connections in use", pool.Stats().InUse, 0)
				}
				equal(t, "successful", w.sync(opts).Successful, 250)
			})
		}
	})
}
