package cmmsimport_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// TestCancellation cancels at the third of five assets, at each place where a run may be.
func TestCancellation(t *testing.T) {
	t.Parallel()
	errMaintenance := errors.New("maintenance window is over")
	tests := map[string]struct {
		arm        func(w *world, o *cmmsimport.Options, cancel func(), at string)
		successful int
		failed     int
	}{
		"in the API call": {successful: 2, failed: 1, arm: func(w *world, o *cmmsimport.Options, cancel func(), at string) {
			o.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				if ref.AssetID == at {
					cancel()
				}
				return w.client.GetAsset(ctx, ref)
			})
		}},
		"while the API does not answer": {successful: 2, failed: 1, arm: func(w *world, o *cmmsimport.Options, cancel func(), at string) {
			w.api.ScriptAlways(at, innomainttest.Answer{Hold: make(chan struct{})})
			o.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				if ref.AssetID == at {
					go func() { // as soon as the server has the call
						for w.api.CallsFor(at) == 0 {
							runtime.Gosched()
						}
						cancel()
					}()
				}
				return w.client.GetAsset(ctx, ref)
			})
		}},
		"in the transaction": {successful: 2, failed: 1, arm: func(_ *world, o *cmmsimport.Options, cancel func(), at string) {
			o.Enrich = func(ctx context.Context, tx *gorm.DB, m cmmsimport.MasterResolver, a *cmmsimport.AssetMaster, d *innomaint.Asset) error {
				if a.CMMSAssetID == at {
					cancel()
				}
				return cmmsimport.EnrichAssetFromAPI(ctx, tx, m, a, d)
			}
		}},
		"in the callback": {successful: 3, arm: func(_ *world, o *cmmsimport.Options, cancel func(), at string) {
			o.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
				if res.CMMSAssetID == at {
					cancel()
				}
			}
		}},
		"in the recorder": {successful: 3, arm: func(_ *world, o *cmmsimport.Options, cancel func(), at string) {
			o.Recorder = recorderFunc(func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
				if e.CMMSAssetID == at {
					cancel()
				}
				return synclog.Recorder{}.Record(ctx, db, e)
			})
		}},
	}
	for name, tc := range tests {
		for _, atomic := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, AtomicLog %t", name, atomic), func(t *testing.T) {
				t.Parallel()
				successful, failed := tc.successful, tc.failed
				if atomic && name == "in the recorder" {
					successful, failed = 2, 1 // the log row is part of the transaction then
				}
				w := setup(t)
				for i := range 5 {
					id := fmt.Sprint("A-", i)
					w.link(7, id)
					w.serve(id)
				}
				ctx, cancel := context.WithCancelCause(t.Context())
				defer cancel(nil)
				opts := w.options()
				opts.AtomicLog = atomic
				tc.arm(w, &opts, func() { cancel(errMaintenance) }, "A-2")

				began := time.Now()
				summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, w.db, opts)
				if d := time.Since(began); d > 5*time.Second {
					t.Errorf("returned after %s", d)
				}
				checkSums(t, summary)
				equal(t, "says that it was cancelled", errors.Is(err, context.Canceled), true)
				equal(t, "says why", errors.Is(err, errMaintenance), true)
				equal(t, "successful", summary.Successful, successful)
				equal(t, "failed, as canceled", summary.FailedByKind["canceled"], failed)
				equal(t, "skipped", summary.Skipped, 5-successful-failed)
				w.checkAudit(summary)
				equal(t, "run", w.count("cmms_sync_run", "status = 'Interrupted' AND error_message LIKE '%maintenance%'"), 1)
			})
		}
	}
}

func TestACancelledContextAtTheStart(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, w.db, w.options())
	equal(t, "cancelled", errors.Is(err, context.Canceled), true)
	checkSums(t, summary)
	equal(t, "calls", w.api.Calls(), 0)
}

func TestAssetTimeoutIsThatAssetsFailure(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id)
		w.serve(id)
	}
	w.api.ScriptAlways("A-2", innomainttest.Answer{Hold: make(chan struct{})})
	opts := w.options()
	opts.AssetTimeout = 2 * time.Second // an attempt of a busy machine must not take that long
	summary := w.sync(opts)
	equal(t, "successful", summary.Successful, 2)
	equal(t, "failed", summary.FailedByKind["timeout"], 1)
	equal(t, "says which limit", w.count("cmms_sync_log", "error_message LIKE '%AssetTimeout%'"), 1)
	w.checkAudit(summary)
}

// checkAudit holds that the asset rows, the log, the run and the summary say the same.
func (w *world) checkAudit(s cmmsimport.Summary) {
	w.t.Helper()
	equal(w.t, "rows of successes", w.count("cmms_sync_log", "run_id = ? AND status = 'Success'", s.RunID), int64(s.Successful))
	equal(w.t, "rows of failures", w.count("cmms_sync_log", "run_id = ? AND status = 'Failed' AND error_kind IS NOT NULL AND error_message IS NOT NULL", s.RunID), int64(s.Failed))
	equal(w.t, "run", w.count("cmms_sync_run", "id = ? AND total = ? AND successful = ? AND failed = ? AND finished_at IS NOT NULL", s.RunID, s.Total, s.Successful, s.Failed), 1)
	equal(w.t, "leases left", w.count("cmms_sync_lock", "1 = 1"), 0)
	equal(w.t, "asset rows that contradict their last log row", w.count(
		`ic3_asset_master a JOIN cmms_sync_log l ON l.customer_id = a.customer_id AND l.cmms_asset_id = a.cmms_asset_id
		 AND l.id = (SELECT MAX(id) FROM cmms_sync_log x WHERE x.customer_id = a.customer_id AND x.cmms_asset_id = a.cmms_asset_id)`,
		"a.cmms_sync_status <> l.status"), 0)
}

// recorderFunc makes a LogRecorder of a function.
type recorderFunc func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error

var _ cmmsimport.LogRecorder = recorderFunc(nil)

func (f recorderFunc) Record(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
	return f(ctx, db, e)
}
