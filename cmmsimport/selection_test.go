package cmmsimport_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// attempted syncs, and returns the assets in their order, as customer/id.
func (w *world) attempted(opts cmmsimport.Options) []string {
	w.t.Helper()
	order := []string{}
	opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		order = append(order, fmt.Sprintf("%d/%s", res.CustomerID, res.CMMSAssetID))
	}
	summary := w.sync(opts)
	equal(w.t, "total", summary.Total, len(order))
	return order
}

// setupSelection returns a world with two assets of customer 9 and two of customer 7, and rows that no run covers. Innomaint does not
// have B-2.
func setupSelection(t *testing.T) *world {
	t.Helper()
	w := setup(t)
	w.link(9, "A-1")
	w.link(7, "B-1")
	w.link(9, "A-2")
	w.link(7, "B-2")
	for _, id := range []any{nil, "", "   ", "\t\n"} {
		w.row(map[string]any{"customer_id": 7, "cmms_asset_id": id})
	}
	w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "B-gone", "deleted_at": time.Now()})
	for _, id := range []string{"A-1", "A-2", "B-1"} {
		w.serve(id)
	}
	return w
}

func TestSelection(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		set  func(*cmmsimport.Options)
		want []string
	}{
		"Default":          {func(*cmmsimport.Options) {}, []string{"7/B-1", "7/B-2", "9/A-1", "9/A-2"}},
		"CustomerID":       {func(o *cmmsimport.Options) { o.CustomerID = customer(9) }, []string{"9/A-1", "9/A-2"}},
		"CMMSAssetIDs":     {func(o *cmmsimport.Options) { o.CMMSAssetIDs = []string{"A-2", "B-1", "unknown"} }, []string{"7/B-1", "9/A-2"}},
		"CMMSAssetIDsNone": {func(o *cmmsimport.Options) { o.CMMSAssetIDs = []string{} }, []string{}},
		"Limit":            {func(o *cmmsimport.Options) { o.Limit = 3 }, []string{"7/B-1", "7/B-2", "9/A-1"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setupSelection(t)
			opts := w.options()
			tc.set(&opts)
			sameLines(t, "attempted", w.attempted(opts), tc.want)
		})
	}
	t.Run("OnlyFailed", func(t *testing.T) {
		t.Parallel()
		w := setupSelection(t)
		w.sync(w.options())
		opts := w.options()
		opts.OnlyFailed = true
		sameLines(t, "while it fails", w.attempted(opts), []string{"7/B-2"})
		w.serve("B-2")
		sameLines(t, "when it succeeds", w.attempted(opts), []string{"7/B-2"})
		sameLines(t, "after that", w.attempted(opts), []string{})
	})
	t.Run("NotSyncedSince", func(t *testing.T) {
		t.Parallel()
		w := setupSelection(t)
		w.serve("B-2")
		w.sync(w.options())
		w.exec("UPDATE ic3_asset_master SET cmms_synced_at = '2020-01-01' WHERE cmms_asset_id = 'A-1'")
		w.link(9, "A-3") // never synced
		opts := w.options()
		opts.NotSyncedSince = time.Date(2021, 1, 1, 0, 0, 0, 0, time.FixedZone("IST", 19800))
		sameLines(t, "attempted", w.attempted(opts), []string{"9/A-1", "9/A-3"})
	})
	t.Run("RowsOfManyPages", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.fill(450, func(i int) map[string]any { return map[string]any{"customer_id": 7 + i%2} })
		var want []string
		for c := range 2 {
			for i := c; i < 450; i += 2 {
				want = append(want, fmt.Sprintf("%d/A-%d", 7+c, i))
			}
		}
		opts, calls := w.options(), 0
		opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
			if calls++; calls%100 == 0 {
				w.link(8, fmt.Sprint("new-", calls)) // a row that comes during the run is left to the next one
			}
			return bareClient(ctx, ref)
		})
		sameLines(t, "attempted", w.attempted(opts), want)
	})
	t.Run("RepositoryOfTheHost", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "A-1")
		w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "A-2", "description": "retired"})
		w.link(7, "A-3")
		opts := w.options()
		opts.Repository = activeOnly{}
		sameLines(t, "attempted", w.attempted(opts), []string{"7/A-1", "7/A-3"})
	})
}

// TestAssetID has ids that need escaping in a URL or in SQL, an id with spaces around it, and one that two rows have.
func TestAssetID(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ids := []string{"a/b", "a b", "50%", "x#1", "q?y=1", "Pumpe-Ä", "泵-7", "..", "a%2Fb", "' OR 1=1 --", "twin", "twin"}
	for _, id := range ids {
		w.link(7, id)
		w.serve(id, map[string]any{"asset_name": "name of " + id})
	}
	w.link(7, " padded ")
	w.serve("padded")

	equal(t, "successful", w.sync(w.options()).Successful, len(ids)+1)
	for _, id := range ids[:len(ids)-1] {
		want := int64(1)
		if id == "twin" {
			want = 2
		}
		equal(t, "rows of "+id, w.count("ic3_asset_master", "BINARY cmms_asset_id = ? AND asset_name = ?", id, "name of "+id), want)
		equal(t, "log rows of "+id, w.count("cmms_sync_log", "BINARY cmms_asset_id = ? AND status = 'Success'", id), want)
	}
}
