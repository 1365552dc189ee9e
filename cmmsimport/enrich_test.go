package cmmsimport_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestEnrichFunc has a host's own enricher. What it sets is compared and logged like the rest, and what it writes belongs to the asset's
// transaction.
func TestEnrichFunc(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.link(7, "AST-1")
	w.serve("AST-1", map[string]any{"custom_fields": map[string]any{"power": "11 kW", "plant": map[string]any{"name": "North plant"}}})
	w.exec("CREATE TABLE host_power (asset_id BIGINT PRIMARY KEY, power VARCHAR(20))")
	opts := w.options()
	opts.Enrich = enrichWith(func(e enrichment) error {
		plant, _ := e.detail.Text("custom_fields.plant.name")
		department, err := e.masters.EnsureMaster(e.ctx, cmmsimport.Master{Kind: cmmsimport.MasterDepartment, Name: plant})
		if err != nil {
			return err
		}
		e.asset.DepartmentID = department
		e.asset.Criticality = strings.ToUpper(e.asset.Criticality)
		e.detail.Warn(innomaint.Warning{Field: "host_power", Value: "11 kW", Reason: "is no number"})
		e.asset.CustomerID, e.asset.CMMSAssetID, e.asset.CMMSSyncStatus = 8, "AST-9", "Odd" // no synced columns: no effect
		power, _ := e.detail.Text("custom_fields.power")
		return e.tx.Exec("INSERT INTO host_power VALUES (?, ?) ON DUPLICATE KEY UPDATE power = VALUES(power)", e.asset.ID, power).Error
	})
	summary := w.sync(opts)
	equal(t, "warnings", summary.Warnings, 1)
	asset := w.asset(id)
	equal(t, "criticality", asset.Criticality, "HIGH")
	equal(t, "customer, id and status", fmt.Sprint(asset.CustomerID, asset.CMMSAssetID, asset.CMMSSyncStatus), "7AST-1Success")
	equal(t, "department", w.count("ic3_department_master", "id = ? AND name = 'North plant' AND cmms_id IS NULL", asset.DepartmentID), 1)
	equal(t, "host's rows", w.count("host_power", "asset_id = ? AND power = '11 kW'", id), 1)
	sameLines(t, "warnings in the log", w.entries()[0].Warnings, []string{`host_power: "11 kW" is no number`})
	w.checkStable(opts)
}

func TestEnrichAssetFromAPI(t *testing.T) {
	t.Parallel()
	reference := func(name string) innomaint.Reference { return innomaint.Reference{Name: name} }
	local := cmmsimport.AssetMaster{CategoryID: 3, ManufacturerID: 4, LocationID: 5, DepartmentID: 6}
	response := func() *innomaint.Asset {
		return &innomaint.Asset{
			ID: "AST-1", Subcategory: reference("Pumps"), Manufacturer: reference("Grundfos"), Model: innomaint.Reference{ID: "31", Name: "NB", Code: "N"},
			Vendor:   innomaint.Reference{Name: "Acme", Email: "a@example.org", Phone: "1"},
			Location: innomaint.Location{Site: reference("Chennai"), Building: reference("B1"), Room: reference("Lab")},
		}
	}
	t.Run("AsksForParentsFirst", func(t *testing.T) {
		t.Parallel()
		masters, asset := &listedMasters{}, local
		must(t, cmmsimport.EnrichAssetFromAPI(t.Context(), nil, masters, &asset, response()))
		if diff := cmp.Diff([]cmmsimport.Master{
			{Kind: cmmsimport.MasterSubcategory, Name: "Pumps", FallbackParentID: 3},
			{Kind: cmmsimport.MasterManufacturer, Name: "Grundfos"},
			{Kind: cmmsimport.MasterModel, CMMSID: "31", Name: "NB", Code: "N", ParentID: 102},
			{Kind: cmmsimport.MasterVendor, Name: "Acme", Email: "a@example.org", Phone: "1"},
			{Kind: cmmsimport.MasterSite, Name: "Chennai"},
			{Kind: cmmsimport.MasterBuilding, Name: "B1", ParentID: 105},
			{Kind: cmmsimport.MasterRoom, Name: "Lab", ParentID: 106},
		}, masters.asked); diff != "" {
			t.Errorf("asked (-want +got):\n%s", diff)
		}
		want := cmmsimport.AssetMaster{SubcategoryID: 101, ManufacturerID: 102, ModelID: 103, VendorID: 104, LocationID: 107}
		if diff := cmp.Diff(want, asset); diff != "" {
			t.Errorf("asset (-want +got):\n%s", diff)
		}
	})
	// The local manufacturer stays, and the model is looked for under it.
	t.Run("UnknownManufacturer", func(t *testing.T) {
		t.Parallel()
		masters, asset, detail := &listedMasters{unknown: "Grundfos"}, local, response()
		must(t, cmmsimport.EnrichAssetFromAPI(t.Context(), nil, masters, &asset, detail))
		equal(t, "manufacturer", asset.ManufacturerID, 4)
		equal(t, "model's parent", masters.asked[2].ParentID, 0)
		equal(t, "model's fallback parent", masters.asked[2].FallbackParentID, 4)
		equal(t, "manufacturer has a warning", detail.Unreadable("manufacturer_id"), true)
	})
	t.Run("UnreadableReferencesStay", func(t *testing.T) {
		t.Parallel()
		masters, asset, detail := &listedMasters{}, local, response()
		for _, column := range []string{"location_id", "manufacturer_id", "vendor_id", "category_id"} {
			detail.Warn(innomaint.Warning{Field: column, Reason: "is odd"})
		}
		must(t, cmmsimport.EnrichAssetFromAPI(t.Context(), nil, masters, &asset, detail))
		equal(t, "asked", len(masters.asked), 2)
		equal(t, "location", asset.LocationID, 5)
		equal(t, "category", asset.CategoryID, 3)
	})
	t.Run("DatabaseErrorEndsIt", func(t *testing.T) {
		t.Parallel()
		full := errors.New("the table is full")
		masters, asset := &listedMasters{err: full}, local
		err := cmmsimport.EnrichAssetFromAPI(t.Context(), nil, masters, &asset, response())
		if !errors.Is(err, full) || !strings.Contains(err.Error(), "subcategory_id") {
			t.Errorf("got %v, want the resolver's error with the column", err)
		}
		equal(t, "asked", len(masters.asked), 1)
	})
}

// listedMasters is a MasterResolver that lists what it was asked for. Ids begin at 101.
type listedMasters struct {
	asked   []cmmsimport.Master
	unknown string // a name
	err     error
}

var _ cmmsimport.MasterResolver = (*listedMasters)(nil)

func (l *listedMasters) EnsureMaster(_ context.Context, m cmmsimport.Master) (uint64, error) {
	l.asked = append(l.asked, m)
	if m.Name == l.unknown {
		return 0, fmt.Errorf("%w: not here", cmmsimport.ErrMasterUnknown)
	}
	return 100 + uint64(len(l.asked)), l.err
}
