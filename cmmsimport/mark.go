package cmmsimport

import (
	"context"
	"errors"
	"log/slog"
	"slices"

	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/internal/retry"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// markTimeout is how long a mark may wait for a lock that somebody else holds on the asset row.
const markTimeout = retry.WriteTimeout / 3

// mark marks the asset row of a failure, before its log row is written. A row that the database refuses to write (a lock that
// somebody holds, a trigger, a constraint) must not hold up the log: it is tried again when the run leaves the customer.
func (c *customer) mark(ctx context.Context, e *synclog.Entry) {
	if e.Status != synclog.Failed {
		return
	}
	var locked error // not worth nine attempts
	err := c.retry.Briefly(ctx, "marking the asset as failed", func() error {
		err := c.markNow(ctx, e)
		if locked = nil; mysqlerr.LockWaitTimeout(err) {
			locked, err = err, nil
		}
		return err
	})
	if err = errors.Join(err, locked); err == nil {
		return
	}
	c.log.LogAttrs(ctx, slog.LevelWarn, "asset not marked as failed yet", append(assetOf(e), errorText(err))...)
	if len(c.unmarked) < maxBuffered {
		c.unmarked = append(c.unmarked, e)
	}
}

// markNow writes the mark, unless the customer is another run's by now.
func (c *customer) markNow(ctx context.Context, e *synclog.Entry) error {
	ctx, cancel := context.WithTimeout(ctx, markTimeout)
	defer cancel()
	if err := c.leases.Fence(ctx, c.db); err != nil && !c.leases.Lost() {
		return err
	}
	if c.leases.Lost() {
		return nil
	}
	return guard.Call("Repository", func() error {
		return c.opts.Repository.MarkFailed(ctx, c.db, e.AssetID, e.CMMSAssetID, Mark{RunID: e.RunID, At: e.SyncedAt})
	})
}

// markAgain tries again to mark what could not be marked, up to the first error of a database that may soon work again. It returns
// the last error.
func (c *customer) markAgain(ctx context.Context) (err error) {
	c.unmarked = slices.DeleteFunc(c.unmarked, func(e *synclog.Entry) bool {
		if retry.Transient(err) || ctx.Err() != nil {
			return false
		}
		err = c.markNow(ctx, e)
		return err == nil
	})
	return err
}

func assetOf(e *synclog.Entry) []slog.Attr {
	return []slog.Attr{slog.Uint64("customer_id", e.CustomerID), slog.String("cmms_asset_id", e.CMMSAssetID)}
}
