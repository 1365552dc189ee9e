package cmmsimport_test

import (
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

func TestUnknownMaster(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 256)
	astral := strings.Repeat("𠀀", 255)
	known := []string{"INSERT INTO ic3_department_master (customer_id, cmms_id, name) VALUES (7, '6', 'Facilities')"}
	facilities := "department 1 cmms_id=6 name=Facilities"
	for name, tc := range map[string]collision{
		"KnownIDWithoutName": {
			before: known, first: []map[string]any{field("department", ref(6, ""))},
			masters: []string{facilities}, assets: []string{"department_id=1"},
		},
		"UnknownIDWithoutName": {
			before: known, first: []map[string]any{field("department", ref(6, ""))}, second: []map[string]any{field("department", ref(61, ""))},
			masters: []string{facilities}, assets: []string{"department_id=1"},
			warning: `department_id: "61" is left out: reference has no master row: no row of the department table is known by "61", and the response has no name to create one with; kept 1`,
		},
		"BareNumberIsAnID": {
			before: known, first: []map[string]any{field("department", 6)}, second: []map[string]any{field("department", 1315)},
			masters: []string{facilities}, assets: []string{"department_id=1"}, warning: `department_id: "1315" is left out`,
		},
		"HostRowWithNULLs": {
			before: []string{
				"ALTER TABLE ic3_model_master MODIFY manufacturer_id BIGINT UNSIGNED NULL, MODIFY name VARCHAR(255) NULL",
				"INSERT INTO ic3_model_master (customer_id, cmms_id, manufacturer_id) VALUES (7, '4', NULL)",
			},
			first:   []map[string]any{field("model", ref(4, "NB 50"))},
			masters: []string{"model 1 cmms_id=4 name=NB 50"}, assets: []string{"model_id=1"},
		},
		"CodeAlone": {
			first: []map[string]any{field("department", map[string]any{"code": "FAC"})}, masters: nil, assets: []string{""},
			warning: `department_id: "FAC" is left out: reference has no master row: no row of the department table is known by "FAC", and the response has no name to create one with; stays empty`,
		},
		"LevelBetweenKnownOnes": {
			first:   []map[string]any{place("site", ref(1, "Chennai"), "building", ref(2, ""), "floor", ref(3, "L1"))},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=floor cmms_id=3 parent_id=1 name=L1"},
			assets:  []string{"location_id=2"}, warning: `location_id: "2" is left out`,
		},
		"DeepestLevelKeepsTheLocalOne": {
			first:   []map[string]any{place("site", ref(1, "Chennai"), "building", ref(2, "B1"))},
			second:  []map[string]any{place("site", ref(1, "Chennai"), "building", ref(3, ""))},
			masters: []string{"location 1 level=site cmms_id=1 parent_id=0 name=Chennai", "location 2 level=building cmms_id=2 parent_id=1 name=B1"},
			assets:  []string{"location_id=2"}, warning: `location_id: "3" is left out`,
		},
		"NameTooLong": {
			before: known, first: []map[string]any{field("department", ref(6, "Facilities"))}, second: []map[string]any{field("department", ref(6, long))},
			masters: []string{facilities}, assets: []string{"department_id=1"},
			warning: `is left out: reference has no master row: the name of the department has 256 characters, the column takes 255; kept 1`,
		},
		"IDTooLong": {
			first: []map[string]any{field("department", ref(strings.Repeat("9", 65), "Facilities"))}, assets: []string{""},
			warning: `the cmms_id of the department has 65 characters, the column takes 64; stays empty`,
		},
		"EmailTooLong": {
			first:   []map[string]any{field("vendor", with(with(ref(9, "Acme"), "email", long), "phone", "12"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acme phone=12"}, assets: []string{"vendor_id=1"},
			warning: `vendor.email: "` + long[:79] + `…" has 256 characters, the column takes 255`,
		},
		"NameOf255FourByteLetters": {
			first:   []map[string]any{field("vendor", ref(9, astral)), field("vendor", ref(9, astral))},
			masters: []string{"vendor 1 cmms_id=9 name=" + astral}, assets: []string{"vendor_id=1", "vendor_id=1"},
		},
		"LetterOutsideTheCharacterSet": {
			before:  []string{"ALTER TABLE ic3_vendor_master CONVERT TO CHARACTER SET utf8mb3"},
			first:   []map[string]any{field("vendor", ref(9, "Acmé")), field("vendor", ref(10, "Acme 𠀀"))},
			masters: []string{"vendor 1 cmms_id=9 name=Acmé"}, assets: []string{"vendor_id=1", ""},
			warning: `the name of the vendor holds '𠀀', and the column's character set utf8mb3 has no room for it`,
		},
	} {
		t.Run(name, tc.run)
	}
}

func TestMasterWarnings(t *testing.T) {
	t.Parallel()
	// A warning about a part of a master is repeated for each asset that has it, since each is synced without it.
	t.Run("AreRepeatedForEachAsset", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		for _, id := range []string{"AST-1", "AST-2"} {
			w.link(7, id)
			w.respond(id, field("vendor", with(ref(9, "Acme"), "phone", strings.Repeat("1", 65))))
		}
		var results []cmmsimport.AssetResult
		opts := w.options()
		opts.OnAsset = func(r cmmsimport.AssetResult, _ cmmsimport.Progress) { results = append(results, r) }
		equal(t, "warnings", w.sync(opts).Warnings, 2)
		sameLines(t, "warnings", results[0].Warnings, results[1].Warnings)
	})
}
