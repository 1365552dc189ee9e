package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// listen serves /metrics until the server is closed.
func (m *metrics) listen(ctx context.Context, address string, log *slog.Logger) (*http.Server, error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{
		ErrorLog: promLog{log}, ErrorHandling: promhttp.ContinueOnError, Timeout: 20 * time.Second,
	}))
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = server.Serve(listener) }() // until Close
	log.LogAttrs(ctx, slog.LevelInfo, "serving metrics", slog.String("url", "http://"+listener.Addr().String()+"/metrics"))
	return server, nil
}

// promLog makes the handler write to the job's log.
type promLog struct{ log *slog.Logger }

// Println implements promhttp.Logger.
func (p promLog) Println(v ...any) {
	p.log.LogAttrs(context.Background(), slog.LevelWarn, "metrics", slog.String("error", fmt.Sprint(v...)))
}
