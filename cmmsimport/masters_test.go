package cmmsimport_test

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

func TestMasters(t *testing.T) {
	t.Parallel()
	t.Run("AreCreatedOnce", func(t *testing.T) {
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
		w.checkStable(w.options())
		w.add("AST-4")
		equal(t, "masters created by another run", w.sync(w.options()).MastersCreated, 0)
		equal(t, "creation times", w.count("ic3_vendor_master", "created_at = updated_at AND ABS(TIMESTAMPDIFF(SECOND, created_at, UTC_TIMESTAMP())) < 60"), 1)
	})
	t.Run("AreScopedByCustomer", func(t *testing.T) {
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
		w.checkStable(w.options())
	})
	t.Run("AreRenamedByTheirID", func(t *testing.T) {
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
		equal(t, "changes", w.lastChanges(), "map[category.name:{HVAC Climate} manufacturer.name:{Grundfos Grundfos Holding} room.code:{<nil> R4} "+
			"site.name:{Chennai Chennai North} vendor.email:{sales@acme.example orders@acme.example}]")
		w.checkStable(w.options())
	})
	// Rows that the host already had get Innomaint's ids.
	t.Run("RowsWithoutIDAreAdopted", func(t *testing.T) {
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
				w.checkStable(w.options())
			})
		}
	})
	// A reference by name finds a row that has an id, and does not change the id.
	t.Run("AreFoundByNameAlone", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		id := w.link(7, "AST-1")
		w.serve("AST-1")
		w.sync(w.options())
		w.respond("AST-1", map[string]any{
			"category": "HVAC", "subcategory": "Pumps", "manufacturer": "grundfos", "model": "NB 50-200", "vendor": "Acme Supply",
			"location":   map[string]any{"site": "Chennai", "building": "B1", "floor": "L2", "room": "Plant room"},
			"department": "Facilities", "status": "In service",
		})
		equal(t, "unchanged", w.sync(w.options()).Unchanged, 1)
		sameLines(t, "masters", w.masters(masterTables...), sampleMasters)

		// The response has no manufacturer: the model is looked for under the local one.
		w.respond("AST-1", map[string]any{"subcategory": "Pumps", "model": "NB 50-200"})
		equal(t, "unchanged", w.sync(w.options()).Unchanged, 1)
		w.respond("AST-1", map[string]any{"subcategory": "Fans", "model": "TP 40"})
		w.sync(w.options())
		sameLines(t, "masters", w.masters("category", "model"), []string{
			sampleMasters[0], sampleMasters[1], "category 3 level=subcategory parent_id=1 name=Fans",
			sampleMasters[3], "model 2 manufacturer_id=1 name=TP 40",
		})
		equal(t, "references", w.references(id),
			"category_id=1 subcategory_id=3 manufacturer_id=1 model_id=2 vendor_id=1 location_id=4 department_id=1 status_id=1")
		w.checkStable(w.options())
	})
}

func TestEnsureMaster(t *testing.T) {
	t.Parallel()
	t.Run("FindsByIDWithoutName", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "AST-1")
		w.respond("AST-1", nil)
		opts := w.options()
		opts.Enrich = enrichWith(func(e enrichment) error {
			first, err := e.masters.EnsureMaster(e.ctx, cmmsimport.Master{Kind: cmmsimport.MasterVendor, CMMSID: "v1", Name: "Acme", ParentID: 99, Email: "a@example.org"})
			must(t, err)
			second, err := e.masters.EnsureMaster(e.ctx, cmmsimport.Master{Kind: cmmsimport.MasterVendor, CMMSID: "v1", ParentID: 98})
			must(t, err)
			equal(t, "the row found by its id", second, first)
			return nil
		})
		w.sync(opts)
		sameLines(t, "vendors", w.masters("vendor"), []string{"vendor 1 cmms_id=v1 name=Acme email=a@example.org"})
	})
	t.Run("UnknownKindFailsTheAsset", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("AST-1")
		opts := w.options()
		opts.Enrich = enrichWith(func(e enrichment) error {
			_, err := e.masters.EnsureMaster(e.ctx, cmmsimport.Master{Kind: "building site", Name: "Acme"})
			return err
		})
		equal(t, "failed", w.sync(opts).FailedByKind[cmmsimport.KindInternal], 1)
		equal(t, "vendors", w.count("ic3_vendor_master", "1 = 1"), 0)
	})
}
