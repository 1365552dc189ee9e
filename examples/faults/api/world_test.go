package api_test

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// tries is how often the clients here ask, unless an answer ends that.
const tries = 3

// world is three assets, of which the second meets the faults, one a round.
type world struct {
	*invariant.World
	tenant *tenant
	known  map[string]bool // violations that earlier rounds have brought
}

func newWorld(t *testing.T, dsn string) *world {
	t.Helper()
	db := dbtest.Open(t, dsn)
	w := &world{World: invariant.NewWorld(t, db, invariant.Size{Customers: 1, Assets: 3}), known: map[string]bool{}}
	w.tenant = newTenant(t, w.World)
	return w
}

func freshWorld(t *testing.T) *world {
	t.Helper()
	return newWorld(t, dbtest.Database(t))
}

// second is the asset that meets the faults.
func (w *world) second() *invariant.Asset { return w.Assets[1] }

// fault is what the second asset meets, and what must come of it.
type fault struct {
	answer http.HandlerFunc            // instead of the usual one
	toxics []string                    // on the connections for it
	config func(cfg *innomaint.Config) // of a client of its own, with waits that the others must not have

	kind     innomaint.Kind    // of its failure: nothing is written. "": it is synced
	text     string            // part of its error
	requests int               // for it, as the tenant counts; 0: any number
	kept     []string          // columns that keep their old value, with a warning each
	becomes  map[string]string // columns that become other than Innomaint's usual values
}

// round has Innomaint change every asset and syncs, with the fault in the way of the second.
func (w *world) round(t *testing.T, f fault) cmmsimport.AssetResult {
	t.Helper()
	asset := w.second()
	w.tenant.script(map[string]http.HandlerFunc{asset.CMMSAssetID: f.answer})
	if f.kind == "" {
		for _, column := range f.kept {
			asset.New[column] = asset.Old[column]
		}
		maps.Copy(asset.New, f.becomes)
	}

	var met cmmsimport.AssetResult
	opts := cmmsimport.Options{Client: w.client(t, f), OnAsset: func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if res.AssetID == asset.RowID {
			met = res
		}
	}}
	summary, err := w.Run(t.Context(), opts)
	must(t, err)
	w.check(t)

	failed := 0
	if f.kind != "" {
		failed = 1
	}
	if met.Kind != f.kind || summary.Failed != failed || summary.Successful != 3-failed {
		t.Errorf("kind %q, want %q: %v\n%s", met.Kind, f.kind, met.Err, summary)
	}
	if n := w.CountNew(t); n != 3-failed {
		t.Errorf("%d assets are up to date, want %d", n, 3-failed)
	}
	if n := w.tenant.count(asset.CMMSAssetID); f.requests > 0 && n != f.requests {
		t.Errorf("%d requests for the asset, want %d", n, f.requests)
	}
	var failure *innomaint.Error
	if errors.As(met.Err, &failure) && f.kind == innomaint.KindTimeout && failure.Tries != tries {
		t.Errorf("given up after %d tries, want %d", failure.Tries, tries)
	}
	if met.Err != nil && !strings.Contains(met.Err.Error(), f.text) {
		t.Errorf("the error does not say %q: %v", f.text, met.Err)
	}
	checkWarnings(t, met.Warnings, f.kept)
	return met
}

// checkWarnings holds that there is one warning for each of the columns.
func checkWarnings(t *testing.T, warnings, columns []string) {
	t.Helper()
	if len(warnings) != len(columns) {
		t.Errorf("warnings %q, want one for each of %q", warnings, columns)
	}
	all := strings.Join(warnings, "\n")
	for _, column := range columns {
		if !strings.Contains(all, column+": ") {
			t.Errorf("no warning for %s in %q", column, warnings)
		}
	}
}

// check fails the test with the violations that no earlier round has brought.
func (w *world) check(t *testing.T) {
	t.Helper()
	for _, violation := range w.Violations(t) {
		if !w.known[violation] {
			w.known[violation] = true
			t.Error(violation)
		}
	}
}

// client asks the tenant; for the second asset through what the fault puts in the way.
func (w *world) client(t *testing.T, f fault) cmmsimport.APIClient {
	t.Helper()
	direct := w.tenant.Listener.Addr().String()
	through := direct
	if f.toxics != nil {
		through = newProxy(t, direct, f.toxics)
	}
	var address atomic.Pointer[string]
	address.Store(&direct)
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, *address.Load())
	}}
	t.Cleanup(transport.CloseIdleConnections)

	cfg := w.config(&http.Client{Transport: transport})
	usual, err := innomaint.New(cfg)
	must(t, err)
	own := usual
	if f.config != nil {
		f.config(&cfg)
		own, err = innomaint.New(cfg)
		must(t, err)
	}
	return cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID != w.second().CMMSAssetID {
			return usual.GetAsset(ctx, ref)
		}
		transport.CloseIdleConnections()
		address.Store(&through)
		defer func() {
			transport.CloseIdleConnections()
			address.Store(&direct)
		}()
		return own.GetAsset(ctx, ref)
	})
}

// config is that of a client with short waits between its tries, and time enough for a slow machine's answers.
func (w *world) config(client *http.Client) innomaint.Config {
	return innomaint.Config{
		BaseURL: w.tenant.URL, Auth: innomaint.BearerToken(invariant.Token), HTTPClient: client,
		MaxTries: tries, RetryWait: time.Millisecond, RetryMaxWait: 5 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
	}
}

// hurry gives up after a time that no answer here comes within.
func hurry(cfg *innomaint.Config) { cfg.Timeout = 150 * time.Millisecond }
