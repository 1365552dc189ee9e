package innomaint_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// FuzzDecodeAsset checks what holds for every answer: no panic, an *Error or an asset with the id that was asked for, whole
// UTF-8 without NUL, no placeholder, canonical numbers and real days, and nothing lost between a value and a warning.
func FuzzDecodeAsset(f *testing.F) {
	raw, err := json.Marshal(innomainttest.SampleAsset("AST-1042"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"status":"success","data":[` + string(raw) + `]}`))
	client := newClient(f, "http://127.0.0.1", nil)
	f.Fuzz(func(t *testing.T, body []byte) {
		before := slices.Clone(body)
		asset, err := client.Decode(ref, body)
		if !slices.Equal(before, body) {
			t.Fatal("the body was changed")
		}
		if err != nil {
			var failed *innomaint.Error
			if !errors.As(err, &failed) || failed.AssetID != ref.AssetID || asset != nil || !utf8.ValidString(err.Error()) {
				t.Fatalf("asset %v, error %q (%T)", asset, err, err)
			}
			return
		}
		if asset.ID != ref.AssetID || !json.Valid(asset.Raw) || asset.Raw[0] != '{' {
			t.Fatalf("id %q, raw %q", asset.ID, asset.Raw)
		}
		checkTexts(t, asset)
		checkDates(t, asset)
		if d := asset.PurchaseCost; d != "" {
			checkDecimal(t, d)
		}
		if c := asset.CustomFields; c != nil && (!json.Valid(c) || !utf8.Valid(c) || c[0] != '{' && c[0] != '[' || len(c) < 3) {
			t.Errorf("custom fields %q", c)
		}
		again, err := client.Decode(ref, asset.Raw)
		if err != nil || fmt.Sprint(strip(*again)) != fmt.Sprint(strip(*asset)) || !slices.Equal(again.Warnings, asset.Warnings) {
			t.Errorf("Raw decodes to something else: %v", err)
		}
	})
}

func checkTexts(t *testing.T, a *innomaint.Asset) {
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
	}
	for _, w := range a.Warnings {
		if w.Field == "" || w.Reason == "" || !utf8.ValidString(w.Value) || utf8.RuneCountInString(w.Value) > 80 {
			t.Errorf("warning %+v", w)
		}
	}
}

func checkDates(t *testing.T, a *innomaint.Asset) {
	t.Helper()
	for _, d := range []innomaint.Date{a.PurchaseDate, a.InstallationDate, a.WarrantyStart, a.WarrantyEnd, a.AMCStart, a.AMCEnd} {
		checkDate(t, d)
	}
	if u := a.UpdatedAt; !u.IsZero() && (u.Location() != time.UTC || u.Nanosecond()%1000 != 0 || u.Year() < 1000 || u.Year() > 9999) {
		t.Errorf("UpdatedAt = %v", u)
	}
}

func checkDate(t *testing.T, d innomaint.Date) {
	t.Helper()
	if d.IsZero() {
		return
	}
	real := innomaint.DateOf(time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC))
	if real != d || d.Year < 1000 || d.Year > 9999 || d.String() == "1970-01-01" {
		t.Errorf("%v is no day", d)
	}
	var back innomaint.Date
	if err := back.Scan(d.String()); err != nil || back != d {
		t.Errorf("%v came back as %v, %v", d, back, err)
	}
}

func checkDecimal(t *testing.T, d innomaint.Decimal) {
	t.Helper()
	s := strings.TrimPrefix(string(d), "-")
	whole, fraction, point := strings.Cut(s, ".")
	if whole == "" || strings.Trim(whole+fraction, "0123456789") != "" || len(whole) > 1 && whole[0] == '0' ||
		point && (fraction == "" || strings.HasSuffix(fraction, "0")) || d == "-0" {
		t.Errorf("%q is not canonical", d)
	}
	if again, err := innomaint.ParseDecimal(string(d)); err != nil || again != d {
		t.Errorf("%q came back as %q, %v", d, again, err)
	}
}

func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{"125000.5", "1,25,000.50", "₹ 125000.50", "-1.25e5", "1e-99", "Rs. 500/-", "", "12,50"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := innomaint.ParseDecimal(s)
		if (err == nil) != (d != "") {
			t.Fatalf("ParseDecimal(%q) = %q, %v", s, d, err)
		}
		if err != nil {
			return
		}
		checkDecimal(t, d)
		// What is plainly a number has that number's value, exactly.
		if strings.Trim(s, "0123456789.eE+-") == "" {
			want, ok := new(big.Rat).SetString(s)
			got, _ := new(big.Rat).SetString(string(d))
			if !ok || want.Cmp(got) != 0 {
				t.Errorf("ParseDecimal(%q) = %q", s, d)
			}
		}
	})
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{
		"2021-04-01T00:00:00+05:30", "2021-04-01", "2021-04-01 15:04:05", "01-04-2021", "1/4/2021", "01-Apr-2021", "1617235200",
		"1617235200000", "0000-00-00", "1970-01-01", "31-02-2021", "9999-12-31T23:59:59-12:00", "soon", "-99999999999",
	} {
		f.Add(s)
	}
	client := newClient(f, "http://127.0.0.1", nil)
	f.Fuzz(func(t *testing.T, s string) {
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Skip()
		}
		asset, err := client.Decode(ref, []byte(withID(`"purchase_date":`+string(quoted)+`,"updated_at":`+string(quoted))))
		if err != nil {
			t.Fatal(err)
		}
		checkDates(t, asset)
		if len(s) >= 10 && asset.PurchaseDate.Year != 0 && s[4] == '-' && s[7] == '-' && asset.PurchaseDate.String() != s[:10] {
			t.Errorf("%q became %s", s, asset.PurchaseDate)
		}
		if !asset.PurchaseDate.IsZero() && asset.Unreadable("purchase_date") {
			t.Errorf("%q became both %s and a warning", s, asset.PurchaseDate)
		}
	})
}
