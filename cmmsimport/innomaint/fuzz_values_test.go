package innomaint_test

import (
	"encoding/json"
	"math/big"
	"regexp"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func checkDates(t *testing.T, a *innomaint.Asset) {
	t.Helper()
	for _, d := range []innomaint.Date{a.PurchaseDate, a.InstallationDate, a.WarrantyStart, a.WarrantyEnd, a.AMCStart, a.AMCEnd} {
		checkDate(t, d)
	}
	if u := a.UpdatedAt; !u.IsZero() && (u.Location() != time.UTC || u.Nanosecond()%1000 != 0 || u.Year() < 1000 || u.Year() > 9999) {
		t.Errorf("UpdatedAt = %v", u)
	}
}

// checkDate checks that d is no date, or a day of the calendar that a DATE column can store and return.
func checkDate(t *testing.T, d innomaint.Date) {
	t.Helper()
	if d.IsZero() {
		return
	}
	day := time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
	if innomaint.DateOf(day) != d || d.Year < 1000 || d.Year > 9999 || d.String() == "1970-01-01" {
		t.Errorf("%v is no day", d)
	}
	stored, err := d.Value()
	if err != nil {
		t.Fatal(err)
	}
	for _, src := range []any{stored, []byte(d.String()), d.String() + " 23:59:59.999999", day} {
		var back innomaint.Date
		if err := back.Scan(src); err != nil || back != d {
			t.Errorf("%v came back from %v as %v, %v", d, src, back, err)
		}
	}
}

// checkDecimal checks that d has the canonical notation of its number, can be read back, and knows which columns it fits.
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
	number, ok := new(big.Rat).SetString(string(d))
	if !ok {
		t.Fatalf("math/big cannot read %q", d)
	}
	for _, size := range [][2]int{{18, 2}, {65, 30}, {5, 5}, {3, 0}} {
		// It fits where the number, shifted by the scale, is whole and has no more digits than the precision.
		shifted := new(big.Rat).Mul(number, new(big.Rat).SetInt(powerOfTen(size[1])))
		want := shifted.IsInt() && shifted.Num().CmpAbs(powerOfTen(size[0])) < 0
		if got := d.Fits(size[0], size[1]); got != want {
			t.Errorf("%q.Fits(%d, %d) = %v", d, size[0], size[1], got)
		}
	}
}

func powerOfTen(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

var (
	plainNumber = regexp.MustCompile(`^[+-]?(\d{1,40}(\.\d{0,40})?|\.\d{1,40})$`)
	withExpo    = regexp.MustCompile(`^([^0-9.]*)([0-9.,'’\s]+)([eE][+-]?\d+)\D*$`)
	noNumber    = regexp.MustCompile(`(?i)rs\.|/-$|[^0-9.-]`)
)

// FuzzParseDecimal compares ParseDecimal with math/big: a plain number is read, exactly. Any other accepted text has the
// digits and the sign of the result, with nothing left out.
func FuzzParseDecimal(f *testing.F) {
	for _, s := range []string{
		"125000.5", "1,25,000.50", "₹ 125000.50", "-1.25e5", "1e-99", "Rs. 500/-", "", "12,50", "INR 1 250", "-₹5", "1'234.5", "1\u00a0234",
		"9007199254740993.000000000000000001", "1.234,56", "(5)", "12 kg", "5.", ".5", "+0", "--1", "1e999999", "٣", "12,34,56,789", "€ -0,5",
	} {
		f.Add(s)
	}
	client := newClient(f, "http://127.0.0.1", nil)
	f.Fuzz(func(t *testing.T, s string) {
		d, err := innomaint.ParseDecimal(s)
		if (err == nil) != (d != "") {
			t.Fatalf("ParseDecimal(%q) = %q, %v", s, d, err)
		}
		if err == nil {
			checkDecimal(t, d)
			checkSameNumber(t, s, d)
		} else if plainNumber.MatchString(s) {
			t.Errorf("ParseDecimal(%q): %v", s, err)
		}
		checkCost(t, client, s, d)
	})
}

// checkSameNumber checks that d is the number in s, whatever its grouping and currency.
func checkSameNumber(t *testing.T, s string, d innomaint.Decimal) {
	t.Helper()
	plain := noNumber.ReplaceAllString(strings.TrimSpace(s), "")
	if parts := withExpo.FindStringSubmatch(s); parts != nil {
		plain = noNumber.ReplaceAllString(parts[1]+parts[2], "") + parts[3]
	}
	want, ok := new(big.Rat).SetString(plain)
	got, _ := new(big.Rat).SetString(string(d))
	if !ok || want.Cmp(got) != 0 {
		t.Errorf("ParseDecimal(%q) = %q, but %q is %v", s, d, plain, want)
	}
}

// checkCost checks that a cost in a response becomes the number or a warning, or is a placeholder.
func checkCost(t *testing.T, client *innomaint.Client, s string, d innomaint.Decimal) {
	t.Helper()
	quoted, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	asset, err := client.Decode(ref, []byte(withID(`"purchase_cost":`+string(quoted))))
	if err != nil {
		t.Fatal(err)
	}
	if d != "" && asset.PurchaseCost != d && strings.TrimSpace(s) == s && !strings.ContainsAny(s, "&\u2028\u2029") {
		t.Errorf("the cost %q became %q, not %q", s, asset.PurchaseCost, d)
	}
	if asset.PurchaseCost == "" && !asset.Unreadable("purchase_cost") &&
		strings.ContainsAny(s, "123456789") && !strings.Contains(s, "&") { // an entity may be a space
		t.Errorf("the cost %q vanished", s)
	}
}

// FuzzParseDate checks dates as texts and as bare numbers: the day as it is written, a warning, or a placeholder.
func FuzzParseDate(f *testing.F) {
	for _, s := range []string{
		"2021-04-01T00:00:00+05:30", "2021-04-01", "2021-04-01 15:04:05", "01-04-2021", "1/4/2021", "01-Apr-2021", "1617235200",
		"1617235200000", "0000-00-00", "1970-01-01", "31-02-2021", "9999-12-31T23:59:59-12:00", "soon", "-99999999999",
		"2021-04-01T23:59:60Z", "2021-4-1", "1617235200.5", "1e9", "20210401", "2021-04-01T00:00:00.000000001Z", "0001-01-01T00:00:00Z",
	} {
		f.Add(s)
	}
	client := newClient(f, "http://127.0.0.1", nil)
	f.Fuzz(func(t *testing.T, s string) {
		quoted, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		bodies := []string{string(quoted), `{"date":` + string(quoted) + `}`}
		if json.Valid([]byte(s)) {
			bodies = append(bodies, s)
		}
		for _, value := range bodies {
			asset, err := client.Decode(ref, []byte(withID(`"purchase_date":`+value+`,"updated_at":`+value)))
			if err != nil {
				t.Fatal(err)
			}
			checkDates(t, asset)
			day := asset.PurchaseDate
			if len(s) >= 10 && !day.IsZero() && s[4] == '-' && s[7] == '-' && day.String() != s[:10] {
				t.Errorf("%q became %s", s, day)
			}
			if !day.IsZero() && asset.Unreadable("purchase_date") || !asset.UpdatedAt.IsZero() && asset.Unreadable("cmms_updated_at") {
				t.Errorf("%q became both %s, %v and a warning", value, day, asset.UpdatedAt)
			}
			if _, err := time.Parse(time.DateOnly, s); err == nil && day.IsZero() && s[0] != '0' && s != "1970-01-01" {
				t.Errorf("the day %q vanished", s)
			}
		}
		var scanned innomaint.Date
		if err := scanned.Scan(s); err == nil && !scanned.IsZero() && !strings.HasPrefix(s, scanned.String()) {
			t.Errorf("Scan(%q) gives %s", s, scanned)
		}
	})
}

// FuzzDateLayouts writes a moment in every layout that is understood without configuration, and reads it back: the day as
// written, whatever the zone, and where the layout names time and zone the very instant.
func FuzzDateLayouts(f *testing.F) {
	f.Add(int64(1617235200), 330)
	f.Add(int64(-62135596800), 0)
	f.Add(int64(253402300799), -720)
	f.Add(int64(-30610224000), 840)
	client := newClient(f, "http://127.0.0.1", nil)
	f.Fuzz(func(t *testing.T, unix int64, minutes int) {
		at := time.Unix(unix%253402300800, 0).In(time.FixedZone("", minutes%(14*60)*60))
		day := innomaint.DateOf(at)
		if day.Year < 1000 || day.Year > 9999 || day.String() == "1970-01-01" {
			t.Skip()
		}
		for _, layout := range []struct {
			text string
			zone bool // names the instant
		}{
			{time.DateOnly, false}, {time.RFC3339, true}, {time.RFC3339Nano, true}, {"2006-01-02T15:04:05", false}, {time.DateTime, false},
			{"2006-01-02T15:04:05Z0700", true}, {"2006-01-02 15:04:05 Z07:00", true}, {"2006-01-02 15:04", false},
			{"02-01-2006", false}, {"2/1/2006", false}, {"02-Jan-2006", false}, {"2-Jan-2006 15:04:05", false}, {"02/01/2006 15:04:05", false},
		} {
			text := at.Format(layout.text)
			asset, err := client.Decode(ref, []byte(withID(`"purchase_date":"`+text+`","updated_at":"`+text+`"`)))
			if err != nil {
				t.Fatal(err)
			}
			if asset.PurchaseDate != day {
				t.Errorf("%q became %s, not %s; warnings %v", text, asset.PurchaseDate, day, asset.Warnings)
			}
			utc := at.UTC()
			if layout.zone && utc.Year() >= 1000 && utc.Year() <= 9999 && !asset.UpdatedAt.Equal(at) {
				t.Errorf("%q became %v; warnings %v", text, asset.UpdatedAt, asset.Warnings)
			}
		}
	})
}
