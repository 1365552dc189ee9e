package cmmsimport

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// settle counts the attempt and writes its log row, and for a failure the mark on the asset before it. What cannot be
// written now waits in the backlog.
func (r *run) settle(ctx context.Context, a *attempt) {
	r.attempted++
	r.tally(a, 1)
	r.logAttempt(ctx, a)
	if r.opts.DryRun || a.logged {
		return
	}
	a.entry = r.entry(a)
	a.entry.ID = a.entryID // this attempt's row, if it is there
	r.write(ctx, a.entry)
}

func (r *run) write(ctx context.Context, e *synclog.Entry) {
	if r.opts.BeforeAsset != nil {
		r.settlement.end() // of another asset, whose context is not this one's
	}
	if err := r.backlog.Write(r.settlement.context(ctx), e); err != nil {
		r.log.LogAttrs(ctx, slog.LevelError, "a log entry could not be written yet and waits",
			slog.Int("waiting", r.backlog.Len()), errorText(err))
	}
}

// record writes one entry for the backlog, for a failure behind its mark on the asset.
func (r *run) record(ctx context.Context, e *synclog.Entry) error {
	return retry(ctx, r.log, "writing the log", 0, func() error {
		if err := r.mark(ctx, e); err != nil {
			return err
		}
		if err := r.catchUp(ctx, e); err != nil {
			return err
		}
		err := guard("Recorder", func() error { return r.opts.Recorder.Record(ctx, r.db.WithContext(ctx), e) })
		e.Uncertain = err != nil
		if err != nil {
			return err
		}
		return r.replaceReconstructed(ctx, e)
	})
}

// catchUp makes sure that an entry which an earlier try may have stored can be found. In a cluster its row may be on the way
// still, from a node that died, to the node that answers now, and a lookup there would come too early. A commit of this
// node's own comes behind it: the run's progress, which may be written at any time.
func (r *run) catchUp(ctx context.Context, e *synclog.Entry) error {
	if !e.Uncertain || r.stored != present {
		return nil
	}
	row := r.progressRow(synclog.Running)
	row.CurrentAsset = e.CMMSAssetID
	if err := synclog.SaveRun(ctx, r.db, row); transient(err) {
		return err
	}
	return nil // the log does not depend on the run's row
}

// entry is the attempt's row of cmms_sync_log.
func (r *run) entry(a *attempt) *synclog.Entry {
	at := r.stamp()
	if at.Before(a.at) { // the clock was set back; a log row never lies before its mark
		at = a.at
	}
	e := &synclog.Entry{
		RunID: r.summary.RunID, CustomerID: a.row.CustomerID, CMMSAssetID: a.row.CMMSAssetID, AssetID: a.row.ID,
		Status: a.result.Status, ErrorKind: a.result.Kind,
		Warnings: slices.Clone(a.result.Warnings), Changes: maps.Clone(a.result.Changes), // the result's own are the callback's
		SyncedAt: at, DurationMS: a.result.Duration.Milliseconds(),
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
		attrs = append(attrs, slog.String("kind", a.result.Kind), errorText(err))
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
		r.log.LogAttrs(ctx, slog.LevelError, "OnAsset panicked", append(stackOf(err), errorText(err))...)
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
