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

// TestBeforeAssetsContextReachesTheWholeAttempt also shows that callbacks which a host has registered with GORM, as its
// plugins do, see the sync's statements.
func TestBeforeAssetsContextReachesTheWholeAttempt(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2"} {
		w.link(7, id)
		w.serve(id)
	}
	seen := &statements{of: map[string][]string{}}
	must(t, w.db.Use(seen))

	opts := w.options()
	var order []string
	opts.BeforeAsset = func(ctx context.Context, ref innomaint.AssetRef) context.Context {
		order = append(order, "before "+ref.AssetID)
		equal(t, "customer", ref.CustomerID, 7)
		return context.WithValue(ctx, assetKey{}, ref.AssetID)
	}
	opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		equal(t, "the client's context", ctx.Value(assetKey{}), any(ref.AssetID))
		return w.client.GetAsset(ctx, ref)
	})
	opts.Enrich = func(ctx context.Context, tx *gorm.DB, masters cmmsimport.MasterResolver, asset *cmmsimport.AssetMaster, detail *innomaint.Asset) error {
		equal(t, "the enricher's context", ctx.Value(assetKey{}), any(asset.CMMSAssetID))
		return cmmsimport.EnrichAssetFromAPI(ctx, tx, masters, asset, detail)
	}
	opts.Recorder = recorderFunc(func(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
		equal(t, "the context of the recorder's handle", db.Statement.Context.Value(assetKey{}), any(e.CMMSAssetID))
		if _, limited := db.Statement.Context.Deadline(); !limited {
			t.Error("a recorder that does not pass its context on may hang for ever")
		}
		return synclog.Recorder{}.Record(ctx, db, e)
	})
	opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		order = append(order, "after "+res.CMMSAssetID)
	}
	w.sync(opts)

	equal(t, "calls", strings.Join(order, ", "), "before A-1, after A-1, before A-2, after A-2")
	for _, id := range []string{"A-1", "A-2"} {
		for _, text := range []string{"UPDATE ic3_asset_master", "INSERT INTO cmms_sync_log"} {
			equal(t, fmt.Sprintf("%s with the context of %s", text, id), seen.count(id, text), 1)
		}
	}
	equal(t, "pages, with the run's context", seen.count("", "ic3_asset_master"), 2) // the plan, and the one page
}

func TestAFailureOfBeforeAssetIsThatAssetsFailure(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before func(context.Context) context.Context
		kind   string
	}{
		"a panic":    {func(context.Context) context.Context { panic("a bug in the host's tracing") }, string(cmmsimport.KindPanic)},
		"no context": {func(context.Context) context.Context { return nil }, string(cmmsimport.KindInternal)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			for _, id := range []string{"A-1", "A-2", "A-3"} {
				w.link(7, id)
				w.serve(id)
			}
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
			equal(t, "failed", summary.FailedByKind[innomaint.Kind(test.kind)], 1)
			equal(t, "calls of OnAsset", calls, 3)
			equal(t, "requests", w.api.CallsFor("A-2"), 0)
			entries := w.entries()
			equal(t, "log rows", len(entries), 3)
			equal(t, "its log row", entries[1].Status, synclog.Failed)
			if !strings.Contains(entries[1].ErrorMessage, "BeforeAsset") {
				t.Errorf("the message does not name the hook: %s", entries[1].ErrorMessage)
			}
		})
	}
}

// statements is a GORM plugin that notes each statement by the asset in its context.
type statements struct {
	mu sync.Mutex
	of map[string][]string
}

func (*statements) Name() string { return "statements" }

func (s *statements) Initialize(db *gorm.DB) error {
	note := func(db *gorm.DB) {
		s.mu.Lock()
		defer s.mu.Unlock()
		id, _ := db.Statement.Context.Value(assetKey{}).(string)
		s.of[id] = append(s.of[id], db.Statement.SQL.String())
	}
	callbacks := db.Callback()
	if err := callbacks.Raw().After("gorm:raw").Register("test:raw", note); err != nil {
		return err
	}
	if err := callbacks.Row().After("gorm:row").Register("test:row", note); err != nil {
		return err
	}
	return callbacks.Query().After("gorm:query").Register("test:query", note)
}

func (s *statements) count(id, text string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, statement := range s.of[id] {
		if strings.Contains(statement, text) {
			n++
		}
	}
	return n
}
