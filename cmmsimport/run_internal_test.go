package cmmsimport

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/handle"
	"ic3.internal/innomaintsync/cmmsimport/internal/lease"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// testRun is a run over three assets of customer 7 whose inside a test can change.
type testRun struct {
	*run
	t     *testing.T
	clock *leaseClock
}

// leaseClock is the clock of a run's leases.
type leaseClock struct{ ahead time.Duration }

// setLeaseClock gives the run such a clock.
func (r *run) setLeaseClock() *leaseClock {
	c := &leaseClock{}
	r.leases = lease.NewSet(r.db, r.log, r.summary.RunID, r.audit.holder, leaseDuration(defaultAssetTimeout),
		func() time.Time { return time.Now().Add(c.ahead) })
	return c
}

// expire makes the leases look expired to the run.
func (c *leaseClock) expire() { c.ahead += leaseDuration(defaultAssetTimeout) + time.Second }

func newTestRun(t *testing.T, opts Options) *testRun {
	t.Helper()
	r := &testRun{t: t}
	db := dbtest.Open(t, dbtest.Database(t))
	if err := Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	opts.Logger = slog.New(slog.DiscardHandler)
	r.run = newRun(handle.Plain(db), opts.withDefaults())
	r.clock = r.setLeaseClock()
	r.exec("INSERT INTO ic3_asset_master (customer_id, cmms_asset_id) VALUES (7, 'A-1'), (7, 'A-2'), (7, 'A-3')")
	return r
}

func (r *testRun) exec(text string) {
	r.t.Helper()
	if err := r.db.Exec(text).Error; err != nil {
		r.t.Error(err)
	}
}

func (r *testRun) count(query string, args ...any) (n int) {
	r.t.Helper()
	if err := r.db.Raw(query, args...).Scan(&n).Error; err != nil {
		r.t.Error(err)
	}
	return n
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

const takenOver = "UPDATE cmms_sync_lock SET run_id = 'another run', holder = 'another host', expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR"

func renamed(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
	return &innomaint.Asset{ID: ref.AssetID, Name: "new"}, nil
}

func TestLostLease(t *testing.T) {
	t.Parallel()
	t.Run("StopsWriting", func(t *testing.T) {
		t.Parallel()
		for name, tc := range map[string]struct {
			duringFetch        bool
			successful, failed int
		}{
			"FoundBetweenTwoAssets":    {successful: 2},
			"FoundBeforeTheNextCommit": {duringFetch: true, successful: 1, failed: 1},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				var r *testRun
				r = newTestRun(t, Options{
					Client: APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
						if ref.AssetID == "A-2" && tc.duringFetch {
							r.exec(takenOver)
							r.clock.expire()
						}
						return renamed(ctx, ref)
					}),
					OnAsset: func(res AssetResult, _ Progress) {
						if res.CMMSAssetID == "A-2" && !tc.duringFetch {
							r.exec(takenOver)
							r.clock.expire()
						}
					},
				})
				summary, err := r.sync()
				var held *InProgressError
				if !errors.Is(err, ErrSyncInProgress) || !errors.As(err, &held) || held.RunID != "another run" || !strings.Contains(err.Error(), "another host") {
					t.Errorf("got error %v", err)
				}
				if summary.Successful != tc.successful || summary.FailedByKind[KindCanceled] != tc.failed || summary.Skipped != 3-tc.successful-tc.failed {
					t.Errorf("got %+v", summary)
				}
				for what, want := range map[string]int{
					"ic3_asset_master WHERE cmms_attempted_at IS NOT NULL": tc.successful,
					"cmms_sync_log": tc.successful + tc.failed,
					"cmms_sync_lock WHERE run_id = 'another run'": 2,
				} {
					if n := r.count("SELECT COUNT(*) FROM " + what); n != want {
						t.Errorf("%d of %s, want %d", n, what, want)
					}
				}
			})
		}
	})
	// Another run took the lease and synced the asset; then this one's late call fails. The asset is the other run's.
	t.Run("LateFailureMarksNothing", func(t *testing.T) {
		t.Parallel()
		var r *testRun
		r = newTestRun(t, Options{Client: APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
			if ref.AssetID != "A-2" {
				return renamed(ctx, ref)
			}
			r.exec(takenOver)
			r.clock.expire()
			r.exec("UPDATE ic3_asset_master SET cmms_sync_status = 'Success' WHERE cmms_asset_id = 'A-2'")
			return nil, errors.New("late failure")
		})})
		if _, err := r.sync(); !errors.Is(err, ErrSyncInProgress) {
			t.Errorf("got error %v", err)
		}
		if n := r.count("SELECT COUNT(*) FROM ic3_asset_master WHERE cmms_asset_id = 'A-2' AND cmms_sync_status = 'Success'"); n != 1 {
			t.Error("the row that the other run synced was marked by this one")
		}
		if n := r.count("SELECT COUNT(*) FROM cmms_sync_log WHERE cmms_asset_id = 'A-2' AND status = 'Failed'"); n != 1 {
			t.Errorf("%d log rows of the failed attempt", n)
		}
	})
}

// TestHeartbeat reads cmms_sync_run while the assets are fetched: it changes when a heartbeat is due, and only then.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	var r *testRun
	shown := map[string]synclog.Run{}
	r = newTestRun(t, Options{Client: APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		runs, err := synclog.Runs(ctx, r.db, synclog.Filter{RunID: r.summary.RunID})
		if err != nil || len(runs) != 1 {
			t.Error(err)
		}
		shown[ref.AssetID] = runs[0]
		if ref.AssetID == "A-2" {
			r.audit.beat = time.Now().Add(-heartbeatEvery)
		}
		return renamed(ctx, ref)
	})})
	if _, err := r.sync(); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]synclog.Run{
		"A-1": {},
		"A-2": {}, // no heartbeat was due
		"A-3": {Successful: 2, CurrentAsset: "A-3"},
	} {
		got := shown[id]
		if got.Status != synclog.Running || got.Total != 3 || got.Successful != want.Successful || got.CurrentAsset != want.CurrentAsset {
			t.Errorf("while %s was fetched: %+v", id, got)
		}
	}
}

// pausing is a recorder that does something before it writes a row.
type pausing struct {
	synclog.Recorder
	before func(ctx context.Context, e *synclog.Entry)
}

func (p pausing) Record(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
	p.before(ctx, e)
	return p.Recorder.Record(ctx, db, e)
}

const expireLeases = "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6)"

// rescueBy lets another run rescue this one, as if it had stalled for longer than its lease.
func (r *testRun) rescueBy() Summary {
	r.t.Helper()
	r.exec(expireLeases)
	r.clock.expire()
	summary, err := SyncAllAssetsFromInnomaint(r.t.Context(), r.db, Options{Client: APIClientFunc(renamed), Logger: r.opts.Logger})
	if err != nil {
		r.t.Error(err)
	}
	return summary
}

func (r *testRun) rowsOfA2() (all, own int) {
	return r.count("SELECT COUNT(*) FROM cmms_sync_log WHERE cmms_asset_id = 'A-2' AND run_id = ?", r.summary.RunID),
		r.count("SELECT COUNT(*) FROM cmms_sync_log WHERE cmms_asset_id = 'A-2' AND run_id = ? AND changes IS NOT NULL", r.summary.RunID)
}

// TestStalledRun stalls between COMMIT and the log row of A-2 for longer than the lease. Another run takes it for dead, and adds
// that row.
func TestStalledRun(t *testing.T) {
	t.Parallel()
	t.Run("OwnRowReplacesTheAddedOne", func(t *testing.T) {
		t.Parallel()
		var r *testRun
		var other Summary
		r = newTestRun(t, Options{Client: APIClientFunc(renamed), Recorder: pausing{before: func(_ context.Context, e *synclog.Entry) {
			if e.CMMSAssetID == "A-2" {
				other = r.rescueBy()
				if all, own := r.rowsOfA2(); all != 1 || own != 0 {
					t.Errorf("%d rows after the rescue, %d of the run's own", all, own)
				}
			}
		}}})
		summary, err := r.sync()
		if !errors.Is(err, ErrSyncInProgress) || summary.Successful != 2 || other.Successful != 3 {
			t.Errorf("error %v, %v, %v", err, summary, other)
		}
		if all, own := r.rowsOfA2(); all != 1 || own != 1 {
			t.Errorf("%d rows of the attempt, %d of the run's own", all, own)
		}
		if n := r.count("SELECT COUNT(*) FROM cmms_sync_log"); n != 5 {
			t.Errorf("%d log rows, want 2 of the stalled run and 3 of the other", n)
		}
		if n := r.count("SELECT successful FROM cmms_sync_run WHERE status = 'Interrupted' AND id = ?", r.summary.RunID); n != 2 {
			t.Errorf("the stalled run's row says %d successful", n)
		}
	})
	// The process is killed as soon as it has written its own row: nothing is left to be deleted.
	t.Run("KilledAfterItsOwnRow", func(t *testing.T) {
		t.Parallel()
		var r *testRun
		r = newTestRun(t, Options{Client: APIClientFunc(renamed), Recorder: pausing{before: func(ctx context.Context, e *synclog.Entry) {
			if e.CMMSAssetID == "A-2" {
				r.rescueBy()
				if err := (synclog.Recorder{}).Record(ctx, r.db, e); err != nil {
					t.Error(err)
				}
				panic("killed")
			}
		}}})
		if err := r.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = r.syncCustomers(t.Context())
		if all, own := r.rowsOfA2(); all != 1 || own != 1 {
			t.Errorf("%d rows of the attempt, %d of the run's own", all, own)
		}
	})
	// The network delivers the INSERT of a process that died after another run has added the row.
	t.Run("LateInsertReplacesTheAddedRow", func(t *testing.T) {
		t.Parallel()
		var r *testRun
		var late synclog.Entry
		r = newTestRun(t, Options{Client: APIClientFunc(renamed), Recorder: pausing{before: func(_ context.Context, e *synclog.Entry) {
			if e.CMMSAssetID == "A-2" {
				late = *e
				panic("killed")
			}
		}}})
		if err := r.start(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := r.syncCustomer(t.Context(), r.plan[0]); err != nil {
			t.Fatal(err)
		}
		r.rescueBy()
		for range 2 {
			if err := (synclog.Recorder{}).Record(t.Context(), r.db, &late); err != nil {
				t.Fatal(err)
			}
		}
		if all, own := r.rowsOfA2(); all != 1 || own != 1 {
			t.Errorf("%d rows of the attempt, %d of the run's own", all, own)
		}
	})
}
