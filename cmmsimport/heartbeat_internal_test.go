package cmmsimport

import (
	"context"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// TestHeartbeat reads cmms_sync_run during each request: it changes only if a heartbeat is due.
func TestHeartbeat(t *testing.T) {
	t.Parallel()
	var r *testRun
	shown := map[string]synclog.Run{}
	r = newTestRun(t, Options{Client: APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		runs, err := synclog.Runs(ctx, r.db, synclog.Filter{RunID: r.summary.RunID})
		if err != nil || len(runs) != 1 {
			t.Fatalf("%d runs, %v", len(runs), err)
		}
		shown[ref.AssetID] = runs[0]
		if ref.AssetID == "A-2" {
			r.audit.beat = time.Now().Add(-heartbeatEvery)
		}
		return renaming(ctx, ref)
	})})
	_, err := r.sync()
	must(t, err)
	for id, want := range map[string]synclog.Run{
		"A-1": {},
		"A-2": {}, // no heartbeat was due
		"A-3": {Successful: 2, CurrentAsset: "A-3"},
	} {
		got := shown[id]
		if got.Status != synclog.Running || got.Total != 3 || got.Successful != want.Successful || got.CurrentAsset != want.CurrentAsset {
			t.Errorf("during the request for %s: %+v", id, got)
		}
	}
}
