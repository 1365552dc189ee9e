package cmmsimport

import (
	"context"
	"log/slog"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// A run that stalled for longer than its lease may find that another one took it for dead and reconstructed the log row that
// it is about to write. The row of the run itself is the one that stays, in whichever order the two are inserted: each side
// looks for the other's after its own is committed.
const (
	// Two asset rows of one customer may be linked to one asset of Innomaint: each has a log row of its own in a run. A
	// reconstructed row bears the time of the mark, which lies before that of the row it stands for.
	otherRow = "SELECT other.id FROM cmms_sync_log own JOIN cmms_sync_log other ON other.id <> own.id WHERE own.id = ? AND other.cmms_asset_id = ? AND other.customer_id = ? AND other.run_id = ? AND (other.duration_ms = 0 AND COALESCE(other.error_message, other.warnings) LIKE ?) = ? AND IF(?, other.synced_at <= own.synced_at, other.synced_at >= own.synced_at) LIMIT 1"

	deleteRow = "DELETE FROM cmms_sync_log WHERE id = ? AND customer_id = ?"
)

// replaceReconstructed deletes what another run reconstructed of an entry that this one has written itself after its
// leases may have ended.
func (r *run) replaceReconstructed(ctx context.Context, e *synclog.Entry) error {
	if e.ID == 0 || !r.logsToTable() || !r.mayBeTakenForDead() {
		return nil
	}
	other, err := r.otherRow(ctx, e, true)
	if err != nil || other == 0 {
		return err
	}
	return r.deleteReconstructed(ctx, other, e)
}

// yieldTo deletes a reconstructed entry beside which the run that was taken for dead has written its own.
func (r *run) yieldTo(ctx context.Context, reconstructed *synclog.Entry) error {
	if reconstructed.ID == 0 {
		return nil
	}
	other, err := r.otherRow(ctx, reconstructed, false)
	if err != nil || other == 0 {
		return err
	}
	return r.deleteReconstructed(ctx, reconstructed.ID, reconstructed)
}

// deleteReconstructed deletes a reconstructed row of e's attempt. An account may lack the right to: then it stays, and says
// itself what it is.
func (r *run) deleteReconstructed(ctx context.Context, id uint64, e *synclog.Entry) error {
	err := r.db.WithContext(ctx).Exec(deleteRow, id, e.CustomerID).Error
	if err == nil || transient(err) || ctx.Err() != nil {
		return err
	}
	r.log.LogAttrs(ctx, slog.LevelWarn, "a reconstructed log row stands beside the run's own, and could not be deleted",
		slog.Uint64("id", id), slog.Uint64("customer_id", e.CustomerID), slog.String("cmms_asset_id", e.CMMSAssetID), errorText(err))
	return nil
}

// otherRow returns another row of the same attempt, a reconstructed one or one of the run itself; 0 for none.
func (r *run) otherRow(ctx context.Context, e *synclog.Entry, reconstructed bool) (id uint64, err error) {
	err = r.db.WithContext(ctx).Raw(otherRow, e.ID, e.CMMSAssetID, e.CustomerID, e.RunID, "%"+reconstructedBy+"%", reconstructed, reconstructed).Scan(&id).Error
	return id, err
}

// mayBeTakenForDead reports whether a lease has ended by now, or is lost.
func (r *run) mayBeTakenForDead() bool {
	if r.lost {
		return true
	}
	for _, l := range r.leases {
		if l.expired() {
			return true
		}
	}
	return false
}
