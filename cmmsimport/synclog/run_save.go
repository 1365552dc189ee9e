package synclog

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/utc"
)

const (
	insertRun = "INSERT INTO cmms_sync_run (id, customer_id, started_at, status, total, successful, failed, warnings, current_asset, host, error_message, heartbeat_at, finished_at, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

	updateRun = "UPDATE cmms_sync_run SET status = ?, total = ?, successful = ?, failed = ?, warnings = ?, current_asset = ?, host = ?, error_message = ?, heartbeat_at = ?, finished_at = ?, duration_ms = ? WHERE id = ?"

	runExists = "SELECT id FROM cmms_sync_run WHERE id = ? FOR UPDATE"
)

// CreateRun inserts r. Zero StartedAt and HeartbeatAt are set to now. ErrorMessage is stored as [ErrorMessage] makes it,
// and where a column of the host's takes less than ours, the row is reduced as [Recorder.Record] does.
func CreateRun(ctx context.Context, db *gorm.DB, r *Run) error {
	if r.StartedAt.IsZero() {
		r.StartedAt = utc.Now()
	}
	if r.HeartbeatAt.IsZero() {
		r.HeartbeatAt = r.StartedAt
	}
	s := session(ctx, db)
	err := fit(func(sh shape) error {
		_, _, err := exec(s, insertRun, append([]any{r.ID, pointee(r.CustomerID), utc.Format(r.StartedAt)}, sh.progress(r)...)...)
		return err
	})
	if err != nil {
		return fmt.Errorf("synclog: create the row of run %s: %w", r.ID, explain(err))
	}
	return nil
}

// SaveRun updates r's row by its id, all but customer and start. Where there is none, the error is a
// gorm.ErrRecordNotFound: somebody has deleted it.
func SaveRun(ctx context.Context, db *gorm.DB, r *Run) error {
	s := session(ctx, db)
	err := fit(func(sh shape) error {
		affected, _, err := exec(s, updateRun, append(sh.progress(r), r.ID)...)
		if err != nil || affected > 0 {
			return err
		}
		// without clientFoundRows, a row that holds all of this already counts as not affected
		var ids []string
		if err := s.Raw(runExists, r.ID).Scan(&ids).Error; err != nil || len(ids) > 0 {
			return err
		}
		return gorm.ErrRecordNotFound
	})
	if err != nil {
		return fmt.Errorf("synclog: save the row of run %s: %w", r.ID, explain(err))
	}
	return nil
}

// progress is what moves in a run's row.
func (s shape) progress(r *Run) []any {
	return []any{
		s.text(string(r.Status), statusLength), r.Total, r.Successful, r.Failed, r.Warnings,
		nullable(s.text(r.CurrentAsset, assetIDLength)), nullable(s.text(r.Host, hostLength)), s.message(r.ErrorMessage),
		utc.Format(r.HeartbeatAt), timestamp(r.FinishedAt), pointee(r.DurationMS),
	}
}

func timestamp(t *time.Time) any {
	if t == nil {
		return nil
	}
	return utc.Format(*t)
}

// pointee keeps a nil pointer from reaching the driver as a non-nil interface.
func pointee[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}
