package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == tenantCommand { // this binary is to be the fake Innomaint
		main()
		return
	}
	os.Exit(m.Run())
}

// setup starts a MariaDB and the fake Innomaint, as main does.
func setup(t *testing.T) *bench {
	t.Helper()
	if testing.Short() {
		t.Skip("needs MariaDB; run without -short")
	}
	dir, err := os.MkdirTemp("", "bench") //nolint:usetesting // t.TempDir is too long a path for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	b := &bench{dir: dir, fleet: fleet{Assets: 50, PerCustomer: 25}}
	if b.server, err = startServer(filepath.Join(dir, "mdb"), false); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.server.close(); err != nil {
			t.Error(err)
		}
	})
	if b.tenant, err = startTenant(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.tenant.close(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func TestEveryContenderLeavesTheSameRows(t *testing.T) {
	t.Parallel()
	b := setup(t)
	picture := filepath.Join(t.TempDir(), "time.svg")
	var f figures
	if err := b.compare(t.Context(), settings{rounds: 1, svg: picture}, &f, io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	if len(f.Results) != len(contenders) || len(f.Breakdowns) != len(contenders) || len(f.Targets) != 6 {
		t.Fatalf("%d results, %d breakdowns and %d targets", len(f.Results), len(f.Breakdowns), len(f.Targets))
	}
	for _, r := range f.Results {
		s := r.Samples[0]
		if s.Assets != 50 || s.Wall <= 0 || s.CPU <= 0 || s.Mallocs == 0 || s.Counters["Com_update"] < 50 {
			t.Errorf("%s: %+v", r.Label, s)
		}
	}
	if got := f.Results[0].statementsASuccess(b.fleet); got != 4 {
		t.Errorf("the floor takes %v statements a success, want 4", got)
	}
	checkXML(t, picture)
}

// A contender that does something else must be noticed.
func TestDifferentRowsAreNoticed(t *testing.T) {
	t.Parallel()
	b := setup(t)
	lazy := contender{name: "lazy", label: "lazy", open: func(_ context.Context, p pass) (runner, error) {
		return func(ctx context.Context) error {
			for range b.fleet.Assets {
				p.done()
			}
			_, err := p.pool.ExecContext(ctx, "UPDATE ic3_asset_master SET cmms_synced_at = UTC_TIMESTAMP(6)")
			return err
		}, nil
	}}
	err := b.prepare(t.Context(), []contender{contenders[0], lazy}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), "lazy: 0 assets marked as synced in this pass, want 49") {
		t.Errorf("the lazy contender passed: %v", err)
	}
}

func TestComparing(t *testing.T) {
	t.Parallel()
	rows := func(text string) leftBehind {
		path := filepath.Join(t.TempDir(), "rows")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return leftBehind(path)
	}
	if err := rows("a\nb\n").compare("one", rows("a\nb\n"), "two"); err != nil {
		t.Error(err)
	}
	for _, other := range []string{"a\nc\n", "a\n", "a\nb\nc\n"} {
		if err := rows("a\nb\n").compare("one", rows(other), "two"); err == nil {
			t.Errorf("%q passed", other)
		}
	}
}

func TestGrowthAndMemory(t *testing.T) {
	t.Parallel()
	b := setup(t)
	g, err := b.grow(t.Context(), contenders[1], []int{50, 100}, 1, 1000, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	if g.FewMicros <= 0 || g.ManyMicros <= 0 || g.FirstTenth <= 0 || g.LastTenth <= 0 || g.FullLogMicros <= 0 {
		t.Errorf("%+v", g)
	}
	var logRows, strangers int
	if err := b.server.admin.QueryRowContext(t.Context(), "SELECT COUNT(*), COUNT(*) - COUNT(a.id) FROM full.cmms_sync_log l "+
		"LEFT JOIN full.ic3_asset_master a USING (customer_id, cmms_asset_id)").Scan(&logRows, &strangers); err != nil {
		t.Fatal(err)
	}
	if want := 1000 + 2*50; logRows != want || strangers != 0 {
		t.Errorf("%d log rows, %d of them of no asset; want %d and none", logRows, strangers, want)
	}

	found, err := b.memory(t.Context(), contenders[1], []int{100, 200}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range found {
		if one.Live == 0 || one.PeakHeap < one.Live {
			t.Errorf("%+v", one)
		}
	}
}

func TestReaders(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		read      func(string) (string, error)
		text      string
		want      string
		wantError error
	}{
		{readDay, "2021-04-01", "2021-04-01", nil},
		{readDay, "2021-04-01T00:00:00+05:30", "2021-04-01", nil},
		{readDay, "31-03-2026", "2026-03-31", nil},
		{readDay, "0000-00-00", "", nil},
		{readDay, "2021-02-30", "", errNoDate},
		{readDay, "soon", "", errNoDate},
		{readTime, "2026-10-01T14:00:00+05:30", "2026-10-01 08:30:00.000000", nil},
		{readMoney, "125000.50", "125000.5", nil},
		{readMoney, "1,25,000.50", "125000.5", nil},
		{readMoney, "₹ 125000.00", "125000", nil},
		{readMoney, "00.5", "0.5", nil},
		{readMoney, "1.005", "", errNoNumber},
		{readMoney, "much", "", errNoNumber},
	} {
		if got, err := test.read(test.text); got != test.want || !errors.Is(err, test.wantError) {
			t.Errorf("%q: %q, %v", test.text, got, err)
		}
	}
}

func TestMedian(t *testing.T) {
	t.Parallel()
	for want, numbers := range map[float64][]float64{0: nil, 2: {3, 1, 2}, 2.5: {4, 1, 3, 2}} {
		if got := median(numbers); got != want {
			t.Errorf("median of %v: %v", numbers, got)
		}
	}
}

func checkXML(t *testing.T, path string) {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	bars := 0
	for tokens := xml.NewDecoder(file); ; {
		token, err := tokens.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if start, ok := token.(xml.StartElement); ok && start.Name.Local == "rect" {
			bars++
		}
	}
	if want := 1 + int(partCount) + int(partCount)*len(contenders); bars != want {
		t.Errorf("the picture has %d rectangles, want %d", bars, want)
	}
}
