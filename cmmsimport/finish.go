package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

// finish ends the run, whatever ended it: what waits in the backlog goes out, the summary is completed and stored, the
// leases are given back. What cannot be written goes into the log output, whole.
func (r *run) finish(ctx context.Context, cause error) (Summary, error) {
	r.complete()
	r.settlement.end()
	unwritten := r.flush(ctx)
	audit := errors.Join(unwritten, r.closeRow(ctx, cause, unwritten))
	for len(r.leases) > 0 {
		r.releaseLast(ctx)
	}

	err := cause
	if audit != nil {
		err = errors.Join(cause, fmt.Errorf("%w: %w", ErrAuditIncomplete, audit))
	}
	r.logEnd(ctx, err)
	return r.summary, err
}

// complete fills in what the end of the run decides.
func (r *run) complete() {
	s := &r.summary
	s.Total = max(s.Total, r.attempted+r.skipped) // rows may have been linked since they were counted
	s.Skipped = s.Total - r.attempted
	s.FinishedAt = utc.Now()
	s.Duration = time.Since(r.began)
}

// flush writes the rest of the backlog, or logs each entry of it.
func (r *run) flush(ctx context.Context) error {
	settleCtx, cancel := settling(ctx)
	defer cancel()
	err := r.backlog.Flush(settleCtx)
	if err == nil {
		return nil
	}
	waiting := r.backlog.Pending()
	for _, entry := range waiting {
		r.log.LogAttrs(ctx, slog.LevelError, "log entry not written", slog.Any("entry", entry))
	}
	return fmt.Errorf("%d entries of cmms_sync_log were not written (they are in the log output): %w", len(waiting), err)
}

// closeRow stores the summary in cmms_sync_run.
func (r *run) closeRow(ctx context.Context, cause, unwritten error) error {
	if r.stored == absent {
		return nil
	}
	row := r.progressRow(statusOf(cause))
	finished, ms := r.summary.FinishedAt, r.summary.Duration.Milliseconds()
	row.FinishedAt, row.DurationMS = &finished, &ms
	if err := errors.Join(cause, unwritten); err != nil {
		row.ErrorMessage = synclog.ErrorMessage(err)
	}
	settleCtx, cancel := settling(ctx)
	defer cancel()
	err := r.retry(settleCtx, "closing the run's row", func(ctx context.Context) error {
		if r.stored == uncertain { // inserted as it ends, so that the insert at its start, should it still come, is the duplicate
			if err := synclog.CreateRun(ctx, r.db, row); !mysqlerr.Duplicate(err) {
				return err
			}
		}
		return synclog.SaveRun(ctx, r.db, row)
	})
	if err != nil {
		r.log.LogAttrs(ctx, slog.LevelError, "run not stored", slog.Any("run", row))
		return fmt.Errorf("the run's row of cmms_sync_run was not brought up to date (it is in the log output): %w", err)
	}
	return nil
}

func statusOf(cause error) synclog.RunStatus {
	switch {
	case cause == nil:
		return synclog.Completed
	case errors.Is(cause, ErrAborted):
		return synclog.Aborted
	}
	return synclog.Interrupted
}

func (r *run) logEnd(ctx context.Context, err error) {
	level, text := slog.LevelInfo, "sync finished"
	if err != nil {
		level, text = slog.LevelError, "sync ended early"
	}
	s := r.summary
	attrs := []slog.Attr{
		slog.Int("total", s.Total), slog.Int("successful", s.Successful), slog.Int("failed", s.Failed),
		slog.Int("skipped", s.Skipped), slog.Int("changed", s.Changed), slog.Int("warnings", s.Warnings),
		slog.Duration("duration", s.Duration),
	}
	if err != nil {
		attrs = append(attrs, errorText(err))
	}
	r.log.LogAttrs(ctx, level, text, attrs...)
}

// progress is what OnAsset is told.
func (r *run) progress() Progress {
	p := Progress{Done: r.attempted + r.skipped, Failed: r.summary.Failed, Elapsed: time.Since(r.began)}
	p.Total = max(r.summary.Total, p.Done)
	p.Remaining = p.Elapsed / time.Duration(r.attempted) * time.Duration(p.Total-p.Done)
	return p
}
