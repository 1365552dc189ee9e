package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"go.opentelemetry.io/otel/codes"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func TestSpansOfARun(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.linkMissing(7, "A-2")
	w.api.Script("A-1", innomainttest.Answer{Status: 503})
	j, exporter := w.newJob()
	if _, err := j.run(t.Context(), scope{}); err != nil {
		t.Fatal(err)
	}
	tr := tree{t, exporter.GetSpans()}

	run := tr.the("sync run")
	equal(t, "the run's parent", run.Parent.IsValid(), false)
	equal(t, "the run's result", attributeOf(run, "sync.result"), "assets_failed")
	equal(t, "the run's id", attributeOf(run, "sync.run_id"), w.runs()[0].ID)
	assets := tr.all("sync asset")
	equal(t, "assets", len(assets), 2)
	for _, asset := range assets {
		equal(t, "an asset's parent", asset.Parent.SpanID(), run.SpanContext.SpanID())
		equal(t, "an asset's customer", attributeOf(asset, "cmms.customer_id"), "7")
	}

	good, bad := assets[0], assets[1]
	names, children := tr.below(good)
	equal(t, "below the good asset", strings.Join(names, ", "), "innomaint GetAsset, transaction, SQL INSERT")
	requests, _ := tr.below(children[0])
	equal(t, "below its API call, with the retry", strings.Join(requests, ", "), "HTTP GET, HTTP GET")
	statements, spans := tr.below(children[1])
	equal(t, "its last statement", statements[len(statements)-1], "SQL UPDATE")
	equal(t, "that statement's table", strings.Contains(attributeOf(spans[len(spans)-1], "db.query.text"), "UPDATE ic3_asset_master SET"), true)
	equal(t, "its transaction", attributeOf(children[1], "db.transaction"), "commit")
	equal(t, "its outcome", attributeOf(good, "sync.outcome"), "changed")

	names, children = tr.below(bad)
	equal(t, "below the bad asset", strings.Join(names, ", "), "innomaint GetAsset, SQL UPDATE, SQL INSERT") // mark and log row
	equal(t, "its kind", attributeOf(bad, "sync.error_kind"), "not_found")
	equal(t, "its status", bad.Status.Code, codes.Error)
	equal(t, "its API call's status", children[0].Status.Code, codes.Error)

	for _, span := range tr.spans {
		for _, attr := range span.Attributes {
			for _, secret := range []string{apiToken, "Chilled water pump"} { // a value of the sample asset
				if strings.Contains(attr.Value.String(), secret) {
					t.Errorf("%s has %s=%s", span.Name, attr.Key, attr.Value.String())
				}
			}
		}
	}
	for _, request := range w.api.Requests() {
		if request.Header.Get("Traceparent") != "" {
			t.Error("Innomaint is told the trace's id")
		}
	}
}

func TestARollbackIsOneInTheTrace(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	must(t, w.db.Exec("CREATE TRIGGER refuse BEFORE UPDATE ON ic3_asset_master FOR EACH ROW IF NEW.cmms_sync_status = 'Success' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'not today'; END IF").Error)
	j, exporter := w.newJob()
	if _, err := j.run(t.Context(), scope{}); err != nil {
		t.Fatal(err)
	}
	tr := tree{t, exporter.GetSpans()}
	transaction := tr.the("transaction")
	equal(t, "its end", attributeOf(transaction, "db.transaction"), "rollback")
	_, statements := tr.below(transaction)
	equal(t, "the statement's status", statements[len(statements)-1].Status.Code, codes.Error)
}

// TestTracesGoWhereTheStandardVariablesSay also shows that without them nothing is sent, and that log records carry the
// trace's id with them only.
func TestTracesGoWhereTheStandardVariablesSay(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	var posts atomic.Int64
	collector := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if r.URL.Path == "/v1/traces" && bytes.Contains(body, []byte("sync asset")) {
			posts.Add(1)
		}
	}))
	t.Cleanup(collector.Close)
	run := func(variables map[string]string) string {
		var stderr bytes.Buffer
		cmd := w.child(variables)
		cmd.Stderr = &stderr
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, &stderr)
		}
		return stderr.String()
	}

	log := run(nil)
	equal(t, "ids in the log without an endpoint", strings.Contains(log, `"trace_id"`), false)
	run(map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_SDK_DISABLED": "true"})
	run(map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL, "OTEL_TRACES_EXPORTER": "none"})
	equal(t, "exports that nobody asked for", posts.Load(), 0)

	log = run(map[string]string{"OTEL_EXPORTER_OTLP_ENDPOINT": collector.URL})
	equal(t, "exports", posts.Load(), 1)
	equal(t, "ids in the log", strings.Contains(log, `"trace_id"`), true)
	run(map[string]string{"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": collector.URL + "/v1/traces"})
	equal(t, "exports", posts.Load(), 2)
}
