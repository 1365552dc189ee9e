package innomaint_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// FuzzDecodeAsset checks what is true for every response: no panic; an *Error, or an asset with the id that was requested;
// valid UTF-8 without NUL, no placeholders, canonical numbers and real days; every text is in the response, uncut; and each
// value is either decoded or a warning.
func FuzzDecodeAsset(f *testing.F) {
	raw, err := json.Marshal(innomainttest.SampleAsset("AST-1042"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"status":"success","data":[` + string(raw) + `]}`))
	f.Add([]byte(`{"asset_id":"AST-1042","id":"AST-1","asset_name":["x"],"serial_number":true,"barcode":1e400,"make_id":7,"make_name":"A &amp; B"}`))
	f.Add([]byte(`{"asset_id":"AST-1043","id":"AST-1042"}`))
	f.Add([]byte(`{"data":{"asset_id":" AST-1042 ","asset_id":"AST-7","asset_name":"a\u0000b","asset_code":"\ud800"}}`))
	f.Add([]byte("{\"asset_id\":\"AST-1042\",\"asset_name\":\"Pump\u00a07\u2028x\",\"category\":\"\\ud83d\\udd25\",\"site\":[{\"id\":0,\"name\":\"S\"}]}"))
	client := newClient(f, "http://127.0.0.1", nil)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := slices.Clone(body)
		asset, err := client.Decode(ref, body)
		explained, explainErr := client.Explain(ref, body)
		if !slices.Equal(before, body) {
			t.Fatal("the body was changed")
		}
		if fmt.Sprint(explainErr) != fmt.Sprint(err) || err == nil && fmt.Sprint(*explained.Asset) != fmt.Sprint(*asset) {
			t.Fatalf("Explain says %v, Decode %v", explainErr, err)
		}
		if err != nil {
			var failed *innomaint.Error
			if !errors.As(err, &failed) || failed.AssetID != ref.AssetID || asset != nil || !utf8.ValidString(err.Error()) || len(err.Error()) > 10_000 {
				t.Fatalf("asset %v, error %q (%T)", asset, err, err)
			}
			return
		}
		if asset.ID != ref.AssetID || !json.Valid(asset.Raw) || asset.Raw[0] != '{' || !bytes.Contains(body, asset.Raw) {
			t.Fatalf("id %q, raw %q", asset.ID, asset.Raw)
		}
		object := readObject(t, asset.Raw)
		if !object.names(ref.AssetID) {
			t.Errorf("%s is not asset %s", asset.Raw, ref.AssetID)
		}
		checkTexts(t, asset, object)
		checkNothingVanished(t, explained, object)
		checkWarnings(t, asset)
		checkDates(t, asset)
		if d := asset.PurchaseCost; d != "" {
			checkDecimal(t, d)
		}
		if c := asset.CustomFields; c != nil && (!json.Valid(c) || !utf8.Valid(c) || c[0] != '{' && c[0] != '[' || len(c) < 3) {
			t.Errorf("custom fields %q", c)
		}
		again, err := client.Decode(ref, asset.Raw)
		if diff := cmp.Diff(asset, again, decoded); err != nil || diff != "" {
			t.Errorf("Raw decodes to something else: %v\n%s", err, diff)
		}
	})
}

// object is an asset object as encoding/json reads it, to hold the decoder against.
type object struct {
	members []member
	leaves  map[string]bool // every text and number in it, without white space
}

type member struct {
	key   string
	value json.RawMessage
}

func readObject(t *testing.T, raw []byte) *object {
	t.Helper()
	o := &object{leaves: map[string]bool{}}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if _, err := decoder.Token(); err != nil {
		t.Fatal(err)
	}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			t.Fatal(err)
		}
		m := member{key: key.(string)}
		if err := decoder.Decode(&m.value); err != nil {
			t.Fatal(err)
		}
		o.members = append(o.members, m)
	}
	decoder = json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	for {
		token, err := decoder.Token()
		if err != nil {
			return o
		}
		switch v := token.(type) {
		case string:
			o.leaves[squeeze(v)] = true
			o.leaves[squeeze(html.UnescapeString(v))] = true
		case json.Number:
			o.leaves[v.String()] = true
		}
	}
}

func squeeze(s string) string { return strings.Join(strings.Fields(s), "") }

// text returns a member that is a text or a number, as encoding/json reads it.
func (m member) text() (string, bool) {
	var s string
	if json.Unmarshal(m.value, &s) == nil && m.value[0] == '"' {
		return s, true
	}
	return string(m.value), m.value[0] == '-' || m.value[0] >= '0' && m.value[0] <= '9'
}

// names reports whether the object has the id under a key of an asset's id.
func (o *object) names(id string) bool {
	return slices.ContainsFunc(o.members, func(m member) bool {
		text, ok := m.text()
		return ok && (m.key == "asset_id" || m.key == "id") && strings.TrimSpace(text) == id
	})
}

func checkTexts(t *testing.T, a *innomaint.Asset, o *object) {
	t.Helper()
	lines := []string{a.Code, a.Name, a.SerialNumber, a.Barcode, a.Criticality, a.Currency}
	ids := []string{a.ID, a.ParentAssetID}
	for _, r := range []innomaint.Reference{
		a.Category, a.Subcategory, a.Manufacturer, a.Model, a.Vendor, a.Department, a.Status,
		a.Location.Site, a.Location.Building, a.Location.Floor, a.Location.Room,
	} {
		lines = append(lines, r.Name, r.Code, r.Email, r.Phone)
		ids = append(ids, r.ID)
		if r.ID != "" && strings.Trim(r.ID, "0-") == "" {
			t.Errorf("%q is no id", r.ID)
		}
	}
	for _, s := range lines {
		if strings.Join(strings.Fields(s), " ") != s {
			t.Errorf("%q is not one clean line", s)
		}
	}
	for _, s := range slices.Concat(lines, ids, []string{a.Description}) {
		if !utf8.ValidString(s) || strings.ContainsAny(s, "\x00\uFFFD") || strings.TrimSpace(s) != s {
			t.Errorf("%q is no clean text", s)
		}
		switch strings.ToUpper(s) {
		case "-", "NA", "N/A", "NULL":
			t.Errorf("placeholder %q came through", s)
		}
		if s != "" && !o.leaves[squeeze(s)] {
			t.Errorf("%q is not in %s", s, a.Raw)
		}
	}
}

// checkNothingVanished checks that what is under a column's own name is the field's value or a warning. Dates and ids have
// placeholders of their own.
func checkNothingVanished(t *testing.T, explained *innomaint.Explanation, o *object) {
	t.Helper()
	for _, f := range explained.Fields {
		at := slices.IndexFunc(o.members, func(m member) bool { return m.key == f.Column && !isPlaceholder(m) })
		if at < 0 || strings.Contains(f.Field, ".") || strings.Trim(string(o.members[at].value), `"0-/:.TZ +`) == "" ||
			strings.Contains(string(o.members[at].value), "1970") || strings.Contains(string(o.members[at].value), "0001") {
			continue
		}
		if f.Value == "" && !explained.Asset.Unreadable(f.Column) {
			t.Errorf("%s %s vanished from %s", f.Column, o.members[at].value, explained.Asset.Raw)
		}
	}
}

func isPlaceholder(m member) bool {
	text, ok := m.text()
	if !ok {
		return slices.Contains([]string{"null", "{}", "[]"}, squeeze(string(m.value)))
	}
	text = strings.TrimSpace(html.UnescapeString(text))
	return text == "" || text == "-" || slices.ContainsFunc([]string{"NA", "N/A", "null"}, func(p string) bool { return strings.EqualFold(p, text) })
}

// checkWarnings checks that each names a column, or a part of a master, and can be printed and stored.
func checkWarnings(t *testing.T, a *innomaint.Asset) {
	t.Helper()
	for _, w := range a.Warnings {
		if !columns()[w.Field] {
			t.Errorf("warning of no field: %+v", w)
		}
		if !a.Unreadable(w.Field) || w.Reason == "" || !utf8.ValidString(w.String()) || utf8.RuneCountInString(w.Value) > 80 {
			t.Errorf("warning %+v", w)
		}
	}
}

// columns returns the columns of all fields, as Explain names them.
var columns = sync.OnceValue(func() map[string]bool {
	client, err := innomaint.New(innomaint.Config{BaseURL: "http://127.0.0.1", Auth: innomaint.BearerToken("test-token")})
	if err != nil {
		panic(err)
	}
	explained, _ := client.Explain(ref, []byte(`{"asset_id":"AST-1042"}`))
	all := map[string]bool{}
	for _, f := range explained.Fields {
		all[f.Column] = true
	}
	return all
})
