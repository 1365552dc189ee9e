package cmmsimport_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// attempted runs and returns the assets in the order in which they came, as customer/id.
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

func same(t testing.TB, what string, got, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestWhichAssetsARunCovers(t *testing.T) {
	t.Parallel()
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

	same(t, "all", w.attempted(w.options()), []string{"7/B-1", "7/B-2", "9/A-1", "9/A-2"})

	opts, customer := w.options(), uint64(9)
	opts.CustomerID = &customer
	same(t, "one customer", w.attempted(opts), []string{"9/A-1", "9/A-2"})

	opts = w.options()
	opts.CMMSAssetIDs = []string{"A-2", "B-1", "unknown"}
	same(t, "named ones", w.attempted(opts), []string{"7/B-1", "9/A-2"})
	opts.CMMSAssetIDs = []string{}
	same(t, "none named", w.attempted(opts), []string{})

	opts = w.options()
	opts.OnlyFailed = true
	same(t, "only failed", w.attempted(opts), []string{"7/B-2"})
	w.serve("B-2")
	same(t, "only failed", w.attempted(opts), []string{"7/B-2"})
	same(t, "only failed, none left", w.attempted(opts), []string{})

	opts = w.options()
	opts.Limit = 3
	same(t, "limit", w.attempted(opts), []string{"7/B-1", "7/B-2", "9/A-1"})

	w.exec("UPDATE ic3_asset_master SET cmms_synced_at = '2020-01-01' WHERE cmms_asset_id = 'A-1'")
	w.link(9, "A-3")
	opts = w.options()
	opts.NotSyncedSince = time.Date(2021, 1, 1, 0, 0, 0, 0, time.FixedZone("IST", 19800))
	same(t, "not synced since", w.attempted(opts), []string{"9/A-1", "9/A-3"})
}

func TestOldestFirstReachesEveryAssetInTurn(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id)
		w.serve(id)
	}
	w.link(9, "B-1") // 404: a failed attempt is an attempt too
	w.link(9, "B-2")
	w.serve("B-2")
	opts := w.options()
	opts.OldestFirst, opts.Limit = true, 2

	same(t, "first box", w.attempted(opts), []string{"7/A-1", "7/A-2"})
	same(t, "second box", w.attempted(opts), []string{"7/A-3", "7/A-1"}) // customer 7 has one that was never attempted
	same(t, "third box", w.attempted(opts), []string{"9/B-1", "9/B-2"})
	same(t, "fourth box", w.attempted(opts), []string{"7/A-2", "7/A-3"})

	opts.Limit = 0
	same(t, "a whole run takes each once", w.attempted(opts), []string{"7/A-1", "7/A-2", "7/A-3", "9/B-1", "9/B-2"})
}

func TestOldestFirstTakesEachAssetOnceWhenTheClockWentBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ids := make([]string, 450) // more than two pages
	for i := range ids {
		ids[i] = fmt.Sprintf("7/A-%03d", i)
		row := map[string]any{"customer_id": 7, "cmms_asset_id": ids[i][2:]}
		if i%2 == 0 { // the others were never attempted and come first, stamped before these
			row["cmms_attempted_at"] = time.Now().Add(time.Hour + time.Duration(i%7)*time.Second)
		}
		w.row(row)
	}
	opts := w.options()
	opts.OldestFirst = true
	opts.Client = clientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		return &innomaint.Asset{ID: ref.AssetID}, nil
	})
	order := w.attempted(opts)
	slices.Sort(order)
	same(t, "each once", order, ids)
}

func TestManyPagesAndRowsThatComeMeanwhile(t *testing.T) {
	t.Parallel()
	w := setup(t)
	var want []string
	for i := range 450 {
		id := fmt.Sprintf("A-%03d", i)
		w.link(uint64(7+i%2), id)
	}
	for c := range 2 {
		for i := c; i < 450; i += 2 {
			want = append(want, fmt.Sprintf("%d/A-%03d", 7+c, i))
		}
	}
	opts, calls := w.options(), 0
	opts.Client = clientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if calls++; calls%100 == 0 {
			w.link(8, fmt.Sprint("new-", calls)) // the next run's
		}
		return &innomaint.Asset{ID: ref.AssetID}, nil
	})
	same(t, "the rows that were there", w.attempted(opts), want)
}

func TestIDsThatNeedEscapingAndTwins(t *testing.T) {
	t.Parallel()
	w := setup(t)
	ids := []string{"a/b", "a b", "50%", "x#1", "q?y=1", "Pumpe-Ä", "泵-7", "..", "a%2Fb", "' OR 1=1 --", "twin", "twin"}
	for _, id := range ids {
		w.link(7, id)
		w.serve(id, map[string]any{"asset_name": "name of " + id})
	}
	w.link(7, " padded ")
	w.serve("padded")

	summary := w.sync(w.options())
	equal(t, "successful", summary.Successful, len(ids)+1)
	for _, id := range ids[:len(ids)-1] {
		want := int64(1)
		if id == "twin" {
			want = 2
		}
		equal(t, id, w.count("ic3_asset_master", "BINARY cmms_asset_id = ? AND asset_name = ?", id, "name of "+id), want)
		equal(t, id+" in the log", w.count("cmms_sync_log", "BINARY cmms_asset_id = ? AND status = 'Success'", id), want)
	}
	equal(t, "calls in flight", w.api.MaxInFlight(), 1)
}

func TestARepositoryThatNarrowsTheSelection(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "A-2", "description": "retired"})
	w.link(7, "A-3")
	opts := w.options()
	opts.Repository = activeOnly{}
	same(t, "those in use", w.attempted(opts), []string{"7/A-1", "7/A-3"})
}
