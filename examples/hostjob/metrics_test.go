package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestMetricsOfARun(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.link(7, "A-2")
	w.linkMissing(42, "B-1")
	w.api.SetAsset("A-2", map[string]any{"asset_id": "A-2", "asset_name": "Pump", "purchase_date": "the day before yesterday"})
	w.api.Script("A-1", innomainttest.Answer{Status: 503}) // answered at the second try
	j, _ := w.newJob()
	scraped := j.scrape(t)
	if _, ok := scraped["innomaint_sync_last_run_started_timestamp_seconds"]; ok {
		t.Error("a run is there before the first")
	}

	began := time.Now()
	_, err := j.run(t.Context(), scope{})
	must(t, err)
	scraped = j.scrape(t)
	for series, want := range map[string]float64{
		`innomaint_sync_assets_total{kind="", outcome="changed"}`:                     2,
		`innomaint_sync_assets_total{kind="not_found", outcome="failed"}`:             1,
		`innomaint_sync_asset_duration_seconds_count{outcome="changed"}`:              2,
		`innomaint_sync_asset_duration_seconds_count{outcome="failed"}`:               1,
		`innomaint_sync_warnings_total`:                                               1,
		`innomaint_sync_api_request_duration_seconds_count{code="200", method="get"}`: 2,
		`innomaint_sync_api_request_duration_seconds_count{code="503", method="get"}`: 1,
		`innomaint_sync_api_request_duration_seconds_count{code="404", method="get"}`: 1,
		`innomaint_sync_runs_total{result="assets_failed"}`:                           1,
		`innomaint_sync_last_run_result{result="assets_failed"}`:                      1,
		`innomaint_sync_last_run_result{result="completed"}`:                          0,
		`innomaint_sync_last_run_failures{kind="not_found"}`:                          1,
		`innomaint_sync_last_run_state{state="Completed"}`:                            1,
		`innomaint_sync_last_run_state{state="Running"}`:                              0,
		`innomaint_sync_last_run_assets{outcome="total"}`:                             3,
		`innomaint_sync_last_run_assets{outcome="successful"}`:                        2,
		`innomaint_sync_last_run_assets{outcome="failed"}`:                            1,
	} {
		if got, ok := scraped[series]; !ok || got != want {
			t.Errorf("%s: got %v (there: %v), want %v", series, got, ok, want)
		}
	}
	for _, series := range []string{"started", "finished", "heartbeat"} {
		near(t, scraped, "innomaint_sync_last_run_"+series+"_timestamp_seconds", began)
	}
	near(t, scraped, "innomaint_sync_last_success_timestamp_seconds", began)

	w.api.SetAsset("B-1", innomainttest.SampleAsset("B-1"))
	_, err = j.run(t.Context(), scope{onlyFailed: true})
	must(t, err)
	scraped = j.scrape(t)
	equal(t, "the last result", scraped[`innomaint_sync_last_run_result{result="completed"}`], 1)
	equal(t, "the one before", scraped[`innomaint_sync_last_run_result{result="assets_failed"}`], 0)
	if _, ok := scraped[`innomaint_sync_last_run_failures{kind="not_found"}`]; ok {
		t.Error("the last run's failures are still there")
	}
}

// TestMetricsKnowRunsOfOtherProcesses has one that died in mid-run after one that filled its time box.
func TestMetricsKnowRunsOfOtherProcesses(t *testing.T) {
	t.Parallel()
	w := setup(t)
	now := time.Now().UTC()
	yesterday := now.Add(-24 * time.Hour)
	w.insertRun(synclog.Run{
		ID: fmt.Sprintf("01J%023d", 1), Status: synclog.Interrupted, StartedAt: yesterday, FinishedAt: &yesterday,
		ErrorMessage: "sync interrupted: context canceled: " + errTimeBox.Error(),
	})
	w.insertRun(synclog.Run{
		ID: fmt.Sprintf("01J%023d", 2), Status: synclog.Running, StartedAt: now.Add(-time.Hour), HeartbeatAt: now.Add(-30 * time.Minute),
	})
	j, _ := w.newJob()
	scraped := j.scrape(t)
	near(t, scraped, "innomaint_sync_last_success_timestamp_seconds", yesterday)
	near(t, scraped, "innomaint_sync_last_run_heartbeat_timestamp_seconds", now.Add(-30*time.Minute))
	equal(t, "state", scraped[`innomaint_sync_last_run_state{state="Running"}`], 1)
	if _, ok := scraped["innomaint_sync_last_run_finished_timestamp_seconds"]; ok {
		t.Error("the run that goes on has finished")
	}
}

func TestTheMetricsFileIsTheNightlyRuns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.environ["METRICS_FILE"] = filepath.Join(t.TempDir(), "innomaint.prom")
	w.job("-dry-run").expect(t, exitOK)
	w.job("-customer", "7").expect(t, exitOK)
	if _, err := os.Stat(w.environ["METRICS_FILE"]); err == nil {
		t.Error("a run by hand wrote the file")
	}
	w.job().expect(t, exitOK)
	file, err := os.Open(w.environ["METRICS_FILE"])
	must(t, err)
	defer file.Close()
	equal(t, "result", parseMetrics(t, file)[`innomaint_sync_last_run_result{result="completed"}`], 1)
}

// TestTheScheduleMakesRuns is the whole program until it is asked to stop.
func TestTheScheduleMakesRuns(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.environ["SYNC_SCHEDULE"], w.environ["METRICS_ADDRESS"] = "@every 1s", "127.0.0.1:0"
	ctx, stop := context.WithCancel(t.Context())
	stderr, exit := &lockedBuffer{}, make(chan int, 1)
	go func() { exit <- hostjob(ctx, []string{"-schedule"}, w.environ, io.Discard, stderr) }()
	var url string
	until(t, "the address of the metrics is logged", func() bool { url = stderr.field("serving metrics", "url"); return url != "" })
	until(t, "two runs are counted", func() bool { return scrapeURL(t, url)[`innomaint_sync_runs_total{result="completed"}`] >= 2 })
	stop()
	select {
	case code := <-exit:
		equal(t, "exit code", code, exitOK)
	case <-time.After(time.Minute):
		t.Fatal("the program goes on")
	}
	if response, err := http.Get(url); err == nil {
		_ = response.Body.Close()
		t.Error("the metrics are still served")
	}
}

// scrape reads the metrics over HTTP.
func (j *job) scrape(t *testing.T) map[string]float64 {
	t.Helper()
	stderr := &lockedBuffer{}
	server, err := j.metrics.listen(t.Context(), "127.0.0.1:0", slog.New(slog.NewJSONHandler(stderr, nil)))
	must(t, err)
	defer server.Close()
	return scrapeURL(t, stderr.field("serving metrics", "url"))
}

func scrapeURL(t *testing.T, url string) map[string]float64 {
	t.Helper()
	response, err := http.Get(url)
	must(t, err)
	defer response.Body.Close()
	equal(t, "status", response.StatusCode, http.StatusOK)
	return parseMetrics(t, response.Body)
}

// parseMetrics returns values by series, as PromQL writes it.
func parseMetrics(t *testing.T, in io.Reader) map[string]float64 {
	t.Helper()
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(in)
	must(t, err)
	values := map[string]float64{}
	for _, family := range families {
		samples, err := expfmt.ExtractSamples(&expfmt.DecodeOptions{}, family)
		must(t, err)
		for _, sample := range samples {
			values[sample.Metric.String()] = float64(sample.Value)
		}
	}
	return values
}

func near(t *testing.T, scraped map[string]float64, series string, want time.Time) {
	t.Helper()
	got, ok := scraped[series]
	if difference := got - float64(want.Unix()); !ok || difference < -60 || difference > 60 {
		t.Errorf("%s is %v, want about %d", series, got, want.Unix())
	}
}

// lockedBuffer is a log that is read while it is written.
type lockedBuffer struct {
	mu  sync.Mutex
	all bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.all.Write(p)
}

// field returns an attribute of the first record with this message.
func (b *lockedBuffer) field(message, key string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for line := range strings.Lines(b.all.String()) {
		var record map[string]any
		if json.Unmarshal([]byte(line), &record) == nil && record["msg"] == message {
			return fmt.Sprint(record[key])
		}
	}
	return ""
}
