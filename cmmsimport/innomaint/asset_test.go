package innomaint_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func TestAsset(t *testing.T) {
	t.Parallel()
	t.Run("ReadsHostsOwnFields", func(t *testing.T) {
		t.Parallel()
		asset := mustDecode(t, `"own":{"note":" a  b ","number":7,"none":"N/A","list":[1],"due":"01-04-2021","bad":"soon","price":"₹ 5.50"}`)
		if text, ok := asset.Text("own.note"); text != "a b" || !ok {
			t.Errorf("Text = %q, %v", text, ok)
		}
		if text, ok := asset.Text("own.number"); text != "7" || !ok {
			t.Errorf("Text of a number = %q, %v", text, ok)
		}
		for _, path := range []string{"own.none", "own.list", "own.missing"} {
			if text, ok := asset.Text(path); text != "" || ok {
				t.Errorf("Text(%s) = %q, %v", path, text, ok)
			}
		}
		if date, ok, err := asset.Date("own.due"); date.String() != "2021-04-01" || !ok || err != nil {
			t.Errorf("Date = %v, %v, %v", date, ok, err)
		}
		if _, ok, err := asset.Date("own.none"); ok || err != nil {
			t.Errorf("Date of a placeholder: %v, %v", ok, err)
		}
		if _, ok, err := asset.Date("own.bad"); ok || err == nil || err.Error() != `own.bad: "soon" is not a date in a known layout` {
			t.Errorf("Date of a word: %v, %v", ok, err)
		}
		if d, ok, err := asset.Decimal("own.price"); d != "5.5" || !ok || err != nil {
			t.Errorf("Decimal = %v, %v, %v", d, ok, err)
		}
		if _, ok, err := asset.Decimal("own.bad"); ok || err == nil {
			t.Errorf("Decimal of a word: %v, %v", ok, err)
		}
		var made innomaint.Asset // by a host's own client: the defaults hold
		made.Raw = []byte(`{"due":"02/01/2021"}`)
		if date, ok, err := made.Date("due"); date.String() != "2021-01-02" || !ok || err != nil {
			t.Errorf("Date without a client = %v, %v, %v", date, ok, err)
		}
	})
	t.Run("KeepsWarnings", func(t *testing.T) {
		t.Parallel()
		var asset innomaint.Asset
		asset.Warn(innomaint.Warning{Field: "asset_name", Value: strings.Repeat("é", 300), Reason: "is longer than 255 characters"})
		asset.Warn(innomaint.Warning{Field: "model_id", Reason: "nothing to find it by"})
		asset.Warn(innomaint.Warning{Field: "barcode", Value: "a\xffb", Reason: "is not valid UTF-8"})
		if !asset.Unreadable("asset_name") || !asset.Unreadable("model_id") || asset.Unreadable("asset_code") {
			t.Error("Unreadable does not follow the warnings")
		}
		for i, want := range []string{
			`asset_name: "` + strings.Repeat("é", 79) + `…" is longer than 255 characters`,
			`model_id: nothing to find it by`,
			"barcode: \"a\uFFFDb\" is not valid UTF-8",
		} {
			if got := asset.Warnings[i].String(); got != want || !utf8.ValidString(got) {
				t.Errorf("warning is %q, want %q", got, want)
			}
		}
	})
}
