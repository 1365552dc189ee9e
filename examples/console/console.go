package console

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
)

// Config is what a Console needs of its host.
type Config struct {
	// DB is the host's plain handle, not a transaction. Required. One connection is enough.
	DB *gorm.DB
	// Options are what every run starts from. Client is required. CustomerID, CMMSAssetIDs and OnlyFailed are set by what
	// an operator asks for. OnStart and OnAsset are called as they would be in a run of the host's own.
	Options cmmsimport.Options
	// CustomerName returns what people call a customer, or "". Called for each customer that a page shows, so it should
	// answer from memory. Default: customers are shown by their ids.
	CustomerName func(customerID uint64) string
}

// Console is an http.Handler. Make one with New; call Shutdown before the process ends.
type Console struct {
	db      *gorm.DB
	name    func(customerID uint64) string
	log     *slog.Logger
	runner  *runner
	handler http.Handler
}

//go:embed static
var static embed.FS

// New returns the pages. The error says what is missing from cfg.
func New(cfg Config) (*Console, error) {
	switch {
	case cfg.DB == nil:
		return nil, errors.New("console: Config.DB is nil: pass the handle of gorm.Open")
	case cfg.Options.Client == nil:
		return nil, errors.New("console: Config.Options.Client is nil: pass the innomaint.Client that the host's jobs use")
	case cfg.Options.DryRun:
		return nil, errors.New("console: Config.Options.DryRun is set: a dry run leaves no row that the pages could show")
	}
	c := &Console{
		db:     cfg.DB,
		name:   cfg.CustomerName,
		log:    cmp.Or(cfg.Options.Logger, slog.Default()),
		runner: newRunner(cfg.DB, cfg.Options),
	}
	files, err := fs.Sub(static, "static")
	if err != nil {
		return nil, fmt.Errorf("console: %w", err)
	}
	c.handler = secure(http.NewCrossOriginProtection().Handler(c.routes(files)))
	return c, nil
}

// ServeHTTP implements http.Handler. It expects paths without the prefix that it is mounted under.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// Stop cancels the runs that were started here, refuses new ones and ends the live pages. It does not wait.
func (c *Console) Stop() { c.runner.stop() }

// Shutdown is Stop, and waits until the runs have settled the assets at hand and ended, or ctx has.
func (c *Console) Shutdown(ctx context.Context) error {
	c.runner.stop()
	return c.runner.wait(ctx)
}

func (c *Console) routes(files fs.FS) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /{$}", c.page(c.overview))
	mux.Handle("GET /runs", c.page(c.runs))
	mux.Handle("GET /run", c.page(c.run))
	mux.Handle("GET /failures", c.page(c.failures))
	mux.Handle("GET /warnings", c.page(c.warnings))
	mux.Handle("GET /assets", c.page(c.assets))
	mux.Handle("GET /asset", c.page(c.asset))
	mux.Handle("POST /start", c.page(c.start))
	mux.Handle("POST /cancel", c.page(c.cancel))
	mux.HandleFunc("GET /events", c.events)
	mux.HandleFunc("GET /export.csv", c.export)
	mux.Handle("GET /static/", http.StripPrefix("/static/", http.FileServerFS(files)))
	return mux
}

// secure sets the headers that keep foreign code, frames and caches out.
func secure(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "+
			"form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'")
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}
