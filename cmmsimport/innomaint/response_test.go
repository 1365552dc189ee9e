package innomaint_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// sample is the decoded SampleAsset.
func sample() *innomaint.Asset {
	return &innomaint.Asset{
		ID: "AST-1042", Code: "PMP-07", Name: "Chilled water pump 7", Description: "Primary loop, north plant",
		SerialNumber: "SN-88", Barcode: "8901234567890",
		Category:     innomaint.Reference{ID: "12", Name: "HVAC", Code: "HV"},
		Subcategory:  innomaint.Reference{ID: "77", Name: "Pumps"},
		Manufacturer: innomaint.Reference{ID: "5", Name: "Grundfos"},
		Model:        innomaint.Reference{ID: "31", Name: "NB 50-200"},
		Vendor:       innomaint.Reference{ID: "9", Name: "Acme Supply", Email: "sales@acme.example", Phone: "+91 44 5550 0100"},
		Department:   innomaint.Reference{ID: "6", Name: "Facilities"},
		Status:       innomaint.Reference{ID: "1", Name: "In service"},
		Location: innomaint.Location{
			Site:     innomaint.Reference{ID: "1", Name: "Chennai"},
			Building: innomaint.Reference{ID: "2", Name: "B1"},
			Floor:    innomaint.Reference{ID: "3", Name: "L2"},
			Room:     innomaint.Reference{ID: "4", Name: "Plant room"},
		},
		Criticality: "High", ParentAssetID: "AST-1000",
		PurchaseDate: innomaint.Date{Year: 2021, Month: time.April, Day: 1}, PurchaseCost: "125000.5", Currency: "INR",
		InstallationDate: innomaint.Date{Year: 2021, Month: time.May, Day: 1},
		WarrantyStart:    innomaint.Date{Year: 2021, Month: time.May, Day: 1},
		WarrantyEnd:      innomaint.Date{Year: 2024, Month: time.April, Day: 30},
		AMCStart:         innomaint.Date{Year: 2024, Month: time.May, Day: 1},
		AMCEnd:           innomaint.Date{Year: 2025, Month: time.April, Day: 30},
		CustomFields:     json.RawMessage(`{"Rated power":"11 kW"}`),
		UpdatedAt:        time.Date(2026, 10, 1, 8, 30, 0, 0, time.UTC),
	}
}

func TestResponse(t *testing.T) {
	t.Parallel()
	t.Run("YieldsAsset", func(t *testing.T) {
		t.Parallel()
		raw, err := json.Marshal(innomainttest.SampleAsset("AST-1042"))
		if err != nil {
			t.Fatal(err)
		}
		asset := string(raw)
		for name, body := range map[string]string{
			"bare asset":                        asset,
			"envelope with status and data":     `{"status":"success","data":` + asset + `}`,
			"envelope with success true":        `{"success":true,"result":` + asset + `}`,
			"envelope key results":              `{"results":[` + asset + `]}`,
			"envelope key payload":              `{"status":"success","messages":null,"payload":` + asset + `}`,
			"envelope key object":               `{"object":` + asset + `}`,
			"envelope key response":             `{"response":` + asset + `}`,
			"empty envelope key before another": `{"data":null,"result":` + asset + `}`,
			"verdict in result, asset in data":  `{"result":"ok","data":` + asset + `}`,
			"numeric status":                    `{"status":200,"message":"OK","data":` + asset + `}`,
			"envelope in an envelope":           `{"response":{"status":"success","data":` + asset + `}}`,
			"a list of one":                     `[` + asset + `]`,
			"a list of one in an envelope":      `{"data":[` + asset + `]}`,
			"a byte-order mark":                 "\xef\xbb\xbf" + asset,
			"white space around":                "\r\n " + asset + "\n",
			"unknown fields":                    strings.Replace(asset, `{`, `{"nobody":{"knows":[1,2]},"data_quality":3,`, 1),
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				got, err := decode(t, body)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(sample(), got, decoded); diff != "" {
					t.Errorf("asset differs (-want +got):\n%s", diff)
				}
				if id, ok := got.Text("asset_id"); !ok || id != "AST-1042" || got.Raw[0] != '{' {
					t.Errorf("Raw is not the unwrapped asset object: %.60s", got.Raw)
				}
			})
		}
	})
	t.Run("WithoutAssetFails", func(t *testing.T) {
		t.Parallel()
		tests := []struct {
			name, body string
			kind       innomaint.Kind
			message    string // part of the error's text
		}{
			{"empty list", `[]`, innomaint.KindNotFound, ""},
			{"empty object", `{}`, innomaint.KindNotFound, ""},
			{"null", `null`, innomaint.KindNotFound, ""},
			{"list of null", `[null]`, innomaint.KindNotFound, ""},
			{"empty list in envelope", `{"status":"success","data":[]}`, innomaint.KindNotFound, ""},
			{"empty object in envelope", `{"data":{}}`, innomaint.KindNotFound, ""},
			{"null in envelope", `{"success":true,"message":"Fetched","result":null}`, innomaint.KindNotFound, ""},
			{"list of many", `[{"asset_id":"AST-1042"},{"asset_id":"AST-2"}]`, innomaint.KindBadResponse, "list of several"},
			{"list of many in envelope", `{"data":[{"asset_id":"AST-1042"},{"asset_id":"AST-2"}]}`, innomaint.KindBadResponse, "list of several"},
			{"list in a list", `[[{"asset_id":"AST-1042"}]]`, innomaint.KindBadResponse, "a list where an asset"},
			{"scalar", `"AST-1042"`, innomaint.KindBadResponse, ""},
			{"empty body", ``, innomaint.KindBadResponse, "empty"},
			{"HTML", "<!DOCTYPE html><title>Sign in</title>", innomaint.KindBadResponse, "HTML page"},
			{"cut JSON", `{"asset_id":"AST-1042","asset_name":"Pu`, innomaint.KindBadResponse, "not valid JSON"},
			{"two documents", `{"asset_id":"AST-1042"}{"asset_id":"AST-1042"}`, innomaint.KindBadResponse, "not valid JSON"},
			{"nested without end", strings.Repeat("[", 1<<20), innomaint.KindBadResponse, "deeper than"},
			{"too many envelopes", strings.Repeat(`{"data":`, 6) + `{"asset_id":"AST-1042"}` + strings.Repeat("}", 6), innomaint.KindBadResponse, "envelopes"},

			{"status error", `{"status":"error","message":"Database locked"}`, innomaint.KindBadResponse, "Database locked"},
			{"status error beside an asset", `{"status":"error","data":{"asset_id":"AST-1042","asset_name":"Pump"}}`, innomaint.KindBadResponse, ""},
			{"success false beside an asset", `{"success":false,"asset_id":"AST-1042","asset_name":"Pump"}`, innomaint.KindBadResponse, ""},
			{"status error that repeats the id", `{"status":"error","message":"Asset not found","asset_id":"AST-1042"}`, innomaint.KindNotFound, ""},
			{"Snipe-IT: not found as text", `{"status":"error","messages":"Asset does not exist.","payload":null}`, innomaint.KindNotFound, "does not exist"},
			{"messages as an object", `{"status":"error","messages":{"id":["Asset not found","really"]}}`, innomaint.KindNotFound, "Asset not found; really"},
			{"messages as a list", `{"success":false,"messages":["Too many requests","slow down"]}`, innomaint.KindRateLimited, "slow down"},
			{"Fiix: throttled in the body", `{"error":{"code":4040,"message":"Request was throttled"}}`, innomaint.KindRateLimited, "throttled"},
			{"token expired in the body", `{"success":false,"message":"Token expired"}`, innomaint.KindAuth, "Token expired"},
			{"unauthorised in the body", `{"error":"Unauthorised"}`, innomaint.KindAuth, ""},
			{"a message and nothing else", `{"message":"Unauthenticated."}`, innomaint.KindAuth, ""},
			{"code in the body", `{"code":404,"message":"nope"}`, innomaint.KindNotFound, "nope"},
			{"status number in the body", `{"status":503,"message":"maintenance"}`, innomaint.KindUnavailable, "maintenance"},
			{"throttled with a code that says less", `{"status":"400","message":"Rate limit exceeded"}`, innomaint.KindRateLimited, ""},
			{"errors beside empty data", `{"errors":[{"message":"Not authorized"}],"data":null}`, innomaint.KindAuth, ""},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				_, err := decode(t, tt.body)
				failed := wantKind(t, err, tt.kind)
				if !strings.Contains(err.Error(), tt.message) || failed.AssetID != "AST-1042" {
					t.Errorf("error %q (asset %q) does not hold %q and the asset", err, failed.AssetID, tt.message)
				}
			})
		}
	})
	t.Run("KeepsAssetsOwnStatus", func(t *testing.T) {
		t.Parallel()
		for status, want := range map[string]innomaint.Reference{
			`"Active"`:                   {Name: "Active"},
			`"error"`:                    {Name: "error"},
			`"Failed"`:                   {Name: "Failed"},
			`{"id":404,"name":"Failed"}`: {ID: "404", Name: "Failed"},
			`500`:                        {ID: "500"},
			`false`:                      {}, // unreadable, but no verdict either
		} {
			t.Run(status, func(t *testing.T) {
				t.Parallel()
				asset := mustDecode(t, `"asset_name":"Pump","message":"serviced","status":`+status)
				if asset.Status != want {
					t.Errorf("Status = %+v, want %+v", asset.Status, want)
				}
				if _, err := decode(t, withID(`"status":`+status)); err != nil {
					t.Errorf("with an id only: %v", err)
				}
			})
		}
	})
}
