package main

import (
	"maps"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestANightlyRunTakesEverything(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.link(42, "B-1")
	out := w.job()
	out.expect(t, exitOK, "successful       2 (2 changed, 0 unchanged)")
	equal(t, "run", w.runs()[0].Status, synclog.Completed)

	records := out.records(t)
	last := records[len(records)-1]
	equal(t, "last record", last["msg"], any("run ended"))
	equal(t, "result", last["result"], any("completed"))
	equal(t, "its total", last["summary"].(map[string]any)["total"], any(2.0))
	config := records[0]["config"].(map[string]any)
	equal(t, "the token in the log", config["INNOMAINT_TOKEN"], any("[redacted]"))
	equal(t, "the DSN in the log", config["DATABASE_DSN"], any("[redacted]"))
}

func TestAManualRunTakesOneCustomer(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.link(42, "B-1")
	w.job("-customer", "42").expect(t, exitOK, "customer 42", "successful       1")
	equal(t, "calls", w.calls("A-1", "B-1"), "A-1:0 B-1:1")
	equal(t, "the run's customer", *w.runs()[0].CustomerID, 42)
}

func TestOnlyFailedTakesWhatFailedLast(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.linkMissing(7, "A-2")
	w.linkMissing(42, "B-2")
	w.job().expect(t, exitAssetsFailed)
	w.job("-only-failed", "-customer", "42").expect(t, exitAssetsFailed, "failed           1 (not_found 1)")
	equal(t, "calls", w.calls("A-1", "A-2", "B-2"), "A-1:1 A-2:1 B-2:2")
	w.link(8, "C-1") // never attempted, so not failed
	w.job("-only-failed").expect(t, exitAssetsFailed, "failed           2 (not_found 2)")
	equal(t, "calls", w.calls("A-1", "A-2", "B-2", "C-1"), "A-1:1 A-2:2 B-2:3 C-1:0")
}

func TestEachWayToAuthenticate(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		server  innomainttest.Option
		environ map[string]string
	}{
		"API key": {innomainttest.WithAPIKey("X-Api-Key", "k3y"), map[string]string{"INNOMAINT_API_KEY": "k3y"}},
		"another header": {innomainttest.WithAPIKey("X-Tenant-Key", "k3y"), map[string]string{
			"INNOMAINT_API_KEY": "k3y", "INNOMAINT_API_KEY_HEADER": "X-Tenant-Key"}},
		"login": {innomainttest.WithLogin("sync", "pa55word"), map[string]string{
			"INNOMAINT_USERNAME": "sync", "INNOMAINT_PASSWORD": "pa55word"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.linkMissing(7, "A-1")
			api := innomainttest.NewServer(test.server)
			t.Cleanup(api.Close)
			api.SetAsset("A-1", innomainttest.SampleAsset("A-1"))
			delete(w.environ, "INNOMAINT_TOKEN")
			w.environ["INNOMAINT_URL"] = api.URL()
			maps.Copy(w.environ, test.environ)
			out := w.job()
			out.expect(t, exitOK, "successful       1")
			if strings.Contains(out.stderr, "k3y") || strings.Contains(out.stderr, "pa55word") {
				t.Errorf("a secret is printed:\n%s", out.stderr)
			}
		})
	}
}

func TestMigrateMakesTheTables(t *testing.T) {
	t.Parallel()
	w := setupWithoutTables(t)
	w.job().expect(t, exitBroken, "cmms_sync_run")
	w.job("-schedule").expect(t, exitBroken, "-migrate makes them")
	w.job("-migrate").expect(t, exitOK, "the tables are there")
	w.job().expect(t, exitOK)
}

func TestHelpListsFlagsVariablesAndExitCodes(t *testing.T) {
	t.Parallel()
	w := &world{t: t}
	out := w.job("-help")
	out.expect(t, exitOK, "-only-failed", "-customer id", describeVariables(), describeExitCodes())
	equal(t, "standard error", out.stderr, "")
	for _, name := range []string{"DATABASE_DSN ", "INNOMAINT_PASSWORD ", "METRICS_FILE "} {
		if !strings.Contains(describeVariables(), name) {
			t.Errorf("%s is not described", name)
		}
	}
}
