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

// Config configures a Console.
type Config struct {
	// DB is the host's handle. Required. It must not be a transaction. A pool of one connection is enough.
	DB *gorm.DB
	// Options are the options of every run. Client is required. The console sets CustomerID, CMMSAssetIDs and OnlyFailed as
	// the operator chooses. It calls OnStart and OnAsset as any run does.
	Options cmmsimport.Options
	// CustomerName returns a customer's name, or "". It is called for each customer on a page and should not do I/O. If nil,
	// the pages show the customer's id.
	CustomerName func(customerID uint64) string
}

// Console serves the pages. It implements http.Handler. Create one with New, and call Shutdown before the process ends.
type Console struct {
	db      *gorm.DB
	name    func(customerID uint64) string
	log     *slog.Logger
	runner  *runner
	handler http.Handler
}

//go:embed static
var static embed.FS

// New returns a Console. The error names the field of cfg that is missing or wrong.
func New(cfg Config) (*Console, error) {
	switch {
	case cfg.DB == nil:
		return nil, errors.New("console: Config.DB is nil: set it to the handle from gorm.Open")
	case cfg.Options.Client == nil:
		return nil, errors.New("console: Config.Options.Client is nil: set it to the innomaint.Client of the host's jobs")
	case cfg.Options.DryRun:
		return nil, errors.New("console: Config.Options.DryRun is set: a dry run writes no rows that the pages could show")
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

// ServeHTTP implements http.Handler. It expects paths without the prefix that the console is mounted under.
func (c *Console) ServeHTTP(w http.ResponseWriter, r *http.Request) { c.handler.ServeHTTP(w, r) }

// Stop cancels the runs that were started in this console, refuses new runs and closes the progress streams. It does not wait.
func (c *Console) Stop() { c.runner.stop() }

// Shutdown calls Stop and waits until the runs have finished their current asset and ended, or until ctx ends.
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

// secure sets headers that forbid foreign code, framing and caching.
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
