package cmmsimport_test

import "testing"

// TestLocation has every depth of a location: the asset refers to the deepest level that is known.
func TestLocation(t *testing.T) {
	t.Parallel()
	site, building, floor, room := ref(1, "Chennai"), ref(2, "B1"), ref(3, "L2"), ref(4, "Plant room")
	tests := map[string]struct {
		location map[string]any
		column   string
		want     []string
	}{
		"None":                    {location: map[string]any{}, column: ""},
		"Site":                    {map[string]any{"site": site}, "location_id=1", []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai"}},
		"ToBuilding":              {map[string]any{"site": site, "building": building}, "location_id=2", sampleMasters[5:7]},
		"ToFloor":                 {map[string]any{"site": site, "building": building, "floor": floor}, "location_id=3", sampleMasters[5:8]},
		"ToRoom":                  {map[string]any{"site": site, "building": building, "floor": floor, "room": room}, "location_id=4", sampleMasters[5:9]},
		"RoomOnly":                {map[string]any{"room": room}, "location_id=1", []string{"location 1 level=room cmms_id=4 parent_id=0 name=Plant room"}},
		"WithoutFloor":            {map[string]any{"site": site, "building": building, "room": room}, "location_id=3", []string{sampleMasters[5], sampleMasters[6], "location 3 level=room cmms_id=4 parent_id=2 name=Plant room"}},
		"WithoutBuildingAndFloor": {map[string]any{"site": site, "room": room}, "location_id=2", []string{sampleMasters[5], "location 2 level=room cmms_id=4 parent_id=1 name=Plant room"}},
		"WithoutSite":             {map[string]any{"site": nil, "building": building, "floor": map[string]any{}}, "location_id=1", []string{"location 1 level=building cmms_id=2 parent_id=0 name=B1"}},
		"NamesOnly": {map[string]any{"site": "Chennai", "building": "Chennai", "floor": "1.", "room": "1."}, "location_id=4", []string{
			"location 1 level=site parent_id=0 name=Chennai", "location 2 level=building parent_id=1 name=Chennai",
			"location 3 level=floor parent_id=2 name=1.", "location 4 level=room parent_id=3 name=1."}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			id := w.link(7, "AST-1")
			w.respond("AST-1", map[string]any{"location": tc.location})
			equal(t, "successful", w.sync(w.options()).Successful, 1)
			sameLines(t, "locations", w.masters(masterTables...), tc.want)
			equal(t, "asset", w.references(id), tc.column)
			w.checkStable(w.options())
		})
	}
}
