package cmmsimport_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

type assetKey struct{}

func TestBeforeAsset(t *testing.T) {
	t.Parallel()
	// Callbacks that the host registered with GORM, as plugins do, see the sync's statements with that context, too.
	t.Run("ContextReachesTheWholeAttempt", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1", "A-2")
		traced := &tracer{statements: map[string][]string{}}
		must(t, w.db.Use(traced))

		opts := w.options()
		var calls []string
		opts.BeforeAsset = func(ctx context.Context, ref innomaint.AssetRef) context.Context {
			calls = append(calls, "before "+ref.AssetID)
			equal(t, "customer", ref.CustomerID, 7)
			return context.WithValue(ctx, assetKey{}, ref.AssetID)
		}
		opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
			equal(t, "the client's context", ctx.Value(assetKey{}), any(ref.AssetID))
			return w.client.GetAsset(ctx, ref)
		})
		opts.Enrich = enrichWith(func(e enrichment) error {
			equal(t, "the enricher's context", e.ctx.Value(assetKey{}), any(e.asset.CMMSAssetID))
			return nil
		})
		opts.Recorder = recorderFunc(func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
			equal(t, "the context of the recorder's handle", db.Statement.Context.Value(assetKey{}), any(e.CMMSAssetID))
			if _, limited := db.Statement.Context.Deadline(); !limited {
				t.Error("a recorder that ignores its context could block forever")
			}
			return synclog.Recorder{}.Record(ctx, db, e)
		})
		opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
			calls = append(calls, "after "+res.CMMSAssetID)
		}
		w.sync(opts)

		sameLines(t, "calls", calls, []string{"before A-1", "after A-1", "before A-2", "after A-2"})
		for _, id := range []string{"A-1", "A-2"} {
			for _, text := range []string{"UPDATE ic3_asset_master", "INSERT INTO cmms_sync_log"} {
				equal(t, fmt.Sprintf("%s with the context of %s", text, id), traced.count(id, text), 1)
			}
		}
		equal(t, "plan and page, with the run's context", traced.count("", "ic3_asset_master"), 2)
	})
	t.Run("FailureFailsTheAsset", func(t *testing.T) {
		t.Parallel()
		for name, test := range map[string]struct {
			before func(context.Context) context.Context
			kind   innomaint.Kind
		}{
			"Panic":     {func(context.Context) context.Context { panic("a bug in the host's tracing") }, cmmsimport.KindPanic},
			"NoContext": {func(context.Context) context.Context { return nil }, cmmsimport.KindInternal},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				w := setup(t)
				w.add("A-1", "A-2", "A-3")
				opts, calls := w.options(), 0
				opts.BeforeAsset = func(ctx context.Context, ref innomaint.AssetRef) context.Context {
					if ref.AssetID == "A-2" {
						return test.before(ctx)
					}
					return ctx
				}
				opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) { calls++ }
				summary := w.sync(opts)
				equal(t, "successful", summary.Successful, 2)
				equal(t, "failed", summary.FailedByKind[test.kind], 1)
				equal(t, "calls of OnAsset", calls, 3)
				equal(t, "requests for the asset", w.api.CallsFor("A-2"), 0)
				entries := w.entries()
				equal(t, "log rows", len(entries), 3)
				equal(t, "status", entries[1].Status, synclog.Failed)
				contains(t, entries[1].ErrorMessage, "BeforeAsset")
			})
		}
	})
}

// tracer is a GORM plugin that collects the statements by the asset in their context.
type tracer struct {
	mu         sync.Mutex
	statements map[string][]string
}

func (*tracer) Name() string { return "tracer" }

func (p *tracer) Initialize(db *gorm.DB) error {
	collect := func(db *gorm.DB) {
		p.mu.Lock()
		defer p.mu.Unlock()
		id, _ := db.Statement.Context.Value(assetKey{}).(string)
		p.statements[id] = append(p.statements[id], db.Statement.SQL.String())
	}
	callbacks := db.Callback()
	if err := callbacks.Raw().After("gorm:raw").Register("test:raw", collect); err != nil {
		return err
	}
	if err := callbacks.Row().After("gorm:row").Register("test:row", collect); err != nil {
		return err
	}
	return callbacks.Query().After("gorm:query").Register("test:query", collect)
}

// count returns how many statements about an asset contain a text.
func (p *tracer) count(id, text string) (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, statement := range p.statements[id] {
		if strings.Contains(statement, text) {
			n++
		}
	}
	return n
}
