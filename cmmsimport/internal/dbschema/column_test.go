package dbschema

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func TestColumn_TextProblem(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name   string
		column Column
		text   string
		want   string
	}{
		{"no limit known", Column{}, "Pump 🚀", ""},
		{"full", Column{Characters: 4, Bytes: 16, Charset: "utf8mb4"}, "🚀🚀🚀🚀", ""},
		{"too long", Column{Characters: 4, Charset: "utf8mb4"}, "pumps", "has 5 characters, the column takes 4"},
		{"too many bytes", Column{Bytes: 5, Charset: "utf8mb4"}, "🚀🚀", "has 8 bytes, the column takes 5"},
		{"binary counts bytes", Column{Characters: 4}, "äöü", "has 6 characters, the column takes 4"},
		{"utf8mb3", Column{Charset: "utf8mb3"}, "🚀", "holds '🚀', and the column's character set utf8mb3 has no room for it"},
		{"latin1 has the euro", Column{Charset: "latin1"}, "5 €", ""},
		{"latin1", Column{Charset: "latin1"}, "Č", "holds 'Č', and the column's character set latin1 has no room for it"},
		{"ascii", Column{Charset: "ascii"}, "ü", "holds 'ü', and the column's character set ascii has no room for it"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			if got := tc.column.TextProblem(tc.text); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestColumn_DecimalProblem(t *testing.T) {
	t.Parallel()
	money := Column{Precision: 5, Scale: 2}
	for text, want := range map[string]string{"999.99": "", "1000": "does not fit the column's DECIMAL(5,2)", "0.001": "does not fit the column's DECIMAL(5,2)"} {
		d, err := innomaint.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := money.DecimalProblem(d); got != want {
			t.Errorf("%s: got %q, want %q", text, got, want)
		}
		if got := (Column{}).DecimalProblem(d); got != "" {
			t.Errorf("%s without a known limit: got %q", text, got)
		}
	}
}
