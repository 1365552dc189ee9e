package cmmsimport

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// startRun begins a run over three assets of customer 7, up to the first one.
func startRun(t *testing.T, client APIClient) *run {
	t.Helper()
	db := dbtest.Open(t, dbtest.Database(t))
	if err := Migrate(t.Context(), db); err != nil {
		t.Fatal(err)
	}
	if err := db.Exec("INSERT INTO ic3_asset_master (customer_id, cmms_asset_id) VALUES (7, 'A-1'), (7, 'A-2'), (7, 'A-3')").Error; err != nil {
		t.Fatal(err)
	}
	r := newRun(plainSession(db), Options{Client: client, Logger: slog.New(slog.DiscardHandler)}.withDefaults())
	if err := r.start(t.Context()); err != nil {
		t.Fatal(err)
	}
	return r
}

// age makes every lease of the run look as if it had not been renewed for long.
func (r *run) age(d time.Duration) {
	for _, l := range r.leases {
		l.renewed = time.Now().Add(-d)
	}
}

const takenOver = "UPDATE cmms_sync_lock SET run_id = 'another run', holder = 'another host', expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 HOUR"

// lose syncs with a client that loses the leases while it fetches the second asset.
func lose(t *testing.T, age time.Duration) (r *run, summary Summary, err error) {
	t.Helper()
	r = startRun(t, APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID == "A-2" {
			if err := r.db.Exec(takenOver).Error; err != nil {
				t.Error(err)
			}
			r.age(age)
		}
		return &innomaint.Asset{ID: ref.AssetID, Name: "new"}, nil
	}))
	err = r.syncCustomers(t.Context())
	summary, err = r.finish(t.Context(), err)
	return r, summary, err
}

func (r *run) scan(t *testing.T, query string) (n int) {
	t.Helper()
	if err := r.db.Raw(query).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestALostLeaseStopsWriting(t *testing.T) {
	t.Parallel()
	lasts := leaseDuration(defaultAssetTimeout)
	tests := map[string]struct {
		age                time.Duration
		successful, failed int
	}{
		"found between two assets":     {age: lasts/4 + time.Second, successful: 2},
		"found before the next commit": {age: lasts + time.Second, successful: 1, failed: 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, summary, err := lose(t, tc.age)
			if !errors.Is(err, ErrSyncInProgress) || !strings.Contains(err.Error(), "another host") {
				t.Errorf("got error %v", err)
			}
			if summary.Successful != tc.successful || summary.FailedByKind[KindCanceled] != tc.failed || summary.Skipped != 3-tc.successful-tc.failed {
				t.Errorf("got %+v", summary)
			}
			if n := r.scan(t, "SELECT COUNT(*) FROM ic3_asset_master WHERE cmms_attempted_at IS NOT NULL"); n != tc.successful {
				t.Errorf("%d asset rows were written, want %d", n, tc.successful)
			}
			if n := r.scan(t, "SELECT COUNT(*) FROM cmms_sync_log"); n != tc.successful+tc.failed {
				t.Errorf("%d log rows", n)
			}
			if n := r.scan(t, "SELECT COUNT(*) FROM cmms_sync_lock WHERE run_id = 'another run'"); n != 2 {
				t.Errorf("%d leases of the other run are left", n)
			}
		})
	}
}

func TestALeaseIsRenewedInTime(t *testing.T) {
	t.Parallel()
	var r *run
	fetches := 0
	r = startRun(t, APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if left := r.scan(t, "SELECT MIN(TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), expires_at)) FROM cmms_sync_lock"); left < int(defaultAssetTimeout.Seconds()) {
			t.Errorf("only %d seconds are left of a lease at fetch %d", left, fetches)
		}
		fetches++
		if err := r.db.Exec("UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 SECOND").Error; err != nil {
			t.Error(err)
		}
		r.age(leaseDuration(defaultAssetTimeout) / 3)
		return &innomaint.Asset{ID: ref.AssetID}, nil
	}))
	err := r.syncCustomers(t.Context())
	if _, err = r.finish(t.Context(), err); err != nil || fetches != 3 {
		t.Fatalf("%d fetches, error %v", fetches, err)
	}
}

// Another run took the lease and synced the asset; then this one's late call fails. The asset is the other run's.
func TestALateFailureAfterALostLeaseMarksNothing(t *testing.T) {
	t.Parallel()
	var r *run
	r = startRun(t, APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID != "A-2" {
			return &innomaint.Asset{ID: ref.AssetID}, nil
		}
		for _, text := range []string{takenOver, "UPDATE ic3_asset_master SET cmms_sync_status = 'Success' WHERE cmms_asset_id = 'A-2'"} {
			if err := r.db.Exec(text).Error; err != nil {
				t.Error(err)
			}
		}
		r.age(leaseDuration(defaultAssetTimeout) + time.Second)
		return nil, errors.New("late failure")
	}))
	err := r.syncCustomers(t.Context())
	if _, err = r.finish(t.Context(), err); !errors.Is(err, ErrSyncInProgress) {
		t.Errorf("got error %v", err)
	}
	if n := r.scan(t, "SELECT COUNT(*) FROM ic3_asset_master WHERE cmms_asset_id = 'A-2' AND cmms_sync_status = 'Success'"); n != 1 {
		t.Error("the row that the other run synced was marked by this one")
	}
	if n := r.scan(t, "SELECT COUNT(*) FROM cmms_sync_log WHERE cmms_asset_id = 'A-2' AND status = 'Failed'"); n != 1 {
		t.Errorf("%d log rows of the failed attempt", n)
	}
}
