package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

const (
	childVariable = "HOSTJOB_TEST_CHILD" // set: this binary is the job
	apiToken      = "t0ken-of-the-tests"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		main()
	}
	os.Exit(dbtest.Main(m))
}

// world is a database with the sync's tables, a fake Innomaint, and the environment that leads the job to both.
type world struct {
	t       *testing.T
	dsn     string
	db      *gorm.DB
	api     *innomainttest.Server
	environ map[string]string
}

func setup(t *testing.T) *world {
	t.Helper()
	w := setupWithoutTables(t)
	must(t, cmmsimport.Migrate(t.Context(), w.db))
	return w
}

func setupWithoutTables(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, dsn: dbtest.Database(t)}
	w.db = dbtest.Open(t, w.dsn)
	w.api = innomainttest.NewServer(innomainttest.WithBearerToken(apiToken))
	t.Cleanup(w.api.Close)
	w.environ = map[string]string{"DATABASE_DSN": w.dsn, "INNOMAINT_URL": w.api.URL(), "INNOMAINT_TOKEN": apiToken}
	return w
}

// insertRun adds a row to cmms_sync_run.
func (w *world) insertRun(run synclog.Run) {
	w.t.Helper()
	if run.HeartbeatAt.IsZero() {
		run.HeartbeatAt = run.StartedAt
	}
	must(w.t, w.db.Create(&run).Error)
}

// link adds a row that is linked to an asset, which Innomaint has.
func (w *world) link(customerID uint64, id string) {
	w.t.Helper()
	w.linkMissing(customerID, id)
	w.api.SetAsset(id, innomainttest.SampleAsset(id))
}

func (w *world) linkMissing(customerID uint64, id string) {
	w.t.Helper()
	must(w.t, w.db.Table("ic3_asset_master").Create(map[string]any{"customer_id": customerID, "cmms_asset_id": id}).Error)
}

// output is what a process has left.
type output struct {
	code           int
	stdout, stderr string
}

// job runs the job in this process.
func (w *world) job(args ...string) output {
	w.t.Helper()
	return w.jobIn(w.t.Context(), args...)
}

func (w *world) jobIn(ctx context.Context, args ...string) output {
	w.t.Helper()
	var stdout, stderr bytes.Buffer
	code := hostjob(ctx, args, w.environ, &stdout, &stderr)
	out := output{code, stdout.String(), stderr.String()}
	if strings.Contains(out.stdout+out.stderr, apiToken) {
		w.t.Errorf("the token is printed:\n%s%s", out.stdout, out.stderr)
	}
	return out
}

// child returns a command that runs the job as a process of its own, with some variables set besides.
func (w *world) child(variables map[string]string, args ...string) *exec.Cmd {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), os.Args[0], args...)
	cmd.Env = append(os.Environ(), childVariable+"=1")
	all := maps.Clone(w.environ)
	maps.Copy(all, variables)
	for name, value := range all {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	return cmd
}

// expect fails the test with all that the job has printed.
func (o output) expect(t *testing.T, code int, texts ...string) {
	t.Helper()
	if o.code != code {
		t.Errorf("exit code %d, want %d\n%s%s", o.code, code, o.stdout, o.stderr)
	}
	for _, text := range texts {
		if !strings.Contains(o.stdout+o.stderr, text) {
			t.Errorf("the output lacks %q:\n%s%s", text, o.stdout, o.stderr)
		}
	}
}

// records parses the log, every line of which is JSON.
func (o output) records(t *testing.T) (records []map[string]any) {
	t.Helper()
	for line := range strings.Lines(o.stderr) {
		var record map[string]any
		if err := json.Unmarshal([]byte(line), &record); err != nil {
			t.Fatalf("a log line is no JSON: %v: %s", err, line)
		}
		records = append(records, record)
	}
	return records
}

func (w *world) entries() []synclog.Entry {
	w.t.Helper()
	var entries []synclog.Entry
	must(w.t, w.db.Order("id").Find(&entries).Error)
	return entries
}

func (w *world) runs() []synclog.Run {
	w.t.Helper()
	runs, err := synclog.Runs(w.t.Context(), w.db, synclog.Filter{})
	must(w.t, err)
	return runs
}

// calls says how often Innomaint was asked for each asset, as "A-1:1 A-2:0".
func (w *world) calls(ids ...string) string {
	parts := make([]string, len(ids))
	for i, id := range ids {
		parts[i] = fmt.Sprintf("%s:%d", id, w.api.CallsFor(id))
	}
	return strings.Join(parts, " ")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func to[T any](value T) *T { return &value }
