package innomaint_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func decodeWith(t *testing.T, fields innomaint.FieldMap, body string) *innomaint.Asset {
	t.Helper()
	client := newClient(t, "http://127.0.0.1", func(cfg *innomaint.Config) { cfg.Fields = fields })
	asset, err := client.Decode(ref, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	return asset
}

func TestFieldMap(t *testing.T) {
	t.Parallel()
	t.Run("FollowsPaths", func(t *testing.T) {
		t.Parallel()
		body := `{"asset_id":"AST-1042","tag":{"no":"T-1"},"a.b":"dotted","attributes":[{"key":"power","value":"11 kW"},
			{"key":"serial","value":"SN-9"}],"names":["first","second"],"0":"zero","empty":"-","x":{"y":{"z":"deep"}}}`
		for path, want := range map[string]string{
			"tag.no":                             "T-1",
			`a\.b`:                               "dotted",
			`attributes.#(key=="serial").value`:  "SN-9",
			`attributes.#(key=="missing").value`: "",
			"names.1":                            "second",
			"names.@reverse.0":                   "second",
			"0":                                  "zero",
			"x.y.z":                              "deep",
			"x.*.z":                              "deep",
			"nowhere.at.all":                     "",
		} {
			t.Run(path, func(t *testing.T) {
				t.Parallel()
				if got := decodeWith(t, innomaint.FieldMap{Name: []string{path}}, body).Name; got != want {
					t.Errorf("Name = %q, want %q", got, want)
				}
			})
		}
	})
	t.Run("TakesFirstValue", func(t *testing.T) {
		t.Parallel()
		for _, paths := range [][]string{
			{"missing", "empty", "two", "one"}, {"two", "one"}, {"empty", "list.0", "two"}, {"two", "list.1"}, {"list.0", "list.1"},
		} {
			body := `{"asset_id":"AST-1042","one":"1st","two":"2nd","empty":"N/A","list":["2nd","1st"]}`
			if got := decodeWith(t, innomaint.FieldMap{Name: paths}, body).Name; got != "2nd" {
				t.Errorf("%v: Name = %q, want 2nd", paths, got)
			}
		}
	})
	t.Run("SwitchesFieldOff", func(t *testing.T) {
		t.Parallel()
		off := []string{}
		asset := decodeWith(t, innomaint.FieldMap{Name: off, Status: innomaint.ReferencePaths{Object: off, ID: off, Name: off, Code: off}},
			`{"asset_id":"AST-1042","asset_name":"Pump","asset_code":"P","status":"Active","status_id":1}`)
		if asset.Name != "" || !asset.Status.IsZero() || asset.Code != "P" {
			t.Errorf("name %q, status %+v, code %q", asset.Name, asset.Status, asset.Code)
		}
		asset = decodeWith(t, innomaint.FieldMap{AssetID: off}, `{"data":{"asset_id":"something else","asset_name":"Pump"}}`)
		if asset.ID != ref.AssetID || asset.Name != "Pump" {
			t.Errorf("without an identity check: id %q, name %q", asset.ID, asset.Name)
		}
		client := newClient(t, "http://127.0.0.1", func(cfg *innomaint.Config) { cfg.Fields.AssetID = off })
		_, err := client.Decode(ref, []byte(`{"something":"else"}`))
		wantKind(t, err, innomaint.KindBadResponse) // or a mirror would wipe the asset
	})
	t.Run("PrefersPartToObject", func(t *testing.T) {
		t.Parallel()
		fields := innomaint.FieldMap{Category: innomaint.ReferencePaths{ID: []string{"category.key"}, Name: []string{"category.text.en"}}}
		asset := decodeWith(t, fields, `{"asset_id":"AST-1042","category":{"id":1,"key":"C-9","name":"x","text":{"en":"HVAC"},"code":"HV"}}`)
		if want := (innomaint.Reference{ID: "C-9", Name: "HVAC", Code: "HV"}); asset.Category != want {
			t.Errorf("Category = %+v, want %+v", asset.Category, want)
		}
	})
	t.Run("SurvivesJSON", func(t *testing.T) {
		t.Parallel()
		m := innomaint.FieldMap{Name: []string{"tag"}, Barcode: []string{}, Vendor: innomaint.ReferencePaths{Email: []string{}}}
		text, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if want := `{"asset_name":["tag"],"barcode":[],"vendor":{"email":[]}}`; string(text) != want {
			t.Errorf("JSON is %s, want %s", text, want)
		}
		var back innomaint.FieldMap
		if err := json.Unmarshal(text, &back); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(m, back); diff != "" {
			t.Errorf("the map came back changed:\n%s", diff)
		}
	})
	t.Run("IsNotShared", func(t *testing.T) {
		t.Parallel()
		fields := innomaint.FieldMap{Name: []string{"asset_name"}}
		client := newClient(t, "http://127.0.0.1", func(cfg *innomaint.Config) { cfg.Fields = fields })
		fields.Name[0] = "changed"
		innomaint.DefaultFieldMap().Name[0] = "changed"
		asset, err := client.Decode(ref, []byte(`{"asset_id":"AST-1042","asset_name":"Pump"}`))
		if err != nil || asset.Name != "Pump" {
			t.Errorf("asset %v, error %v", asset, err)
		}
	})
}
