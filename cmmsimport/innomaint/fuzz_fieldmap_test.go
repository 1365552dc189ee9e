package innomaint_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// FuzzFieldMap follows an arbitrary path through an arbitrary object. A path is refused by New, with its place in the map,
// or followed; what gjson itself finds there, read as a host's own field, is then what the field map finds.
func FuzzFieldMap(f *testing.F) {
	const body = `{"tag":{"no":"T-1"},"a.b":"dotted","attributes":[{"key":"power","value":"11 kW"},{"key":"serial","value":"SN-9"}],` +
		`"names":["first","second"],"0":"zero","empty":"-","x":{"y":{"z":"deep"}},"text":"{\"a\":1}","one":[{"id":7,"name":"N"}]}`
	for _, path := range []string{
		"tag.no", `a\.b`, `attributes.#(key=="serial").value`, `attributes.#(value%"SN*")#|0.value`, "names.1", "names.@reverse.0", "0", "x.*.z",
		"x|y|z", "{tag.no,names}", "[tag.no,0]", "names.#", "attributes.#.key", "@this.tag", "@keys|0", "@values.0", "text.@fromstr.a", "tag.@tostr",
		"@join", "@flatten", "@pretty:{\"indent\":9}", "@dig:no", "!\"x\"", "@group", "@ugly", "@valid", "x.y.z.w", "one.name", "one.0.id", "tag",
		`attributes.#(key==`, "..0", "a\\", "#", "*", "?", "@", "names.18446744073709551616", "names.-1", "~true", "attributes.#(key==~null)",
	} {
		f.Add(path, []byte(body))
	}
	f.Fuzz(func(t *testing.T, path string, object []byte) {
		client, err := innomaint.New(innomaint.Config{
			BaseURL: "http://127.0.0.1", Auth: innomaint.BearerToken("test-token"),
			Fields: innomaint.FieldMap{
				AssetID: []string{}, Code: []string{"nowhere", path}, Name: []string{path}, Description: []string{path}, PurchaseCost: []string{path},
				PurchaseDate: []string{path}, CustomFields: []string{path},
				Category: innomaint.ReferencePaths{Object: []string{path}, ID: []string{path}}, Site: innomaint.ReferencePaths{Name: []string{path}},
			},
		})
		if err != nil {
			if !strings.Contains(err.Error(), "Config.Fields.Name[0]") || !strings.Contains(err.Error(), "Config.Fields.Code[1]") || !utf8.ValidString(err.Error()) {
				t.Errorf("path %q: %v", path, err)
			}
			return
		}
		asset, err := client.Decode(ref, object)
		explained, explainErr := client.Explain(ref, object)
		if fmt.Sprint(explainErr) != fmt.Sprint(err) || err == nil && fmt.Sprint(*explained.Asset) != fmt.Sprint(*asset) {
			t.Fatalf("path %q: Explain says %v, Decode %v", path, explainErr, err)
		}
		if err != nil {
			return
		}
		checkWarnings(t, asset)
		checkDates(t, asset)
		if asset.PurchaseCost != "" {
			checkDecimal(t, asset.PurchaseCost)
		}
		if asset.Code != asset.Name {
			t.Errorf("path %q is %q alone and %q behind another", path, asset.Name, asset.Code)
		}
		if text, ok := asset.Text(path); ok && text != asset.Name {
			t.Errorf("path %q leads to %q, and the field map to %q; warnings %v", path, text, asset.Name, asset.Warnings)
		}
		for _, read := range []func(){
			func() { _, _, _ = asset.Bool(path) },
			func() { _, _, _ = asset.Date(path) },
			func() { _, _, _ = asset.Decimal(path) },
		} {
			read() // must not panic
		}
	})
}
