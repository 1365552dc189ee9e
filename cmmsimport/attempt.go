package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/failure"
	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/internal/register"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// attempt is one attempt to sync one asset, from the API call to commit or rollback.
type attempt struct {
	*customer
	row     *AssetMaster // as its page was read
	began   time.Time    // with the monotonic clock
	at      time.Time    // for the marks of the asset row: the same whenever the transaction is repeated
	detail  *innomaint.Asset
	result  AssetResult
	created int            // masters
	entry   *synclog.Entry // nil until the first try to write it
	logged  bool           // the entry was committed with the asset
}

func (c *customer) newAttempt(row *AssetMaster) *attempt {
	return &attempt{customer: c, row: row, began: time.Now(), result: AssetResult{
		AssetID: row.ID, CustomerID: row.CustomerID, CMMSAssetID: row.CMMSAssetID, Status: synclog.Success,
	}}
}

// refOf is the asset that the API is asked for.
func refOf(row *AssetMaster) innomaint.AssetRef {
	return innomaint.AssetRef{CustomerID: row.CustomerID, AssetID: strings.TrimSpace(row.CMMSAssetID)}
}

// fetch calls the API.
func (a *attempt) fetch(ctx context.Context) error {
	ref := refOf(a.row)
	err := guard.Call("Client", func() (err error) {
		a.detail, err = a.opts.Client.GetAsset(ctx, ref)
		return err
	})
	switch {
	case err != nil:
		return failure.OfClient(ref, err)
	case a.detail == nil:
		return fmt.Errorf("asset %q: the client returned neither an asset nor an error", ref.AssetID)
	case a.detail.ID != "" && a.detail.ID != ref.AssetID:
		return &innomaint.Error{
			Kind: innomaint.KindBadResponse, AssetID: ref.AssetID,
			Message: fmt.Sprintf("the response is asset %q; nothing was written", a.detail.ID),
		}
	}
	return nil
}

// errDryRun rolls a dry run's transaction back.
var errDryRun = errors.New("dry run")

// apply writes what was fetched in one transaction, and repeats it if the database says that this may help. That is
// idempotent: the same values are written.
func (a *attempt) apply(ctx context.Context) error {
	if a.opts.AtomicLog {
		_ = a.audit.flush(ctx) // rows that wait come before this attempt's row, if the table accepts rows again
	}
	a.at = a.stamp()
	var unknown bool // a COMMIT was sent and its response was lost
	err := a.retry.Do(ctx, "syncing the asset", func() error {
		atCommit := false
		err := guard.Call("Repository", func() error {
			return a.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
				err := a.write(ctx, tx)
				atCommit = err == nil
				return err
			})
		})
		unknown = unknown || atCommit && mysqlerr.CommitUnknown(err)
		return err
	})
	if err == nil || errors.Is(err, errDryRun) {
		a.masters.Commit()
		return nil
	}
	a.masters.Rollback()
	a.created, a.logged = 0, false
	if unknown {
		return fmt.Errorf("the response to COMMIT was lost, so the new values may be stored or not; the next sync writes them again: %w", err)
	}
	a.result.Changes = nil
	return err
}

// write is what one transaction does: masters, enrichment, the asset row, and with AtomicLog the log row.
func (a *attempt) write(ctx context.Context, tx *gorm.DB) error {
	detail := *a.detail // a copy for each repetition: warnings of an earlier one must not stay
	detail.Warnings = slices.Clip(detail.Warnings)
	enriched := *a.row
	masters := a.masters.Begin(tx)
	resolver := &masterResolver{Resolver: masters, detail: &detail, policyOf: a.opts.policyOf}

	err := guard.Call("Enrich", func() error { return a.opts.Enrich(ctx, tx, resolver, &enriched, &detail) })
	changes := assets.Diff(a.row, &enriched, a.opts.policyOf, a.catalog[a.row.TableName()], detail.Warn)
	a.result.Warnings = assets.Texts(append(detail.Warnings, masters.Warnings...), a.row, &enriched)
	if err != nil {
		return err
	}
	a.result.Changes = register.Logged(changes, masters.Changes)
	a.created = masters.Created
	if a.opts.DryRun {
		a.masters.Describe(a.result.Changes)
		return errDryRun
	}

	if err := a.opts.Repository.Update(ctx, tx, a.row, columnChanges(changes), Mark{RunID: a.summary.RunID, At: a.at}); err != nil {
		return err
	}
	if a.opts.AtomicLog {
		a.result.Duration = time.Since(a.began)
		a.entry = a.newEntry()
		err := guard.Call("Recorder", func() error { return a.opts.Recorder.Record(ctx, tx, a.entry) })
		a.logged = err == nil
		if err != nil {
			return err
		}
	}
	return a.leases.Fence(ctx, tx)
}

func columnChanges(changes []register.Change) []ColumnChange {
	set := make([]ColumnChange, len(changes))
	for i, c := range changes {
		set[i] = ColumnChange(c)
	}
	return set
}

// finish ends the attempt. run is the run's context, limited the one that AssetTimeout limits.
func (a *attempt) finish(run, limited context.Context, err error) {
	a.result.Duration = time.Since(a.began)
	if err == nil {
		return
	}
	kind := failure.KindOf(run, limited, err)
	if cause := context.Cause(limited); cause != nil && !errors.Is(err, cause) {
		err = fmt.Errorf("%w (%w)", err, cause) // why the context ended, if that is why the attempt failed
	}
	a.fail(kind, inProgress(err))
}

// fail makes the attempt a failure.
func (a *attempt) fail(kind innomaint.Kind, err error) {
	a.result.Status, a.result.Kind, a.result.Err = synclog.Failed, kind, err
	a.causes.Add(kind, err, a.row.CustomerID, a.row.CMMSAssetID)
}

// newEntry is the attempt's row of cmms_sync_log. Its key is the same whenever it is written.
func (a *attempt) newEntry() *synclog.Entry {
	at := a.stamp()
	if at.Before(a.at) { // the clock was set back; a log row is never older than its mark
		at = a.at
	}
	return &synclog.Entry{
		RunID: a.summary.RunID, CustomerID: a.row.CustomerID, CMMSAssetID: a.row.CMMSAssetID, AssetID: a.row.ID,
		AttemptKey: a.summary.RunID + ":" + strconv.FormatUint(a.row.ID, 10),
		Status:     a.result.Status, ErrorKind: string(a.result.Kind), ErrorMessage: synclog.ErrorMessage(a.result.Err),
		Warnings: slices.Clone(a.result.Warnings), Changes: maps.Clone(a.result.Changes), // the result's own are the callback's
		SyncedAt: at, DurationMS: a.result.Duration.Milliseconds(),
	}
}

// logAttempt writes the attempt to the log output.
func (c *customer) logAttempt(ctx context.Context, a *attempt) {
	level, text := slog.LevelDebug, "asset synced"
	switch {
	case a.result.Status == synclog.Failed:
		level, text = slog.LevelWarn, "asset failed"
	case len(a.result.Warnings) > 0:
		level, text = slog.LevelWarn, "asset synced with warnings"
	}
	if !c.log.Enabled(ctx, level) {
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
		attrs = append(attrs, slog.String("kind", string(a.result.Kind)), errorText(err))
		attrs = append(attrs, stackOf(err)...)
	}
	c.log.LogAttrs(ctx, level, text, attrs...)
}

// errorText is an error for the log output, without secrets.
func errorText(err error) slog.Attr { return slog.String("error", synclog.ErrorMessage(err)) }

// stackOf is the stack of a panic, for the log output only.
func stackOf(err error) []slog.Attr {
	if panicked := guard.Panicked(err); panicked != nil {
		return []slog.Attr{slog.String("stack", string(panicked.Stack))}
	}
	return nil
}
