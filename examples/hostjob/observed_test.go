package main

import (
	"log/slog"
	"testing"

	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

// newJob returns a job as main makes it, but with spans in memory.
func (w *world) newJob() (*job, *tracetest.InMemoryExporter) {
	w.t.Helper()
	cfg, err := readConfig(w.environ)
	must(w.t, err)
	spans := tracetest.NewInMemoryExporter()
	t := tracesOf(sdktrace.NewTracerProvider(sdktrace.WithSyncer(spans)))
	log := slog.New(slog.DiscardHandler)
	db, closeDB, err := openDatabase(cfg.DatabaseDSN, t, log)
	must(w.t, err)
	w.t.Cleanup(closeDB)
	m := newMetrics(db, log)
	client, err := cfg.client(m, t, log)
	must(w.t, err)
	return &job{
		db: db, client: client, log: log, metrics: m, traces: t,
		timeBox: cfg.TimeBox, maxConsecutiveFailures: cfg.MaxConsecutiveFailures,
	}, spans
}

// tree finds spans by their place.
type tree struct {
	t     *testing.T
	spans tracetest.SpanStubs
}

// below returns the spans whose parent is this one, in the order of their end.
func (tr tree) below(parent tracetest.SpanStub) (names []string, children tracetest.SpanStubs) {
	for _, span := range tr.spans {
		if span.Parent.SpanID() == parent.SpanContext.SpanID() {
			names, children = append(names, span.Name), append(children, span)
		}
	}
	return names, children
}

// the one span of this name.
func (tr tree) the(name string) tracetest.SpanStub {
	tr.t.Helper()
	all := tr.all(name)
	if len(all) != 1 {
		tr.t.Fatalf("%d spans are called %q", len(all), name)
	}
	return all[0]
}

func (tr tree) all(name string) (found tracetest.SpanStubs) {
	for _, span := range tr.spans {
		if span.Name == name {
			found = append(found, span)
		}
	}
	return found
}

func attributeOf(span tracetest.SpanStub, key string) string {
	for _, attr := range span.Attributes {
		if string(attr.Key) == key {
			return attr.Value.String()
		}
	}
	return ""
}
