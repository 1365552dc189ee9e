package cmmsimport

import (
	"context"
	"log/slog"
	"slices"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// markTimeLimit is how long a mark may wait for a lock that somebody else holds on the asset row.
const markTimeLimit = settleTimeLimit / 3

// mark marks the asset row of a failure; of a success there is nothing to do. A row that the database refuses to write (a
// lock that somebody holds, a trigger, a constraint that it breaks) must not hold up the log: its mark is tried once more
// when the run leaves the customer. What is returned is an error that the log row would meet too.
func (r *run) mark(ctx context.Context, e *synclog.Entry) error {
	if e.Status != synclog.Failed || slices.Contains(r.unmarked, e) {
		return nil
	}
	limited, cancel := context.WithTimeout(ctx, markTimeLimit)
	defer cancel()
	err := r.markNow(limited, e)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil, limited.Err() == nil && transient(err) && !mysqlerr.LockWaitTimeout(err):
		return err
	}
	r.log.LogAttrs(ctx, slog.LevelWarn, "the asset could not be marked as failed yet",
		slog.Uint64("customer_id", e.CustomerID), slog.String("cmms_asset_id", e.CMMSAssetID), errorText(err))
	if len(r.unmarked) < maxBacklog {
		r.unmarked = append(r.unmarked, e)
	}
	return nil
}

// markNow writes the mark, unless the customer is another run's by now.
func (r *run) markNow(ctx context.Context, e *synclog.Entry) error {
	if err := r.stillHeld(ctx, r.db); err != nil && !r.lost {
		return err
	}
	if r.lost {
		return nil
	}
	return guard("Repository", func() error {
		return r.opts.Repository.MarkFailed(ctx, r.db, e.AssetID, e.CMMSAssetID, e.SyncedAt)
	})
}

// markRest marks a customer's failures whose log rows still wait behind another's, and tries once more to mark what could
// not be marked before.
func (r *run) markRest(ctx context.Context, customerID uint64) {
	for _, e := range r.backlog.Pending() {
		if e.CustomerID == customerID && e.Status == synclog.Failed && !slices.Contains(r.unmarked, e) {
			r.unmarked = append(r.unmarked, e)
		}
	}
	if len(r.unmarked) == 0 {
		return
	}
	ctx, cancel := settling(ctx)
	defer cancel()
	for _, e := range r.unmarked {
		limited, cancel := context.WithTimeout(ctx, markTimeLimit)
		err := r.markNow(limited, e)
		cancel()
		if err != nil {
			r.log.LogAttrs(ctx, slog.LevelError, "the asset is not marked as failed, as its log row is; OnlyFailed will miss it",
				slog.Uint64("customer_id", e.CustomerID), slog.String("cmms_asset_id", e.CMMSAssetID), errorText(err))
		}
	}
	r.unmarked = nil
}
