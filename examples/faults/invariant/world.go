package invariant

import (
	"cmp"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// Token is what the world's Innomaint asks for, and a secret that must be seen nowhere.
const Token = "t0ken-0f-the-w0rld-5e4d"

// Size says how large a world is. Zero fields take their default.
type Size struct {
	Customers int // default 2; their ids are 1, 2, …
	Assets    int // of each customer; default 8
}

// Asset is one asset of the world. A test may alter the states where it has altered the row, or what Innomaint says.
type Asset struct {
	RowID, CustomerID uint64
	CMMSAssetID       string // no two customers share one
	Old, New          State

	number      int
	attemptedAt string // cmms_attempted_at when the row was in the state Old
}

// World is a database with the sync's tables and assets in an old state, and an Innomaint that has a new one.
type World struct {
	DB     *gorm.DB              // for the check; a sync may use another handle, see RunOn
	API    *innomainttest.Server // asks for Token
	Assets []*Asset              // by customer, then row id

	generation int

	mu      sync.Mutex
	secrets []string
	output  []byte        // log output of all runs, and what Note was given
	runs    []*notedRun   // in the order of their ends
	lease   time.Duration // the longest that a run of this world may take
}

// NewWorld migrates the database, seeds it and starts the fake Innomaint, which is closed with the test.
func NewWorld(tb testing.TB, db *gorm.DB, size Size) *World {
	tb.Helper()
	w := &World{DB: db, API: innomainttest.NewServer(innomainttest.WithBearerToken(Token)), secrets: []string{Token}}
	tb.Cleanup(w.API.Close)
	w.AllowLease(cmmsimport.Options{}.AssetTimeout)
	must(tb, cmmsimport.Migrate(tb.Context(), db))
	for customer := range cmp.Or(size.Customers, 2) {
		w.seed(tb, uint64(customer+1), cmp.Or(size.Assets, 8))
	}
	w.Advance(tb)
	return w
}

// NewClient returns a client of the world's Innomaint, or of a proxy before it, that is quick about its retries.
func NewClient(baseURL string) (*innomaint.Client, error) {
	return innomaint.New(innomaint.Config{
		BaseURL: baseURL, Auth: innomaint.BearerToken(Token), MaxTries: 3,
		RetryWait: time.Millisecond, RetryMaxWait: 5 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
	})
}

// Options are what a run of the world starts from: a client of API, everything else at its default.
func (w *World) Options() cmmsimport.Options {
	client, err := NewClient(w.API.URL())
	if err != nil {
		panic(err) // the fake's own URL
	}
	return cmmsimport.Options{Client: client}
}

// Advance makes the state in which the rows are now the old one, and has Innomaint change every asset.
func (w *World) Advance(tb testing.TB) {
	tb.Helper()
	rows, err := w.readAssets()
	must(tb, err)
	w.generation++
	for _, a := range w.Assets {
		row, ok := rows[a.RowID]
		if !ok {
			tb.Fatalf("the row of %s is gone", a)
		}
		a.Old, a.attemptedAt = row.state, row.attemptedAt
		a.New = stateOf(a, w.generation)
		a.New[kept] = a.Old[kept]
		w.API.SetAsset(a.CMMSAssetID, answer(a, w.generation))
	}
}

// CountNew returns how many assets are in their new state.
func (w *World) CountNew(tb testing.TB) (n int) {
	tb.Helper()
	rows, err := w.readAssets()
	must(tb, err)
	for _, a := range w.Assets {
		if a.New.diff(rows[a.RowID].state) == "" {
			n++
		}
	}
	return n
}

// Secret adds a text that must be seen nowhere.
func (w *World) Secret(secret string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.secrets = append(w.secrets, secret)
}

// AllowLease tells the check of an AssetTimeout with which a run takes its leases elsewhere; Run does it by itself. 0 is the
// library's default.
func (w *World) AllowLease(assetTimeout time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.lease = max(w.lease, (cmp.Or(assetTimeout, 2*time.Minute)+15*time.Second)*4/3+time.Second)
}

func (a *Asset) String() string {
	return fmt.Sprintf("asset %q (row %d of customer %d)", a.CMMSAssetID, a.RowID, a.CustomerID)
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}
