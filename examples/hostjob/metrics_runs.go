package main

import (
	"context"
	"log/slog"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// runsCollector reads cmms_sync_run at each scrape: so the last run's time and state are there from this process's first
// moment on, whichever process and machine made it, and also where that one died.
type runsCollector struct {
	db  *gorm.DB
	log *slog.Logger
}

const (
	collectLimit = 10 * time.Second
	collectSince = 31 * 24 * time.Hour // a success that is older is none
)

func runMetric(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help+" Runs for one customer do not count.", labels, nil)
}

var (
	lastStarted   = runMetric("last_run_started_timestamp_seconds", "When the last run started.")
	lastFinished  = runMetric("last_run_finished_timestamp_seconds", "When the last run finished; absent while it goes on.")
	lastHeartbeat = runMetric("last_run_heartbeat_timestamp_seconds", "When the last run last wrote its progress.")
	lastState     = runMetric("last_run_state", "1 for the last run's status in cmms_sync_run.", "state")
	lastAssets    = runMetric("last_run_assets", "The last run's assets; total is what it set out to do.", "outcome")
	lastSuccess   = runMetric("last_success_timestamp_seconds", "When a run last completed, or filled its time box.")

	runStates = []synclog.RunStatus{synclog.Running, synclog.Completed, synclog.Interrupted, synclog.Aborted}
)

// Describe implements prometheus.Collector.
func (runsCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{lastStarted, lastFinished, lastHeartbeat, lastState, lastAssets, lastSuccess} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (c runsCollector) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), collectLimit)
	defer cancel()
	gauge := func(d *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, value, labels...)
	}
	newest := true
	for run, err := range wholeRuns(ctx, c.db, time.Now().Add(-collectSince)) {
		if err != nil {
			c.log.LogAttrs(ctx, slog.LevelWarn, "the last runs could not be read for the metrics", slog.String("error", err.Error()))
			return
		}
		if newest {
			newest = false
			gauge(lastStarted, seconds(run.StartedAt))
			gauge(lastHeartbeat, seconds(run.HeartbeatAt))
			if run.FinishedAt != nil {
				gauge(lastFinished, seconds(*run.FinishedAt))
			}
			for _, state := range runStates {
				gauge(lastState, oneIf(run.Status == state), string(state))
			}
			gauge(lastAssets, float64(run.Total), "total")
			gauge(lastAssets, float64(run.Successful), "successful")
			gauge(lastAssets, float64(run.Failed), "failed")
		}
		if succeeded(run) && run.FinishedAt != nil {
			gauge(lastSuccess, seconds(*run.FinishedAt))
			return
		}
	}
}

func seconds(t time.Time) float64 { return float64(t.UnixMilli()) / 1000 }

func oneIf(is bool) float64 {
	if is {
		return 1
	}
	return 0
}
