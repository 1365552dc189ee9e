package cmmsimport_test

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const apiToken = "t0ken-of-the-tests"

// world is a database with the sync's tables, a fake Innomaint and a client for it.
type world struct {
	t      testing.TB
	dsn    string
	db     *gorm.DB
	api    *innomainttest.Server
	client *innomaint.Client
}

// setup makes a world of the test's own.
func setup(t testing.TB) *world {
	t.Helper()
	return setupOn(t, dbtest.Database(t))
}

// setupOn makes a world on a database of the test's choice.
func setupOn(t testing.TB, dsn string) *world {
	t.Helper()
	w := &world{t: t, dsn: dsn, db: dbtest.Open(t, dsn)}
	must(t, cmmsimport.Migrate(t.Context(), w.db))
	w.api = innomainttest.NewServer(innomainttest.WithBearerToken(apiToken))
	t.Cleanup(w.api.Close)
	w.client = newClient(t, w.api)
	return w
}

// newClient is quick about its retries.
func newClient(t testing.TB, api *innomainttest.Server) *innomaint.Client {
	t.Helper()
	client, err := innomaint.New(innomaint.Config{
		BaseURL: api.URL(), Auth: innomaint.BearerToken(apiToken), MaxTries: 2,
		RetryWait: time.Millisecond, RetryMaxWait: 2 * time.Millisecond,
		Logger: slog.New(slog.DiscardHandler),
	})
	must(t, err)
	return client
}

// options are what a test starts from.
func (w *world) options() cmmsimport.Options {
	return cmmsimport.Options{Client: w.client, Logger: slog.New(slog.DiscardHandler)}
}

// sync runs with the options, which must not end in an error.
func (w *world) sync(opts cmmsimport.Options) cmmsimport.Summary {
	w.t.Helper()
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(w.t.Context(), w.db, opts)
	must(w.t, err)
	checkSums(w.t, summary)
	return summary
}

// link adds a row of ic3_asset_master that is linked to an asset of Innomaint.
func (w *world) link(customerID uint64, cmmsAssetID string) (id uint64) {
	w.t.Helper()
	return w.row(map[string]any{"customer_id": customerID, "cmms_asset_id": cmmsAssetID})
}

// row adds a row of ic3_asset_master.
func (w *world) row(columns map[string]any) (id uint64) {
	w.t.Helper()
	must(w.t, w.db.Table("ic3_asset_master").Create(columns).Error)
	must(w.t, w.db.Raw("SELECT MAX(id) FROM ic3_asset_master").Scan(&id).Error)
	return id
}

// serve makes the fake answer with the sample asset, varied.
func (w *world) serve(id string, vary ...map[string]any) {
	asset := innomainttest.SampleAsset(id)
	for _, fields := range vary {
		maps.Copy(asset, fields)
	}
	w.api.SetAsset(id, asset)
}

// asset reads a row of ic3_asset_master.
func (w *world) asset(id uint64) cmmsimport.AssetMaster {
	w.t.Helper()
	var a cmmsimport.AssetMaster
	must(w.t, w.db.Unscoped().Omit("deleted_at").First(&a, id).Error)
	return a
}

// entries reads cmms_sync_log, oldest first.
func (w *world) entries() []synclog.Entry {
	w.t.Helper()
	var entries []synclog.Entry
	must(w.t, w.db.Order("id").Find(&entries).Error)
	return entries
}

// count counts the rows of a table that meet a condition.
func (w *world) count(table, where string, args ...any) (n int64) {
	w.t.Helper()
	must(w.t, w.db.Table(table).Where(where, args...).Count(&n).Error)
	return n
}

func (w *world) exec(text string, args ...any) {
	w.t.Helper()
	must(w.t, w.db.Exec(text, args...).Error)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// checkSums holds what Summary promises of its numbers.
func checkSums(t testing.TB, s cmmsimport.Summary) {
	t.Helper()
	kinds := 0
	for _, n := range s.FailedByKind {
		kinds += n
	}
	if s.Total != s.Successful+s.Failed+s.Skipped || s.Successful != s.Changed+s.Unchanged || kinds != s.Failed {
		t.Errorf("the summary does not add up: %+v", s)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// clientFunc answers without HTTP.
type clientFunc = cmmsimport.APIClientFunc

var _ cmmsimport.APIClient = clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) { return nil, nil })
