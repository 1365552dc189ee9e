package console

import (
	"testing"
	"time"
)

func TestFailureCauseOmitsAssetDetails(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ message, asset, want string }{
		"not found": {
			`innomaint: asset "AST-1042": not_found (HTTP 404): the API has no such asset; it says: no AST-1042 here`, "AST-1042",
			"HTTP 404: the API has no such asset; it says: no … here",
		},
		"another asset": {
			`innomaint: asset "A\"1": bad_response (HTTP 200): the response is of another asset, "AST-77"`, `A"1`,
			"HTTP 200: the response is of another asset, “…”",
		},
		"attempts":  {`innomaint: asset "A-1": unavailable (HTTP 503): the API is in trouble (after 4 attempts)`, "A-1", "HTTP 503: the API is in trouble"},
		"no status": {`innomaint: asset "A-1": timeout: no response within 30s (Config.Timeout)`, "A-1", "no response within 30s (Config.Timeout)"},
		"request":   {"request 8f3a9c2e71 was refused", "A-1", "request … was refused"},
		"database":  {"Error 1366 (HY000): Incorrect value for column \"asset_name\"", "A-1", `Error 1366 (HY000): Incorrect value for column "asset_name"`},
		"empty":     {"", "A-1", ""},
	} {
		if got := failureCause("k", test.message, test.asset).Text; got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

func TestWarningCauseIsColumnAndReason(t *testing.T) {
	t.Parallel()
	for warning, want := range map[string]cause{
		`purchase_date: "soon" is not a date in a known layout; kept 2020-01-31`: {"purchase_date", "is not a date in a known layout"},
		`asset_name: "a \"quoted\" one" is longer than 255; stays empty`:         {"asset_name", "is longer than 255"},
		`category_id: has neither an id nor a name nor a code; stays empty`:      {"category_id", "has neither an id nor a name nor a code"},
		`vendor_id: "Acme" stays as it is, since another row has the name "A1"`:  {"vendor_id", "stays as it is, since another row has the name “…”"},
		"said by the host": {"", "said by the host"},
	} {
		if got := warningCause(warning); got != want {
			t.Errorf("%s: got %+v, want %+v", warning, got, want)
		}
	}
}

func TestFormatting(t *testing.T) {
	t.Parallel()
	for got, want := range map[string]string{
		number(int64(0)): "0", number(999): "999", number(int64(1234567)): "1,234,567", number(-1234): "-1,234",
		duration(0): "0", duration(40 * time.Millisecond): "40 ms", duration(9500 * time.Millisecond): "9.5 s", duration(95 * time.Second): "95 s",
		duration(200 * time.Second): "3 min 20 s", duration(4 * time.Minute): "4 min", duration(3 * time.Hour): "3 h", duration(150 * time.Minute): "2.5 h",
		span(time.Second): "a minute", span(47 * time.Hour): "47 hours", span(291 * time.Hour): "12 days",
		columnName("purchase_date"): "Purchase date", columnName("vendor_id"): "Vendor", columnName("amc_start"): "AMC start", columnName(""): "Value",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for _, ends := range []struct{ got, want float64 }{
		{roundCount(0), 2}, {roundCount(240), 400}, {roundCount(1001), 2000}, {roundCount(1e6), 1e6},
		{roundTime(95_000), 120_000}, {roundTime(0), 200}, {roundTime(50 * 3600_000), 72 * 3600_000},
	} {
		if ends.got != ends.want {
			t.Errorf("got %v, want %v", ends.got, ends.want)
		}
	}
}

func TestEscapeFormula(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@A1": "'@A1", "\t=1": "'\t=1", "\r=1": "'\r=1", "  =1": "'  =1", "＝1": "'＝1",
		"A-1": "A-1", "": "", "1": "1", "a=b": "a=b",
	} {
		if got := escapeFormula(cell); got != want {
			t.Errorf("escapeFormula(%q) = %q, want %q", cell, got, want)
		}
	}
}
