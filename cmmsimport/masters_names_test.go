package cmmsimport_test

import (
	"testing"
)

func TestMasterName(t *testing.T) {
	t.Parallel()
	acme, beta := ref(9, "Acme"), ref(10, "Beta")
	tests := map[string]collision{
		"TwoIDsKeepTheFirst": {
			first:   []map[string]any{field("vendor", with(ref(9, "Acme"), "phone", "1")), field("vendor", with(ref(10, "Acme"), "phone", "2"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme phone=1"},
			assets:  []string{"vendor_id=1", "vendor_id=1"},
		},
		"RenameToATakenName": {
			first:   []map[string]any{field("vendor", acme), field("vendor", beta)},
			second:  []map[string]any{field("vendor", ref(9, "Beta"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme", "vendor 2 cmms_id=10 name=Beta"},
			assets:  []string{"vendor_id=2", "vendor_id=2"},
		},
		"RenameToTheNameOfARowWithoutID": {
			before:  []string{"INSERT INTO ic3_vendor_master (customer_id, name) VALUES (7, 'Beta')"},
			first:   []map[string]any{field("vendor", acme)},
			second:  []map[string]any{field("vendor", ref(9, "BETA"))},
			masters: []string{"vendor 1 name=Beta", "vendor 2 cmms_id=9 name=Acme"},
			assets:  []string{"vendor_id=1"},
		},
		"NamesAreSwapped": {
			first:   []map[string]any{field("vendor", acme), field("vendor", beta)},
			second:  []map[string]any{field("vendor", ref(9, "Beta")), field("vendor", ref(10, "Acme"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme", "vendor 2 cmms_id=10 name=Beta"},
			assets:  []string{"vendor_id=2", "vendor_id=1"},
		},
		"NameWithoutIDFindsTheRowWithOne": {
			first:   []map[string]any{field("vendor", acme), field("vendor", "acme")},
			masters: []string{"vendor 1 cmms_id=9 name=Acme"},
			assets:  []string{"vendor_id=1", "vendor_id=1"}, unpredicted: true,
		},
		"NameWithoutIDThenWithOne": {
			first:   []map[string]any{field("vendor", "ACME"), field("vendor", acme)},
			masters: []string{"vendor 1 cmms_id=9 name=Acme"},
			assets:  []string{"vendor_id=1", "vendor_id=1"}, unpredicted: true,
		},
		"FirstNameOfANewIDWins": {
			first:   []map[string]any{field("vendor", with(acme, "code", "A")), field("vendor", with(ref(9, "Beta"), "code", "B"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme code=A"},
			assets:  []string{"vendor_id=1", "vendor_id=1"},
		},
		"FirstNameOfAnIDWins": {
			first:   []map[string]any{field("vendor", with(acme, "code", "A")), field("vendor", with(ref(9, "Beta"), "code", "B")), field("vendor", with(ref(9, ""), "phone", "1"))},
			second:  []map[string]any{field("vendor", ref(9, "Gamma")), field("vendor", with(ref(9, "Gamma"), "code", "C")), field("vendor", with(acme, "code", "A"))},
			masters: []string{"vendor 1 cmms_id=9 name=Gamma code=C phone=1"},
			assets:  []string{"vendor_id=1", "vendor_id=1", "vendor_id=1"},
		},
		"UniqueKeyOfTheHost": {
			before:  []string{"ALTER TABLE ic3_model_master ADD UNIQUE KEY (customer_id, name)"},
			first:   []map[string]any{modelOf(ref(5, "A"), ref(31, "X1")), modelOf(ref(6, "B"), ref(32, "X1"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=A", "manufacturer 2 cmms_id=6 name=B", "model 1 cmms_id=31 manufacturer_id=1 name=X1"},
			assets:  []string{"manufacturer_id=1 model_id=1", "manufacturer_id=2"},
			warning: `model_id: "X1" is left out: `, unpredicted: true,
		},
		"RenameThatAUniqueKeyOfTheHostRefuses": {
			before:  []string{"ALTER TABLE ic3_model_master ADD UNIQUE KEY (customer_id, name)"},
			first:   []map[string]any{modelOf(ref(5, "A"), ref(31, "X1")), modelOf(ref(6, "B"), ref(32, "X2"))},
			second:  []map[string]any{{}, modelOf(ref(6, "B"), ref(32, "X1"))},
			masters: []string{"manufacturer 1 cmms_id=5 name=A", "manufacturer 2 cmms_id=6 name=B", "model 1 cmms_id=31 manufacturer_id=1 name=X1", "model 2 cmms_id=32 manufacturer_id=2 name=X2"},
			assets:  []string{"manufacturer_id=1 model_id=1", "manufacturer_id=2 model_id=2"},
			warning: `model: "X2" stays as it is, since its table refuses the change: `, unpredicted: true,
		},
	}
	for name, tc := range tests {
		t.Run(name, tc.run)
	}
}

func TestMasterCollation(t *testing.T) {
	t.Parallel()
	vendors := func(names ...any) (responses []map[string]any) {
		for i, name := range names {
			responses = append(responses, field("vendor", ref(i+1, name.(string))))
		}
		return responses
	}
	oneRow := func(name string) []string { return []string{"vendor 1 cmms_id=1 name=" + name} }
	twoRows := func(a, b string) []string { return append(oneRow(a), "vendor 2 cmms_id=2 name="+b) }
	tests := map[string]struct {
		names []any
		one   []string // collations in which they are one name
		two   []string // collations in which they are two
	}{
		"LetterCase":         {[]any{"Acme", "ACME"}, []string{"utf8mb4_general_ci", "utf8mb4_unicode_ci"}, []string{"utf8mb4_bin", "uca1400_ai_cs"}},
		"Accents":            {[]any{"Cafe", "Café"}, []string{"utf8mb4_general_ci", "utf8mb4_unicode_ci", "uca1400_ai_cs"}, []string{"utf8mb4_bin", "uca1400_as_ci"}},
		"SharpS":             {[]any{"Strasse", "Straße"}, []string{"utf8mb4_unicode_ci"}, []string{"utf8mb4_general_ci", "utf8mb4_bin"}},
		"SupplementaryPlane": {[]any{"𠀀", "𠀁"}, []string{"utf8mb4_general_ci"}, []string{"utf8mb4_bin", "uca1400_ai_ci"}},
	}
	for name, tc := range tests {
		for _, collation := range tc.one {
			c := collision{collation: collation, first: vendors(tc.names...), masters: oneRow(tc.names[0].(string)), assets: []string{"vendor_id=1", "vendor_id=1"}, unpredicted: true}
			t.Run(name+"/"+collation, c.run)
		}
		for _, collation := range tc.two {
			c := collision{collation: collation, first: vendors(tc.names...), masters: twoRows(tc.names[0].(string), tc.names[1].(string)), assets: []string{"vendor_id=1", "vendor_id=2"}}
			t.Run(name+"/"+collation, c.run)
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
	t.Run("Spaces/utf8mb4_general_ci", padded.run)
	t.Run("Spaces/utf8mb4_general_nopad_ci", exact.run)
}

func TestMasterID(t *testing.T) {
	t.Parallel()
	responses := []map[string]any{field("vendor", ref("a1", "Acme")), field("vendor", ref("A1", "Beta"))}
	t.Run("CaseSensitive", collision{
		collation: "utf8mb4_bin", first: responses, assets: []string{"vendor_id=1", "vendor_id=2"},
		masters: []string{"vendor 1 cmms_id=a1 name=Acme", "vendor 2 cmms_id=A1 name=Beta"},
	}.run)
	t.Run("CaseInsensitive", collision{
		collation: "utf8mb4_general_ci", first: responses, assets: []string{"vendor_id=1", "vendor_id=2"},
		masters: []string{"vendor 1 cmms_id=a1 name=Acme", "vendor 2 name=Beta"},
	}.run)
}
