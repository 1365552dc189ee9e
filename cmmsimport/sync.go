package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// pageSize is how many assets are read at once: few enough to stay small in memory, enough that the query is not felt.
const pageSize = 200

// SyncAllAssetsFromInnomaint brings every asset that the options cover up to date, one after the other: it asks the API,
// writes the masters and the asset in a transaction of their own, commits, and writes the asset's row of cmms_sync_log.
// An asset that fails is logged and marked, and the run goes on.
//
// The Summary is usable beside an error too. One asset's failure is never an error: it is counted and logged. What is
// returned says why the run as a whole did not start or did not finish: ErrOptions, ErrSchema, ErrSyncInProgress,
// ErrAborted, ErrAuditIncomplete, the context's error, or the database's.
//
// When ctx ends, the asset at hand is settled, committed or rolled back, and logged; the rest is Skipped.
func SyncAllAssetsFromInnomaint(ctx context.Context, db *gorm.DB, opts Options) (Summary, error) {
	if err := opts.validate(db); err != nil {
		now := utc.Now()
		return Summary{
			CustomerID: opts.CustomerID, DryRun: opts.DryRun, FailedByKind: map[string]int{}, StartedAt: now, FinishedAt: now,
		}, err
	}
	handle, closeStatements := prepared.Open(plainSession(db))
	defer closeStatements()
	r := newRun(handle, opts.withDefaults())
	err := r.start(ctx)
	if err == nil {
		err = r.syncCustomers(ctx)
	}
	return r.finish(ctx, err)
}

// syncCustomers takes the customers in the plan's order.
func (r *run) syncCustomers(ctx context.Context) error {
	for _, customer := range r.plan {
		if err := r.syncCustomer(ctx, customer); err != nil {
			return err
		}
		if r.remaining() == 0 {
			return nil
		}
	}
	return nil
}

// syncCustomer takes one customer's assets, page by page, under that customer's lease.
func (r *run) syncCustomer(ctx context.Context, customer CustomerPlan) error {
	switch err := r.enter(ctx, customer); {
	case errors.Is(err, ErrSyncInProgress) && r.opts.CustomerID == nil:
		r.skipCustomer(ctx, customer, err)
		return nil
	case err != nil:
		return err
	}
	defer r.leave(ctx, customer)

	var after Cursor
	for {
		limit := min(pageSize, r.remaining())
		page, err := r.page(ctx, customer, after, limit)
		if err != nil {
			return err
		}
		for i := range page {
			if err := r.syncAsset(ctx, &page[i]); err != nil {
				return err
			}
		}
		if len(page) < limit || r.remaining() == 0 {
			return nil
		}
		after = cursorAt(page[len(page)-1])
	}
}

// syncAsset makes one attempt on one asset and settles it. Its error is one that ends the run.
func (r *run) syncAsset(ctx context.Context, row *AssetMaster) error {
	if err := r.ready(ctx, row); err != nil {
		return err
	}
	ctx, err := r.before(ctx, row)
	a := r.attempt(ctx, row, err)
	r.settle(ctx, a)
	r.notify(ctx, a)
	return r.verdict(a)
}

// before calls BeforeAsset. Where that fails, so does the attempt, and the run's own context serves for its log row.
func (r *run) before(ctx context.Context, row *AssetMaster) (asset context.Context, err error) {
	if r.opts.BeforeAsset == nil {
		return ctx, nil
	}
	err = guard("BeforeAsset", func() error {
		if asset = r.opts.BeforeAsset(ctx, refOf(row)); asset == nil {
			return errors.New("BeforeAsset returned no context: let it return the one that it gets, or one derived from that")
		}
		return nil
	})
	if err != nil {
		return ctx, err
	}
	return asset, nil
}

// page reads the next assets. Nothing is held open while they are worked on.
func (r *run) page(ctx context.Context, customer CustomerPlan, after Cursor, limit int) (page []AssetMaster, err error) {
	if ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	err = r.retry(ctx, "reading assets", func(ctx context.Context) error {
		page, err = r.opts.Repository.Page(ctx, r.db, r.query, customer, after, limit)
		return err
	})
	if err != nil && ctx.Err() != nil {
		return nil, interrupted(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the assets of customer %d behind id %d: %w", customer.CustomerID, after.ID, err)
	}
	return page, nil
}

// verdict says whether the run may go on after this attempt.
func (r *run) verdict(a *attempt) error {
	if errors.Is(a.result.Err, errLeaseLost) {
		return a.result.Err
	}
	if !systemic(a.result.Kind) {
		r.systemicInARow = 0
		return nil
	}
	r.systemicInARow++
	if limit := r.opts.MaxConsecutiveFailures; limit > 0 && r.systemicInARow >= limit {
		return fmt.Errorf("%w: %d, the last one on asset %q of customer %d: %w",
			ErrAborted, r.systemicInARow, a.row.CMMSAssetID, a.row.CustomerID, a.result.Err)
	}
	return nil
}

// interrupted is the error of a run whose context ended.
func interrupted(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		return fmt.Errorf("sync interrupted: %w: %w", ctx.Err(), cause)
	}
	return fmt.Errorf("sync interrupted: %w", ctx.Err())
}

// settling returns a context for the writes that end an attempt or a run: a cancellation does not reach them, a database
// that hangs does not hold them for long.
func settling(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), settleTimeLimit)
}

// settlement is settling for what every asset needs. Its context lasts for some assets: each timer that is set and stopped
// would wake a thread.
type settlement struct {
	ctx    context.Context
	cancel context.CancelFunc
	began  time.Time
}

func (s *settlement) context(run context.Context) context.Context {
	if s.ctx == nil || time.Since(s.began) > settleTimeLimit/10 {
		s.end()
		s.ctx, s.cancel = settling(run)
		s.began = time.Now()
	}
	return s.ctx
}

func (s *settlement) end() {
	if s.ctx != nil {
		s.cancel()
		s.ctx = nil
	}
}
