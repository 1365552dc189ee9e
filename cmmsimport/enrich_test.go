package cmmsimport_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// enrichment is what an EnrichFunc is given.
type enrichment struct {
	ctx     context.Context
	tx      *gorm.DB
	masters cmmsimport.MasterResolver
	asset   *cmmsimport.AssetMaster
	detail  *innomaint.Asset
}

// enrichWith makes an EnrichFunc of the library's own followed by a test's part.
func enrichWith(then func(enrichment) error) cmmsimport.EnrichFunc {
	return func(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, asset *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
		if err := cmmsimport.EnrichAssetFromAPI(ctx, tx, masters, asset, detail); err != nil {
			return err
		}
		return then(enrichment{ctx, tx, masters, asset, detail})
	}
}

// everyColumnOf lists what the sync keeps of an asset, but for the references.
const everyColumnOf = `SELECT asset_code, asset_name, description, serial_number, barcode, criticality, parent_cmms_asset_id, purchase_date,
	purchase_cost, currency, installation_date, warranty_start, warranty_end, amc_start, amc_end, custom_fields, cmms_updated_at
	FROM ic3_asset_master WHERE id = ?`

const sampleColumns = "asset_code=PMP-07 asset_name=Chilled water pump 7 description=Primary loop, north plant serial_number=SN-88 " +
	"barcode=8901234567890 criticality=High parent_cmms_asset_id=AST-1000 purchase_date=2021-04-01 purchase_cost=125000.50 currency=INR " +
	"installation_date=2021-05-01 warranty_start=2021-05-01 warranty_end=2024-04-30 amc_start=2024-05-01 amc_end=2025-04-30 " +
	`custom_fields={"Rated power":"11 kW"} cmms_updated_at=2026-10-01 08:30:00.000000`

// Each asset gets what its own answer holds, whatever came before it.
func TestNothingOfOneAssetShowsUpInTheNext(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var full, bare []uint64
	for i := range 3 {
		id := fmt.Sprintf("AST-%d", 2*i)
		full = append(full, w.link(7, id))
		w.serve(id)
		id = fmt.Sprintf("AST-%d", 2*i+1)
		bare = append(bare, w.link(7, id))
		w.answer(id, nil)
	}
	w.link(7, "AST-6")
	w.answer("AST-6", map[string]any{"purchase_date": "soon", "vendor": []string{"a", "b"}})
	w.link(7, "AST-7")
	w.answer("AST-7", nil)
	summary := w.sync(w.options())
	equal(t, "changed", summary.Changed, 3)
	equal(t, "warnings", summary.Warnings, 2)
	for _, id := range full {
		sameLines(t, "a full asset", w.rows(everyColumnOf, id), []string{sampleColumns})
		equal(t, "its references", w.references(id), sampleReferences)
	}
	for _, id := range bare {
		sameLines(t, "a bare asset", w.rows(everyColumnOf, id), []string{""})
		equal(t, "its references", w.references(id), "")
	}
	sameLines(t, "log", w.rows("SELECT cmms_asset_id, JSON_LENGTH(changes) AS changes, warnings FROM cmms_sync_log ORDER BY id"), []string{
		"cmms_asset_id=AST-0 changes=25", "cmms_asset_id=AST-1", "cmms_asset_id=AST-2 changes=25", "cmms_asset_id=AST-3",
		"cmms_asset_id=AST-4 changes=25", "cmms_asset_id=AST-5",
		`cmms_asset_id=AST-6 warnings=["purchase_date: \"soon\" is not a date in a known layout; stays empty",` +
			`"vendor_id: \"[\\\"a\\\",\\\"b\\\"]\" is a list of several where one was expected; stays empty"]`,
		"cmms_asset_id=AST-7",
	})
	w.settledBut(2)
}

// settledBut checks that another sync changes nothing, and warns so often.
func (w *world) settledBut(warnings int) {
	w.t.Helper()
	w.settled(w.options())
	equal(w.t, "warnings again", w.sync(w.options()).Warnings, warnings)
}

// The log shows what changed, from what to what, and nothing else.
func TestChangesInTheLog(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "Pump <7> & co", "purchase_cost": "125000.50",
		"purchase_date": "2020-01-31", "vendor_id": 5, "custom_fields": `{"b":1,"a":[2]}`, "serial_number": "SN-1"})
	w.answer("AST-1", map[string]any{"asset_name": "Pump “8”", "purchase_cost": 125001, "purchase_date": "soon", "vendor": ref(9, "Acme"),
		"custom_fields": map[string]any{"b": 2}, "serial_number": "SN-1", "warranty_end": "2024-04-30"})
	w.sync(w.options())
	sameLines(t, "changes", w.rows("SELECT changes, warnings FROM cmms_sync_log"), []string{
		`changes={"asset_name":{"from":"Pump <7> & co","to":"Pump “8”"},"custom_fields":{"from":"{\"b\":1,\"a\":[2]}","to":"{\"b\":2}"},` +
			`"purchase_cost":{"from":"125000.5","to":"125001"},"vendor_id":{"from":5,"to":1},"warranty_end":{"from":null,"to":"2024-04-30"}}` +
			` warnings=["purchase_date: \"soon\" is not a date in a known layout; kept 2020-01-31"]`,
	})
	w.sync(w.options())
	equal(t, "changes of an unchanged asset", w.count("cmms_sync_log", "changes IS NULL"), 1)
	w.answer("AST-1", nil)
	w.sync(w.options())
	equal(t, "warnings of an asset without any", w.count("cmms_sync_log", "changes IS NULL AND warnings IS NULL"), 1)
}

// A host's own part of the enrichment: what it sets is compared and logged like the rest, what it writes is of the same
// transaction.
func TestEnrichmentOfAHost(t *testing.T) {
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
		e.asset.CustomerID, e.asset.CMMSAssetID, e.asset.CMMSSyncStatus = 8, "AST-9", "Odd" // not synced: without effect
		power, _ := e.detail.Text("custom_fields.power")
		return e.tx.Exec("INSERT INTO host_power VALUES (?, ?) ON DUPLICATE KEY UPDATE power = VALUES(power)", e.asset.ID, power).Error
	})
	summary := w.sync(opts)
	equal(t, "warnings", summary.Warnings, 1)
	asset := w.asset(id)
	equal(t, "criticality", asset.Criticality, "HIGH")
	equal(t, "customer and link", fmt.Sprint(asset.CustomerID, asset.CMMSAssetID, asset.CMMSSyncStatus), "7AST-1Success")
	equal(t, "department", w.count("ic3_department_master", "id = ? AND name = 'North plant' AND cmms_id IS NULL", asset.DepartmentID), 1)
	equal(t, "the host's row", w.count("host_power", "asset_id = ? AND power = '11 kW'", id), 1)
	equal(t, "the host's warning", w.count("cmms_sync_log", `warnings = '["host_power: \\"11 kW\\" is no number"]'`), 1)
	w.settled(opts)
}

// asked is a resolver that only notes what it is asked.
type asked struct {
	masters []cmmsimport.Master
	unknown string // this name is not known
	err     error
}

var _ cmmsimport.MasterResolver = (*asked)(nil)

func (a *asked) EnsureMaster(_ context.Context, m cmmsimport.Master) (uint64, error) {
	a.masters = append(a.masters, m)
	if m.Name == a.unknown {
		return 0, fmt.Errorf("%w: not here", cmmsimport.ErrMasterUnknown)
	}
	return 100 + uint64(len(a.masters)), a.err
}

func TestEnrichAsksForMastersFromTheTop(t *testing.T) {
	t.Parallel()
	reference := func(name string) innomaint.Reference { return innomaint.Reference{Name: name} }
	detail := func() *innomaint.Asset {
		return &innomaint.Asset{ID: "AST-1", Subcategory: reference("Pumps"), Manufacturer: reference("Grundfos"), Model: innomaint.Reference{ID: "31", Name: "NB", Code: "N"},
			Vendor:   innomaint.Reference{Name: "Acme", Email: "a@example.org", Phone: "1"},
			Location: innomaint.Location{Site: reference("Chennai"), Building: reference("B1"), Room: reference("Lab")}}
	}
	local := cmmsimport.AssetMaster{CategoryID: 3, ManufacturerID: 4, LocationID: 5, DepartmentID: 6}

	resolver, asset, answer := &asked{unknown: "nobody"}, local, detail()
	must(t, cmmsimport.EnrichAssetFromAPI(t.Context(), nil, resolver, &asset, answer))
	if diff := cmp.Diff([]cmmsimport.Master{
		{Kind: cmmsimport.MasterSubcategory, Name: "Pumps", FallbackParentID: 3},
		{Kind: cmmsimport.MasterManufacturer, Name: "Grundfos"},
		{Kind: cmmsimport.MasterModel, CMMSID: "31", Name: "NB", Code: "N", ParentID: 102},
		{Kind: cmmsimport.MasterVendor, Name: "Acme", Email: "a@example.org", Phone: "1"},
		{Kind: cmmsimport.MasterSite, Name: "Chennai"},
		{Kind: cmmsimport.MasterBuilding, Name: "B1", ParentID: 105},
		{Kind: cmmsimport.MasterRoom, Name: "Lab", ParentID: 106},
	}, resolver.masters); diff != "" {
		t.Errorf("asked (-want +got):\n%s", diff)
	}
	want := cmmsimport.AssetMaster{SubcategoryID: 101, ManufacturerID: 102, ModelID: 103, VendorID: 104, LocationID: 107}
	if diff := cmp.Diff(want, asset); diff != "" {
		t.Errorf("asset (-want +got):\n%s", diff)
	}

	// A manufacturer that is not known: the local one stays, and the model is looked for under it.
	resolver, asset, answer = &asked{unknown: "Grundfos"}, local, detail()
	must(t, cmmsimport.EnrichAssetFromAPI(t.Context(), nil, resolver, &asset, answer))
	equal(t, "manufacturer", asset.ManufacturerID, 4)
	equal(t, "model's parents", fmt.Sprint(resolver.masters[2].ParentID, resolver.masters[2].FallbackParentID), "0 4")
	equal(t, "unreadable", answer.Unreadable("manufacturer_id"), true)

	// Unreadable references are not asked for.
	resolver, asset, answer = &asked{}, local, detail()
	for _, column := range []string{"location_id", "manufacturer_id", "vendor_id", "category_id"} {
		answer.Warn(innomaint.Warning{Field: column, Reason: "is odd"})
	}
	must(t, cmmsimport.EnrichAssetFromAPI(t.Context(), nil, resolver, &asset, answer))
	equal(t, "asked", len(resolver.masters), 2)
	equal(t, "location", asset.LocationID, 5)
	equal(t, "category", asset.CategoryID, 3)

	// An error of the database ends it at once.
	broken := errors.New("the table is full")
	resolver, asset, answer = &asked{err: broken}, local, detail()
	err := cmmsimport.EnrichAssetFromAPI(t.Context(), nil, resolver, &asset, answer)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "subcategory_id") {
		t.Errorf("got %v, want the resolver's error with the column", err)
	}
	equal(t, "asked", len(resolver.masters), 1)
}

// GORM saves what a model is associated with; ours are associated with nothing.
func TestModelsHaveNoAssociations(t *testing.T) {
	t.Parallel()
	for _, model := range tables {
		parsed, err := schema.Parse(model, &sync.Map{}, schema.NamingStrategy{})
		must(t, err)
		equal(t, parsed.Table+": relations", len(parsed.Relationships.Relations), 0)
		equal(t, parsed.Table+": table", parsed.Table, model.TableName())
		for _, field := range parsed.Fields {
			if field.FieldType == reflect.TypeFor[time.Time]() && field.Serializer == nil {
				t.Errorf("%s.%s would be written in the connection's time zone", parsed.Table, field.DBName)
			}
		}
	}
}
