package cmmsimport_test

import (
	"context"
	"fmt"
	"testing"

	"ic3.internal/innomaintsync/internal/mariadbtest"
)

// TestTheDatabaseRestartsInMidRun kills the server while an asset is fetched, and starts it again.
func TestTheDatabaseRestartsInMidRun(t *testing.T) {
	t.Parallel()
	for _, atomic := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomic), func(t *testing.T) {
			t.Parallel()
			server := mariadbtest.Start(t)
			w := setupOn(t, server.Database(t))
			for i := range 5 {
				id := fmt.Sprint("A-", i)
				w.link(7, id)
				w.serve(id)
			}
			opts := w.options()
			opts.AtomicLog = atomic
			opts.Client = clientFunc(func(ctx context.Context, ref innomaintRef) (*innomaintAsset, error) {
				if ref.AssetID == "A-2" {
					server.Kill(t)
					server.Restart(t)
				}
				return w.client.GetAsset(ctx, ref)
			})
			summary := w.sync(opts)
			equal(t, "successful", summary.Successful, 5)
			w.checkAudit(summary)
		})
	}
}

func TestConnectionsThatAreKilledBetweenAssets(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for i := range 5 {
		id := fmt.Sprint("A-", i)
		w.link(7, id)
		w.serve(id)
	}
	killer := openDB(t, w.dsn)
	opts := w.options()
	opts.Client = clientFunc(func(ctx context.Context, ref innomaintRef) (*innomaintAsset, error) {
		var ids []int
		must(t, killer.Raw("SELECT id FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()").Scan(&ids).Error)
		for _, id := range ids {
			_ = killer.Exec(fmt.Sprintf("KILL %d", id)).Error // it may be gone already
		}
		return w.client.GetAsset(ctx, ref)
	})
	summary := w.sync(opts)
	equal(t, "successful", summary.Successful, 5)
	w.checkAudit(summary)
}
