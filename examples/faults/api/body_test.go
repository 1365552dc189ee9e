package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestBodies answers 200 with what is no asset, and with assets that hold what no column can.
func TestBodies(t *testing.T) {
	t.Parallel()
	w := freshWorld(t)
	// with is the usual answer with members that are set in it, as JSON.
	with := func(members map[string]string) func(string) string {
		return func(usual string) string {
			var asset map[string]json.RawMessage
			must(t, json.Unmarshal([]byte(usual), &asset))
			for name, value := range members {
				asset[name] = json.RawMessage(value)
			}
			return object(asset)
		}
	}
	// first puts members before the usual ones, also those that come again.
	first := func(members string) func(string) string {
		return func(usual string) string { return "{" + members + "," + strings.TrimPrefix(usual, "{") }
	}
	nested := func(levels int) string { return strings.Repeat(`[`, levels) + strings.Repeat(`]`, levels) }
	last := func(member string) func(string) string {
		return func(usual string) string { return strings.TrimSuffix(usual, "}") + "," + member + "}" }
	}
	fixed := func(body string) func(string) string { return func(string) string { return body } }

	bad, invalid := innomaint.KindBadResponse, innomaint.KindInvalidData
	tests := map[string]struct {
		body func(usual string) string
		fault
	}{
		"login page":             {fixed("<!DOCTYPE html><html><form action=\"/login\"><input name=\"password\"></form></html>"), fault{kind: bad, text: "HTML page"}},
		"login page with spaces": {fixed("\xef\xbb\xbf\r\n\t <html>"), fault{kind: bad, text: "HTML page"}},
		"XML":                    {fixed(`<?xml version="1.0"?><asset id="C1-0001"/>`), fault{kind: bad}},
		"truncated":              {func(usual string) string { return usual[:len(usual)-1] }, fault{kind: bad, text: "not valid JSON"}},
		"truncated in a text":    {func(usual string) string { return usual[:len(usual)/2] }, fault{kind: bad, text: "not valid JSON"}},
		"one byte":               {fixed("{"), fault{kind: bad}},
		"NUL bytes only":         {fixed(strings.Repeat("\x00", 1000)), fault{kind: bad}},
		"UTF-16":                 {fixed("\xff\xfe{\x00}\x00"), fault{kind: bad}},
		"NaN":                    {with(map[string]string{"purchase_cost": "NaN"}), fault{kind: bad}},
		"a comment":              {first(`/* v2 */ "v":2`), fault{kind: bad}},
		"a trailing comma":       {func(usual string) string { return strings.TrimSuffix(usual, "}") + ",}" }, fault{kind: bad}},
		"a raw NUL in a text":    {with(map[string]string{"asset_name": "\"Pump\x007\""}), fault{kind: bad}},
		"a raw line break in it": {with(map[string]string{"asset_name": "\"Pump\n7\""}), fault{kind: bad}},

		// Of members that come twice, the first counts, as it does for the client's identity check.
		"another id first":    {first(`"asset_id":"C1-9999"`), fault{kind: bad, text: "C1-9999"}},
		"another id last":     {last(`"asset_id":"C1-9999"`), fault{}},
		"a name twice":        {first(`"asset_name":"the first"`), fault{becomes: map[string]string{"asset_name": "the first"}}},
		"a thousand names":    {last(strings.TrimSuffix(strings.Repeat(`"asset_name":"more",`, 1000), ",")), fault{}},
		"a custom key twice":  {with(map[string]string{"custom_fields": `{"a":1,"a":2}`}), fault{becomes: map[string]string{"custom_fields": `{"a":1,"a":2}`}}},
		"the envelope twice":  {func(usual string) string { return `{"data":` + usual + `,"data":{"asset_id":"C1-9999"}}` }, fault{}},
		"verdict and a twin":  {func(usual string) string { return `{"success":true,"success":false,"data":` + usual + `}` }, fault{kind: bad}},
		"the word prototype":  {last(`"__proto__":{"asset_id":"C1-9999"},"constructor":{"prototype":1}`), fault{}},
		"an id of other case": {first(`"ASSET_ID":"C1-9999"`), fault{}},

		"nested past all":        {fixed(strings.Repeat("[", 1_000_000)), fault{kind: bad, text: "deeper than"}},
		"objects past all":       {fixed(strings.Repeat(`{"data":`, 200_000)), fault{kind: bad, text: "deeper than"}},
		"an unknown field, deep": {last(`"more":` + nested(450)), fault{}},
		"custom fields, deep":    {with(map[string]string{"custom_fields": nested(31)}), fault{kept: []string{"custom_fields"}}},
		"custom fields, less so": {with(map[string]string{"custom_fields": `[` + nested(29) + `,1]`}), fault{becomes: map[string]string{"custom_fields": `[` + nested(29) + `,1]`}}},
		"a name that is nested":  {with(map[string]string{"asset_name": nested(400)[:399] + `"x"` + nested(400)[401:]}), fault{kept: []string{"asset_name"}}},
		"a name that is a list":  {with(map[string]string{"asset_name": `[["Pump"]]`}), fault{kept: []string{"asset_name"}}},

		"a NUL in a name":        {with(map[string]string{"asset_name": `"Pump\u0000 7"`}), fault{kept: []string{"asset_name"}}},
		"a NUL in a master":      {with(map[string]string{"vendor": `{"id":100,"name":"Acme\u0000 Supply"}`}), fault{kept: []string{"vendor_id"}}},
		"a NUL in the id":        {with(map[string]string{"asset_id": `"C1-0001\u0000"`}), fault{kind: invalid, text: "NUL"}},
		"invalid UTF-8":          {with(map[string]string{"asset_name": "\"P\xfcmpe\""}), fault{kept: []string{"asset_name"}}},
		"overlong UTF-8":         {with(map[string]string{"asset_name": "\"\xc0\xafetc\""}), fault{kept: []string{"asset_name"}}},
		"a surrogate in UTF-8":   {with(map[string]string{"asset_name": "\"\xed\xa0\x80\""}), fault{kept: []string{"asset_name"}}},
		"half a pair":            {with(map[string]string{"asset_name": `"Pump \ud83d"`}), fault{kept: []string{"asset_name"}}},
		"half a pair in JSON":    {with(map[string]string{"custom_fields": `{"note":"\udc00"}`}), fault{kept: []string{"custom_fields"}}},
		"invalid UTF-8 in JSON":  {with(map[string]string{"custom_fields": "{\"note\":\"\xff\"}"}), fault{kept: []string{"custom_fields"}}},
		"invalid UTF-8 unread":   {last("\"more\":\"\xff\xfe\""), fault{}},
		"invalid UTF-8 in an id": {with(map[string]string{"asset_id": "\"C1-0001\xff\""}), fault{kind: invalid}},
		"a name of 300 letters":  {with(map[string]string{"asset_name": `"` + strings.Repeat("ü", 300) + `"`}), fault{kept: []string{"asset_name"}}},
		"a number of all digits": {with(map[string]string{"purchase_cost": strings.Repeat("9", 100_000)}), fault{kept: []string{"purchase_cost"}}},
		"an exponent of all":     {with(map[string]string{"purchase_cost": "1e999999999"}), fault{kept: []string{"purchase_cost"}}},
		"dates that are none": {with(map[string]string{"purchase_date": `"2026-02-30"`, "warranty_end": `"9999999999999999999"`, "updated_at": `"never"`}),
			fault{kept: []string{"purchase_date", "warranty_end", "cmms_updated_at"}}},
		"right to left and back": {with(map[string]string{"asset_name": `"Pump \u202e7\u202c \u200b\ufeff!"`}), fault{becomes: map[string]string{"asset_name": "Pump \u202e7\u202c \u200b\ufeff!"}}},
	}
	for name, tt := range tests { //nolint:paralleltest // the rounds of one world come one after the other
		t.Run(name, func(t *testing.T) {
			w.Advance(t)
			body := tt.body(strings.TrimSpace(w.tenant.body(t, w.second().CMMSAssetID)))
			tt.answer, tt.requests = says(http.StatusOK, body), 1
			w.round(t, tt.fault)
		})
	}
}

// object writes members that need be no valid JSON.
func object(members map[string]json.RawMessage) string {
	var b strings.Builder
	for name, value := range members {
		b.WriteString(`,"` + name + `":` + string(value))
	}
	return "{" + strings.TrimPrefix(b.String(), ",") + "}"
}
