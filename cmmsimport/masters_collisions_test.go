package cmmsimport_test

import (
	"fmt"
	"strings"
	"testing"
)

// collision is a story in which two masters meet. For assets AST-1, AST-2, … of customer 7 the API responds with the fields
// of first, and then of second. Whatever happens, no asset fails, and another sync changes nothing.
type collision struct {
	collation     string   // of the master tables
	before        []string // statements
	first, second []map[string]any
	masters       []string
	assets        []string // their references
	warning       string   // of the last asset, a part of its text
	unforeseen    bool     // a dry run cannot know: only an INSERT shows what the table takes for equal
}

func field(name string, value any) map[string]any { return map[string]any{name: value} }

func modelOf(manufacturer, model map[string]any) map[string]any {
	return map[string]any{"manufacturer": manufacturer, "model": model}
}

func categories(category, subcategory map[string]any) map[string]any {
	return map[string]any{"category": category, "subcategory": subcategory}
}

// place is a location: levels as "site", ref, "floor", ref …
func place(levels ...any) map[string]any {
	location := map[string]any{}
	for i := 0; i < len(levels); i += 2 {
		location[levels[i].(string)] = levels[i+1]
	}
	return field("location", location)
}

func (c collision) run(t *testing.T) {
	t.Parallel()
	w := setup(t)
	if c.collation != "" {
		for _, table := range masterTables {
			w.exec("ALTER TABLE ic3_" + table + "_master CONVERT TO CHARACTER SET utf8mb4 COLLATE " + c.collation)
		}
	}
	for _, statement := range c.before {
		w.exec(statement)
	}
	var ids []uint64
	for i := range c.first {
		ids = append(ids, w.link(7, fmt.Sprintf("AST-%d", i+1)))
	}
	for _, answers := range [][]map[string]any{c.first, c.second} {
		if answers == nil {
			continue
		}
		for i, fields := range answers {
			w.answer(fmt.Sprintf("AST-%d", i+1), fields)
		}
		// a dry run predicts what the run does
		dry := w.options()
		dry.DryRun = true
		predicted, summary := w.sync(dry), w.sync(w.options())
		if summary.Failed > 0 {
			t.Errorf("failed: %v", w.rows("SELECT cmms_asset_id, error_message FROM cmms_sync_log WHERE status = 'Failed'"))
		}
		if !c.unforeseen {
			equal(t, "masters predicted", predicted.MastersCreated, summary.MastersCreated)
			equal(t, "changes predicted", predicted.Changed, summary.Changed)
		}
	}
	sameLines(t, "masters", w.masters(masterTables...), c.masters)
	var assets []string
	for _, id := range ids {
		assets = append(assets, w.references(id))
	}
	sameLines(t, "assets", assets, c.assets)
	entries := w.entries()
	warnings := strings.Join(entries[len(entries)-1].Warnings, "\n")
	if (c.warning == "") != (warnings == "") || !strings.Contains(warnings, c.warning) {
		t.Errorf("warnings: got %q, want %q", warnings, c.warning)
	}
	w.syncInVain(w.options())
	if !c.unforeseen {
		w.settled(w.options())
	}
}

func TestMastersOfOneName(t *testing.T) {
	t.Parallel()
	acme, beta := ref(9, "Acme"), ref(10, "Beta")
	tests := map[string]collision{
		"two ids: the first stays": {
			first:   []map[string]any{field("vendor", with(ref(9, "Acme"), "phone", "1")), field("vendor", with(ref(10, "Acme"), "phone", "2"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme phone=1"},
			assets:  []string{"vendor_id=1", "vendor_id=1"},
		},
		"a rename onto a name that is taken": {
			first:   []map[string]any{field("vendor", acme), field("vendor", beta)},
			second:  []map[string]any{field("vendor", ref(9, "Beta"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme", "vendor 2 cmms_id=10 name=Beta"},
			assets:  []string{"vendor_id=2", "vendor_id=2"},
		},
		"a rename onto the name of a row without id": {
			before:  []string{"INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Beta')"},
			first:   []map[string]any{field("vendor", acme)},
			second:  []map[string]any{field("vendor", ref(9, "BETA"))},
			masters: []string{"vendor 1 name=Beta", "vendor 2 cmms_id=9 name=Acme"},
			assets:  []string{"vendor_id=1"},
		},
		"two names change places": {
			first:   []map[string]any{field("vendor", acme), field("vendor", beta)},
			second:  []map[string]any{field("vendor", ref(9, "Beta")), field("vendor", ref(10, "Acme"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme", "vendor 2 cmms_id=10 name=Beta"},
			assets:  []string{"vendor_id=2", "vendor_id=1"},
		},
		"a name without id beside a row with one": {
			first:   []map[string]any{field("vendor", acme), field("vendor", "acme")},
			masters: []string{"vendor 1 cmms_id=9 name=Acme"},
			assets:  []string{"vendor_id=1", "vendor_id=1"}, unforeseen: true,
		},
		"a name without id, then with one": {
			first:   []map[string]any{field("vendor", "ACME"), field("vendor", acme)},
			masters: []string{"vendor 1 cmms_id=9 name=Acme"},
			assets:  []string{"vendor_id=1", "vendor_id=1"}, unforeseen: true,
		},
		"one new id with two names and codes: the first wins": {
			first:   []map[string]any{field("vendor", with(acme, "code", "A")), field("vendor", with(ref(9, "Beta"), "code", "B"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme code=A"},
			assets:  []string{"vendor_id=1", "vendor_id=1"},
		},
		"one id with two names and codes: the first wins": {
			first:   []map[string]any{field("vendor", with(acme, "code", "A")), field("vendor", with(ref(9, "Beta"), "code", "B")), field("vendor", with(ref(9, ""), "phone", "1"))},
			second:  []map[string]any{field("vendor", ref(9, "Gamma")), field("vendor", with(ref(9, "Gamma"), "code", "C")), field("vendor", with(acme, "code", "A"))},
			masters: []string{"vendor 1 cmms_id=9 name=Gamma code=C phone=1"},
			assets:  []string{"vendor_id=1", "vendor_id=1", "vendor_id=1"},
		},
		"a unique key of the host's own": {
			before:  []string{"ALTER TABLE ic3_model_master ADD UNIQUE KEY (customer_id, name)"},
			first:   []map[string]any{modelOf(ref(5, "A"), ref(31, "X1")), modelOf(ref(6, "B"), ref(32, "X1"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=A", "manufacturer 2 cmms_id=6 name=B", "model 1 cmms_id=31 manufacturer_id=1 name=X1"},
			assets:  []string{"manufacturer_id=1 model_id=1", "manufacturer_id=2"},
			warning: `model_id: "X1" is left out: `, unforeseen: true,
		},
		"a rename that a unique key of the host's own refuses": {
			before:  []string{"ALTER TABLE ic3_model_master ADD UNIQUE KEY (customer_id, name)"},
			first:   []map[string]any{modelOf(ref(5, "A"), ref(31, "X1")), modelOf(ref(6, "B"), ref(32, "X2"))},
			second:  []map[string]any{{}, modelOf(ref(6, "B"), ref(32, "X1"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=A", "manufacturer 2 cmms_id=6 name=B", "model 1 cmms_id=31 manufacturer_id=1 name=X1", "model 2 cmms_id=32 manufacturer_id=2 name=X2"},
			assets:  []string{"manufacturer_id=1 model_id=1", "manufacturer_id=2 model_id=2"},
			warning: `model: "X2" stays as it is, since its table refuses the change: `, unforeseen: true,
		},
	}
	for name, tc := range tests {
		t.Run(name, tc.run)
	}
}

func TestMasterNamesCompareAsTheTableDoes(t *testing.T) {
	t.Parallel()
	vendors := func(names ...any) (answers []map[string]any) {
		for i, name := range names {
			answers = append(answers, field("vendor", ref(i+1, name.(string))))
		}
		return answers
	}
	oneRow := func(name string) []string { return []string{"vendor 1 cmms_id=1 name=" + name} }
	twoRows := func(a, b string) []string { return append(oneRow(a), "vendor 2 cmms_id=2 name="+b) }
	tests := map[string]struct {
		names []any
		one   []string // collations in which they are one name
		two   []string // and two
	}{
		"letter case":   {[]any{"Acme", "ACME"}, []string{"utf8mb4_general_ci", "utf8mb4_unicode_ci"}, []string{"utf8mb4_bin", "uca1400_ai_cs"}},
		"accents":       {[]any{"Cafe", "Café"}, []string{"utf8mb4_general_ci", "utf8mb4_unicode_ci", "uca1400_ai_cs"}, []string{"utf8mb4_bin", "uca1400_as_ci"}},
		"a sharp s":     {[]any{"Strasse", "Straße"}, []string{"utf8mb4_unicode_ci"}, []string{"utf8mb4_general_ci", "utf8mb4_bin"}},
		"another plane": {[]any{"𠀀", "𠀁"}, []string{"utf8mb4_general_ci"}, []string{"utf8mb4_bin", "uca1400_ai_ci"}},
	}
	for name, tc := range tests {
		for _, collation := range tc.one {
			c := collision{collation: collation, first: vendors(tc.names...), masters: oneRow(tc.names[0].(string)), assets: []string{"vendor_id=1", "vendor_id=1"}, unforeseen: true}
			t.Run(name+" "+collation, c.run)
		}
		for _, collation := range tc.two {
			c := collision{collation: collation, first: vendors(tc.names...), masters: twoRows(tc.names[0].(string), tc.names[1].(string)), assets: []string{"vendor_id=1", "vendor_id=2"}}
			t.Run(name+" "+collation, c.run)
		}
	}

	spaces := collision{
		before: []string{"INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Acme '), (7, 'Beta  Supply')"},
		first:  vendors(" Acme\t", "Beta  Supply"),
	}
	padded, exact := spaces, spaces
	padded.collation, padded.assets = "utf8mb4_general_ci", []string{"vendor_id=1", "vendor_id=3"}
	padded.masters = []string{"vendor 1 cmms_id=1 name=Acme", "vendor 2 name=Beta  Supply", "vendor 3 cmms_id=2 name=Beta Supply"}
	exact.collation, exact.assets = "utf8mb4_general_nopad_ci", []string{"vendor_id=3", "vendor_id=4"}
	exact.masters = []string{"vendor 1 name=Acme ", "vendor 2 name=Beta  Supply", "vendor 3 cmms_id=1 name=Acme", "vendor 4 cmms_id=2 name=Beta Supply"}
	t.Run("spaces, padded", padded.run)
	t.Run("spaces, exact", exact.run)
}

func TestMasterIDsThatTheTableTakesForOne(t *testing.T) {
	t.Parallel()
	answers := []map[string]any{field("vendor", ref("a1", "Acme")), field("vendor", ref("A1", "Beta"))}
	t.Run("letter case counts", collision{
		collation: "utf8mb4_bin", first: answers, assets: []string{"vendor_id=1", "vendor_id=2"},
		masters: []string{"vendor 1 cmms_id=a1 name=Acme", "vendor 2 cmms_id=A1 name=Beta"},
	}.run)
	t.Run("and not", collision{
		collation: "utf8mb4_general_ci", first: answers, assets: []string{"vendor_id=1", "vendor_id=2"},
		masters: []string{"vendor 1 cmms_id=a1 name=Acme", "vendor 2 name=Beta"},
	}.run)
}

func TestMastersThatMove(t *testing.T) {
	t.Parallel()
	hvac, fire := ref(12, "HVAC"), ref(13, "Fire")
	grundfos, wilo := ref(5, "Grundfos"), ref(6, "Wilo")
	site, b1, b2, l1, lab := ref(1, "Chennai"), ref(1, "B1"), ref(2, "B2"), ref(3, "L1"), ref(4, "Lab")
	for name, tc := range map[string]collision{
		"a subcategory": {
			first:   []map[string]any{categories(hvac, ref(77, "Pumps")), field("category", fire)},
			second:  []map[string]any{categories(fire, ref(77, "Pumps"))},
			masters: []string{"category 1 level=category cmms_id=12 parent_id=0 name=HVAC", "category 2 level=subcategory cmms_id=77 parent_id=3 name=Pumps", "category 3 level=category cmms_id=13 parent_id=0 name=Fire"},
			assets:  []string{"category_id=3 subcategory_id=2", "category_id=3"},
		},
		"a model, renamed too": {
			first:   []map[string]any{modelOf(grundfos, ref(31, "NB"))},
			second:  []map[string]any{modelOf(wilo, ref(31, "NB 2"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=Grundfos", "manufacturer 2 cmms_id=6 name=Wilo", "model 1 cmms_id=31 manufacturer_id=2 name=NB 2"},
			assets:  []string{"manufacturer_id=2 model_id=1"},
		},
		"a model onto a name that is taken": {
			first:   []map[string]any{modelOf(grundfos, ref(31, "NB")), modelOf(wilo, ref(32, "NB"))},
			second:  []map[string]any{modelOf(wilo, ref(31, "NB"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=Grundfos", "manufacturer 2 cmms_id=6 name=Wilo", "model 1 cmms_id=31 manufacturer_id=1 name=NB", "model 2 cmms_id=32 manufacturer_id=2 name=NB"},
			assets:  []string{"manufacturer_id=2 model_id=2", "manufacturer_id=2 model_id=2"},
		},
		"a model that two responses have under two manufacturers: the first wins": {
			first:   []map[string]any{modelOf(grundfos, ref(31, "NB")), modelOf(wilo, ref(31, "NB"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=Grundfos", "manufacturer 2 cmms_id=6 name=Wilo", "model 1 cmms_id=31 manufacturer_id=1 name=NB"},
			assets:  []string{"manufacturer_id=1 model_id=1", "manufacturer_id=2 model_id=1"},
		},
		"a room that two responses have in two buildings: the first wins": {
			first:   []map[string]any{place("site", site, "building", b1, "room", lab), place("site", site, "building", b2, "room", lab)},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=1 parent_id=1 name=B1", "location 3 level=room cmms_id=4 parent_id=2 name=Lab", "location 4 level=building cmms_id=2 parent_id=1 name=B2"},
			assets:  []string{"location_id=3", "location_id=3"},
		},
		"and the first that is new": {
			first:   []map[string]any{place("site", site, "building", b1, "room", lab), place("site", site, "building", b2, "room", lab)},
			second:  []map[string]any{place("site", site, "building", b2, "room", lab), place("site", site, "building", b1, "room", lab)},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=1 parent_id=1 name=B1", "location 3 level=room cmms_id=4 parent_id=4 name=Lab", "location 4 level=building cmms_id=2 parent_id=1 name=B2"},
			assets:  []string{"location_id=3", "location_id=3"},
		},
		"no model, where the response names no manufacturer": {
			before:  []string{"INSERT INTO ic3_manufacturer_master (customer_id, name) VALUES (7, 'A'), (7, 'B')", "INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, manufacturer_id) VALUES (7, 'AST-1', 1), (7, 'AST-2', 2)"},
			first:   []map[string]any{field("model", ref(31, "NB")), field("model", ref(31, "NB"))},
			masters: []string{"manufacturer 1 name=A", "manufacturer 2 name=B", "model 1 cmms_id=31 manufacturer_id=1 name=NB"},
			assets:  []string{"model_id=1", "model_id=1"}, // of the rows that the story adds, which name no manufacturer
		},
		"a room to another building": {
			first:   []map[string]any{place("site", site, "building", b1, "room", lab), place("site", site, "building", b2)},
			second:  []map[string]any{place("site", site, "building", b2, "room", lab)},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=1 parent_id=1 name=B1", "location 3 level=room cmms_id=4 parent_id=4 name=Lab", "location 4 level=building cmms_id=2 parent_id=1 name=B2"},
			assets:  []string{"location_id=3", "location_id=4"},
		},
		"a room onto a name that is taken": {
			first:   []map[string]any{place("building", b1, "room", lab), place("building", b2, "room", ref(5, "Lab"))},
			second:  []map[string]any{place("building", b2, "room", lab)},
			masters: []string{"location 1 level=building cmms_id=1 parent_id=0 name=B1", "location 2 level=room cmms_id=4 parent_id=1 name=Lab", "location 3 level=building cmms_id=2 parent_id=0 name=B2", "location 4 level=room cmms_id=5 parent_id=3 name=Lab"},
			assets:  []string{"location_id=4", "location_id=4"},
		},
		"no room, where a response leaves its floor out": {
			first:   []map[string]any{place("building", b1, "floor", l1, "room", lab), place("building", b1, "room", lab), place("room", lab)},
			masters: []string{"location 1 level=building cmms_id=1 parent_id=0 name=B1", "location 2 level=floor cmms_id=3 parent_id=1 name=L1", "location 3 level=room cmms_id=4 parent_id=2 name=Lab"},
			assets:  []string{"location_id=3", "location_id=3", "location_id=3"},
		},
		"a room to the floor that was left out before": {
			first:   []map[string]any{place("building", b1, "room", lab), place("building", b1, "floor", l1, "room", lab)},
			masters: []string{"location 1 level=building cmms_id=1 parent_id=0 name=B1", "location 2 level=room cmms_id=4 parent_id=3 name=Lab", "location 3 level=floor cmms_id=3 parent_id=1 name=L1"},
			assets:  []string{"location_id=2", "location_id=2"},
		},
	} {
		t.Run(name, tc.run)
	}
}

func TestOneIDOrNameInTwoLevels(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]collision{
		"site and building of one id": {
			first:   []map[string]any{place("site", ref(1, "Chennai"), "building", ref(1, "B1"))},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=1 parent_id=1 name=B1"},
			assets:  []string{"location_id=2"},
		},
		"category and subcategory of one id": {
			first:   []map[string]any{categories(ref(12, "HVAC"), ref(12, "Pumps"))},
			masters: []string{"category 1 level=category cmms_id=12 parent_id=0 name=HVAC", "category 2 level=subcategory cmms_id=12 parent_id=1 name=Pumps"},
			assets:  []string{"category_id=1 subcategory_id=2"},
		},
		"site and building of one name, without parents": {
			first:   []map[string]any{place("site", ref(1, "Main")), place("building", ref(2, "Main")), place("building", ref(2, "Main"), "room", ref(3, "Main"))},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Main", "location 2 level=room cmms_id=3 parent_id=1 name=Main"},
			assets:  []string{"location_id=1", "location_id=1", "location_id=2"},
		},
		"a building of a site's name, where the site has no id yet": {
			before:  []string{"INSERT INTO ic3_location_master (customer_id, level, name) VALUES (7, 'site', 'Main')"},
			first:   []map[string]any{place("building", ref(2, "Main")), place("site", ref(1, "MAIN"))},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=MAIN"},
			assets:  []string{"location_id=1", "location_id=1"},
		},
		"a floor of a site's id and name": { // it is another master, whose code is none of the site's
			first:   []map[string]any{place("site", ref(1, "Main")), place("floor", map[string]any{"id": 1, "name": "Main", "code": "F"})},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Main"},
			assets:  []string{"location_id=1", "location_id=1"},
		},
		"a floor of its room's name": { // the room must not become its own parent
			first:   []map[string]any{place("building", ref(1, "B1"), "room", ref(4, "Lab")), place("building", ref(1, "B1"), "floor", ref(3, "Lab"), "room", ref(4, "Lab"))},
			masters: []string{"location 1 level=building cmms_id=1 parent_id=0 name=B1", "location 2 level=room cmms_id=4 parent_id=1 name=Lab"},
			assets:  []string{"location_id=2", "location_id=2"},
		},
		"rows from before the tables had levels": {
			before: []string{
				"INSERT INTO ic3_location_master (customer_id, name) VALUES (7, 'Main'), (7, 'B1')",
				"INSERT INTO ic3_category_master (customer_id, cmms_id, name) VALUES (7, '12', 'HVAC')",
			},
			first: []map[string]any{place("site", ref(1, "MAIN"), "building", ref(2, "B1")), place("building", ref(2, "B1")), field("category", ref(12, "HVAC"))},
			masters: []string{"category 1 level=category cmms_id=12 parent_id=0 name=HVAC", "location 1 level=site cmms_id=1 parent_id=0 name=MAIN",
				"location 2 parent_id=0 name=B1", "location 3 level=building cmms_id=2 parent_id=1 name=B1"},
			assets: []string{"location_id=3", "location_id=3", "category_id=1"},
		},
		"a category of its subcategory's name": {
			first:   []map[string]any{field("subcategory", ref(77, "Pumps")), categories(ref(12, "Pumps"), ref(77, "Pumps"))},
			masters: []string{"category 1 level=subcategory cmms_id=77 parent_id=0 name=Pumps"},
			assets:  []string{"subcategory_id=1", "category_id=1 subcategory_id=1"},
		},
	} {
		t.Run(name, tc.run)
	}
}
