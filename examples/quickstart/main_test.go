package main

import (
	"bufio"
	"bytes"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/internal/showcase"
	"ic3.internal/innomaintsync/internal/dbtest"
)

const asMain = "QUICKSTART_TEST_AS_MAIN" // this binary is to be the program

func TestMain(m *testing.M) {
	if os.Getenv(asMain) != "" {
		main()
		return
	}
	slog.SetDefault(slog.New(slog.DiscardHandler)) // as main does without -v
	os.Exit(dbtest.Main(m))
}

func TestTheStoryInThisProcess(t *testing.T) {
	t.Parallel()
	out := tell(t, settings{assets: 60})
	checkSummaries(t, out)
	for _, want := range []string{
		"Migrate creates: ic3_asset_master, ic3_category_master,",
		"   50 of 60 assets, 5 failed",
		"3 failed         not_found (HTTP 404): ",
		`(for example asset "QS-MALL-0023" of customer 990002)`,
		`(for example asset "QS-HOSP-0007" of customer 990001)`,
		`(for example asset "QS-CAMP-0048" of customer 990003)`,
		`QS-CAMP-0045  purchase_date: "end of last summer" is not a date`,
		"QS-HOSP-0004, in 2 requests",
		"Completed   60      55           5        1",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("the output lacks %q", want)
		}
	}
	vendor := strings.Fields("QS-MALL-0021 vendor.name Acme Supply Acme Facility Services")
	if !strings.Contains(strings.Join(strings.Fields(out), " "), strings.Join(vendor, " ")) {
		t.Error("the output lacks the vendor's new name")
	}
	if t.Failed() {
		t.Log(out)
	}
}

func TestTheStoryOnMariaDB(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Database(t)
	checkSummaries(t, tell(t, settings{assets: 60, dsn: dsn}))

	db := open(t, dsn)
	for _, check := range []struct {
		query string
		want  int64
	}{
		{"SELECT COUNT(*) FROM cmms_sync_run WHERE status = 'Completed'", 3},
		{"SELECT COUNT(*) FROM cmms_sync_log", 60 + 20 + 60},
		{"SELECT COUNT(*) FROM cmms_sync_log WHERE error_kind = 'not_found'", 3 + 1},
		{"SELECT COUNT(*) FROM cmms_sync_log WHERE error_kind = 'bad_response'", 2 + 2},
		{"SELECT COUNT(*) FROM cmms_sync_log WHERE status = 'Failed'", 5 + 3},
		{"SELECT COUNT(*) FROM cmms_sync_log WHERE changes IS NOT NULL", 55 + 4},
		{"SELECT COUNT(*) FROM cmms_sync_log WHERE warnings IS NOT NULL", 1 + 1},
		{"SELECT COUNT(*) FROM ic3_asset_master WHERE cmms_sync_status = 'Success'", 57},
		{"SELECT COUNT(*) FROM ic3_vendor_master WHERE customer_id = 990002", 1},
		{"SELECT COUNT(*) FROM ic3_vendor_master WHERE customer_id = 990002 AND name = 'Acme Facility Services'", 1},
	} {
		if got := count(t, db, check.query); got != check.want {
			t.Errorf("%s = %d, want %d", check.query, got, check.want)
		}
	}
}

func TestADatabaseInUse(t *testing.T) {
	t.Parallel()
	dsn := dbtest.Database(t)
	db := open(t, dsn)
	if err := cmmsimport.Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := db.Create(&cmmsimport.AssetMaster{CustomerID: 7, CMMSAssetID: "SOMEBODYS-1"}).Error; err != nil {
		t.Fatal(err)
	}

	err := quickstart(t.Context(), settings{assets: minAssets, dsn: dsn}, new(bytes.Buffer))
	if err == nil || !strings.Contains(err.Error(), "rows in ic3_asset_master. Name an empty one, or add -force") {
		t.Fatalf("without -force: %v", err)
	}
	if n := count(t, db, "SELECT COUNT(*) FROM ic3_asset_master"); n != 1 {
		t.Fatalf("without -force there are %d assets, want the 1 that was there", n)
	}

	for range 2 { // the second time beside what the first one left
		tell(t, settings{assets: minAssets, dsn: dsn, force: true})
	}
	if n := count(t, db, "SELECT COUNT(*) FROM ic3_asset_master"); n != 1+minAssets {
		t.Errorf("with -force twice there are %d assets, want %d", n, 1+minAssets)
	}
	if n := count(t, db, "SELECT COUNT(*) FROM ic3_asset_master WHERE customer_id = 7 AND cmms_attempted_at IS NULL"); n != 1 {
		t.Error("with -force somebody's asset was synced")
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	// A process of its own: it gets a real signal, and the engine's global state bears one engine a process only.
	child := exec.CommandContext(t.Context(), os.Args[0], "-plain", "-assets", "120")
	child.Env = append(os.Environ(), asMain+"=1")
	var errors bytes.Buffer
	child.Stderr = &errors
	pipe, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for lines := bufio.NewScanner(pipe); lines.Scan(); {
		fmt.Fprintln(&out, lines.Text())
		if strings.HasPrefix(lines.Text(), "   50 of 120 assets") {
			if err := child.Process.Signal(os.Interrupt); err != nil {
				t.Error(err)
			}
		}
	}
	_ = child.Wait() // how it ended is in ProcessState

	if code := child.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if got := errors.String(); got != "quickstart: interrupted\n" {
		t.Errorf("on stderr: %q", got)
	}
	if got := out.String(); !strings.Contains(got, "total assets     120\n") || !strings.Contains(got, "The run ended early.") ||
		strings.Contains(got, "skipped          0\n") || strings.Contains(got, "== 2.") {
		t.Errorf("no clean end:\n%s", got)
	}
}

func TestUnusableSettings(t *testing.T) {
	t.Parallel()
	const secret = "pa55word"
	for name, test := range map[string]struct {
		settings settings
		want     string
	}{
		"few assets":          {settings{assets: minAssets - 1}, "needs 30 at least"},
		"many assets":         {settings{assets: showcase.MaxEngineAssets + 1}, "name another with -dsn"},
		"force alone":         {settings{assets: minAssets, force: true}, "-force goes with -dsn"},
		"no @ in the dsn":     {settings{assets: minAssets, dsn: "root:" + secret + "/db"}, "user:password@tcp"},
		"no database":         {settings{assets: minAssets, dsn: "root:" + secret + "@tcp(127.0.0.1:1)/"}, "user:password@tcp"},
		"nobody at that port": {settings{assets: minAssets, dsn: "root:" + secret + "@tcp(" + closedPort(t) + ")/db"}, "cannot be opened"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var out bytes.Buffer
			err := quickstart(t.Context(), test.settings, &out)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("error %v, want one with %q", err, test.want)
			}
			if strings.Contains(err.Error()+out.String(), secret) {
				t.Error("the password is printed")
			}
		})
	}
}

func TestARunThatIsNotAsScripted(t *testing.T) {
	t.Parallel()
	want := counts{total: 3, changed: 2}
	for name, got := range map[string]cmmsimport.Summary{
		"fewer changed": {Total: 3, Changed: 1},
		"a failure":     {Total: 3, Changed: 2, FailedByKind: map[innomaint.Kind]int{innomaint.KindTimeout: 1}},
		"a warning":     {Total: 3, Changed: 2, Warnings: 1},
		"one skipped":   {Total: 3, Changed: 2, Skipped: 1},
	} {
		if err := new(demo).compare(got, want); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if err := new(demo).compare(cmmsimport.Summary{Total: 3, Changed: 2}, want); err != nil {
		t.Error(err)
	}
}

// tell runs the story, which must go as scripted, and returns what it printed.
func tell(t *testing.T, s settings) string {
	t.Helper()
	var out bytes.Buffer
	if err := quickstart(t.Context(), s, &out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	return out.String()
}

// checkSummaries looks for the results of the three runs with 60 assets, in order.
func checkSummaries(t *testing.T, out string) {
	t.Helper()
	rest := out
	for _, want := range []string{
		"successful       55 (55 changed, 0 unchanged)\nfailed           5 (bad_response 2, not_found 3)\nskipped          0\n",
		"successful       20 (4 changed, 16 unchanged)\nfailed           0\nskipped          0\n",
		"successful       57 (0 changed, 57 unchanged)\nfailed           3 (bad_response 2, not_found 1)\nskipped          0\n",
	} {
		_, after, ok := strings.Cut(rest, want)
		if !ok {
			t.Fatalf("the output lacks, in this place:\n%s\n%s", want, out)
		}
		rest = after
	}
}

func open(t *testing.T, dsn string) *gorm.DB {
	t.Helper()
	db, err := gorm.Open(mysql.Open(dsn), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() }) // the database goes anyway
	return db
}

func count(t *testing.T, db *gorm.DB, query string) (n int64) {
	t.Helper()
	if err := db.Raw(query).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

// closedPort returns an address of this machine on which nobody listens.
func closedPort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	return listener.Addr().String()
}
