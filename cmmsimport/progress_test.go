package cmmsimport

import (
	"context"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// TestARunShowsItsProgress reads cmms_sync_run while the assets are fetched: it moves when a heartbeat is due, and only then.
func TestARunShowsItsProgress(t *testing.T) {
	t.Parallel()
	var r *run
	shown := map[string]synclog.Run{}
	r = startRun(t, APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		var row synclog.Run
		if err := r.db.WithContext(ctx).First(&row, "id = ?", r.summary.RunID).Error; err != nil {
			t.Error(err)
		}
		shown[ref.AssetID] = row
		if ref.AssetID == "A-2" {
			r.heartbeat = time.Now().Add(-heartbeatEvery)
		}
		return &innomaint.Asset{ID: ref.AssetID}, nil
	}))
	err := r.syncCustomers(t.Context())
	if _, err = r.finish(t.Context(), err); err != nil {
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
