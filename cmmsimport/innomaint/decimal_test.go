package innomaint_test

import (
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func TestDecimal(t *testing.T) {
	t.Parallel()
	t.Run("Parses", func(t *testing.T) {
		t.Parallel()
		for text, want := range map[string]innomaint.Decimal{
			"0": "0", "-0": "0", "0.00": "0", "00": "0", "+7": "7", "-7.50": "-7.5", "007": "7", ".5": "0.5", "5.": "5", "-.05": "-0.05",
			"125000.5": "125000.5", "125000.50": "125000.5", "100": "100", "1,25,000.50": "125000.5", "12,34,56,789": "123456789",
			"1,234,567.89": "1234567.89", "1 234 567": "1234567", "1\u00a0234": "1234", "1'234": "1234", "1\u20199": "", "12,345": "12345",
			"₹ 125000.50": "125000.5", "₹1,25,000": "125000", "-₹5": "-5", "₹ -5": "-5", "$1.10": "1.1", "1.10 €": "1.1", "INR 500": "500", "500 INR": "500",
			"Rs 500": "500", "Rs. 500/-": "500", "rs.500.25": "500.25", "1.25e5": "125000", "1.25E-2": "0.0125", "1e+3": "1000", "-1e0": "-1",
			"9007199254740993.000000000000000001": "9007199254740993.000000000000000001",
			"  42\t":                              "42",

			"": "", " ": "", "-": "", ".": "", "abc": "", "12,50": "", "1,2345": "", "1,,000": "", ",100": "", "1234,567": "", "1,234 567": "", "1,23,4567": "",
			"12,345,67": "", "123,45,678": "", "1.234,56": "", "1.2.3": "", "1e": "", "e5": "", "1e5.5": "", "1e999": "", "1e99999999999": "", "--1": "",
			"(5)": "", "NaN": "", "Inf": "", "0x10": "", "1_000": "", "١٢": "", "12 kg": "", "₹": "", "5 ₹₹": "", "abc 5": "", "1 2": "",
		} {
			got, err := innomaint.ParseDecimal(text)
			if got != want || (err == nil) != (want != "") {
				t.Errorf("ParseDecimal(%q) = %q, %v, want %q", text, got, err, want)
			}
		}
		if _, err := innomaint.ParseDecimal(strings.Repeat("9", 101)); err == nil {
			t.Error("101 digits are accepted")
		}
	})
	t.Run("Fits", func(t *testing.T) {
		t.Parallel()
		for _, tt := range []struct {
			d                innomaint.Decimal
			precision, scale int
			want             bool
		}{
			{"125000.5", 18, 2, true}, {"125000.555", 18, 2, false}, {"-9999999999999999.99", 18, 2, true},
			{"10000000000000000", 18, 2, false}, {"0.12", 2, 2, true}, {"-0.12", 2, 2, true}, {"1.12", 2, 2, false}, {"", 1, 0, true}, {"0", 1, 0, true},
		} {
			if got := tt.d.Fits(tt.precision, tt.scale); got != tt.want {
				t.Errorf("Decimal(%q).Fits(%d, %d) = %v", tt.d, tt.precision, tt.scale, got)
			}
		}
	})
	t.Run("ScansAndReturnsValue", func(t *testing.T) {
		t.Parallel()
		for _, tt := range []struct {
			src  any
			want innomaint.Decimal
			ok   bool
		}{
			{nil, "", true}, {[]byte("125000.50"), "125000.5", true}, {"-0.00", "0", true}, {int64(-5), "-5", true}, {"", "", true},
			{1.5, "7", false}, {"x", "7", false}, {true, "7", false},
		} {
			got := innomaint.Decimal("7")
			if err := got.Scan(tt.src); (err == nil) != tt.ok || got != tt.want {
				t.Errorf("Scan(%v) = %q, %v, want %q", tt.src, got, err, tt.want)
			}
		}
		if v, err := innomaint.Decimal("1.5").Value(); v != "1.5" || err != nil {
			t.Errorf("Value = %v, %v", v, err)
		}
		if v, err := innomaint.Decimal("").Value(); v != nil || err != nil {
			t.Errorf("Value of no number = %v, %v", v, err)
		}
	})
}
