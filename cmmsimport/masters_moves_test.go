package cmmsimport_test

import (
	"testing"
)

func TestMasterMove(t *testing.T) {
	t.Parallel()
	hvac, fire := ref(12, "HVAC"), ref(13, "Fire")
	grundfos, wilo := ref(5, "Grundfos"), ref(6, "Wilo")
	site, b1, b2, l1, lab := ref(1, "Chennai"), ref(1, "B1"), ref(2, "B2"), ref(3, "L1"), ref(4, "Lab")
	for name, tc := range map[string]collision{
		"Subcategory": {
			first:   []map[string]any{categories(hvac, ref(77, "Pumps")), field("category", fire)},
			second:  []map[string]any{categories(fire, ref(77, "Pumps"))},
			masters: []string{"category 1 level=category cmms_id=12 parent_id=0 name=HVAC", "category 2 level=subcategory cmms_id=77 parent_id=3 name=Pumps", "category 3 level=category cmms_id=13 parent_id=0 name=Fire"},
			assets:  []string{"category_id=3 subcategory_id=2", "category_id=3"},
		},
		"ModelThatIsRenamedToo": {
			first:   []map[string]any{modelOf(grundfos, ref(31, "NB"))},
			second:  []map[string]any{modelOf(wilo, ref(31, "NB 2"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=Grundfos", "manufacturer 2 cmms_id=6 name=Wilo", "model 1 cmms_id=31 manufacturer_id=2 name=NB 2"},
			assets:  []string{"manufacturer_id=2 model_id=1"},
		},
		"ModelToATakenName": {
			first:   []map[string]any{modelOf(grundfos, ref(31, "NB")), modelOf(wilo, ref(32, "NB"))},
			second:  []map[string]any{modelOf(wilo, ref(31, "NB"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=Grundfos", "manufacturer 2 cmms_id=6 name=Wilo", "model 1 cmms_id=31 manufacturer_id=1 name=NB", "model 2 cmms_id=32 manufacturer_id=2 name=NB"},
			assets:  []string{"manufacturer_id=2 model_id=2", "manufacturer_id=2 model_id=2"},
		},
		"FirstManufacturerOfAModelWins": {
			first:   []map[string]any{modelOf(grundfos, ref(31, "NB")), modelOf(wilo, ref(31, "NB"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=Grundfos", "manufacturer 2 cmms_id=6 name=Wilo", "model 1 cmms_id=31 manufacturer_id=1 name=NB"},
			assets:  []string{"manufacturer_id=1 model_id=1", "manufacturer_id=2 model_id=1"},
		},
		"FirstBuildingOfARoomWins": {
			first:   []map[string]any{place("site", site, "building", b1, "room", lab), place("site", site, "building", b2, "room", lab)},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=1 parent_id=1 name=B1", "location 3 level=room cmms_id=4 parent_id=2 name=Lab", "location 4 level=building cmms_id=2 parent_id=1 name=B2"},
			assets:  []string{"location_id=3", "location_id=3"},
		},
		"FirstBuildingOfARoomWinsAgain": {
			first:   []map[string]any{place("site", site, "building", b1, "room", lab), place("site", site, "building", b2, "room", lab)},
			second:  []map[string]any{place("site", site, "building", b2, "room", lab), place("site", site, "building", b1, "room", lab)},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=1 parent_id=1 name=B1", "location 3 level=room cmms_id=4 parent_id=4 name=Lab", "location 4 level=building cmms_id=2 parent_id=1 name=B2"},
			assets:  []string{"location_id=3", "location_id=3"},
		},
		"NoMoveOfAModelWithoutManufacturer": {
			before:  []string{"INSERT INTO ic3_manufacturer_master (customer_id, name) VALUES (7, 'A'), (7, 'B')", "INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, manufacturer_id) VALUES (7, 'AST-1', 1), (7, 'AST-2', 2)"},
			first:   []map[string]any{field("model", ref(31, "NB")), field("model", ref(31, "NB"))},
			masters: []string{"manufacturer 1 name=A", "manufacturer 2 name=B", "model 1 cmms_id=31 manufacturer_id=1 name=NB"},
			assets:  []string{"model_id=1", "model_id=1"}, // of the rows that the test adds, which have no manufacturer
		},
		"RoomToAnotherBuilding": {
			first:   []map[string]any{place("site", site, "building", b1, "room", lab), place("site", site, "building", b2)},
			second:  []map[string]any{place("site", site, "building", b2, "room", lab)},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=1 parent_id=1 name=B1", "location 3 level=room cmms_id=4 parent_id=4 name=Lab", "location 4 level=building cmms_id=2 parent_id=1 name=B2"},
			assets:  []string{"location_id=3", "location_id=4"},
		},
		"RoomToATakenName": {
			first:   []map[string]any{place("building", b1, "room", lab), place("building", b2, "room", ref(5, "Lab"))},
			second:  []map[string]any{place("building", b2, "room", lab)},
			masters: []string{"location 1 level=building cmms_id=1 parent_id=0 name=B1", "location 2 level=room cmms_id=4 parent_id=1 name=Lab", "location 3 level=building cmms_id=2 parent_id=0 name=B2", "location 4 level=room cmms_id=5 parent_id=3 name=Lab"},
			assets:  []string{"location_id=4", "location_id=4"},
		},
		"NoMoveOfARoomWithoutItsFloor": {
			first:   []map[string]any{place("building", b1, "floor", l1, "room", lab), place("building", b1, "room", lab), place("room", lab)},
			masters: []string{"location 1 level=building cmms_id=1 parent_id=0 name=B1", "location 2 level=floor cmms_id=3 parent_id=1 name=L1", "location 3 level=room cmms_id=4 parent_id=2 name=Lab"},
			assets:  []string{"location_id=3", "location_id=3", "location_id=3"},
		},
		"RoomToAFloorThatWasMissing": {
			first:   []map[string]any{place("building", b1, "room", lab), place("building", b1, "floor", l1, "room", lab)},
			masters: []string{"location 1 level=building cmms_id=1 parent_id=0 name=B1", "location 2 level=room cmms_id=4 parent_id=3 name=Lab", "location 3 level=floor cmms_id=3 parent_id=1 name=L1"},
			assets:  []string{"location_id=2", "location_id=2"},
		},
	} {
		t.Run(name, tc.run)
	}
}
