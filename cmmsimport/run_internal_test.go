package cmmsimport

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/handle"
	"ic3.internal/innomaintsync/cmmsimport/internal/lease"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// testRun is a run over three assets of customer 7. A test can change its inner state.
type testRun struct {
	*run
	t     *testing.T
	clock *leaseClock
}

func newTestRun(t *testing.T, opts Options) *testRun {
	t.Helper()
	r := &testRun{t: t}
	db := dbtest.Open(t, dbtest.Database(t))
	must(t, Migrate(t.Context(), db))
	opts.Logger = slog.New(slog.DiscardHandler)
	r.run = newRun(handle.Plain(db), opts.withDefaults())
	r.clock = r.setLeaseClock()
	mustExec(t, db, "INSERT INTO ic3_asset_master (customer_id, cmms_asset_id) VALUES (7, 'A-1'), (7, 'A-2'), (7, 'A-3')")
	return r
}

// sync runs from start to finish.
func (r *testRun) sync() (Summary, error) {
	r.t.Helper()
	err := r.start(r.t.Context())
	if err == nil {
		err = r.syncCustomers(r.t.Context())
	}
	return r.finish(r.t.Context(), err)
}

// leaseClock is the clock of a run's leases.
type leaseClock struct{ ahead time.Duration }

// setLeaseClock gives the run a leaseClock.
func (r *run) setLeaseClock() *leaseClock {
	c := &leaseClock{}
	r.leases = lease.NewSet(r.db, r.log, r.summary.RunID, r.audit.holder, leaseDuration(defaultAssetTimeout),
		func() time.Time { return time.Now().Add(c.ahead) })
	return c
}

// expire makes the leases look expired to the run.
func (c *leaseClock) expire() { c.ahead += leaseDuration(defaultAssetTimeout) + time.Second }

// takeLeases gives all leases to another run.
const takeLeases = "UPDATE cmms_sync_lock SET run_id = 'another run', holder = 'another host', expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR"

// renaming is a client that has a new name for every asset.
var renaming = APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
	return &innomaint.Asset{ID: ref.AssetID, Name: "new"}, nil
})

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustExec(t *testing.T, db *gorm.DB, text string) {
	t.Helper()
	must(t, db.Exec(text).Error)
}

func mustCount(t *testing.T, db *gorm.DB, query string, args ...any) (n int) {
	t.Helper()
	must(t, db.Raw(query, args...).Scan(&n).Error)
	return n
}
