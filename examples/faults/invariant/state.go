package invariant

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// State is an asset row by column, as texts; NULL is absent. A reference to a master is the master's name, below those of
// its parents: "Site 1 > Building 1". The marks of the sync, created_at and updated_at are not part of it.
type State map[string]string

// kept is a column of which Innomaint has no value: the local one stays. serial_number and barcode are columns that
// Innomaint does not change.
const kept = "description"

// references are the columns of ic3_asset_master that refer to masters, and to which.
var references = map[string]string{
	"category_id": "category", "subcategory_id": "category", "manufacturer_id": "manufacturer", "model_id": "model",
	"vendor_id": "vendor", "location_id": "location", "department_id": "department", "status_id": "status",
}

var plainColumns = []string{
	"asset_code", "asset_name", "description", "serial_number", "barcode", "criticality", "parent_cmms_asset_id",
	"purchase_date", "purchase_cost", "currency", "installation_date", "warranty_start", "warranty_end", "amc_start", "amc_end",
	"custom_fields", "cmms_updated_at",
}

const day = 24 * time.Hour

// groups is how many sets of masters the assets of a customer share and change between.
const groups = 3

func (a *Asset) group(generation int) int { return 1 + (a.number+generation)%groups }

func on(generation, days int) string {
	return time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(generation+days) * day).Format(time.DateOnly)
}

// stateOf is what Innomaint's generation makes of an asset, but for the kept column.
func stateOf(a *Asset, generation int) State {
	g := a.group(generation)
	return State{
		"asset_code": fmt.Sprintf("P-%d/%d", a.number, generation), "asset_name": fmt.Sprintf("Pümpe '%d' 🚰 v%d", a.number, generation),
		"serial_number": fmt.Sprintf("SN-%d", a.number), "barcode": fmt.Sprintf("890%07d", a.number),
		"criticality": "Level " + strconv.Itoa(generation), "parent_cmms_asset_id": fmt.Sprintf("PARENT-%d", generation),
		"purchase_date": on(generation, 0), "purchase_cost": fmt.Sprintf("%d.50", 1000+generation), "currency": []string{"INR", "EUR"}[generation%2],
		"installation_date": on(generation, 1), "warranty_start": on(generation, 2), "warranty_end": on(generation, 900),
		"amc_start": on(generation, 901), "amc_end": on(generation, 1800),
		"custom_fields":   fmt.Sprintf(`{"Rated power":"%d kW"}`, generation),
		"cmms_updated_at": on(generation, 2000) + " 08:30:00.000000",

		"category_id": fmt.Sprintf("Category %d", g), "subcategory_id": fmt.Sprintf("Category %d > Sub %d", g, g),
		"manufacturer_id": fmt.Sprintf("Maker %d", g), "model_id": fmt.Sprintf("Maker %d > Model %d", g, g),
		"vendor_id":     fmt.Sprintf("Vendor of generation %d", generation), // new each time
		"location_id":   fmt.Sprintf("Site %d > Building %d > Floor %d > Room %d", g, g, g, g),
		"department_id": fmt.Sprintf("Department %d", g), "status_id": fmt.Sprintf("Status %d", g),
	}
}

// answer is the asset as Innomaint's generation has it.
func answer(a *Asset, generation int) map[string]any {
	s := stateOf(a, generation)
	g := a.group(generation)
	// Category, site and department have an id each; the levels are numbered each on its own.
	ref := func(column string) map[string]any {
		path := strings.Split(s[column], " > ")
		return map[string]any{"id": g, "name": path[len(path)-1]}
	}
	level := func(n int) map[string]any {
		return map[string]any{"id": g, "name": strings.Split(s["location_id"], " > ")[n]}
	}
	body := map[string]any{
		"asset_id": a.CMMSAssetID, "parent_asset_id": s["parent_cmms_asset_id"],
		"category": ref("category_id"), "subcategory": ref("subcategory_id"), "manufacturer": ref("manufacturer_id"),
		"model": ref("model_id"), "department": ref("department_id"), "status": ref("status_id"),
		"vendor":        map[string]any{"id": 100 + generation, "name": s["vendor_id"]},
		"location":      map[string]any{"site": level(0), "building": level(1), "floor": level(2), "room": level(3)},
		"amc":           map[string]any{"start": s["amc_start"], "end": s["amc_end"]},
		"custom_fields": map[string]any{"Rated power": strconv.Itoa(generation) + " kW"},
		"updated_at":    on(generation, 2000) + "T08:30:00Z",
	}
	for _, column := range []string{
		"asset_code", "asset_name", "serial_number", "barcode", "criticality", "purchase_date", "purchase_cost", "currency",
		"installation_date", "warranty_start", "warranty_end",
	} {
		body[column] = s[column]
	}
	return body
}

// diff says where two states differ, "" where they do not.
func (s State) diff(other State) string {
	columns := maps.Clone(s)
	maps.Copy(columns, other)
	var lines []string
	for _, column := range slices.Sorted(maps.Keys(columns)) {
		if s[column] != other[column] {
			lines = append(lines, fmt.Sprintf("%s is %q, not %q", column, other[column], s[column]))
		}
	}
	return strings.Join(lines, "; ")
}
