// Package runrow writes a run's row of cmms_sync_run: its progress during the run, its summary at the end.
package runrow

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

const (
	// createRun leaves a row that is there already as it is: a repeated or late INSERT changes nothing.
	createRun = `INSERT INTO cmms_sync_run (id, customer_id, started_at, status, total, successful, failed, skipped, warnings,
		current_asset, host, error_message, heartbeat_at, finished_at, duration_ms)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON DUPLICATE KEY UPDATE id = id`

	// updateRun leaves a closed row as it is, unless it closes the row again: a heartbeat whose connection was given up may still
	// wait for a lock, and be executed after the run's end.
	updateRun = `UPDATE cmms_sync_run SET status = ?, total = ?, successful = ?, failed = ?, skipped = ?, warnings = ?,
		current_asset = ?, host = ?, error_message = ?, heartbeat_at = ?, finished_at = ?, duration_ms = ?
		WHERE id = ? AND (finished_at IS NULL OR ?)`
)

// Create inserts r, unless its row is there. It may be repeated after an unknown outcome.
func Create(ctx context.Context, db *gorm.DB, r *synclog.Run) error {
	err := rowfit.Fit(func(s rowfit.Shape) error {
		_, err := prepared.Exec(ctx, db, createRun, append([]any{r.ID, r.CustomerID, utc.Format(r.StartedAt)}, progress(s, r)...)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("creating the row of run %s in cmms_sync_run: %w", r.ID, err)
	}
	return nil
}

// Save updates r's row, all but customer and start, and creates it if it is not there. It may be repeated after an unknown
// outcome.
func Save(ctx context.Context, db *gorm.DB, r *synclog.Run) error {
	var affected int64
	err := rowfit.Fit(func(s rowfit.Shape) error {
		result, err := prepared.Exec(ctx, db, updateRun, append(progress(s, r), r.ID, r.FinishedAt != nil)...)
		if err == nil {
			affected, err = result.RowsAffected()
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("saving the row of run %s in cmms_sync_run: %w", r.ID, err)
	}
	if affected == 0 { // no such row, or nothing changed in it
		return Create(ctx, db, r)
	}
	return nil
}

// progress returns what changes in a run's row. The numbers are lengths in our schema.
func progress(s rowfit.Shape, r *synclog.Run) []any {
	var finished any
	if r.FinishedAt != nil {
		finished = utc.Format(*r.FinishedAt)
	}
	return []any{
		s.Text(string(r.Status), 16), r.Total, r.Successful, r.Failed, r.Skipped, r.Warnings,
		rowfit.Nullable(s.Text(r.CurrentAsset, 64)), rowfit.Nullable(s.Text(r.Host, 255)), s.Message(r.ErrorMessage),
		utc.Format(r.HeartbeatAt), finished, r.DurationMS,
	}
}
