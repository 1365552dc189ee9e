package cmmsimport_test

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestSyncWritesAssetMastersAndLog(t *testing.T) {
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
	t.Log(summary, entries[0].Changes)

	again := w.sync(w.options())
	equal(t, "unchanged", again.Unchanged, 1)
	equal(t, "log rows", len(w.entries()), 2)
	equal(t, "leases left", w.count("cmms_sync_lock", "1 = 1"), 0)
}

// The loc of a connection string may lack an hour of the year; times are UTC and come back as they went in.
func TestAnHourThatTheConnectionsLocLacks(t *testing.T) {
	t.Parallel()
	w := setupOn(t, dbtest.Database(t)+"?parseTime=true&loc=Europe%2FBerlin")
	w.link(7, "A-1")
	w.serve("A-1", map[string]any{"updated_at": "2024-03-31T02:30:00Z"})
	w.sync(w.options())
	equal(t, "unchanged", w.sync(w.options()).Unchanged, 1)
}
