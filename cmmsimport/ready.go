package cmmsimport

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// ready does what is due between two assets: it ends the run when its context has ended, gets the audit out of the way, renews the leases and shows progress.
func (r *run) ready(ctx context.Context, next *AssetMaster) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	if err := r.drain(ctx); err != nil {
		return err
	}
	if err := r.keepLeases(ctx); err != nil {
		return err
	}
	r.beat(ctx, next)
	if ctx.Err() != nil { // meanwhile: the next asset is not attempted
		return interrupted(ctx)
	}
	return nil
}

// drain writes log entries that wait. While the database does not answer there is no use in fetching more, so the run
// waits for it; while only the log refuses them, they wait on.
func (r *run) drain(ctx context.Context) error {
	if r.backlog.Len() == 0 {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, outageLimit)
	defer cancel()
	for {
		err := r.backlog.Flush(limited)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return interrupted(ctx)
		case limited.Err() != nil:
			return fmt.Errorf("%w: %w", errOutage, err)
		case !transient(err) && r.backlog.Len() >= maxBacklog:
			return fmt.Errorf("%d log entries cannot be written: %w", r.backlog.Len(), err)
		case !transient(err):
			return nil
		}
	}
}

// beat writes the run's progress, at most every few seconds. It is for people to see; a failure is no reason to stop.
func (r *run) beat(ctx context.Context, next *AssetMaster) {
	if r.stored != present || time.Since(r.heartbeat) < heartbeatEvery {
		return
	}
	r.heartbeat = time.Now()
	row := r.progressRow(synclog.Running)
	row.CurrentAsset = next.CMMSAssetID
	ctx, cancel := context.WithTimeout(ctx, settleTimeLimit)
	defer cancel()
	if err := synclog.SaveRun(ctx, r.db, row); err != nil {
		r.log.LogAttrs(ctx, slog.LevelWarn, "the run's progress could not be written", errorText(err))
	}
}
