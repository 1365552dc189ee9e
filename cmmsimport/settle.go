package cmmsimport

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/prepared"
)

// ready does what is due between two assets: it ends the run when its context has ended, gets the audit out of the way,
// renews the leases and shows progress.
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
			return fmt.Errorf("the database has not answered for %s: %w", outageLimit, err)
		case !transient(err) && r.backlog.Len() >= maxBacklog:
			return fmt.Errorf("%d log entries cannot be written: %w", r.backlog.Len(), err)
		case !transient(err):
			return nil
		}
	}
}

// beat writes the run's progress, at most every few seconds. It is for people to see; a failure is no reason to stop.
func (r *run) beat(ctx context.Context, next *AssetMaster) {
	if r.row == nil || time.Since(r.heartbeat) < heartbeatEvery {
		return
	}
	r.heartbeat = time.Now()
	row := r.progressRow(synclog.Running)
	row.CurrentAsset = next.CMMSAssetID
	if err := synclog.SaveRun(ctx, r.db, row); err != nil {
		r.log.LogAttrs(ctx, slog.LevelWarn, "the run's progress could not be written", slog.Any("error", err))
	}
}

// settle counts the attempt and writes its log row, and for a failure the mark on the asset before it. What cannot be
// written now waits in the backlog.
func (r *run) settle(ctx context.Context, a *attempt) {
	r.attempted++
	r.tally(a, 1)
	r.logAttempt(ctx, a)
	if r.opts.DryRun || a.logged {
		return
	}
	entry := r.entry(a)
	if a.entry != nil { // AtomicLog's, which a lost COMMIT may have stored: it is this attempt's row, if it is there
		entry.ID = a.entry.ID
	}
	a.entry = entry
	r.write(ctx, a.entry)
}

func (r *run) write(ctx context.Context, e *synclog.Entry) {
	ctx, cancel := settling(ctx)
	defer cancel()
	if err := r.backlog.Write(ctx, e); err != nil {
		r.log.LogAttrs(ctx, slog.LevelError, "a log entry could not be written yet and waits",
			slog.Int("waiting", r.backlog.Len()), slog.String("error", synclog.ErrorMessage(err)))
	}
}

// record writes one entry for the backlog, for a failure behind its mark on the asset. A mark that the database refuses
// for good (a trigger, a constraint that an old row breaks) must not hold up the log.
func (r *run) record(ctx context.Context, e *synclog.Entry) error {
	return retry(ctx, r.log, "writing the log", func() error {
		if err := r.mark(ctx, e); transient(err) || ctx.Err() != nil {
			return err
		} else if err != nil {
			r.log.LogAttrs(ctx, slog.LevelWarn, "the asset could not be marked as failed",
				slog.Uint64("customer_id", e.CustomerID), slog.String("cmms_asset_id", e.CMMSAssetID), slog.String("error", synclog.ErrorMessage(err)))
		}
		err := guard("Recorder", func() error { return r.opts.Recorder.Record(ctx, prepared.Handle(r.db), e) })
		e.Uncertain = err != nil
		return err
	})
}

// mark marks the asset row of a failure. Once a lease is lost, the row is another run's.
func (r *run) mark(ctx context.Context, e *synclog.Entry) error {
	if e.Status != synclog.Failed || r.lost {
		return nil
	}
	return guard("Repository", func() error {
		return r.opts.Repository.MarkFailed(ctx, r.db, e.AssetID, e.CMMSAssetID, e.SyncedAt)
	})
}

// entry is the attempt's row of cmms_sync_log.
func (r *run) entry(a *attempt) *synclog.Entry {
	e := &synclog.Entry{
		RunID: r.summary.RunID, CustomerID: a.row.CustomerID, CMMSAssetID: a.row.CMMSAssetID, AssetID: a.row.ID,
		Status: a.result.Status, ErrorKind: a.result.Kind, Warnings: a.result.Warnings, Changes: a.result.Changes,
		SyncedAt: r.stamp(), DurationMS: a.result.Duration.Milliseconds(),
	}
	if a.result.Err != nil {
		e.ErrorMessage = synclog.ErrorMessage(a.result.Err)
	}
	return e
}

// tally adds the attempt to the summary n times: once, or -1 to take it back.
func (r *run) tally(a *attempt, n int) {
	s := &r.summary
	s.Warnings += n * len(a.result.Warnings)
	s.MastersCreated += n * a.created
	switch {
	case a.result.Status == synclog.Failed:
		s.Failed += n
		s.FailedByKind[a.result.Kind] += n
	case len(a.result.Changes) > 0:
		s.Successful += n
		s.Changed += n
	default:
		s.Successful += n
		s.Unchanged += n
	}
}

// logAttempt puts the attempt into the log output.
func (r *run) logAttempt(ctx context.Context, a *attempt) {
	level, text := slog.LevelDebug, "asset synced"
	switch {
	case a.result.Status == synclog.Failed:
		level, text = slog.LevelWarn, "asset failed"
	case len(a.result.Warnings) > 0:
		level, text = slog.LevelWarn, "asset synced with warnings"
	}
	if !r.log.Enabled(ctx, level) {
		return
	}
	attrs := []slog.Attr{
		slog.Uint64("customer_id", a.row.CustomerID), slog.String("cmms_asset_id", a.row.CMMSAssetID),
		slog.Duration("duration", a.result.Duration),
	}
	if len(a.result.Warnings) > 0 {
		attrs = append(attrs, slog.Any("warnings", a.result.Warnings))
	}
	if err := a.result.Err; err != nil {
		attrs = append(attrs, slog.String("kind", a.result.Kind), slog.String("error", synclog.ErrorMessage(err)))
		attrs = append(attrs, stackOf(err)...)
	}
	r.log.LogAttrs(ctx, level, text, attrs...)
}

// notify calls OnAsset. A panic in it makes the asset Failed, in the log too, although its data stay committed.
func (r *run) notify(ctx context.Context, a *attempt) {
	if r.opts.OnAsset == nil {
		return
	}
	err := guard("OnAsset", func() error {
		r.opts.OnAsset(a.result, r.progress())
		return nil
	})
	if err == nil {
		return
	}
	if a.result.Status == synclog.Failed { // what failed first stays the reason
		r.log.LogAttrs(ctx, slog.LevelError, "OnAsset panicked", append(stackOf(err), slog.Any("error", err))...)
		return
	}
	r.tally(a, -1)
	a.fail(KindPanic, fmt.Errorf("%w; the asset's data were committed before", err))
	r.tally(a, 1)
	r.logAttempt(ctx, a)
	if r.opts.DryRun {
		return
	}
	// One attempt, one log row: the row that was written, or still waits, becomes this failure's.
	waiting := slices.Contains(r.backlog.Pending(), a.entry)
	a.entry.Status, a.entry.ErrorKind, a.entry.ErrorMessage = synclog.Failed, a.result.Kind, synclog.ErrorMessage(a.result.Err)
	if !waiting {
		r.write(ctx, a.entry)
	}
}
