package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

// attempt is one try to sync one asset, from the API call to commit or rollback.
type attempt struct {
	row     *AssetMaster   // as its page was read
	began   time.Time      // with the monotonic clock
	at      time.Time      // the marks of the asset row: the same whenever the transaction is repeated
	entry   *synclog.Entry // nil until it was tried to be written
	logged  bool           // the entry was committed with the asset
	entryID uint64         // of a log row that a COMMIT may have stored whose answer was lost
	result  AssetResult
	created int // masters
}

// errDryRun rolls a dry run's transaction back.
var errDryRun = errors.New("dry run")

// attempt fetches the asset and applies it, unless err says already why that cannot be. The error stays in the result.
func (r *run) attempt(run context.Context, row *AssetMaster, err error) *attempt {
	a := &attempt{row: row, began: time.Now(), result: AssetResult{
		AssetID: row.ID, CustomerID: row.CustomerID, CMMSAssetID: row.CMMSAssetID, Status: synclog.Success,
	}}
	ctx, cancel := context.WithTimeoutCause(run, r.opts.AssetTimeout, r.gaveUp)
	defer cancel()

	var detail *innomaint.Asset
	if err == nil {
		detail, err = r.fetch(ctx, row)
	}
	if err == nil {
		if r.opts.AtomicLog {
			_ = r.backlog.Flush(ctx) // what waits comes before this attempt's row, if the table takes rows again; else it waits on
		}
		err = r.commit(ctx, a, detail)
	}
	a.result.Duration = time.Since(a.began)
	if err != nil {
		a.fail(kindOf(run, ctx, err), explained(ctx, err))
	}
	return a
}

// fetch asks the API.
func (r *run) fetch(ctx context.Context, row *AssetMaster) (detail *innomaint.Asset, err error) {
	ref := refOf(row)
	err = guard("Client", func() error {
		detail, err = r.opts.Client.GetAsset(ctx, ref)
		return err
	})
	switch {
	case err != nil:
		return nil, ofClient(ref, err)
	case detail == nil:
		return nil, fmt.Errorf("asset %q: the client returned neither an asset nor an error", ref.AssetID)
	case detail.ID != "" && detail.ID != ref.AssetID:
		return nil, &innomaint.Error{
			Kind: innomaint.KindBadResponse, AssetID: ref.AssetID,
			Message: fmt.Sprintf("the answer is asset %q; nothing was written", detail.ID),
		}
	}
	return detail, nil
}

// refOf is what the API is asked for.
func refOf(row *AssetMaster) innomaint.AssetRef {
	return innomaint.AssetRef{CustomerID: row.CustomerID, AssetID: strings.TrimSpace(row.CMMSAssetID)}
}

// ofClient gives a network error of a host's own client the kind that innomaint.Client would give it, so that it is not
// taken for the database's.
func ofClient(ref innomaint.AssetRef, err error) error {
	var classified *innomaint.Error
	var panicked *panicError
	if errors.As(err, &classified) || errors.As(err, &panicked) || errors.Is(err, context.Canceled) {
		return err
	}
	var network net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &innomaint.Error{Kind: innomaint.KindTimeout, AssetID: ref.AssetID, Err: err}
	case network != nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &innomaint.Error{Kind: innomaint.KindUnavailable, AssetID: ref.AssetID, Err: err}
	}
	return fmt.Errorf("asset %q: %w", ref.AssetID, err)
}

// commit applies the answer in a transaction of its own, and again where the database says that the same may pass in a
// moment. Repeating it after an unknown outcome is safe: the same values are written.
func (r *run) commit(ctx context.Context, a *attempt, detail *innomaint.Asset) error {
	a.at = r.stamp()
	var unknown bool // a COMMIT went out and its answer was lost
	err := retry(ctx, r.log, "syncing the asset", r.patience, func() error {
		atCommit := false
		err := guard("Repository", func() error {
			return r.db.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
				err := r.apply(ctx, tx, a, detail)
				atCommit = err == nil
				return err
			})
		})
		if atCommit && (mysqlerr.CommitUnknown(err)) {
			unknown = true
			if a.entry != nil {
				a.entryID = a.entry.ID
			}
		}
		return err
	})
	if err == nil || errors.Is(err, errDryRun) {
		r.masters.Commit()
		return nil
	}
	r.masters.Rollback()
	a.created, a.entry, a.logged = 0, nil, false
	if unknown {
		return fmt.Errorf("the answer to COMMIT was lost, so that the new values may be stored or not; the next sync writes them again: %w", err)
	}
	a.result.Changes = nil
	return err
}

// apply is what one transaction does: masters, enrichment, the asset row, and with AtomicLog the log row.
func (r *run) apply(ctx context.Context, tx *gorm.DB, a *attempt, detail *innomaint.Asset) error {
	answer := *detail // a copy for each try: warnings of an earlier one must not stay
	answer.Warnings = slices.Clip(answer.Warnings)
	enriched := *a.row
	masters := r.masters.Begin(tx)
	resolver := &masterResolver{Resolver: masters, detail: &answer, policies: r.opts.Policies}

	err := guard("Enrich", func() error { return r.opts.Enrich(ctx, tx, resolver, &enriched, &answer) })
	changes := merge(a.row, &enriched, r.opts.Policies, r.catalog[a.row.TableName()], answer.Warn)
	a.result.Warnings = warningTexts(append(answer.Warnings, masters.Warnings()...), a.row, &enriched)
	if err != nil {
		return err
	}
	a.result.Changes = withMasters(logged(changes), masters.Changes())
	a.created = masters.Created()
	if r.opts.DryRun {
		r.masters.Describe(a.result.Changes)
		return errDryRun
	}

	if err := r.opts.Repository.Update(ctx, tx, a.row, changes, a.at); err != nil {
		return err
	}
	if r.opts.AtomicLog {
		if err := r.recordInside(ctx, tx, a); err != nil {
			return err
		}
	}
	return r.stillHeld(ctx, tx)
}

// recordInside writes the log row of a success in the asset's transaction.
func (r *run) recordInside(ctx context.Context, tx *gorm.DB, a *attempt) error {
	if a.entry == nil {
		a.result.Duration = time.Since(a.began)
		a.entry = r.entry(a)
	} else {
		// An earlier try was rolled back, or was it? Its COMMIT may have got through.
		a.entry.ID, a.entry.Uncertain = 0, true
		a.entry.Warnings, a.entry.Changes = slices.Clone(a.result.Warnings), maps.Clone(a.result.Changes)
	}
	err := guard("Recorder", func() error { return r.opts.Recorder.Record(ctx, tx, a.entry) })
	a.logged = err == nil
	return err
}

// stamp is the time of an attempt. With OldestFirst it lies behind the attempts that were there when the run began, and each
// behind the one before, also where this machine's clock does not: so no asset comes round twice.
func (r *run) stamp() time.Time {
	now := utc.Now()
	if !r.opts.OldestFirst {
		return now
	}
	if !now.After(r.earliest) {
		now = r.earliest.Add(time.Microsecond)
	}
	r.earliest = now
	return now
}

// fail makes the attempt a failure.
func (a *attempt) fail(kind string, err error) {
	a.result.Status, a.result.Kind, a.result.Err = synclog.Failed, kind, err
}

// explained adds why a context ended, where that is why the attempt failed.
func explained(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w (%w)", err, cause)
	}
	return err
}

// withMasters adds what changed in master rows.
func withMasters(changes, ofMasters synclog.Changes) synclog.Changes {
	if changes == nil {
		return ofMasters
	}
	maps.Copy(changes, ofMasters)
	return changes
}
