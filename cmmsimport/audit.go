package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/retry"
	"ic3.internal/innomaintsync/cmmsimport/internal/runrow"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

const (
	// heartbeatEvery is how often, at most, a run writes its progress.
	heartbeatEvery = 5 * time.Second
	// maxBuffered bounds the log rows that wait in memory while the table refuses them; beyond it the run ends.
	maxBuffered = 1_000
)

// audit writes the log: one row for each attempt, in order, and the run's own row. Each row is written by one statement that may
// be repeated after an unknown outcome. A row that cannot be written waits, and so do the rows after it.
type audit struct {
	db       *gorm.DB
	log      *slog.Logger
	recorder LogRecorder
	retry    *retry.Retrier
	holder   string // cmms_sync_run.host
	off      bool   // a dry run writes nothing

	waiting  []*synclog.Entry
	detached retry.SharedDetached
	opened   bool      // the run's row may be there
	beat     time.Time // when the run's row was last written
}

// record writes an attempt's row, after the rows that wait. A row that waits already is written in its turn.
func (l *audit) record(ctx context.Context, e *synclog.Entry) {
	if !slices.Contains(l.waiting, e) {
		l.waiting = append(l.waiting, e)
	}
	if err := l.flush(ctx); err != nil {
		l.log.LogAttrs(ctx, slog.LevelError, "log write failed; the entry is buffered", slog.Int("buffered", len(l.waiting)), errorText(err))
	}
}

// flush writes the rows that wait, up to the first that fails.
func (l *audit) flush(ctx context.Context) error {
	for len(l.waiting) > 0 {
		if err := l.write(ctx, l.waiting[0]); err != nil {
			return err
		}
		l.waiting = slices.Delete(l.waiting, 0, 1)
	}
	return nil
}

func (l *audit) write(ctx context.Context, e *synclog.Entry) error {
	return l.retry.Briefly(ctx, "writing the log", func() error {
		return guard.Call("Recorder", func() error { return l.recorder.Record(ctx, l.db.WithContext(ctx), e) })
	})
}

// buffers reports whether rows wait.
func (l *audit) buffers() bool { return len(l.waiting) > 0 }

// drain writes the rows that wait before another asset is fetched. While the database is unavailable it waits for it; while only
// the log refuses rows, they stay buffered.
func (l *audit) drain(ctx context.Context) error {
	limited, cancel := context.WithTimeout(ctx, retry.OutageLimit)
	defer cancel()
	for {
		err := l.flush(limited)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return interrupted(ctx)
		case limited.Err() != nil:
			return fmt.Errorf("%w: %w", retry.ErrOutage, err)
		case !retry.Transient(err) && len(l.waiting) >= maxBuffered:
			return fmt.Errorf("%d log entries cannot be written: %w", len(l.waiting), err)
		case !retry.Transient(err):
			return nil
		}
	}
}

// openRun creates the run's row of cmms_sync_run.
func (l *audit) openRun(ctx context.Context, s *Summary) error {
	if l.off {
		return nil
	}
	l.opened, l.beat = true, time.Now()
	return runrow.Create(ctx, l.db, l.runRow(s, synclog.Running))
}

// runRow is the run as cmms_sync_run shows it now.
func (l *audit) runRow(s *Summary, status synclog.RunStatus) *synclog.Run {
	return &synclog.Run{
		ID: s.RunID, CustomerID: s.CustomerID, Status: status, Host: l.holder,
		Total: int64(s.Total), Successful: int64(s.Successful), Failed: int64(s.Failed), Skipped: int64(s.Skipped),
		Warnings: int64(s.Warnings), StartedAt: s.StartedAt, HeartbeatAt: utc.Now(),
	}
}

// heartbeat writes the run's progress, at most every few seconds. It is for people to see; an error is no reason to stop.
func (l *audit) heartbeat(ctx context.Context, s *Summary, currentAsset string) {
	if !l.opened || time.Since(l.beat) < heartbeatEvery {
		return
	}
	l.beat = time.Now()
	row := l.runRow(s, synclog.Running)
	row.CurrentAsset = currentAsset
	ctx, cancel := context.WithTimeout(ctx, retry.WriteTimeout)
	defer cancel()
	if err := runrow.Save(ctx, l.db, row); err != nil {
		l.log.LogAttrs(ctx, slog.LevelWarn, "progress of the run not written", errorText(err))
	}
}

// close writes the rows that wait and stores the summary in cmms_sync_run. What cannot be written is logged in full, and is an
// error.
func (l *audit) close(ctx context.Context, s *Summary, cause error) error {
	l.detached.End()
	unwritten := l.writeRest(ctx)
	return errors.Join(unwritten, l.closeRun(ctx, s, cause, unwritten))
}

func (l *audit) writeRest(ctx context.Context) error {
	limited, cancel := retry.Detached(ctx)
	defer cancel()
	err := l.flush(limited)
	if err == nil {
		return nil
	}
	if !retry.Transient(err) { // one row is refused: it must not hold back the others
		l.waiting = slices.DeleteFunc(l.waiting, func(e *synclog.Entry) bool { return l.write(limited, e) == nil })
	}
	if len(l.waiting) == 0 {
		return nil
	}
	for _, e := range l.waiting {
		l.log.LogAttrs(ctx, slog.LevelError, "log entry not written", slog.Any("entry", e))
	}
	return fmt.Errorf("%d entries of cmms_sync_log were not written (they are in the log output): %w", len(l.waiting), err)
}

func (l *audit) closeRun(ctx context.Context, s *Summary, cause, unwritten error) error {
	if !l.opened {
		return nil
	}
	row := l.runRow(s, statusOf(cause))
	finished, ms := s.FinishedAt, s.Duration.Milliseconds()
	row.FinishedAt, row.DurationMS = &finished, &ms
	row.ErrorMessage = synclog.ErrorMessage(errors.Join(cause, unwritten))
	limited, cancel := retry.Detached(ctx)
	defer cancel()
	err := l.retry.BetweenAssets(limited, "closing the run's row", func(ctx context.Context) error { return runrow.Save(ctx, l.db, row) })
	if err != nil {
		l.log.LogAttrs(ctx, slog.LevelError, "run not stored", slog.Any("run", row))
		return fmt.Errorf("the run's row of cmms_sync_run was not updated (it is in the log output): %w", err)
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

// report calls OnAsset. A panic in it makes the asset Failed, in the log too, although its data stay committed.
func (c *customer) report(ctx context.Context, a *attempt) {
	if c.opts.OnAsset == nil {
		return
	}
	err := guard.Call("OnAsset", func() error {
		c.opts.OnAsset(a.result, c.progress())
		return nil
	})
	if err == nil {
		return
	}
	if a.result.Status == synclog.Failed { // what failed first stays the reason
		c.log.LogAttrs(ctx, slog.LevelError, "OnAsset panicked", append(stackOf(err), errorText(err))...)
		return
	}
	c.summary.count(a.result, a.created, -1)
	a.fail(KindPanic, fmt.Errorf("%w; the asset's data were committed before", err))
	c.summary.count(a.result, a.created, 1)
	c.logAttempt(ctx, a)
	if c.opts.DryRun {
		return
	}
	// One attempt, one log row: the row that was written, or still waits, becomes this failure's.
	a.entry.Status, a.entry.ErrorKind, a.entry.ErrorMessage = synclog.Failed, string(a.result.Kind), synclog.ErrorMessage(a.result.Err)
	c.write(ctx, a.entry)
}

// progress is what OnAsset is told.
func (r *run) progress() Progress {
	p := Progress{Done: r.attempted + r.skipped, Failed: r.summary.Failed, Elapsed: time.Since(r.began)}
	p.Total = max(r.summary.Total, p.Done)
	p.Remaining = p.Elapsed / time.Duration(r.attempted) * time.Duration(p.Total-p.Done)
	return p
}
