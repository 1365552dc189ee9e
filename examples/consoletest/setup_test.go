package consoletest_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/examples/console"
	"ic3.internal/innomaintsync/examples/internal/showcase"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) {
	code := dbtest.Main(m)
	closeBrowser()
	os.Exit(code)
}

const (
	prefix   = "/admin/innomaint"
	customer = uint64(990001)
	apiToken = "t0ken-of-the-tests"
)

// site is a host with a mounted console, its database and its fake Innomaint.
type site struct {
	t       testing.TB
	db      *gorm.DB
	api     *innomainttest.Server
	console *console.Console
	url     string // of the overview
}

// setup creates a site with an empty register.
func setup(t testing.TB) *site {
	t.Helper()
	s := &site{t: t, db: open(t, dbtest.Database(t))}
	must(t, cmmsimport.Migrate(t.Context(), s.db))
	s.api = innomainttest.NewServer(innomainttest.WithBearerToken(apiToken))
	t.Cleanup(s.api.Close)
	client, err := innomaint.New(innomaint.Config{
		BaseURL: s.api.URL(), Auth: innomaint.BearerToken(apiToken), MaxTries: 1, Logger: slog.New(slog.DiscardHandler),
	})
	must(t, err)
	s.console, err = console.New(console.Config{
		DB: s.db, CustomerName: showcase.CustomerName,
		Options: cmmsimport.Options{Client: client, Logger: slog.New(slog.DiscardHandler)},
	})
	must(t, err)

	mux := http.NewServeMux()
	mux.Handle(prefix+"/", http.StripPrefix(prefix, s.console))
	server := httptest.NewServer(mux)
	s.url = server.URL + prefix + "/"
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
		defer cancel()
		must(t, s.console.Shutdown(ctx))
		server.Close()
	})
	return s
}

// setupPast creates a site with the assets and past runs of package showcase.
func setupPast(t testing.TB, assets, nights int) (*site, []showcase.Asset) {
	t.Helper()
	s, fleet := setup(t), showcase.NewFleet(assets)
	must(t, showcase.Past(t.Context(), s.db, fleet, nights, time.Now()))
	for _, asset := range fleet {
		s.api.SetAsset(asset.ID, asset.Body)
	}
	return s, fleet
}

func open(t testing.TB, dsn string) *gorm.DB {
	t.Helper()
	db := dbtest.Open(t, dsn)
	pool, err := db.DB()
	must(t, err)
	pool.SetMaxOpenConns(1) // enough for the pages and a run at the same time
	return db
}

// link adds a linked asset. Unless body is nil, the fake has it too.
func (s *site) link(customerID uint64, id string, body map[string]any) {
	s.t.Helper()
	must(s.t, s.db.Create(&cmmsimport.AssetMaster{CustomerID: customerID, CMMSAssetID: id}).Error)
	if body != nil {
		s.api.SetAsset(id, body)
	}
}

// sync runs a sync outside of the console, as a host's job does.
func (s *site) sync(customerID *uint64) cmmsimport.Summary {
	s.t.Helper()
	client, err := innomaint.New(innomaint.Config{BaseURL: s.api.URL(), Auth: innomaint.BearerToken(apiToken), MaxTries: 1, Logger: slog.New(slog.DiscardHandler)})
	must(s.t, err)
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(s.t.Context(), s.db, cmmsimport.Options{
		Client: client, CustomerID: customerID, Logger: slog.New(slog.DiscardHandler),
	})
	must(s.t, err)
	return summary
}

// runs reads all runs, newest first.
func (s *site) runs() []synclog.Run {
	s.t.Helper()
	runs, err := synclog.Runs(s.t.Context(), s.db, synclog.Filter{})
	must(s.t, err)
	return runs
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// ids returns A-1 to A-n.
func ids(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("A-%d", i+1)
	}
	return all
}
