package cancellation_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestCancelledInAHostsCode cancels before the run, and in each piece of code that a host may give it.
func TestCancelledInAHostsCode(t *testing.T) { //nolint:paralleltest // goleak looks at every goroutine of the process
	enrich := func(do func(s *scene, ctx context.Context) error) func(s *scene) {
		return func(s *scene) {
			s.opts.Enrich = func(ctx context.Context, tx *gorm.DB, m cmmsimport.MasterResolver, a *cmmsimport.AssetMaster, d *innomaint.Asset) error {
				if err := cmmsimport.EnrichAssetFromAPI(ctx, tx, m, a, d); err != nil || a.CMMSAssetID != second {
					return err
				}
				return do(s, ctx)
			}
		}
	}
	onAsset := func(do func(s *scene)) func(s *scene) {
		return func(s *scene) {
			s.opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
				if res.CMMSAssetID == second {
					do(s)
				}
			}
		}
	}
	one, two := want{successful: 1, failed: 1}, want{successful: 2}
	tests := []struct {
		name string
		set  func(s *scene)
		want want
	}{
		{"before the run", (*scene).cancel, want{uncounted: true}},
		{"before the API is asked", func(s *scene) { s.atAPI[second] = s.cancel }, one},
		{"in a client that answers all the same", func(s *scene) {
			s.opts.Client = cmmsimport.APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				s.cancel()
				return &innomaint.Asset{ID: ref.AssetID, Name: "not to be stored"}, nil
			})
		}, want{failed: 1}},
		{"while a tenant's client is opened", func(s *scene) {
			s.opts.Client = innomaint.PerCustomer(func(ctx context.Context, _ uint64) (*innomaint.Client, error) {
				onceItWaits(s.cancel)
				<-ctx.Done()
				return nil, ctx.Err()
			})
		}, want{failed: 1}},
		{"in Enrich", enrich(func(s *scene, _ context.Context) error { s.cancel(); return nil }), one},
		{"while Enrich waits", enrich(func(s *scene, ctx context.Context) error {
			onceItWaits(s.cancel)
			<-ctx.Done()
			return context.Cause(ctx)
		}), one},
		{"in Enrich, which fails for another reason", enrich(func(s *scene, _ context.Context) error {
			s.cancel()
			return errors.New("no such cost centre")
		}), one},
		{"in OnAsset", onAsset((*scene).cancel), two},
		{"in OnAsset, which panics", onAsset(func(s *scene) { s.cancel(); panic("of the host's") }),
			want{successful: 1, failed: 1, kind: cmmsimport.KindPanic}},
	}
	w := newWorld(t)
	for _, tt := range tests { //nolint:paralleltest // as above
		t.Run(tt.name, func(t *testing.T) {
			w.round(t, connector{}, tt.set, tt.want)
		})
	}
}

// TestDeadlineOfTheRun is a time box that ends in an API call.
func TestDeadlineOfTheRun(t *testing.T) { //nolint:paralleltest // goleak looks at every goroutine of the process
	w := newWorld(t)
	bodies := w.bodies(t)
	w.bubble(t, func(t *testing.T) {
		s := newScene(t, w.dsn, bodies, connector{})
		s.tenant.serve[second] = hold
		began := time.Now()
		ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
		defer cancel()
		s.ctx = ctx
		summary, err := s.run(w)
		if took := time.Since(began); took > 10*time.Second+longest {
			t.Errorf("took %s", took)
		}
		if !errors.Is(err, context.DeadlineExceeded) || summary.Successful != 1 || summary.FailedByKind[cmmsimport.KindCanceled] != 1 || summary.Skipped != 1 {
			t.Errorf("got error %v\n%s", err, summary)
		}
	})
	w.check(t)
}
