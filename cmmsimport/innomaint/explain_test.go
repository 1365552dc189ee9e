package innomaint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/tidwall/gjson"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// explain explains a body. The explanation must agree with what Decode returns.
func explain(t *testing.T, client *innomaint.Client, body string) (*innomaint.Explanation, error) {
	t.Helper()
	explanation, err := client.Explain(ref, []byte(body))
	asset, decodeErr := client.Decode(ref, []byte(body))
	if fmt.Sprint(err) != fmt.Sprint(decodeErr) {
		t.Errorf("Explain says %v, Decode %v", err, decodeErr)
	}
	if decodeErr == nil {
		if got, want := fmt.Sprintf("%+v", *explanation.Asset), fmt.Sprintf("%+v", *asset); got != want {
			t.Errorf("the explained asset differs from the decoded one:\n%s\n%s", got, want)
		}
	}
	return explanation, err
}

// lines returns an explanation as text: each field that was found, and each value that is not read.
func lines(e *innomaint.Explanation) (all []string) {
	for _, f := range e.Fields {
		if f.Path != "" {
			all = append(all, fmt.Sprintf("%s = %s from %s by %s %s", f.Field, f.Value, f.At, f.List, f.Path))
		}
	}
	for _, u := range e.Unread {
		all = append(all, fmt.Sprintf("unread %s: %s", u.Path, u.Raw))
	}
	return all
}

func TestExplain(t *testing.T) {
	t.Parallel()
	t.Run("NamesSources", func(t *testing.T) {
		t.Parallel()
		tests := map[string]struct {
			body, envelope string
			fields         innomaint.FieldMap
			want           []string
		}{
			"flat pairs and a synonym that another beats": {
				body: `{"asset_id":"AST-1042","asset_name":"Pump","name":"P","make_id":5,"make_name":"Grundfos","color":"red"}`,
				want: []string{
					"AssetID = AST-1042 from asset_id by AssetID asset_id", "Name = Pump from asset_name by Name asset_name",
					"Manufacturer.ID = 5 from make_id by Manufacturer.ID make_id",
					"Manufacturer.Name = Grundfos from make_name by Manufacturer.Name make_name",
					`unread name: "P"`, `unread color: "red"`,
				},
			},
			"masters as objects, a list of one, a name and a number": {
				body: `{"id":"AST-1042","vendor":{"id":9,"title":"Acme","mail":"a@b.example","address":{"city":"Chennai"}},
					"category":[{"name":"HVAC","email":"not read"}],"make":"Grundfos","status":3,"dept":"12"}`,
				want: []string{
					"AssetID = AST-1042 from id by AssetID id", "Category.Name = HVAC from category.0.name by Category.Object category",
					"Manufacturer.Name = Grundfos from make by Manufacturer.Object make",
					"Vendor.ID = 9 from vendor.id by Vendor.Object vendor", "Vendor.Name = Acme from vendor.title by Vendor.Object vendor",
					"Vendor.Email = a@b.example from vendor.mail by Vendor.Object vendor",
					"Department.ID = 12 from dept by Department.Object dept", "Status.ID = 3 from status by Status.Object status",
					`unread vendor.address.city: "Chennai"`, `unread category.0.email: "not read"`,
				},
			},
			"an envelope around a list, and a location in one": {
				body: `{"status":"success","data":[{"asset_id":"AST-1042","location":[{"site":{"id":1,"name":"Chennai"},"wing":"W"}]}]}`, envelope: "data.0",
				want: []string{
					"AssetID = AST-1042 from asset_id by AssetID asset_id",
					"Site.ID = 1 from location.0.site.id by Site.Object location.site", "Site.Name = Chennai from location.0.site.name by Site.Object location.site",
					`unread location.0.wing: "W"`,
				},
			},
			"placeholders are known, not unread": {
				body: `{"asset_id":"AST-1042","serial_no":"N/A","purchase_date":"0000-00-00","vendor":{"id":0,"name":"-"},"amc":{}}`,
				want: []string{
					"AssetID = AST-1042 from asset_id by AssetID asset_id", "SerialNumber =  from serial_no by SerialNumber serial_no",
					"PurchaseDate =  from purchase_date by PurchaseDate purchase_date",
					"Vendor.ID =  from vendor.id by Vendor.Object vendor", "Vendor.Name =  from vendor.name by Vendor.Object vendor",
					`unread amc: {}`,
				},
			},
			"a part of its own that is a placeholder gives way to the object": {
				body: `{"asset_id":"AST-1042","vendor_id":0,"vendor":{"id":9,"name":"Acme"}}`,
				want: []string{
					"AssetID = AST-1042 from asset_id by AssetID asset_id", "Vendor.ID = 9 from vendor.id by Vendor.Object vendor",
					"Vendor.Name = Acme from vendor.name by Vendor.Object vendor", "unread vendor_id: 0",
				},
			},
			"queries, escaped keys, lists": {
				body: `{"asset_id":"AST-1042","attributes":[{"key":"serial","value":"SN-9"},{"key":"x","value":1}],"a.b":"Pump","tags":["t",{"u":1}]}`,
				fields: innomaint.FieldMap{
					SerialNumber: []string{`attributes.#(key=="serial").value`}, Name: []string{`a\.b`}, Code: []string{"tags.0|@this"},
				},
				want: []string{
					"AssetID = AST-1042 from asset_id by AssetID asset_id", "Code = t from  by Code tags.0|@this", `Name = Pump from a\.b by Name a\.b`,
					`SerialNumber = SN-9 from attributes.0.value by SerialNumber attributes.#(key=="serial").value`,
					`unread attributes.0.key: "serial"`, `unread attributes.1.key: "x"`, "unread attributes.1.value: 1", `unread tags: ["t",{"u":1}]`,
				},
			},
			"a text in the way of a path": {
				body: `{"asset_id":"AST-1042","location":"Chennai / B1"}`,
				want: []string{"AssetID = AST-1042 from asset_id by AssetID asset_id", `unread location: "Chennai / B1"`},
			},
		}
		for name, tc := range tests {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				client := newClient(t, "http://127.0.0.1", func(c *innomaint.Config) { c.Fields = tc.fields })
				got, err := explain(t, client, tc.body)
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(tc.want, lines(got)); diff != "" {
					t.Errorf("explanation (-want +got):\n%s", diff)
				}
				if got.Envelope != tc.envelope {
					t.Errorf("envelope %q, want %q", got.Envelope, tc.envelope)
				}
				object := gjson.ParseBytes(got.Asset.Raw)
				for _, f := range got.Fields {
					if f.At != "" && object.Get(f.At).Raw != string(f.Raw) {
						t.Errorf("%s: at %s is %s, not %s", f.Field, f.At, object.Get(f.At).Raw, f.Raw)
					}
				}
				for _, u := range got.Unread {
					if object.Get(u.Path).Raw != string(u.Raw) {
						t.Errorf("unread: at %s is %s, not %s", u.Path, object.Get(u.Path).Raw, u.Raw)
					}
				}
			})
		}
	})
	// The sample asset has a value for every field and no other values.
	t.Run("NamesEveryField", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		server.SetAsset(ref.AssetID, innomainttest.SampleAsset(ref.AssetID))
		client := newClient(t, server.URL(), nil)
		asset, err := client.GetAsset(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		got, err := explain(t, client, string(asset.Raw))
		if err != nil {
			t.Fatal(err)
		}
		if len(got.Fields) != 18+10*3+5 || len(got.Unread) != 0 {
			t.Errorf("%d fields; unread: %v", len(got.Fields), got.Unread)
		}
		for _, f := range got.Fields {
			if f.Value == "" && !strings.HasSuffix(f.Field, ".Code") || f.Column == "" {
				t.Errorf("%s has no value or no column: %+v", f.Field, f)
			}
		}
	})
	t.Run("ExplainsFailedResponse", func(t *testing.T) {
		t.Parallel()
		client := newClient(t, "http://127.0.0.1", nil)
		for body, want := range map[string]string{
			`{"equipment":{"no":"AST-1042"}}`:             `unread equipment.no: "AST-1042"`,
			`{"asset_id":"other","asset_name":"Pump"}`:    "AssetID = other from asset_id by AssetID asset_id",
			`{"asset_name":"Pump","no":"AST-1042"}`:       `unread no: "AST-1042"`,
			`{"success":false,"message":"no such thing"}`: `unread message: "no such thing"`,
		} {
			got, err := explain(t, client, body)
			if err == nil || got == nil {
				t.Errorf("%s: explanation %v, error %v", body, got, err)
				continue
			}
			if !strings.Contains(strings.Join(lines(got), "\n"), want) {
				t.Errorf("%s: explained as %q, want %q", body, lines(got), want)
			}
		}
		for _, body := range []string{"", "<html>", "[]", `"text"`, `[{"asset_id":1},{"asset_id":2}]`} {
			if got, err := explain(t, client, body); err == nil || got != nil {
				t.Errorf("%q: explanation %v, error %v", body, got, err)
			}
		}
	})
}
