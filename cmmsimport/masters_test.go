package cmmsimport_test

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

// sampleMasters are the rows of the sample asset in an empty database.
var sampleMasters = []string{
	"category 1 level=category cmms_id=12 parent_id=0 name=HVAC code=HV",
	"category 2 level=subcategory cmms_id=77 parent_id=1 name=Pumps",
	"manufacturer 1 cmms_id=5 name=Grundfos",
	"model 1 cmms_id=31 manufacturer_id=1 name=NB 50-200",
	"vendor 1 cmms_id=9 name=Acme Supply email=sales@acme.example phone=+91 44 5550 0100",
	"location 1 level=site cmms_id=1 parent_id=0 name=Chennai",
	"location 2 level=building cmms_id=2 parent_id=1 name=B1",
	"location 3 level=floor cmms_id=3 parent_id=2 name=L2",
	"location 4 level=room cmms_id=4 parent_id=3 name=Plant room",
	"department 1 cmms_id=6 name=Facilities",
	"status 1 cmms_id=1 name=In service",
}

const sampleReferences = "category_id=1 subcategory_id=2 manufacturer_id=1 model_id=1 vendor_id=1 location_id=4 department_id=1 status_id=1"

func TestMastersAreCreatedOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var ids []uint64
	for _, id := range []string{"AST-1", "AST-2", "AST-3"} {
		ids = append(ids, w.link(7, id))
		w.serve(id)
	}
	summary := w.sync(w.options())
	equal(t, "masters created", summary.MastersCreated, len(sampleMasters))
	sameLines(t, "masters", w.masters(masterTables...), sampleMasters)
	for _, id := range ids {
		equal(t, "references", w.references(id), sampleReferences)
	}
	w.settled(w.options())
	w.link(7, "AST-4") // which finds them in another run
	w.serve("AST-4")
	equal(t, "masters created by another run", w.sync(w.options()).MastersCreated, 0)
	equal(t, "creation times", w.count("ic3_vendor_master", "created_at = updated_at AND ABS(TIMESTAMPDIFF(SECOND, created_at, UTC_TIMESTAMP())) < 60"), 1)
}

func TestMastersAreScopedByCustomer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	seven, eight := w.link(7, "AST-1"), w.link(8, "AST-1")
	w.serve("AST-1")
	equal(t, "masters created", w.sync(w.options()).MastersCreated, 2*len(sampleMasters))
	for _, table := range masterTables {
		name := "ic3_" + table + "_master"
		equal(t, name+" of 7", w.count(name, "customer_id = 7"), w.count(name, "customer_id = 8"))
	}
	equal(t, "references at 7", w.references(seven), sampleReferences)
	equal(t, "references at 8", w.references(eight),
		"category_id=3 subcategory_id=4 manufacturer_id=2 model_id=2 vendor_id=2 location_id=8 department_id=2 status_id=2")
	equal(t, "parents across customers", w.count("ic3_location_master", "customer_id = 8 AND level <> 'site' AND parent_id < 5"), 0)
	w.settled(w.options())
}

func TestLocationDepths(t *testing.T) {
	t.Parallel()
	site, building, floor, room := ref(1, "Chennai"), ref(2, "B1"), ref(3, "L2"), ref(4, "Plant room")
	tests := map[string]struct {
		location map[string]any
		column   string
		want     []string
	}{
		"none":           {location: map[string]any{}, column: ""},
		"site":           {map[string]any{"site": site}, "location_id=1", []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai"}},
		"to building":    {map[string]any{"site": site, "building": building}, "location_id=2", sampleMasters[5:7]},
		"to floor":       {map[string]any{"site": site, "building": building, "floor": floor}, "location_id=3", sampleMasters[5:8]},
		"to room":        {map[string]any{"site": site, "building": building, "floor": floor, "room": room}, "location_id=4", sampleMasters[5:9]},
		"room only":      {map[string]any{"room": room}, "location_id=1", []string{"location 1 level=room cmms_id=4 parent_id=0 name=Plant room"}},
		"without floor":  {map[string]any{"site": site, "building": building, "room": room}, "location_id=3", []string{sampleMasters[5], sampleMasters[6], "location 3 level=room cmms_id=4 parent_id=2 name=Plant room"}},
		"without middle": {map[string]any{"site": site, "room": room}, "location_id=2", []string{sampleMasters[5], "location 2 level=room cmms_id=4 parent_id=1 name=Plant room"}},
		"without site":   {map[string]any{"site": nil, "building": building, "floor": map[string]any{}}, "location_id=1", []string{"location 1 level=building cmms_id=2 parent_id=0 name=B1"}},
		"names only": {map[string]any{"site": "Chennai", "building": "Chennai", "floor": "1.", "room": "1."}, "location_id=4", []string{
			"location 1 level=site parent_id=0 name=Chennai", "location 2 level=building parent_id=1 name=Chennai",
			"location 3 level=floor parent_id=2 name=1.", "location 4 level=room parent_id=3 name=1."}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			id := w.link(7, "AST-1")
			w.answer("AST-1", map[string]any{"location": tc.location})
			equal(t, "successful", w.sync(w.options()).Successful, 1)
			sameLines(t, "locations", w.masters(masterTables...), tc.want)
			equal(t, "asset", w.references(id), tc.column)
			w.settled(w.options())
		})
	}
}

func TestMasterIsRenamedByItsID(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.link(7, "AST-1")
	w.serve("AST-1")
	w.sync(w.options())
	w.serve("AST-1", map[string]any{
		"manufacturer": ref(5, "Grundfos Holding"),
		"vendor":       with(with(ref(9, "Acme Supply"), "email", "orders@acme.example"), "phone", ""),
		"category":     with(ref("12", "Climate"), "code", nil),
		"location":     map[string]any{"site": ref(1, "Chennai North"), "building": ref(2, "B1"), "floor": ref(3, "L2"), "room": with(ref(4, "Plant room"), "code", "R4")},
	})
	summary := w.sync(w.options())
	equal(t, "changed", summary.Changed, 1)
	equal(t, "masters created", summary.MastersCreated, 0)
	sameLines(t, "masters", w.masters("category", "manufacturer", "vendor", "location"), []string{
		"category 1 level=category cmms_id=12 parent_id=0 name=Climate code=HV",
		sampleMasters[1],
		"manufacturer 1 cmms_id=5 name=Grundfos Holding",
		"vendor 1 cmms_id=9 name=Acme Supply email=orders@acme.example phone=+91 44 5550 0100",
		"location 1 level=site cmms_id=1 parent_id=0 name=Chennai North",
		sampleMasters[6], sampleMasters[7], sampleMasters[8] + " code=R4",
	})
	equal(t, "references", w.references(id), sampleReferences)
	sameLines(t, "changes", w.rows("SELECT changes FROM cmms_sync_log ORDER BY id DESC LIMIT 1"), []string{
		`changes={"category.name":{"from":"HVAC","to":"Climate"},"manufacturer.name":{"from":"Grundfos","to":"Grundfos Holding"},` +
			`"room.code":{"from":null,"to":"R4"},"site.name":{"from":"Chennai","to":"Chennai North"},` +
			`"vendor.email":{"from":"sales@acme.example","to":"orders@acme.example"}}`})
	w.settled(w.options())
}

// Rows that a host has had from elsewhere take over Innomaint's ids.
func TestRowsWithoutIDAreAdopted(t *testing.T) {
	t.Parallel()
	for _, none := range []string{"NULL", "''"} {
		t.Run(none, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			id := w.link(7, "AST-1")
			w.exec("INSERT INTO ic3_category_master (customer_id, cmms_id, level, name) VALUES (7, " + none + ", 'category', 'hvac')")
			w.exec("INSERT INTO ic3_category_master (customer_id, level, parent_id, name) VALUES (7, 'subcategory', 1, 'Pumps')")
			w.exec("INSERT INTO ic3_vendor_master (customer_id, cmms_id, name, phone) VALUES (7, " + none + ", 'Acme Supply', '12'), (8, NULL, 'Acme Supply', '13')")
			w.exec("INSERT INTO ic3_location_master (customer_id, cmms_id, level, name) VALUES (7, " + none + ", 'site', 'Chennai')")
			w.serve("AST-1")
			equal(t, "masters created", w.sync(w.options()).MastersCreated, len(sampleMasters)-4)
			want := append([]string{}, sampleMasters[:2]...)
			want = append(want, sampleMasters[4], "vendor 2 name=Acme Supply phone=13")
			sameLines(t, "masters", w.masters("category", "vendor", "location"), append(want, sampleMasters[5:9]...))
			equal(t, "references", w.references(id), sampleReferences)
			w.settled(w.options())
		})
	}
}

// A reference by name finds a row that has an id, and leaves the id alone.
func TestBareNames(t *testing.T) {
	t.Parallel()
	w := setup(t)
	id := w.link(7, "AST-1")
	w.serve("AST-1")
	w.sync(w.options())
	w.answer("AST-1", map[string]any{
		"category": "HVAC", "subcategory": "Pumps", "manufacturer": "grundfos", "model": "NB 50-200", "vendor": "Acme Supply",
		"location":   map[string]any{"site": "Chennai", "building": "B1", "floor": "L2", "room": "Plant room"},
		"department": "Facilities", "status": "In service",
	})
	equal(t, "unchanged", w.sync(w.options()).Unchanged, 1)
	sameLines(t, "masters", w.masters(masterTables...), sampleMasters)

	// Without its manufacturer in the response, a model of that name belongs to the one that stays.
	w.answer("AST-1", map[string]any{"subcategory": "Pumps", "model": "NB 50-200"})
	equal(t, "unchanged", w.sync(w.options()).Unchanged, 1)
	w.answer("AST-1", map[string]any{"subcategory": "Fans", "model": "TP 40"})
	w.sync(w.options())
	sameLines(t, "masters", w.masters("category", "model"), []string{
		sampleMasters[0], sampleMasters[1], "category 3 level=subcategory parent_id=1 name=Fans",
		sampleMasters[3], "model 2 manufacturer_id=1 name=TP 40",
	})
	equal(t, "references", w.references(id),
		"category_id=1 subcategory_id=3 manufacturer_id=1 model_id=2 vendor_id=1 location_id=4 department_id=1 status_id=1")
	w.settled(w.options())
}

// A host's own calls follow the same rules; an unknown kind is an error.
func TestEnsureMasterForHosts(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "AST-1")
	w.answer("AST-1", nil)
	opts := w.options()
	opts.Enrich = enrichWith(func(e enrichment) error {
		first, err := e.masters.EnsureMaster(e.ctx, cmmsimport.Master{Kind: cmmsimport.MasterVendor, CMMSID: "v1", Name: "Acme", ParentID: 99, Email: "a@example.org"})
		must(t, err)
		second, err := e.masters.EnsureMaster(e.ctx, cmmsimport.Master{Kind: cmmsimport.MasterVendor, CMMSID: "v1", ParentID: 98})
		must(t, err)
		equal(t, "the row found by its id", second, first)
		_, err = e.masters.EnsureMaster(e.ctx, cmmsimport.Master{Kind: "building site", Name: "Acme"})
		return err
	})
	summary := w.sync(opts)
	equal(t, "failed: no such kind", summary.FailedByKind["internal"], 1)
	equal(t, "vendors left", w.count("ic3_vendor_master", "1 = 1"), 0)
}
