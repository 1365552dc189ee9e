package cmmsimport_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
)

// outcome is what a sync made of one column of one asset.
type outcome struct {
	stored   string // empty: NULL
	changed  bool
	warnings []string
}

// syncValue syncs one asset. Innomaint responds with the given fields; the asset row has the given columns, in a table that the
// statements have altered. Another sync must change nothing.
func syncValue(t *testing.T, row, fields map[string]any, column string, alter ...string) outcome {
	t.Helper()
	w := setup(t)
	for _, statement := range alter {
		w.exec(statement)
	}
	columns := map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1"}
	maps.Copy(columns, row)
	id := w.row(columns)
	w.respond("AST-1", fields)
	summary := w.sync(w.options())
	equal(t, "successful", summary.Successful, 1)
	w.checkStable(w.options())
	stored := w.rows("SELECT "+column+" FROM ic3_asset_master WHERE id = ?", id)[0]
	return outcome{strings.TrimPrefix(stored, column+"="), summary.Changed == 1, w.entries()[0].Warnings}
}

func TestText(t *testing.T) {
	t.Parallel()
	widths := map[string]int{"asset_code": 128, "asset_name": 255, "serial_number": 128, "barcode": 128, "criticality": 32, "parent_asset_id": 64, "currency": 3}
	t.Run("FillsItsColumn", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		full := map[string]any{"description": strings.Repeat("𠀀", 16383)} // 65,532 bytes
		for name, width := range widths {
			full[name] = strings.Repeat("𠀀", width)
		}
		id := w.link(7, "AST-1")
		w.respond("AST-1", full)
		equal(t, "warnings", w.sync(w.options()).Warnings, 0)
		a := w.asset(id)
		for name, stored := range map[string]string{"asset_code": a.AssetCode, "asset_name": a.AssetName, "description": a.Description, "serial_number": a.SerialNumber,
			"barcode": a.Barcode, "criticality": a.Criticality, "parent_asset_id": a.ParentCMMSAssetID, "currency": a.Currency} {
			equal(t, name, stored, full[name].(string))
		}
		w.checkStable(w.options())
	})
	t.Run("OneCharacterTooMany", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		tooLong := map[string]any{"description": strings.Repeat("d", 65536), "purchase_cost": 5}
		for name, width := range widths {
			tooLong[name] = strings.Repeat("x", width+1)
		}
		id := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-1", "asset_name": "old"})
		w.respond("AST-1", tooLong)
		equal(t, "warnings", w.sync(w.options()).Warnings, len(widths)+1)
		sameLines(t, "asset", w.rows(syncedColumns, id), []string{"asset_name=old purchase_cost=5.00"})
		equal(t, "warning", w.entries()[0].Warnings[1], `asset_name: "`+strings.Repeat("x", 79)+`…" has 256 characters, the column takes 255; kept old`)
		w.checkStable(w.options())
	})
	t.Run("TooManyBytes", func(t *testing.T) {
		t.Parallel()
		got := syncValue(t, map[string]any{"description": "old"}, field("description", strings.Repeat("𠀀", 16384)), "description")
		equal(t, "stored", got.stored, "old")
		if len(got.warnings) != 1 || !strings.HasSuffix(got.warnings[0], "has 65536 bytes, the column takes 65535; kept old") {
			t.Errorf("warnings %.200q", got.warnings)
		}
	})
	// The server of a lenient session would cut what does not fit.
	t.Run("IsNeverCut", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "AST-1")
		w.respond("AST-1", map[string]any{"asset_name": strings.Repeat("x", 256), "currency": "Rupees", "purchase_cost": "1.005",
			"vendor": with(ref(9, "Acme"), "phone", strings.Repeat("1", 65)), "department": ref(6, strings.Repeat("x", 256))})
		w.db = w.lenient()
		equal(t, "warnings", w.sync(w.options()).Warnings, 5)
		sameLines(t, "asset", w.rows(syncedColumns, 1), []string{""})
		sameLines(t, "masters", w.masters("vendor", "department"), []string{"vendor 1 cmms_id=9 name=Acme"})
	})
}

// TestHostColumn has columns of other types than ours.
func TestHostColumn(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		column, definition string
		sent               any
		stored             string
		warning            string
	}{
		"Narrower":           {"asset_name", "VARCHAR(10)", "01234567890", "old", `asset_name: "01234567890" has 11 characters, the column takes 10; kept old`},
		"Wider":              {"asset_name", "TEXT", strings.Repeat("é", 300), strings.Repeat("é", 300), ""},
		"Bytes":              {"asset_name", "VARBINARY(10)", "ééééé", "ééééé", ""},
		"TooManyBytes":       {"asset_name", "VARBINARY(10)", "éééééé", "old", `asset_name: "éééééé" has 12 characters, the column takes 10; kept old`},
		"UTF8MB3":            {"asset_name", "VARCHAR(255) CHARACTER SET utf8mb3", "இயந்திரம்", "இயந்திரம்", ""},
		"NotInUTF8MB3":       {"asset_name", "VARCHAR(255) CHARACTER SET utf8mb3", "Pump 🚀", "old", `asset_name: "Pump 🚀" holds '🚀', and the column's character set utf8mb3 has no room for it; kept old`},
		"Latin1":             {"asset_name", "VARCHAR(255) CHARACTER SET latin1", "Pumpe “groß” für 5 €", "Pumpe “groß” für 5 €", ""},
		"NotInLatin1":        {"asset_name", "VARCHAR(255) CHARACTER SET latin1", "Čerpadlo", "old", `asset_name: "Čerpadlo" holds 'Č', and the column's character set latin1 has no room for it; kept old`},
		"NotInASCII":         {"asset_name", "VARCHAR(255) CHARACTER SET ascii", "Pümp", "old", `asset_name: "Pümp" holds 'ü', and the column's character set ascii has no room for it; kept old`},
		"MoreDecimals":       {"purchase_cost", "DECIMAL(20,4)", "1.2345", "1.2345", ""},
		"Integer":            {"purchase_cost", "BIGINT", "7", "7", ""},
		"FractionForInteger": {"purchase_cost", "BIGINT", "7.5", "1", `purchase_cost: "7.5" does not fit the column's DECIMAL(19,0); kept 1`},
		"DateAndTime":        {"purchase_date", "DATETIME", "2021-04-01T23:59:59+05:30", "2021-04-01 00:00:00", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := map[string]any{"asset_name": "old", "purchase_cost": 1}
			got := syncValue(t, row, field(tc.column, tc.sent), tc.column, "ALTER TABLE ic3_asset_master MODIFY "+tc.column+" "+tc.definition)
			equal(t, "stored", got.stored, tc.stored)
			equal(t, "warning", strings.Join(got.warnings, "\n"), tc.warning)
		})
	}
}

func TestDecimal(t *testing.T) {
	t.Parallel()
	for sent, stored := range map[any]string{
		"9999999999999999.99": "9999999999999999.99", "-9999999999999999.99": "-9999999999999999.99", "₹ 1,25,000.50": "125000.50",
		0: "0.00", "-0.00": "0.00", "0.10": "0.10", 0.1: "0.10", "12.500": "12.50",
	} {
		t.Run(fmt.Sprint(sent), func(t *testing.T) {
			t.Parallel()
			got := syncValue(t, nil, field("purchase_cost", sent), "purchase_cost")
			equal(t, "stored", got.stored, stored)
			sameLines(t, "warnings", got.warnings, nil)
		})
	}
	for sent, reason := range map[string]string{
		"10000000000000000":                    "does not fit the column's DECIMAL(18,2); stays empty",
		"0.005":                                "does not fit the column's DECIMAL(18,2); stays empty",
		"123456789012345678901234567890.1":     "does not fit the column's DECIMAL(18,2); stays empty",
		"0.1000000000000000055511151231257827": "does not fit the column's DECIMAL(18,2); stays empty",
		"twelve":                               "; stays empty",
	} {
		t.Run(sent, func(t *testing.T) {
			t.Parallel()
			got := syncValue(t, nil, field("purchase_cost", sent), "purchase_cost")
			equal(t, "stored", got.stored, "")
			if len(got.warnings) != 1 || !strings.HasSuffix(got.warnings[0], reason) {
				t.Errorf("warnings %q, want one that ends with %q", got.warnings, reason)
			}
		})
	}
}

func TestDate(t *testing.T) {
	t.Parallel()
	for sent, stored := range map[any]string{
		"2021-04-01": "2021-04-01", "2021-04-01T00:00:00+05:30": "2021-04-01", "2021-04-01 23:59:59": "2021-04-01", "01/04/2021": "2021-04-01",
		"1000-01-01": "1000-01-01", "9999-12-31": "9999-12-31", "2020-02-29": "2020-02-29", "0000-00-00": "", "1970-01-01": "", 1617235200: "2021-04-01",
	} {
		t.Run(fmt.Sprint(sent), func(t *testing.T) {
			t.Parallel()
			got := syncValue(t, nil, field("warranty_end", sent), "warranty_end")
			equal(t, "stored", got.stored, stored)
			sameLines(t, "warnings", got.warnings, nil)
		})
	}
	for _, sent := range []string{"2021-02-30", "31/31/2021", "soon"} {
		t.Run(sent, func(t *testing.T) {
			t.Parallel()
			got := syncValue(t, field("warranty_end", "2020-02-29"), field("warranty_end", sent), "warranty_end")
			equal(t, "stored", got.stored, "2020-02-29")
			if len(got.warnings) != 1 || !strings.HasSuffix(got.warnings[0], "; kept 2020-02-29") {
				t.Errorf("warnings %q", got.warnings)
			}
		})
	}
}

// TestCustomFields compares JSON by value: what is equal is not written.
func TestCustomFields(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ local, sent, stored, warning string }{
		"SpacesAndOrder":   {`{"b": 1.10,   "a": [true, null]}`, `{"a":[true,null],"b":1.1}`, `{"b": 1.10,   "a": [true, null]}`, ""},
		"OrderOfAList":     {`[1,2]`, `[2,1]`, `[2,1]`, ""},
		"LargeNumbers":     {`{"n": 9007199254740993}`, `{"n": 9007199254740992}`, `{"n":9007199254740992}`, ""},
		"NumberAsText":     {`{"n": 1}`, `{"n": "1"}`, `{"n":"1"}`, ""},
		"Exponent":         {`{"n": 1000}`, `{"n": 1e3}`, `{"n": 1000}`, ""},
		"Letters":          {"", `{"Größe": "🚀 \u0900"}`, `{"Größe":"🚀 \u0900"}`, ""},
		"Text":             {`{"a": 1}`, `"none"`, `{"a": 1}`, `custom_fields: "none" is neither an object nor a list; kept {"a": 1}`},
		"EmptyObject":      {`{"a": 1}`, `{}`, `{"a": 1}`, ""},
		"NullIsFilled":     {`null`, `{"a":1}`, `{"a":1}`, ""},
		"NullStays":        {` null`, `{}`, ` null`, ""},
		"KeyWithNull":      {`{"a": 1}`, `{"a": null}`, `{"a":null}`, ""},
		"HostTextStays":    {"none", `{}`, "none", ""},
		"HostTextReplaced": {"none", `{"a":1}`, `{"a":1}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			row := map[string]any{}
			if tc.local != "" {
				row["custom_fields"] = tc.local
			}
			var alter []string
			if tc.local == "none" { // not valid JSON
				alter = []string{"ALTER TABLE ic3_asset_master MODIFY custom_fields TEXT"}
			}
			got := syncValue(t, row, field("custom_fields", rawJSON(tc.sent)), "custom_fields", alter...)
			equal(t, "stored", strings.TrimSpace(got.stored), canonicalJSON(strings.TrimSpace(tc.stored)))
			equal(t, "changed", got.changed, tc.stored != tc.local)
			equal(t, "warning", strings.Join(got.warnings, "\n"), tc.warning)
		})
	}
}

// TestCMMSUpdatedAt has Innomaint's time in any zone, and columns of any precision.
func TestCMMSUpdatedAt(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ definition, sent, stored string }{
		"Microseconds":   {"DATETIME(6)", "2026-10-01T14:00:00.123456789+05:30", "2026-10-01 08:30:00.123456"},
		"Milliseconds":   {"DATETIME(3)", "2026-10-01T08:30:00.123Z", "2026-10-01 08:30:00.123"},
		"WholeSeconds":   {"DATETIME", "2026-10-01T14:00:00.4+05:30", "2026-10-01 08:30:00"},
		"NextSecond":     {"DATETIME", "2026-10-01T08:30:01Z", "2026-10-01 08:30:01"},
		"CutOrRoundedUp": {"DATETIME", "2026-10-01T08:30:00.9Z", "2026-10-01 08:30:0"}, // :00 or :01, as the server decides
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := syncValue(t, field("cmms_updated_at", "2026-10-01 08:00:00"), field("updated_at", tc.sent), "cmms_updated_at",
				"ALTER TABLE ic3_asset_master MODIFY cmms_updated_at "+tc.definition)
			if name == "CutOrRoundedUp" {
				got.stored = strings.TrimRight(got.stored, "01") + "0"
			}
			equal(t, "stored", got.stored, tc.stored)
		})
	}
}
