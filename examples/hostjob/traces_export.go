package main

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace/noop"
)

// exportLimit bounds how long the last spans may take at the end.
const exportLimit = 10 * time.Second

// newTraces exports by OTLP over HTTP where a standard variable names an endpoint, and makes no span otherwise. The
// exporter reads the OTEL_EXPORTER_OTLP_ variables itself. end sends what is left.
func newTraces(ctx context.Context, environ map[string]string, log *slog.Logger) (t *traces, end func(), err error) {
	if !tracesWanted(environ) {
		return tracesOf(noop.NewTracerProvider()), func() {}, nil
	}
	otel.SetErrorHandler(otel.ErrorHandlerFunc(func(err error) {
		log.LogAttrs(context.Background(), slog.LevelWarn, "traces were not exported", slog.String("error", err.Error()))
	}))
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("the OTEL_ variables: %w", err)
	}
	about, err := resource.New(ctx,
		resource.WithTelemetrySDK(), resource.WithHost(),
		resource.WithAttributes(attribute.String("service.name", "innomaint-hostjob")),
		resource.WithFromEnv(), // OTEL_SERVICE_NAME goes before ours
	)
	if err != nil {
		return nil, nil, fmt.Errorf("the OTEL_ variables: %w", err)
	}
	provider := sdktrace.NewTracerProvider(sdktrace.WithBatcher(exporter), sdktrace.WithResource(about))
	return tracesOf(provider), func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), exportLimit)
		defer cancel()
		if err := provider.Shutdown(ctx); err != nil {
			log.LogAttrs(ctx, slog.LevelWarn, "the last traces were not exported", slog.String("error", err.Error()))
		}
	}, nil
}

func tracesWanted(environ map[string]string) bool {
	if strings.EqualFold(environ["OTEL_SDK_DISABLED"], "true") || environ["OTEL_TRACES_EXPORTER"] == "none" {
		return false
	}
	return environ["OTEL_EXPORTER_OTLP_ENDPOINT"] != "" || environ["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"] != ""
}
