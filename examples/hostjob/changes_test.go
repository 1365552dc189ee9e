package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestADryRunShowsTheChangesAndWritesNothing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.job().expect(t, exitOK)
	w.api.SetAsset("A-1", map[string]any{"asset_id": "A-1", "asset_name": "Chilled water pump 8", "serial_number": "SN-88", "purchase_date": "soon"})
	w.linkMissing(42, "B-1")
	before := w.tables()

	out := w.job("-dry-run")
	out.expect(t, exitAssetsFailed, "dry run: nothing was written", "successful       1 (1 changed, 0 unchanged)")
	var rows [][]string
	for line := range strings.Lines(out.stdout) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "run ") {
			rows = append(rows, columns(line))
			continue
		}
		break // the summary
	}
	want := [][]string{
		{"CUSTOMER", "ASSET", "FIELD", "LOCAL", "INNOMAINT"},
		{"7", "A-1", "asset_name", "Chilled water pump 7", "Chilled water pump 8"},
		{"7", "A-1", "(warning)"},
		{"42", "B-1", "(failed)", "not_found"},
	}
	equal(t, "lines", len(rows), len(want))
	byCustomer := func(row []string) string {
		return fmt.Sprint(row[0] != "CUSTOMER", len(row[0]), row[2][:1] == "(", row)
	}
	slices.SortFunc(rows, func(a, b []string) int { return strings.Compare(byCustomer(a), byCustomer(b)) }) // customers: by their oldest attempt
	for i, cells := range want {
		if len(rows) <= i || !slices.Equal(rows[i][:len(cells)], cells) {
			t.Errorf("line %d: got %q, want %q\n%s", i, rows[i], cells, out.stdout)
		}
	}
	if after := w.tables(); !maps.Equal(before, after) {
		t.Errorf("the tables changed:\n%v\n%v", before, after)
	}
	w.job("-dry-run", "-customer", "7").expect(t, exitOK, "customer 7, dry run")
	if after := w.tables(); !maps.Equal(before, after) {
		t.Errorf("the tables changed in a manual run")
	}
	w.job()
	if maps.Equal(before, w.tables()) {
		t.Error("a run that is none changes nothing either: the test sees nothing")
	}
}

// tables returns each table's checksum.
func (w *world) tables() map[string]string {
	w.t.Helper()
	var names []string
	must(w.t, w.db.Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&names).Error)
	sums := map[string]string{}
	for _, name := range names {
		var row struct{ Checksum string }
		must(w.t, w.db.Raw("CHECKSUM TABLE "+name).Scan(&row).Error)
		sums[name] = row.Checksum
	}
	return sums
}

func TestTheTableHoldsNothingThatATerminalObeys(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	opts := newChangeTable(&out).watch(cmmsimport.Options{})
	opts.OnAsset(cmmsimport.AssetResult{
		CustomerID: 7, CMMSAssetID: "A-1\x1b[2J", Status: synclog.Success,
		Changes: synclog.Changes{
			"asset_name":  {From: nil, To: "Größe \"7\"\x1b]0;owned\x07\nnext\tcell"},
			"description": {From: strings.Repeat("ü", 100), To: ""},
		},
		Warnings: []string{"a\rb"},
	}, cmmsimport.Progress{})
	if strings.ContainsAny(out.String(), "\x1b\x07\r\t") {
		t.Errorf("control characters: %q", out.String())
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	equal(t, "lines", len(lines), 4)
	for i, want := range []string{"", `Größe "7"\x1b]0;owned\a\nnext\tcell`, strings.Repeat("ü", longestText) + "…", `a\rb`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d lacks %q: %s", i, want, lines[i])
		}
	}
	equal(t, "NULL", columns(lines[1])[3], "-")
}
