package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/masters"
	"ic3.internal/innomaintsync/cmmsimport/internal/retry"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

const (
	// wholeRun is the lease that a run over every customer holds until its end; each customer has one of its own besides,
	// held while that customer's assets are synced.
	wholeRun = "all"
	// pageSize is how many assets are read at once: few enough to stay small in memory, enough that the query does not matter.
	pageSize = 200
)

func customerLease(customerID uint64) string { return "customer:" + strconv.FormatUint(customerID, 10) }

// leaseDuration leaves room for one more whole attempt with the writes that end it, at any moment up to the next renewal.
func leaseDuration(assetTimeout time.Duration) time.Duration {
	return (assetTimeout + retry.WriteTimeout + 5*time.Second) * 4 / 3
}

// customer is what belongs to one customer of a run, and ends with it.
type customer struct {
	*run
	plan     CustomerPlan
	masters  *masters.Customer
	unmarked []*synclog.Entry // failures whose asset rows could not be marked yet
	newest   time.Time        // attempts are stamped after it
}

// syncCustomer syncs one customer's assets, page by page, under that customer's lease.
func (r *run) syncCustomer(ctx context.Context, plan CustomerPlan) error {
	switch err := r.enter(ctx, plan); {
	case errors.Is(err, ErrSyncInProgress) && r.opts.CustomerID == nil:
		r.skip(ctx, plan, err)
		return nil
	case err != nil:
		return err
	}
	c := &customer{run: r, plan: plan, newest: r.summary.StartedAt, masters: masters.NewCustomer(masters.Config{
		CustomerID: plan.CustomerID, Tables: masters.DefaultTables(), Catalog: r.catalog, DryRun: r.opts.DryRun,
	})}
	if r.opts.OldestFirst && plan.NewestAttempt.After(c.newest) {
		c.newest = plan.NewestAttempt
	}
	defer c.leave(ctx)

	_, isOwn := r.opts.Repository.(GormRepository) // whose pages are full, but for the last one
	var after Cursor
	for {
		limit := min(pageSize, r.remaining())
		page, err := c.page(ctx, after, limit)
		if err != nil {
			return err
		}
		for i := range page {
			if err := c.syncAsset(ctx, &page[i]); err != nil {
				return err
			}
		}
		if len(page) == 0 || len(page) < limit && isOwn || r.remaining() == 0 {
			return nil
		}
		last := page[len(page)-1]
		after = Cursor{ID: last.ID, AttemptedAt: last.CMMSAttemptedAt}
	}
}

// enter takes the customer's lease; a manual run holds it already.
func (r *run) enter(ctx context.Context, plan CustomerPlan) error {
	if r.opts.CustomerID != nil {
		return nil
	}
	err := r.retry.BetweenAssets(ctx, "taking the customer's lease", func(ctx context.Context) error {
		return r.takeLease(ctx, customerLease(plan.CustomerID), false)
	})
	if err != nil && ctx.Err() != nil {
		return interrupted(ctx)
	}
	return err
}

// skip leaves a customer to the run that holds its lease.
func (r *run) skip(ctx context.Context, plan CustomerPlan, reason error) {
	skipped := min(plan.Assets, r.summary.Total-r.attempted-r.skipped)
	r.skipped += skipped
	r.log.LogAttrs(ctx, slog.LevelWarn, "customer skipped", slog.Uint64("customer_id", plan.CustomerID),
		slog.Int("assets", skipped), slog.String("reason", synclog.ErrorMessage(reason)))
}

// page reads the next assets. Nothing is held open while they are synced.
func (c *customer) page(ctx context.Context, after Cursor, limit int) (page []AssetMaster, err error) {
	if ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	err = c.retry.BetweenAssets(ctx, "reading assets", func(ctx context.Context) error {
		page, err = c.opts.Repository.Page(ctx, c.db, c.query, c.plan, after, limit)
		return err
	})
	if err != nil && ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the assets of customer %d after id %d: %w", c.plan.CustomerID, after.ID, err)
	}
	return page, nil
}

// syncAsset makes one attempt on one asset. Its error is one that ends the run.
func (c *customer) syncAsset(ctx context.Context, row *AssetMaster) error {
	if err := c.betweenAssets(ctx, row); err != nil {
		return err
	}
	run := ctx
	ctx, err := c.beforeAsset(run, row)
	limited, cancel := context.WithTimeoutCause(ctx, c.opts.AssetTimeout, c.timedOut)
	defer cancel()
	a := c.newAttempt(row)
	if err == nil {
		err = a.fetch(limited)
	}
	if err == nil {
		err = a.apply(limited)
	}
	a.finish(run, limited, err)
	c.record(ctx, a)
	c.report(ctx, a)
	return c.breaker.check(a)
}

// betweenAssets does what is due between two assets: it ends the run if its context has ended, writes the log rows that wait,
// renews the leases and shows progress.
func (c *customer) betweenAssets(ctx context.Context, next *AssetMaster) error {
	if ctx.Err() != nil {
		return interrupted(ctx)
	}
	if c.audit.buffers() {
		_ = c.markAgain(ctx) // a mark is written before its log row
		if err := c.audit.drain(ctx); err != nil {
			return err
		}
	}
	if err := c.leases.RenewDue(ctx); err != nil {
		return inProgress(err)
	}
	c.audit.heartbeat(ctx, &c.summary, next.CMMSAssetID)
	if ctx.Err() != nil { // meanwhile: the next asset is not attempted
		return interrupted(ctx)
	}
	return nil
}

// beforeAsset calls BeforeAsset. If that fails, so does the attempt, and its log row is written with the run's own context.
func (c *customer) beforeAsset(ctx context.Context, row *AssetMaster) (asset context.Context, err error) {
	if c.opts.BeforeAsset == nil {
		return ctx, nil
	}
	err = guard.Call("BeforeAsset", func() error {
		if asset = c.opts.BeforeAsset(ctx, refOf(row)); asset == nil {
			return errors.New("BeforeAsset returned no context: let it return the one that it gets, or one derived from that")
		}
		return nil
	})
	if err != nil {
		return ctx, err
	}
	return asset, nil
}

// record counts the attempt and writes its log row; a failure marks the asset row first.
func (c *customer) record(ctx context.Context, a *attempt) {
	c.attempted++
	c.summary.count(a.result, a.created, 1)
	c.logAttempt(ctx, a)
	if c.opts.DryRun || a.logged {
		return
	}
	a.entry = a.newEntry()
	c.write(ctx, a.entry)
}

// write writes the log row of an attempt, after the mark of a failure.
func (c *customer) write(ctx context.Context, e *synclog.Entry) {
	ctx = c.audit.detached.From(ctx)
	c.mark(ctx, e)
	c.audit.record(ctx, e)
}

// leave ends the customer: the last of its marks and log rows, and its lease.
func (c *customer) leave(ctx context.Context) {
	if len(c.unmarked) > 0 {
		limited, cancel := retry.Detached(ctx)
		defer cancel()
		err := c.markAgain(limited)
		for _, e := range c.unmarked {
			c.log.LogAttrs(ctx, slog.LevelError, "asset not marked as failed although its log row says so; OnlyFailed will not find it",
				append(assetOf(e), errorText(err))...)
		}
	}
	if c.audit.buffers() {
		_ = c.audit.flush(c.audit.detached.From(ctx)) // another run may attempt these assets next
	}
	if c.opts.CustomerID == nil {
		c.releaseLease(ctx)
	}
}

// stamp returns the time of an attempt: never before the run's start, and with OldestFirst after all attempts that were there
// before and after the one before, even if this machine's clock does not agree. So no asset is read twice.
func (c *customer) stamp() time.Time {
	now := utc.Now()
	if now.Before(c.newest) || c.opts.OldestFirst && now.Equal(c.newest) {
		now = c.newest.Add(time.Microsecond)
	}
	if c.opts.OldestFirst {
		c.newest = now
	}
	return now
}
