package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

// recentRuns is how far back, by number of runs, one that died is looked for: a read of some milliseconds.
const recentRuns = 20_000

const (
	runsThatRun    = "SELECT id FROM (SELECT id, status FROM cmms_sync_run ORDER BY id DESC LIMIT ?) recent WHERE status = 'Running' AND id <> ? ORDER BY id DESC"
	liveLeases     = "SELECT COUNT(*) FROM cmms_sync_lock WHERE run_id = ? AND expires_at > UTC_TIMESTAMP(6)"
	lockRun        = "SELECT id FROM cmms_sync_run WHERE id = ? FOR UPDATE"
	leasesOf       = "SELECT name FROM cmms_sync_lock WHERE run_id = ?"
	endLease       = "DELETE FROM cmms_sync_lock WHERE name = ? AND run_id = ? AND (expires_at <= UTC_TIMESTAMP(6) OR ?)"
	leasedByOthers = "SELECT name FROM cmms_sync_lock WHERE run_id NOT IN (?, ?) AND expires_at > UTC_TIMESTAMP(6)"
)

// repairDeadRuns closes the runs whose process died, or lost its database: they are Running and hold no live lease any
// more, or this run has taken over a lease of theirs. It comes before this run's first attempt on what they may have been
// at, since that attempt would overwrite the marks by which a missing log row is found. So any run speaks for every dead
// one, whatever its own scope. A run that cannot be repaired stays as it is, for the next one to try.
func (r *run) repairDeadRuns(ctx context.Context) error {
	if r.opts.DryRun {
		return nil
	}
	var ids []string
	if err := r.db.WithContext(ctx).Raw(runsThatRun, recentRuns, r.summary.RunID).Scan(&ids).Error; err != nil {
		return err
	}
	if r.takenFrom != "" && !slices.Contains(ids, r.takenFrom) {
		ids = append(ids, r.takenFrom)
	}
	for _, id := range ids {
		if err := r.repairDeadRun(ctx, id); transient(err) || ctx.Err() != nil {
			return err
		} else if err != nil {
			r.log.LogAttrs(ctx, slog.LevelError, "the audit of a run that died could not be repaired", slog.String("dead_run", id), errorText(err))
		}
	}
	r.takenFrom = ""
	return nil
}

// repairDeadRun repairs one run, if it is dead, in one transaction. The lock on its row keeps two runs from doing so at
// once, and the deleted leases keep its process, should it be stalled only, from going on.
func (r *run) repairDeadRun(ctx context.Context, id string) error {
	var live int
	if err := r.db.WithContext(ctx).Raw(liveLeases, id).Scan(&live).Error; err != nil || live > 0 && id != r.takenFrom {
		return err
	}
	var dead *deadRun
	err := r.db.WithContext(ctx).Transaction(func(tx *gorm.DB) (err error) {
		if dead, err = r.lockDeadRun(tx, id); err != nil {
			return err
		}
		if err := r.findUnlogged(tx, dead); err != nil {
			return err
		}
		for _, e := range dead.unlogged {
			if err := guard("Recorder", func() error { return r.opts.Recorder.Record(ctx, tx, e) }); err != nil {
				return err
			}
		}
		return r.closeDeadRun(ctx, tx, dead)
	})
	if err != nil {
		if errors.Is(err, errNotDead) {
			return nil
		}
		return err
	}
	r.log.LogAttrs(ctx, slog.LevelWarn, "a run that died was closed", slog.String("dead_run", id), slog.Int("reconstructed_log_rows", len(dead.unlogged)))
	for _, e := range dead.unlogged {
		// The run is closed by now, so that nobody comes back to this.
		err := retry(ctx, r.log, "looking for a row of the run's own", r.patience, func() error { return r.yieldTo(ctx, e) })
		if err != nil {
			return err
		}
	}
	return nil
}

// deadRun is a run that is being repaired.
type deadRun struct {
	synclog.Run
	others   []string         // leases that live runs hold
	unlogged []*synclog.Entry // what its log lacks
}

// errNotDead rolls back what was begun on a run that lives, that another run speaks for, or that is closed already.
var errNotDead = errors.New("the run is not dead, or is closed already")

// lockDeadRun takes the run's row and its leases; errNotDead where it may not.
func (r *run) lockDeadRun(tx *gorm.DB, id string) (*deadRun, error) {
	var locked []string
	if err := tx.Raw(lockRun, id).Scan(&locked).Error; err != nil {
		return nil, err
	}
	if err := r.endLeases(tx, id); err != nil {
		return nil, err
	}
	runs, err := synclog.Runs(tx.Statement.Context, tx, synclog.Filter{RunID: id})
	switch {
	case err != nil:
		return nil, err
	case len(runs) == 0, runs[0].Status != synclog.Running && id != r.takenFrom:
		return nil, errNotDead
	}
	d := &deadRun{Run: runs[0]}
	if err := tx.Raw(leasedByOthers, r.summary.RunID, id).Scan(&d.others).Error; err != nil {
		return nil, err
	}
	if d.CustomerID != nil && slices.Contains(d.others, customerLease(*d.CustomerID)) {
		return nil, errNotDead // whoever holds it has taken it over, and repairs this one
	}
	return d, nil
}

// endLeases deletes the leases of a run, so that it cannot renew them. It is not dead where one of them lives, unless this
// run has taken over another: then it has to stop anyway.
func (r *run) endLeases(tx *gorm.DB, id string) error {
	var names []string
	if err := tx.Raw(leasesOf, id).Scan(&names).Error; err != nil {
		return err
	}
	for _, name := range names {
		ended := tx.Exec(endLease, name, id, id == r.takenFrom)
		if ended.Error != nil {
			return ended.Error
		}
		if ended.RowsAffected == 0 {
			return errNotDead
		}
	}
	return nil
}

const logCounts = "SELECT COALESCE(SUM(status = 'Success'), 0) AS successful, COALESCE(SUM(status <> 'Success'), 0) AS failed, COALESCE(SUM(JSON_LENGTH(warnings)), 0) AS warnings, CAST(MAX(synced_at) AS CHAR) AS last FROM cmms_sync_log WHERE run_id = ?"

// closeDeadRun brings the run's row to what its log says.
func (r *run) closeDeadRun(ctx context.Context, tx *gorm.DB, d *deadRun) error {
	if d.Status != synclog.Running && len(d.unlogged) == 0 {
		return nil
	}
	var counts struct {
		Successful, Failed, Warnings int64
		Last                         []byte
	}
	if err := tx.Raw(logCounts, d.ID).Scan(&counts).Error; err != nil {
		return err
	}
	last, err := utc.Parse(counts.Last)
	if err != nil {
		return err
	}
	d.Successful, d.Failed, d.Warnings = counts.Successful, counts.Failed, counts.Warnings
	d.Total = max(d.Total, d.Successful+d.Failed)
	finished := d.HeartbeatAt
	if last.After(finished) {
		finished = last
	}
	ms := finished.Sub(d.StartedAt).Milliseconds()
	d.FinishedAt, d.DurationMS, d.Status = &finished, &ms, synclog.Interrupted
	d.ErrorMessage = fmt.Sprintf("the process died or lost its database, and its lease ended; run %s closed this row, reconstructed %d rows of cmms_sync_log, and took finished_at from the last sign of life",
		r.summary.RunID, len(d.unlogged))
	if d.CurrentAsset != "" {
		d.ErrorMessage += fmt.Sprintf("; at its last heartbeat, %s (UTC), it was at asset %q", d.HeartbeatAt.Format(time.DateTime), d.CurrentAsset)
	}
	return synclog.SaveRun(ctx, tx, &d.Run)
}
