package cmmsimport

import (
	"context"
	"database/sql/driver"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// pausing is a recorder that does something before or after it writes a row of an asset.
type pausing struct {
	synclog.Recorder
	before, after func(e *synclog.Entry)
}

func (p pausing) Record(ctx context.Context, db *gorm.DB, e *synclog.Entry) error {
	if p.before != nil {
		p.before(e)
	}
	err := p.Recorder.Record(ctx, db, e)
	if p.after != nil {
		p.after(e)
	}
	return err
}

const runOut = "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6)"

var renamed = APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
	return &innomaint.Asset{ID: ref.AssetID, Name: "new"}, nil
})

// stallAt2 syncs, and stalls between COMMIT and the log row of A-2 for longer than the lease. Another run takes it for dead,
// and reconstructs that row. Then it goes on.
func stallAt2(t *testing.T, stalled *run) (summary, other Summary, err error) {
	t.Helper()
	stalled.opts.Recorder = pausing{before: func(e *synclog.Entry) {
		if e.CMMSAssetID != "A-2" {
			return
		}
		if err := stalled.db.Exec(runOut).Error; err != nil {
			t.Error(err)
		}
		stalled.age(leaseDuration(defaultAssetTimeout) + time.Second)
		other, err = SyncAllAssetsFromInnomaint(t.Context(), stalled.db, Options{Client: renamed, Logger: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Error(err)
		}
		if n := stalled.scan(t, "SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = '"+stalled.summary.RunID+"' AND cmms_asset_id = 'A-2' AND JSON_LENGTH(warnings) = 1"); n != 1 {
			t.Errorf("%d rows were reconstructed", n)
		}
	}}
	err = stalled.syncCustomers(t.Context())
	summary, err = stalled.finish(t.Context(), err)
	return summary, other, err
}

func TestAStalledRunsOwnRowReplacesTheReconstructedOne(t *testing.T) {
	t.Parallel()
	stalled := startRun(t, renamed)
	summary, other, err := stallAt2(t, stalled)
	if !errors.Is(err, ErrSyncInProgress) || summary.Successful != 2 || other.Successful != 3 {
		t.Errorf("error %v, %v, %v", err, summary, other)
	}
	if n := stalled.scan(t, "SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = '"+summary.RunID+"' AND warnings IS NULL AND changes IS NOT NULL"); n != 2 {
		t.Errorf("%d rows of the stalled run are its own", n)
	}
	if n := stalled.scan(t, "SELECT COUNT(*) FROM cmms_sync_log"); n != 5 {
		t.Errorf("%d log rows, want 2 of the stalled run and 3 of the other", n)
	}
	if n := stalled.scan(t, "SELECT successful FROM cmms_sync_run WHERE status = 'Interrupted' AND id = '"+summary.RunID+"'"); n != 2 {
		t.Errorf("the stalled run's row says %d successful", n)
	}
}

// Without the right to DELETE from the log both rows stay, and nothing else is held up by that.
func TestAReconstructedRowThatCannotBeDeletedStays(t *testing.T) {
	t.Parallel()
	stalled := startRun(t, renamed)
	err := stalled.db.Callback().Raw().Before("gorm:raw").Register("test:refuse", func(db *gorm.DB) {
		if strings.HasPrefix(db.Statement.SQL.String(), "DELETE FROM cmms_sync_log") {
			_ = db.AddError(&mysql.MySQLError{Number: 1142, Message: "DELETE command denied"})
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	summary, _, err := stallAt2(t, stalled)
	if !errors.Is(err, ErrSyncInProgress) || errors.Is(err, ErrAuditIncomplete) {
		t.Error(err)
	}
	rows := "SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = '" + summary.RunID + "' AND warnings IS "
	if own, reconstructed := stalled.scan(t, rows+"NULL"), stalled.scan(t, rows+"NOT NULL"); own != 2 || reconstructed != 1 {
		t.Errorf("%d rows of the stalled run are its own, %d reconstructed", own, reconstructed)
	}
}

// The stalled run wakes up when the other one has looked for its row already, and has written it.
func TestAReconstructedRowYields(t *testing.T) {
	t.Parallel()
	stalled := startRun(t, renamed)
	reconstructed := 0
	repairing := pausing{after: func(e *synclog.Entry) {
		if e.RunID != stalled.summary.RunID {
			return
		}
		reconstructed++
		own := *e
		own.ID, own.Warnings, own.DurationMS = 0, nil, 12
		if err := (synclog.Recorder{}).Record(t.Context(), stalled.db, &own); err != nil {
			t.Error(err)
		}
	}}
	stalled.opts.Recorder = pausing{before: func(e *synclog.Entry) {
		if e.CMMSAssetID == "A-2" {
			panic(errDryRun) // the process gets no further
		}
	}}
	if err := stalled.syncCustomer(t.Context(), stalled.plan[0]); err != nil {
		t.Fatal(err)
	}
	if err := stalled.db.Exec(runOut).Error; err != nil {
		t.Fatal(err)
	}
	broken := false // the connection, where the reconstructed row is to yield
	err := stalled.db.Callback().Row().Before("gorm:row").Register("test:break", func(db *gorm.DB) {
		if !broken && strings.Contains(db.Statement.SQL.String(), "cmms_sync_log own") {
			broken = true
			_ = db.AddError(driver.ErrBadConn)
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	_, err = SyncAllAssetsFromInnomaint(t.Context(), stalled.db, Options{Client: renamed, Recorder: repairing, Logger: slog.New(slog.DiscardHandler)})
	if err != nil || reconstructed == 0 || !broken {
		t.Fatalf("error %v, %d rows were reconstructed", err, reconstructed)
	}
	const own = "SELECT COUNT(*) FROM cmms_sync_log WHERE cmms_asset_id = 'A-2' AND run_id = '"
	if n := stalled.scan(t, own+stalled.summary.RunID+"'"); n != 1 {
		t.Errorf("%d rows of the attempt", n)
	}
	if n := stalled.scan(t, own+stalled.summary.RunID+"' AND duration_ms = 12"); n != 1 {
		t.Errorf("%d of them are the stalled run's own", n)
	}
}
