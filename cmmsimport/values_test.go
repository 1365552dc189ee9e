package cmmsimport_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/internal/dbtest"
)

// one syncs an asset whose answer has these fields into a row that has these columns, in tables that the statements have
// altered; another sync must change nothing. It returns the row's column and the warnings.
func one(t *testing.T, row, fields map[string]any, column string, alter ...string) (value string, warnings []string) {
	t.Helper()
	w := setup(t)
	for _, statement := range alter {
		w.exec(statement)
	}
	columns := map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1"}
	maps.Copy(columns, row)
	id := w.row(columns)
	w.answer("AST-1", fields)
	equal(t, "successful", w.sync(w.options()).Successful, 1)
	w.settled(w.options())
	value = w.rows("SELECT "+column+" FROM ic3_asset_master WHERE id = ?", id)[0]
	return strings.TrimPrefix(value, column+"="), w.entries()[0].Warnings
}

// What fills a column to its last character is stored, and one more is a warning; the rest of the asset is synced.
func TestWidths(t *testing.T) {
	t.Parallel()
	w := setup(t)
	widths := map[string]int{"asset_code": 128, "asset_name": 255, "serial_number": 128, "barcode": 128, "criticality": 32, "parent_asset_id": 64, "currency": 3}
	full, tooLong := map[string]any{}, map[string]any{"description": strings.Repeat("d", 65536)}
	for name, width := range widths {
		full[name] = strings.Repeat("𠀀", width)
		tooLong[name] = strings.Repeat("x", width+1)
	}
	full["description"] = strings.Repeat("𠀀", 16383) // 65,532 bytes
	id, other := w.link(7, "AST-1"), w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-2", "asset_name": "old"})
	w.answer("AST-1", full)
	w.answer("AST-2", with(tooLong, "purchase_cost", 5))

	summary := w.sync(w.options())
	equal(t, "warnings", summary.Warnings, len(widths)+1)
	a := w.asset(id)
	for name, stored := range map[string]string{"asset_code": a.AssetCode, "asset_name": a.AssetName, "description": a.Description, "serial_number": a.SerialNumber,
		"barcode": a.Barcode, "criticality": a.Criticality, "parent_asset_id": a.ParentCMMSAssetID, "currency": a.Currency} {
		equal(t, name, stored == full[name], true)
	}
	sameLines(t, "the asset with too much", w.rows(everyColumnOf, other), []string{"asset_name=old purchase_cost=5.00"})
	equal(t, "the warning of asset_name", w.entries()[1].Warnings[1], `asset_name: "`+strings.Repeat("x", 79)+`…" has 256 characters, the column takes 255; kept old`)
	w.settled(w.options())

	w.answer("AST-1", map[string]any{"description": strings.Repeat("𠀀", 16384)})
	w.sync(w.options())
	entries := w.entries()
	warnings := entries[len(entries)-2].Warnings
	if len(warnings) != 1 || !strings.Contains(warnings[0], "has 65536 bytes, the column takes 65535; kept 𠀀") {
		t.Errorf("a description of too many bytes: %.200q", warnings)
	}
}

func TestHostsColumnsDecide(t *testing.T) {
	t.Parallel()
	alter := func(definition string) string { return "ALTER TABLE ic3_asset_master MODIFY " + definition }
	for name, tc := range map[string]struct {
		alter, column string
		sent          any
		stored        string
		warning       string
	}{
		"narrower":             {alter("asset_name VARCHAR(10)"), "asset_name", "01234567890", "old", `asset_name: "01234567890" has 11 characters, the column takes 10; kept old`},
		"wider":                {alter("asset_name TEXT"), "asset_name", strings.Repeat("é", 300), strings.Repeat("é", 300), ""},
		"bytes":                {alter("asset_name VARBINARY(10)"), "asset_name", "ééééé", "ééééé", ""},
		"too many bytes":       {alter("asset_name VARBINARY(10)"), "asset_name", "éééééé", "old", `asset_name: "éééééé" has 12 characters, the column takes 10; kept old`},
		"three-byte letters":   {alter("asset_name VARCHAR(255) CHARACTER SET utf8mb3"), "asset_name", "இயந்திரம்", "இயந்திரம்", ""},
		"a fourth byte":        {alter("asset_name VARCHAR(255) CHARACTER SET utf8mb3"), "asset_name", "Pump 🚀", "old", `asset_name: "Pump 🚀" holds '🚀', and the column's character set utf8mb3 has no room for it; kept old`},
		"western letters":      {alter("asset_name VARCHAR(255) CHARACTER SET latin1"), "asset_name", "Pumpe “groß” für 5 €", "Pumpe “groß” für 5 €", ""},
		"beyond western":       {alter("asset_name VARCHAR(255) CHARACTER SET latin1"), "asset_name", "Čerpadlo", "old", `asset_name: "Čerpadlo" holds 'Č', and the column's character set latin1 has no room for it; kept old`},
		"plain letters":        {alter("asset_name VARCHAR(255) CHARACTER SET ascii"), "asset_name", "Pümp", "old", `asset_name: "Pümp" holds 'ü', and the column's character set ascii has no room for it; kept old`},
		"more decimals":        {alter("purchase_cost DECIMAL(20,4)"), "purchase_cost", "1.2345", "1.2345", ""},
		"whole numbers":        {alter("purchase_cost BIGINT"), "purchase_cost", "7", "7", ""},
		"whole numbers, taken": {alter("purchase_cost BIGINT"), "purchase_cost", "7.5", "1", `purchase_cost: "7.5" does not fit the column's DECIMAL(19,0); kept 1`},
		"a date with time":     {alter("purchase_date DATETIME"), "purchase_date", "2021-04-01T23:59:59+05:30", "2021-04-01 00:00:00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := map[string]any{"asset_name": "old", "purchase_cost": 1}
			stored, warnings := one(t, row, field(tc.column, tc.sent), tc.column, tc.alter)
			equal(t, "stored", stored, tc.stored)
			equal(t, "warning", strings.Join(warnings, "\n"), tc.warning)
		})
	}
}

func TestDecimals(t *testing.T) {
	t.Parallel()
	for sent, want := range map[any]string{
		"9999999999999999.99":                  "9999999999999999.99",
		"-9999999999999999.99":                 "-9999999999999999.99",
		"₹ 1,25,000.50":                        "125000.50",
		0:                                      "0.00",
		"-0.00":                                "0.00",
		"0.10":                                 "0.10",
		0.1:                                    "0.10",
		"12.500":                               "12.50",
		"10000000000000000":                    "does not fit the column's DECIMAL(18,2); stays empty",
		"0.005":                                "does not fit the column's DECIMAL(18,2); stays empty",
		"123456789012345678901234567890.1":     "does not fit the column's DECIMAL(18,2); stays empty",
		"twelve":                               "; stays empty",
		"0.1000000000000000055511151231257827": "does not fit the column's DECIMAL(18,2); stays empty",
	} {
		t.Run(fmt.Sprint(sent), func(t *testing.T) {
			t.Parallel()
			stored, warnings := one(t, nil, field("purchase_cost", sent), "purchase_cost")
			if len(warnings) == 0 {
				equal(t, "stored", stored, want)
			} else if stored != "" || len(warnings) > 1 || !strings.HasSuffix(warnings[0], want) {
				t.Errorf("stored %q, warnings %q, want none of the value and a warning that ends with %q", stored, warnings, want)
			}
		})
	}
}

func TestDates(t *testing.T) {
	t.Parallel()
	for sent, want := range map[any]string{
		"2021-04-01": "2021-04-01", "2021-04-01T00:00:00+05:30": "2021-04-01", "2021-04-01 23:59:59": "2021-04-01", "01/04/2021": "2021-04-01",
		"1000-01-01": "1000-01-01", "9999-12-31": "9999-12-31", "2020-02-29": "2020-02-29", "0000-00-00": "", "1970-01-01": "", 1617235200: "2021-04-01",
	} {
		t.Run(fmt.Sprint(sent), func(t *testing.T) {
			t.Parallel()
			stored, warnings := one(t, nil, field("warranty_end", sent), "warranty_end")
			equal(t, "stored", stored, want)
			sameLines(t, "warnings", warnings, nil)
		})
	}
	for _, sent := range []any{"2021-02-30", "31/31/2021", "soon"} {
		stored, warnings := one(t, map[string]any{"warranty_end": "2020-02-29"}, field("warranty_end", sent), "warranty_end")
		equal(t, "kept", stored, "2020-02-29")
		equal(t, fmt.Sprintf("warnings about %v", sent), len(warnings) == 1 && strings.HasSuffix(warnings[0], "; kept 2020-02-29"), true)
	}
}

func TestCustomFields(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ local, sent, stored, warning string }{
		"spaces and order":      {`{"b": 1.10,   "a": [true, null]}`, `{"a":[true,null],"b":1.1}`, `{"b": 1.10,   "a": [true, null]}`, ""},
		"another order in list": {`[1,2]`, `[2,1]`, `[2,1]`, ""},
		"large numbers":         {`{"n": 9007199254740993}`, `{"n": 9007199254740992}`, `{"n":9007199254740992}`, ""},
		"a number as text":      {`{"n": 1}`, `{"n": "1"}`, `{"n":"1"}`, ""},
		"exponents":             {`{"n": 1000}`, `{"n": 1e3}`, `{"n": 1000}`, ""},
		"letters":               {"", `{"Größe": "🚀 \u0900"}`, `{"Größe":"🚀 \u0900"}`, ""},
		"not valid before":      {"none", `{}`, "none", ""},
		"a text":                {`{"a": 1}`, `"none"`, `{"a": 1}`, `custom_fields: "none" is neither an object nor a list; kept {"a": 1}`},
		"an empty object":       {`{"a": 1}`, `{}`, `{"a": 1}`, ""},
		"null, filled":          {`null`, `{"a":1}`, `{"a":1}`, ""},
		"null, left":            {` null`, `{}`, ` null`, ""},
		"a key with null":       {`{"a": 1}`, `{"a": null}`, `{"a":null}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := map[string]any{}
			if tc.local != "" {
				row["custom_fields"] = tc.local
			}
			var alter []string
			if tc.local == "none" { // a host's column that is no JSON
				alter = []string{"ALTER TABLE ic3_asset_master MODIFY custom_fields TEXT"}
			}
			stored, warnings := one(t, row, field("custom_fields", rawJSON(tc.sent)), "custom_fields", alter...)
			equal(t, "stored", stored, tc.stored)
			equal(t, "warning", strings.Join(warnings, "\n"), tc.warning)
		})
	}
}

// rawJSON stands in an answer as it is.
type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// Innomaint's own last change, in any zone and any precision of the host's column.
func TestTimeOfTheLastChange(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ definition, sent, stored string }{
		"microseconds":   {"DATETIME(6)", "2026-10-01T14:00:00.123456789+05:30", "2026-10-01 08:30:00.123456"},
		"whole seconds":  {"DATETIME", "2026-10-01T14:00:00.4+05:30", "2026-10-01 08:30:00"},
		"rounded up":     {"DATETIME", "2026-10-01T08:30:00.9Z", "2026-10-01 08:30:00"}, // or :01, as the server's mode says
		"milliseconds":   {"DATETIME(3)", "2026-10-01T08:30:00.123Z", "2026-10-01 08:30:00.123"},
		"a second later": {"DATETIME", "2026-10-01T08:30:01Z", "2026-10-01 08:30:01"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stored, _ := one(t, map[string]any{"cmms_updated_at": "2026-10-01 08:00:00"}, field("updated_at", tc.sent), "cmms_updated_at",
				"ALTER TABLE ic3_asset_master MODIFY cmms_updated_at "+tc.definition)
			equal(t, "stored", stored, tc.stored)
		})
	}
}

// A server that cuts what does not fit, instead of refusing it, must not get to.
func TestNothingIsCutInALenientMode(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "AST-1")
	w.answer("AST-1", map[string]any{"asset_name": strings.Repeat("x", 256), "currency": "Rupees", "purchase_cost": "1.005",
		"vendor": with(ref(9, "Acme"), "phone", strings.Repeat("1", 65)), "department": ref(6, strings.Repeat("x", 256))})
	w.db = dbtest.Open(t, w.dsn+"?sql_mode=%27%27")
	equal(t, "warnings", w.sync(w.options()).Warnings, 5)
	sameLines(t, "asset", w.rows(everyColumnOf, 1), []string{""})
	sameLines(t, "masters", w.masters("vendor", "department"), []string{"vendor 1 cmms_id=9 name=Acme"})
}
