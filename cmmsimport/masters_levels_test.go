package cmmsimport_test

import (
	"testing"
)

func TestMasterLevel(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]collision{
		"SiteAndBuildingWithOneID": {
			first:   []map[string]any{place("site", ref(1, "Chennai"), "building", ref(1, "B1"))},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=1 parent_id=1 name=B1"},
			assets:  []string{"location_id=2"},
		},
		"CategoryAndSubcategoryWithOneID": {
			first:   []map[string]any{categories(ref(12, "HVAC"), ref(12, "Pumps"))},
			masters: []string{"category 1 level=category cmms_id=12 parent_id=0 name=HVAC", "category 2 level=subcategory cmms_id=12 parent_id=1 name=Pumps"},
			assets:  []string{"category_id=1 subcategory_id=2"},
		},
		"SiteAndBuildingWithOneName": {
			first:   []map[string]any{place("site", ref(1, "Main")), place("building", ref(2, "Main")), place("building", ref(2, "Main"), "room", ref(3, "Main"))},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Main", "location 2 level=room cmms_id=3 parent_id=1 name=Main"},
			assets:  []string{"location_id=1", "location_id=1", "location_id=2"},
		},
		"BuildingWithTheNameOfASiteWithoutID": {
			before:  []string{"INSERT INTO ic3_location_master (customer_id, level, name) VALUES (7, 'site', 'Main')"},
			first:   []map[string]any{place("building", ref(2, "Main")), place("site", ref(1, "MAIN"))},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=MAIN"},
			assets:  []string{"location_id=1", "location_id=1"},
		},
		"FloorWithIDAndNameOfASite": { // another master: its code is not the site's
			first:   []map[string]any{place("site", ref(1, "Main")), place("floor", map[string]any{"id": 1, "name": "Main", "code": "F"})},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Main"},
			assets:  []string{"location_id=1", "location_id=1"},
		},
		"FloorWithTheNameOfItsRoom": { // the room must not become its own parent
			first:   []map[string]any{place("building", ref(1, "B1"), "room", ref(4, "Lab")), place("building", ref(1, "B1"), "floor", ref(3, "Lab"), "room", ref(4, "Lab"))},
			masters: []string{"location 1 level=building cmms_id=1 parent_id=0 name=B1", "location 2 level=room cmms_id=4 parent_id=1 name=Lab"},
			assets:  []string{"location_id=2", "location_id=2"},
		},
		"RowsWithoutLevel": {
			before: []string{
				"INSERT INTO ic3_location_master (customer_id, name) VALUES (7, 'Main'), (7, 'B1')",
				"INSERT INTO ic3_category_master (customer_id, cmms_id, name) VALUES (7, '12', 'HVAC')",
			},
			first: []map[string]any{place("site", ref(1, "MAIN"), "building", ref(2, "B1")), place("building", ref(2, "B1")), field("category", ref(12, "HVAC"))},
			masters: []string{"category 1 level=category cmms_id=12 parent_id=0 name=HVAC", "location 1 level=site cmms_id=1 parent_id=0 name=MAIN",
				"location 2 parent_id=0 name=B1", "location 3 level=building cmms_id=2 parent_id=1 name=B1"},
			assets: []string{"location_id=3", "location_id=3", "category_id=1"},
		},
		"CategoryWithTheNameOfItsSubcategory": {
			first:   []map[string]any{field("subcategory", ref(77, "Pumps")), categories(ref(12, "Pumps"), ref(77, "Pumps"))},
			masters: []string{"category 1 level=subcategory cmms_id=77 parent_id=0 name=Pumps"},
			assets:  []string{"subcategory_id=1", "category_id=1 subcategory_id=1"},
		},
	} {
		t.Run(name, tc.run)
	}
}
