package innomaint

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newTestDecoder returns a decoder for a table of fields and a field map.
func newTestDecoder(t *testing.T, table []field, m FieldMap) *decoder {
	t.Helper()
	plan, err := compile(table, m.withDefaults(table))
	if err != nil {
		t.Fatal(err)
	}
	return &decoder{plan, defaultDates}
}

func mustDecodeWith(t *testing.T, dec *decoder, body string) *Asset {
	t.Helper()
	asset, failed := dec.decode(AssetRef{AssetID: "1"}, []byte(body))
	if failed != nil {
		t.Fatal(failed)
	}
	return asset
}

// TestFieldTable/AddsField is what a new field takes: one line of the table, beside the members of FieldMap and Asset, for
// which this test has variables.
func TestFieldTable(t *testing.T) {
	t.Parallel()
	t.Run("AddsField", func(t *testing.T) {
		t.Parallel()
		var zonePaths []string // FieldMap.Zone
		var zone string        // Asset.Zone
		table := append(slices.Clone(assetFields),
			value(lineOfText, "Zone", "zone", func(*FieldMap, *Asset) (*[]string, *string) { return &zonePaths, &zone }, "zone", "area.zone"))

		dec := newTestDecoder(t, table, FieldMap{})
		if !slices.Equal(zonePaths, []string{"zone", "area.zone"}) {
			t.Errorf("the default paths are %v", zonePaths)
		}
		asset := mustDecodeWith(t, dec, `{"id":1,"area":{"zone":" North  wing "}}`)
		if zone != "North wing" || len(asset.Warnings) != 0 {
			t.Errorf("decoded %q with warnings %v", zone, asset.Warnings)
		}
		for body, reason := range map[string]string{
			`{"id":1,"zone":["North"]}`: "is a list where a text was expected",
			`{"id":1,"area":"North"}`:   "is in the place of an object",
		} {
			zone = ""
			asset = mustDecodeWith(t, dec, body)
			if zone != "" || !asset.Unreadable("zone") || !strings.Contains(asset.Warnings[0].Reason, reason) {
				t.Errorf("%s: decoded %q with warnings %v", body, zone, asset.Warnings)
			}
		}
		explanation, failed := dec.explain(AssetRef{AssetID: "1"}, []byte(`{"id":1,"area":{"zone":"North"}}`))
		if failed != nil {
			t.Fatal(failed)
		}
		want := FieldSource{Field: "Zone", Column: "zone", List: "Zone", Path: "area.zone", At: "area.zone", Raw: []byte(`"North"`), Value: "North"}
		if diff := cmp.Diff(want, explanation.Fields[len(explanation.Fields)-1]); diff != "" || len(explanation.Unread) != 0 {
			t.Errorf("explained (-want +got):\n%s, unread %v", diff, explanation.Unread)
		}

		zonePaths = []string{"a..b"}
		if _, err := compile(table, FieldMap{}.withDefaults(table)); err == nil || !strings.Contains(err.Error(), `Config.Fields.Zone[0] "a..b"`) {
			t.Errorf("the error of an unusable path is %v", err)
		}
		zone, zonePaths = "", []string{} // switches the field off
		asset = mustDecodeWith(t, newTestDecoder(t, table, FieldMap{}), `{"id":1,"zone":["North"]}`)
		if zone != "" || len(asset.Warnings) != 0 {
			t.Errorf("switched off, decoded %q with warnings %v", zone, asset.Warnings)
		}
	})
	t.Run("CoversFieldMap", func(t *testing.T) {
		t.Parallel()
		var m FieldMap
		inTable := map[any]string{}
		for i := range assetFields {
			f := &assetFields[i]
			for part, list := range f.lists(&m) {
				inTable[list] = f.listName(part)
				if f.defaults[part] == nil {
					t.Errorf("%s has no default", f.listName(part))
				}
			}
		}
		members := 0
		for name, list := range listsOf(reflect.ValueOf(&m).Elem(), "") {
			members++
			if inTable[list] != name {
				t.Errorf("FieldMap.%s is %q in the table", name, inTable[list])
			}
		}
		if len(inTable) != members {
			t.Errorf("%d lists in the table, %d in FieldMap", len(inTable), members)
		}
	})
}

// listsOf returns the lists of a FieldMap or a ReferencePaths by their names.
func listsOf(v reflect.Value, prefix string) map[string]any {
	all := map[string]any{}
	for i := range v.NumField() {
		name, value := prefix+v.Type().Field(i).Name, v.Field(i)
		if value.Kind() == reflect.Struct {
			maps.Copy(all, listsOf(value, name+"."))
			continue
		}
		all[name] = value.Addr().Interface()
	}
	return all
}

// TestEveryField checks each line of the table against a response that has a value for this field only.
func TestEveryField(t *testing.T) {
	t.Parallel()
	for i := range assetFields[1:] { // after the identity
		f := &assetFields[i+1]
		t.Run(f.name, func(t *testing.T) {
			t.Parallel()
			dec := newTestDecoder(t, assetFields, FieldMap{})
			for part, paths := range f.defaults {
				for _, path := range paths {
					checkField(t, dec, f, part, path)
				}
			}

			var off FieldMap
			for _, list := range f.lists(&off) {
				*list = []string{}
			}
			flat := slices.IndexFunc(f.defaults[0], func(path string) bool { return !strings.Contains(path, ".") })
			path := f.defaults[0][flat]
			asset := mustDecodeWith(t, newTestDecoder(t, assetFields, off), `{"id":1,`+nest(path, `[1,2]`)+`}`)
			if len(asset.Warnings) != 0 {
				t.Errorf("switched off, warned: %v", asset.Warnings)
			}
		})
	}
}

func checkField(t *testing.T, dec *decoder, f *field, part int, path string) {
	t.Helper()
	asset := mustDecodeWith(t, dec, `{"id":1,`+nest(path, sampleOf(f))+`}`)
	if shown := strings.Join(f.show(asset), ""); shown == "" || len(asset.Warnings) != 0 {
		t.Errorf("%s at %s: decoded %q with warnings %v", f.listName(part), path, shown, asset.Warnings)
	}
	explanation, _ := dec.explain(AssetRef{AssetID: "1"}, []byte(`{"id":1,`+nest(path, sampleOf(f))+`}`))
	if !slices.ContainsFunc(explanation.Fields, func(s FieldSource) bool { return s.List == f.listName(part) && s.Path == path && s.At == path }) {
		t.Errorf("%s at %s is not explained", f.listName(part), path)
	}
	asset = mustDecodeWith(t, dec, `{"id":1,`+nest(path, `true`)+`}`)
	if !asset.Unreadable(f.column + partSuffixes[part]) {
		t.Errorf("%s at %s: a boolean gives warnings %v", f.listName(part), path, asset.Warnings)
	}
}

func sampleOf(f *field) string {
	switch {
	case f.name == "CustomFields":
		return `{"a":1}`
	case f.isDate:
		return `"2021-04-01"`
	}
	return `"77"`
}

// nest returns the JSON member that leads to a value at a path of keys.
func nest(path, value string) string {
	keys := strings.Split(path, ".")
	for _, key := range slices.Backward(keys[1:]) {
		value = `{"` + key + `":` + value + `}`
	}
	return `"` + keys[0] + `":` + value
}
