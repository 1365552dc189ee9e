package main

import (
	"log/slog"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// metrics are what this process has seen; runsCollector adds what the database knows of all processes' runs.
type metrics struct {
	registry *prometheus.Registry

	assets       *prometheus.CounterVec   // outcome, kind
	assetSeconds *prometheus.HistogramVec // outcome
	warnings     prometheus.Counter
	apiSeconds   *prometheus.HistogramVec // code, method

	runs         *prometheus.CounterVec // result
	lastResult   *prometheus.GaugeVec   // result
	lastFailures *prometheus.GaugeVec   // kind
}

const namespace = "innomaint_sync"

func newMetrics(db *gorm.DB, log *slog.Logger) *metrics {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), runsCollector{db, log})
	made := promauto.With(registry)
	return &metrics{
		registry: registry,
		assets: made.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "assets_total",
			Help: "Attempts on assets, by outcome (changed, unchanged, failed) and, for failures, by kind."}, []string{"outcome", "kind"}),
		assetSeconds: made.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: "asset_duration_seconds",
			Help:    "How long an attempt on an asset took, API call to commit or rollback.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60, 120}}, []string{"outcome"}),
		warnings: made.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: "warnings_total",
			Help: "Values that could not be taken over."}),
		apiSeconds: made.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: "api_request_duration_seconds",
			Help:    "Innomaint's latency, a request each; retries count, requests without an answer do not.",
			Buckets: []float64{.01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}}, []string{"code", "method"}),
		runs: made.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: "runs_total",
			Help: "Runs of this process, by result."}, []string{"result"}),
		lastResult: made.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: "last_run_result",
			Help: "1 for the result of this process's last run."}, []string{"result"}),
		lastFailures: made.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: "last_run_failures",
			Help: "Failed assets of this process's last run, by kind."}, []string{"kind"}),
	}
}

// watch implements watcher. A dry run is no run.
func (m *metrics) watch(opts cmmsimport.Options) cmmsimport.Options {
	if opts.DryRun {
		return opts
	}
	return onAsset(opts, func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		outcome := outcomeOf(res)
		m.assets.WithLabelValues(outcome, string(res.Kind)).Inc()
		m.assetSeconds.WithLabelValues(outcome).Observe(res.Duration.Seconds())
		m.warnings.Add(float64(len(res.Warnings)))
	})
}

func outcomeOf(res cmmsimport.AssetResult) string {
	switch {
	case res.Status == synclog.Failed:
		return "failed"
	case len(res.Changes) > 0:
		return "changed"
	}
	return "unchanged"
}

func (m *metrics) runEnded(summary cmmsimport.Summary, ended result) {
	m.runs.WithLabelValues(string(ended)).Inc()
	for _, r := range results {
		m.lastResult.WithLabelValues(string(r)).Set(0)
	}
	m.lastResult.WithLabelValues(string(ended)).Set(1)
	m.lastFailures.Reset()
	for kind, n := range summary.FailedByKind {
		m.lastFailures.WithLabelValues(string(kind)).Set(float64(n))
	}
}

// transport measures each request.
func (m *metrics) transport(next http.RoundTripper) http.RoundTripper {
	return promhttp.InstrumentRoundTripperDuration(m.apiSeconds, next)
}

// writeFile is for node_exporter's textfile collector, which reads the file when it likes: it is replaced as a whole.
func (m *metrics) writeFile(name string) error { return prometheus.WriteToTextfile(name, m.registry) }
