package main

import (
	"context"
	"log/slog"
	"net/http"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// traces makes the spans of runs and assets. Those of requests and of the database find their parents in the context.
type traces struct {
	provider trace.TracerProvider
	tracer   trace.Tracer
	asset    trace.Span // of the asset at hand: there is one at a time
}

func tracesOf(provider trace.TracerProvider) *traces {
	return &traces{provider: provider, tracer: provider.Tracer("ic3.internal/innomaintsync/examples/hostjob")}
}

// startRun begins the run's span, and returns what ends it.
func (t *traces) startRun(ctx context.Context, s scope) (context.Context, func(cmmsimport.Summary, result)) {
	attrs := []attribute.KeyValue{attribute.Bool("sync.dry_run", s.dryRun), attribute.Bool("sync.only_failed", s.onlyFailed)}
	if s.customerID != nil {
		attrs = append(attrs, customer(*s.customerID))
	}
	ctx, span := t.tracer.Start(ctx, "sync run", trace.WithAttributes(attrs...))
	return ctx, func(summary cmmsimport.Summary, ended result) {
		span.SetAttributes(attribute.String("sync.run_id", summary.RunID), attribute.String("sync.result", string(ended)),
			attribute.Int("sync.total", summary.Total), attribute.Int("sync.successful", summary.Successful),
			attribute.Int("sync.failed", summary.Failed), attribute.Int("sync.skipped", summary.Skipped))
		if exitCode(ended) != exitOK {
			span.SetStatus(codes.Error, string(ended))
		}
		span.End()
	}
}

// watch implements watcher: a span an asset, from BeforeAsset to OnAsset, and one below it for the API call with its retries.
func (t *traces) watch(opts cmmsimport.Options) cmmsimport.Options {
	opts.BeforeAsset = func(ctx context.Context, ref innomaint.AssetRef) context.Context {
		ctx, t.asset = t.tracer.Start(ctx, "sync asset", trace.WithAttributes(customer(ref.CustomerID), attribute.String("cmms.asset_id", ref.AssetID)))
		return ctx
	}
	client := opts.Client
	opts.Client = cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		ctx, span := t.tracer.Start(ctx, "innomaint GetAsset")
		defer span.End()
		detail, err := client.GetAsset(ctx, ref)
		failed(span, err)
		return detail, err
	})
	return onAsset(opts, func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		t.asset.SetAttributes(attribute.String("sync.outcome", outcomeOf(res)), attribute.Int("sync.changes", len(res.Changes)),
			attribute.Int("sync.warnings", len(res.Warnings)))
		if res.Kind != "" {
			t.asset.SetAttributes(attribute.String("sync.error_kind", string(res.Kind)))
		}
		failed(t.asset, res.Err)
		t.asset.End()
	})
}

// transport makes a span of each request. The trace's ids stay in the house: Innomaint is not told them.
func (t *traces) transport(next http.RoundTripper) http.RoundTripper {
	return otelhttp.NewTransport(next, otelhttp.WithTracerProvider(t.provider),
		otelhttp.WithPropagators(propagation.NewCompositeTextMapPropagator()))
}

func customer(id uint64) attribute.KeyValue { return attribute.Int64("cmms.customer_id", int64(id)) }

// failed marks a span, with the text that the audit log has, too: without secrets.
func failed(span trace.Span, err error) {
	if err != nil {
		span.SetStatus(codes.Error, synclog.ErrorMessage(err))
	}
}

// traceIDs adds to each log record the ids of the span that it was written in.
type traceIDs struct{ slog.Handler }

// Handle implements slog.Handler.
func (h traceIDs) Handle(ctx context.Context, record slog.Record) error {
	if span := trace.SpanContextFromContext(ctx); span.IsValid() {
		record.AddAttrs(slog.String("trace_id", span.TraceID().String()), slog.String("span_id", span.SpanID().String()))
	}
	return h.Handler.Handle(ctx, record)
}

// WithAttrs implements slog.Handler.
func (h traceIDs) WithAttrs(attrs []slog.Attr) slog.Handler {
	return traceIDs{h.Handler.WithAttrs(attrs)}
}

// WithGroup implements slog.Handler.
func (h traceIDs) WithGroup(name string) slog.Handler { return traceIDs{h.Handler.WithGroup(name)} }
