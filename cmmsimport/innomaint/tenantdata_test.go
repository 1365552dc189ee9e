package innomaint_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestTenantData has a subtest for each kind of thing that real tenants send.
func TestTenantData(t *testing.T) {
	t.Parallel()
	t.Run("IDs", func(t *testing.T) {
		t.Parallel()
		for sent, want := range map[string]string{
			`1042`:                         "1042",
			`"1042"`:                       "1042",
			`" 1042 "`:                     "1042",
			`"0042"`:                       "0042",
			`"A&amp;B"`:                    "A&amp;B",
			`9007199254740993`:             "9007199254740993",
			`123456789012345678901234`:     "123456789012345678901234",
			`"Пункт/7 #3%"`:                "Пункт/7 #3%",
			`"\u00e9t\u00e9 \ud83d\ude00"`: "été 😀",
		} {
			t.Run(sent, func(t *testing.T) {
				t.Parallel()
				client := newClient(t, "http://127.0.0.1", nil)
				body := fmt.Sprintf(`{"asset_id":%s,"category":{"id":%s},"parent_asset_id":%s}`, sent, sent, sent)
				asset, err := client.Decode(innomaint.AssetRef{AssetID: " " + want + "\t"}, []byte(body))
				if err != nil {
					t.Fatal(err)
				}
				if asset.ID != want || asset.Category.ID != want || asset.ParentAssetID != want {
					t.Errorf("id %q, category %q, parent %q, want all %q", asset.ID, asset.Category.ID, asset.ParentAssetID, want)
				}
			})
		}
	})
	t.Run("Masters", func(t *testing.T) {
		t.Parallel()
		tests := []struct {
			name, members string
			want          innomaint.Reference
			warning       string // part of it; "": none
		}{
			{"id and name", `"manufacturer":{"id":5,"name":"Grundfos"}`, innomaint.Reference{ID: "5", Name: "Grundfos"}, ""},
			{"code and name", `"manufacturer":{"code":"GF","name":"Grundfos"}`, innomaint.Reference{Code: "GF", Name: "Grundfos"}, ""},
			{"flat pair", `"make_id":5,"make_name":"Grundfos"`, innomaint.Reference{ID: "5", Name: "Grundfos"}, ""},
			{"flat pair of texts", `"manufacturer_id":"m-5","manufacturer_name":"3M"`, innomaint.Reference{ID: "m-5", Name: "3M"}, ""},
			{"flat name of digits", `"make_name":"1315"`, innomaint.Reference{Name: "1315"}, ""},
			{"bare name", `"make":"Grundfos"`, innomaint.Reference{Name: "Grundfos"}, ""},
			{"bare name beside a flat id", `"make":"Grundfos","make_id":5`, innomaint.Reference{ID: "5", Name: "Grundfos"}, ""},
			{"bare id beside a flat name", `"manufacturer":5,"make_name":"Grundfos"`, innomaint.Reference{ID: "5", Name: "Grundfos"}, ""},
			{"list of one", `"manufacturer":[{"id":5,"name":"Grundfos"}]`, innomaint.Reference{ID: "5", Name: "Grundfos"}, ""},
			{"list of one name", `"manufacturer":["Grundfos"]`, innomaint.Reference{Name: "Grundfos"}, ""},
			{"empty object", `"manufacturer":{}`, innomaint.Reference{}, ""},
			{"empty list", `"manufacturer":[ ]`, innomaint.Reference{}, ""},
			{"null", `"manufacturer":null`, innomaint.Reference{}, ""},
			{"empty text", `"manufacturer":""`, innomaint.Reference{}, ""},
			{"absent", `"asset_name":"Pump"`, innomaint.Reference{}, ""},
			{"object of placeholders", `"manufacturer":{"id":null,"name":"N/A"}`, innomaint.Reference{}, ""},
			{"placeholder before a synonym", `"manufacturer":"-","brand":"Grundfos"`, innomaint.Reference{Name: "Grundfos"}, ""},
			{"bare number is an id", `"manufacturer":1315`, innomaint.Reference{ID: "1315"}, ""},
			{"bare number as a text is an id", `"manufacturer":"1315"`, innomaint.Reference{ID: "1315"}, ""},
			{"id without a name", `"manufacturer":{"id":5}`, innomaint.Reference{ID: "5"}, ""},
			{"id 0 is no id", `"manufacturer":{"id":0,"name":"Grundfos"}`, innomaint.Reference{Name: "Grundfos"}, ""},
			{"nil UUID is no id", `"manufacturer":{"id":"00000000-0000-0000-0000-000000000000","name":"Grundfos"}`, innomaint.Reference{Name: "Grundfos"}, ""},
			{"list of two", `"manufacturer":[{"id":5},{"id":6}]`, innomaint.Reference{}, "list of several"},
			{"boolean", `"manufacturer":false`, innomaint.Reference{}, "boolean"},
			{"object of something else", `"manufacturer":{"href":"/makes/5"}`, innomaint.Reference{}, "neither an id nor a name"},
			{"object as an id", `"manufacturer":{"id":{"$oid":"5"},"name":"Grundfos"}`, innomaint.Reference{Name: "Grundfos"}, "an object where a text"},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				asset := mustDecode(t, tt.members)
				if asset.Manufacturer != tt.want {
					t.Errorf("Manufacturer = %+v, want %+v", asset.Manufacturer, tt.want)
				}
				if tt.warning == "" {
					wantNoWarnings(t, asset)
				} else if !asset.Unreadable("manufacturer_id") || !strings.Contains(asset.Warnings[0].String(), tt.warning) {
					t.Errorf("warnings %v do not say %q", asset.Warnings, tt.warning)
				}
			})
		}
	})
	t.Run("Costs", func(t *testing.T) {
		t.Parallel()
		for sent, want := range map[string]innomaint.Decimal{
			`125000.5`:            "125000.5",
			`"1,25,000.50"`:       "125000.5",
			`"₹ 125000.50"`:       "125000.5",
			`"₹&nbsp;125000.50"`:  "125000.5",
			`0.1`:                 "0.1",
			`9007199254740993.01`: "9007199254740993.01",
			`1.25e5`:              "125000",
			`0`:                   "0",
		} {
			t.Run(sent, func(t *testing.T) {
				t.Parallel()
				asset := mustDecode(t, `"purchase_cost":`+sent)
				wantNoWarnings(t, asset)
				if asset.PurchaseCost != want {
					t.Errorf("PurchaseCost = %q, want %q", asset.PurchaseCost, want)
				}
			})
		}
	})
	t.Run("Dates", func(t *testing.T) {
		t.Parallel()
		first := innomaint.Date{Year: 2021, Month: time.April, Day: 1}
		for sent, want := range map[string]innomaint.Date{
			`"2021-04-01T10:20:30Z"`:          first,
			`"2021-04-01T00:00:00+05:30"`:     first, // the day as written, although it is 31 March in UTC
			`"2021-04-01T23:59:59.999-08:00"`: first,
			`"2021-04-01T00:00:00+0530"`:      first,
			`"2021-04-01"`:                    first,
			`" 2021-04-01 "`:                  first,
			`"2021-04-01 15:04:05"`:           first,
			`"01-04-2021"`:                    first,
			`"01/04/2021"`:                    first,
			`"1/4/2021"`:                      first,
			`"01-Apr-2021"`:                   first,
			`"01-APR-2021 10:30:00"`:          first,
			`1617235200`:                      first,
			`"1617235200"`:                    first,
			`1617235200000`:                   first,
			`1.6172352e9`:                     first,
			`{"date":"2021-04-01"}`:           first,
			`{"date":"2021-04-01 00:00:00.000000","timezone_type":3,"timezone":"UTC"}`: first,
			`{"datetime":"2021-04-01 10:00:00","formatted":"1 Apr"}`:                   first,
			`-86400000000`: {}, // eleven digits are neither seconds nor milliseconds
		} {
			t.Run(sent, func(t *testing.T) {
				t.Parallel()
				asset := mustDecode(t, `"purchase_date":`+sent)
				if asset.PurchaseDate != want {
					t.Errorf("PurchaseDate = %s, want %s; warnings %v", asset.PurchaseDate, want, asset.Warnings)
				}
				if asset.Unreadable("purchase_date") != want.IsZero() {
					t.Errorf("warnings %v for %s", asset.Warnings, asset.PurchaseDate)
				}
			})
		}
	})
	t.Run("MonthFirstDates", func(t *testing.T) {
		t.Parallel()
		for name, tt := range map[string]struct {
			layouts []string
			sent    string
			want    innomaint.Date
		}{
			"day first by default":       {nil, "04/05/2021", innomaint.Date{Year: 2021, Month: time.May, Day: 4}},
			"month first by setting":     {[]string{"1/2/2006"}, "04/05/2021", innomaint.Date{Year: 2021, Month: time.April, Day: 5}},
			"the first layout that fits": {[]string{"1/2/2006", "2/1/2006"}, "13/05/2021", innomaint.Date{Year: 2021, Month: time.May, Day: 13}},
			"never guessed":              {[]string{"1/2/2006"}, "13/05/2021", innomaint.Date{}},
			"ISO whatever the setting":   {[]string{}, "2021-05-04", innomaint.Date{Year: 2021, Month: time.May, Day: 4}},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				client := newClient(t, "http://127.0.0.1", func(cfg *innomaint.Config) { cfg.DateLayouts = tt.layouts })
				asset, err := client.Decode(ref, []byte(withID(`"purchase_date":"`+tt.sent+`"`)))
				if err != nil {
					t.Fatal(err)
				}
				own, _, _ := asset.Date("purchase_date")
				if asset.PurchaseDate != tt.want || own != tt.want || asset.Unreadable("purchase_date") != tt.want.IsZero() {
					t.Errorf("got %s and %s, want %s; warnings %v", asset.PurchaseDate, own, tt.want, asset.Warnings)
				}
			})
		}
	})
	t.Run("Timestamps", func(t *testing.T) {
		t.Parallel()
		kolkata := time.FixedZone("IST", 5*3600+1800)
		for sent, want := range map[string]time.Time{
			`"2026-10-01T08:30:00Z"`:             time.Date(2026, 10, 1, 8, 30, 0, 0, time.UTC),
			`"2026-10-01T08:30:00.123456789Z"`:   time.Date(2026, 10, 1, 8, 30, 0, 123456000, time.UTC),
			`"2026-10-01T08:30:00+02:00"`:        time.Date(2026, 10, 1, 6, 30, 0, 0, time.UTC),
			`"2026-10-01 08:30:00"`:              time.Date(2026, 10, 1, 3, 0, 0, 0, time.UTC),
			`"01/10/2026 08:30:00"`:              time.Date(2026, 10, 1, 3, 0, 0, 0, time.UTC),
			`1790843400`:                         time.Unix(1790843400, 0).UTC(),
			`1790843400123`:                      time.UnixMilli(1790843400123).UTC(),
			`{"date":"2026-10-01 08:30:00.000"}`: time.Date(2026, 10, 1, 3, 0, 0, 0, time.UTC),
		} {
			t.Run(sent, func(t *testing.T) {
				t.Parallel()
				client := newClient(t, "http://127.0.0.1", func(cfg *innomaint.Config) { cfg.Location = kolkata })
				asset, err := client.Decode(ref, []byte(withID(`"updated_at":`+sent)))
				if err != nil {
					t.Fatal(err)
				}
				wantNoWarnings(t, asset)
				if asset.UpdatedAt != want {
					t.Errorf("UpdatedAt = %v, want %v", asset.UpdatedAt, want)
				}
			})
		}
	})
	t.Run("EpochsInLocation", func(t *testing.T) {
		t.Parallel()
		client := newClient(t, "http://127.0.0.1", func(cfg *innomaint.Config) {
			cfg.Location = time.FixedZone("IST", 5*3600+1800)
		})
		asset, err := client.Decode(ref, []byte(withID(`"purchase_date":1617217200`))) // 2021-03-31 19:00 UTC
		if err != nil || asset.PurchaseDate.String() != "2021-04-01" {
			t.Errorf("PurchaseDate = %s, %v", asset.PurchaseDate, err)
		}
	})
	t.Run("Booleans", func(t *testing.T) {
		t.Parallel()
		for sent, want := range map[string]bool{
			`true`: true, `"Y"`: true, `"yes"`: true, `1`: true, `"1"`: true, `"TRUE"`: true,
			`false`: false, `"N"`: false, `"No"`: false, `0`: false, `"false"`: false,
		} {
			asset := mustDecode(t, `"critical":`+sent)
			if got, ok, err := asset.Bool("critical"); got != want || !ok || err != nil {
				t.Errorf("Bool of %s = %v, %v, %v, want %v", sent, got, ok, err, want)
			}
		}
		for _, sent := range []string{`null`, `""`, `"N/A"`, `{}`} {
			if _, ok, err := mustDecode(t, `"critical":`+sent).Bool("critical"); ok || err != nil {
				t.Errorf("Bool of %s is there (%v) or an error (%v)", sent, ok, err)
			}
		}
		for _, sent := range []string{`"maybe"`, `2`, `[true]`} {
			if _, ok, err := mustDecode(t, `"critical":`+sent).Bool("critical"); ok || err == nil {
				t.Errorf("Bool of %s is there (%v) or no error", sent, ok)
			}
		}
	})
	t.Run("Placeholders", func(t *testing.T) {
		t.Parallel()
		fields := []string{
			"asset_code", "asset_name", "description", "serial_number", "barcode", "category", "vendor", "status", "criticality",
			"parent_asset_id", "currency", "purchase_cost", "purchase_date", "installation_date", "warranty_start",
			"warranty_end", "custom_fields", "updated_at",
		}
		for _, sent := range []string{
			`null`, `""`, `"  "`, `"-"`, `"NA"`, `"N/A"`, `"n/a"`, `"null"`, `"NULL"`, `" N/A "`, `"&nbsp;"`, `{}`, `{ }`, `[]`,
		} {
			t.Run(sent, func(t *testing.T) {
				t.Parallel()
				var members []string
				for _, field := range fields {
					members = append(members, fmt.Sprintf("%q:%s", field, sent))
				}
				wantEmpty(t, mustDecode(t, strings.Join(members, ",")))
			})
		}
		for _, sent := range []string{
			`"0000-00-00"`, `"0000-00-00 00:00:00"`, `"00-00-0000"`, `"1970-01-01"`, `"1970-01-01T00:00:00Z"`, `"01-01-1970"`,
			`"0001-01-01"`, `"0001-01-01T00:00:00"`, `0`, `"0"`,
		} {
			t.Run("date "+sent, func(t *testing.T) {
				t.Parallel()
				wantEmpty(t, mustDecode(t, fmt.Sprintf(`"purchase_date":%s,"amc":{"end":%s},"updated_at":%s`, sent, sent, sent)))
			})
		}
		t.Run("absent", func(t *testing.T) {
			t.Parallel()
			wantEmpty(t, mustDecode(t, ""))
		})
		t.Run("a synonym behind a placeholder", func(t *testing.T) {
			t.Parallel()
			asset := mustDecode(t, `"purchase_date":"0000-00-00","purchased_on":"2021-04-01"`)
			if asset.PurchaseDate.String() != "2021-04-01" {
				t.Errorf("PurchaseDate = %s", asset.PurchaseDate)
			}
		})
	})
	t.Run("UnreadableValues", func(t *testing.T) {
		t.Parallel()
		tests := []struct{ name, members, field, warning string }{
			{"date in words", `"purchase_date":"soon"`, "purchase_date", `purchase_date: "soon" is not a date in a known layout`},
			{"31 February", `"warranty_end":"31-02-2021"`, "warranty_end", `warranty_end: "31-02-2021" is not a day of the calendar, in any known layout`},
			{"year 12021", `"warranty_end":"12021-02-03"`, "warranty_end", `is not a date in a known layout`},
			{"year 0021", `"warranty_end":"0021-02-03"`, "warranty_end", `is outside the years 1000 to 9999`},
			{"number that is no epoch", `"amc":{"start":20210401}`, "amc_start", `amc_start: "20210401" is not a date in a known layout`},
			{"list as a date", `"amc_end":["2021-04-01"]`, "amc_end", "is a list where a date was expected"},
			{"cost in words", `"purchase_cost":"on request"`, "purchase_cost", `purchase_cost: "on request" is not a decimal number`},
			{"ambiguous cost", `"purchase_cost":"12,50"`, "purchase_cost", `is not a decimal number`},
			{"cost as an object", `"purchase_cost":{"value":1}`, "purchase_cost", `is an object where a number was expected`},
			{"text as an object", `"asset_name":{"en":"Pump"}`, "asset_name", `is an object where a text was expected`},
			{"text as a list", `"description":["a","b"]`, "description", `is a list where a text was expected`},
			{"text as a boolean", `"criticality":true`, "criticality", `is a boolean where a text was expected`},
			{"broken UTF-8", "\"asset_name\":\"M\xfcller\"", "asset_name", `is not valid UTF-8`},
			{"broken UTF-8 beside double spaces", "\"asset_name\":\"M\xfcller  2\"", "asset_name", `is not valid UTF-8`},
			{"half a surrogate pair", `"asset_name":"M\ud83dller"`, "asset_name", `is not valid UTF-8`},
			{"NUL byte", `"serial_number":"SN\u000088"`, "serial_number", `contains a NUL byte`},
			{"custom fields as a text", `"custom_fields":"power: 11 kW"`, "custom_fields", `is neither an object nor a list`},
			{"custom fields with half a surrogate pair", `"custom_fields":{"a":"\udc00"}`, "custom_fields", `is not valid UTF-8`},
			{"custom fields too deep", `"custom_fields":` + strings.Repeat("[", 31) + "1" + strings.Repeat("]", 31), "custom_fields", `is nested deeper than 30 levels`},
			{"timestamp in words", `"updated_at":"yesterday"`, "cmms_updated_at", `cmms_updated_at: "yesterday" is not a date in a known layout`},
			{"vendor's email as an object", `"vendor":{"id":9,"email":{"work":"x"}}`, "vendor_id.email", `is an object where a text was expected`},
			{"room as a list of two", `"location":{"room":["a","b"]}`, "location_id", `is a list of several`},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				asset := mustDecode(t, tt.members+`,"barcode":"890"`)
				if !asset.Unreadable(tt.field) || len(asset.Warnings) != 1 || !strings.Contains(asset.Warnings[0].String(), tt.warning) {
					t.Errorf("warnings %v, want one of %s with %q", asset.Warnings, tt.field, tt.warning)
				}
				if asset.Barcode != "890" {
					t.Error("the rest of the asset was not read")
				}
			})
		}
	})
	t.Run("LongTexts", func(t *testing.T) {
		t.Parallel()
		long := strings.Repeat("ü", 5000)
		asset := mustDecode(t, `"asset_name":"`+long+`","purchase_date":"`+long+`"`)
		if asset.Name != long {
			t.Error("a long text was cut: whoever writes the column warns about it")
		}
		value := asset.Warnings[0].Value
		if n := len([]rune(value)); n != 80 || !strings.HasSuffix(value, "ü…") {
			t.Errorf("the warning's value has %d characters and ends in %q", n, value[len(value)-5:])
		}
	})
	t.Run("Texts", func(t *testing.T) {
		t.Parallel()
		tests := []struct{ name, sent, wantName, wantDescription string }{
			{"entities", `Smith &amp; Sons&#39; &quot;A&quot;`, `Smith & Sons' "A"`, `Smith & Sons' "A"`},
			{"only one level of entities", `A &amp;lt; B`, `A &lt; B`, `A &lt; B`},
			{"no-break spaces", "Pump\u00a07&nbsp;B", "Pump 7 B", "Pump 7 B"},
			{"padding", `\t Pump 7 \r\n`, "Pump 7", "Pump 7"},
			{"doubled spaces", `Chilled  water   pump`, "Chilled water pump", "Chilled water pump"},
			{"line breaks", `First\r\nsecond  line\n\nlast\n`, "First second line last", "First\nsecond line\n\nlast"},
			{"other letter case, non-ASCII", `ZÜRICH Štab`, "ZÜRICH Štab", "ZÜRICH Štab"},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				asset := mustDecode(t, `"asset_name":"`+tt.sent+`","description":"`+tt.sent+`","department":"`+tt.sent+`"`)
				wantNoWarnings(t, asset)
				if asset.Name != tt.wantName || asset.Department.Name != tt.wantName || asset.Description != tt.wantDescription {
					t.Errorf("name %q, department %q, description %q", asset.Name, asset.Department.Name, asset.Description)
				}
			})
		}
		t.Run("numbers as texts", func(t *testing.T) {
			t.Parallel()
			asset := mustDecode(t, `"barcode":8901234567890123456,"serial_number":1.50`)
			if asset.Barcode != "8901234567890123456" || asset.SerialNumber != "1.50" {
				t.Errorf("barcode %q, serial number %q", asset.Barcode, asset.SerialNumber)
			}
		})
	})
	t.Run("NoIdentity", func(t *testing.T) {
		t.Parallel()
		for name, body := range map[string]string{
			"absent":      `{"asset_name":"Pump"}`,
			"null":        `{"asset_id":null,"asset_name":"Pump"}`,
			"placeholder": `{"data":{"asset_id":"N/A","asset_name":"Pump"}}`,
			"object":      `{"asset_id":{"$oid":"1"},"asset_name":"Pump"}`,
			"NUL byte":    `{"asset_id":"AST-1042\u0000","asset_name":"Pump"}`,
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				_, err := decode(t, body)
				wantKind(t, err, innomaint.KindInvalidData)
			})
		}
		t.Run("nothing to ask for", func(t *testing.T) {
			t.Parallel()
			_, err := newClient(t, "http://127.0.0.1", nil).GetAsset(t.Context(), innomaint.AssetRef{AssetID: " \t"})
			wantKind(t, err, innomaint.KindInvalidData)
		})
	})
	t.Run("AnotherAsset", func(t *testing.T) {
		t.Parallel()
		for _, id := range []string{`"AST-2"`, `"ast-1042"`, `1042`, `"AST-1042x"`} {
			_, err := decode(t, `{"asset_id":`+id+`,"asset_name":"Pump"}`)
			wantKind(t, err, innomaint.KindBadResponse)
			if text := err.Error(); !strings.Contains(text, strings.Trim(id, `"`)) || !strings.Contains(text, "AST-1042") {
				t.Errorf("the error does not name both ids: %s", text)
			}
		}
	})
}

// wantEmpty checks that an asset has an id and nothing else, not even a warning.
func wantEmpty(t *testing.T, asset *innomaint.Asset) {
	t.Helper()
	if diff := cmp.Diff(&innomaint.Asset{ID: "AST-1042"}, asset, decoded); diff != "" {
		t.Errorf("the asset is not empty (-want +got):\n%s", diff)
	}
}
