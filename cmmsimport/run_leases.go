package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/masters"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// lease takes a lease for this run; a dry run writes none.
func (r *run) lease(ctx context.Context, name string) error {
	if r.opts.DryRun {
		return nil
	}
	l := &lease{name: name, runID: r.summary.RunID, holder: r.holder, duration: leaseDuration(r.opts.AssetTimeout)}
	r.leases = slices.DeleteFunc(r.leases, func(earlier *lease) bool { return earlier.name == name }) // of a try before
	err := l.acquire(ctx, r.db)
	if errors.Is(err, ErrSyncInProgress) {
		r.takenFrom = "" // an earlier try has taken nothing
		return err
	}
	if l.takenFrom != "" {
		r.takenFrom = l.takenFrom
	}
	// To be given back after any other error too: an answer that was lost, or not waited for, may have been a yes.
	r.leases = append(r.leases, l)
	return err
}

// enter begins with a customer: its lease (a manual run holds it already), the audit of a run that died holding it, and an
// empty cache of masters.
func (r *run) enter(ctx context.Context, customer CustomerPlan) error {
	r.masters, r.earliest = masters.NewCustomer(masters.Config{
		CustomerID: customer.CustomerID, Tables: masters.DefaultTables(), Catalog: r.catalog, DryRun: r.opts.DryRun,
	}), customer.NewestAttempt
	if r.opts.CustomerID != nil {
		return nil
	}
	err := r.retry(ctx, "taking the customer's lease", func(ctx context.Context) error {
		return r.lease(ctx, customerLease(customer.CustomerID))
	})
	if err == nil && r.takenFrom != "" {
		err = r.retry(ctx, "repairing the audit of runs that died", r.repairDeadRuns)
	}
	if err != nil && ctx.Err() != nil {
		return interrupted(ctx)
	}
	return err
}

// leave ends with a customer: the last of its marks, and its lease.
func (r *run) leave(ctx context.Context, customer CustomerPlan) {
	r.markRest(ctx, customer.CustomerID)
	if r.opts.CustomerID == nil {
		r.releaseLast(ctx)
	}
}

// releaseLast gives back the lease that was taken last. One that cannot be given back ends by itself.
func (r *run) releaseLast(ctx context.Context) {
	if len(r.leases) == 0 {
		return
	}
	last := r.leases[len(r.leases)-1]
	r.leases = r.leases[:len(r.leases)-1]
	ctx, cancel := settling(ctx)
	defer cancel()
	if err := r.retry(ctx, "releasing the lease", func(ctx context.Context) error { return last.release(ctx, r.db) }); err != nil {
		r.log.LogAttrs(ctx, slog.LevelWarn, "the lease could not be released; it ends by itself",
			slog.String("lease", last.name), slog.Duration("within", last.duration), errorText(err))
	}
}

// keepLeases renews what is due before another attempt. An error ends the run: a lease is lost, or may be by now.
func (r *run) keepLeases(ctx context.Context) error {
	for _, l := range r.leases {
		if !l.due() {
			continue
		}
		now := time.Now()
		err := r.renew(ctx, l)
		switch {
		case err == nil:
			l.renewed = now
		case errors.Is(err, errLeaseLost):
			r.lost = true
			return err
		case l.expired():
			return fmt.Errorf("the lease %q ran out and could not be renewed: %w", l.name, err)
		default:
			r.log.LogAttrs(ctx, slog.LevelWarn, "the lease could not be renewed yet", slog.String("lease", l.name), errorText(err))
		}
	}
	return nil
}

// renew is bounded like the other writes between two assets.
func (r *run) renew(ctx context.Context, l *lease) error {
	ctx, cancel := context.WithTimeout(ctx, settleTimeLimit)
	defer cancel()
	return l.renew(ctx, r.db)
}

// stillHeld keeps an attempt that took longer than its lease from writing beside the lease's next holder. In a transaction
// it prolongs the lease only if that commits, so the lease stays due.
func (r *run) stillHeld(ctx context.Context, tx *gorm.DB) error {
	for _, l := range r.leases {
		if !l.expired() {
			continue
		}
		if err := l.renew(ctx, tx); err != nil {
			r.lost = r.lost || errors.Is(err, errLeaseLost)
			return err
		}
	}
	return nil
}

// skipCustomer leaves a customer to the run that holds its lease.
func (r *run) skipCustomer(ctx context.Context, customer CustomerPlan, reason error) {
	skipped := min(customer.Assets, r.summary.Total-r.attempted-r.skipped)
	r.skipped += skipped
	r.log.LogAttrs(ctx, slog.LevelWarn, "customer skipped", slog.Uint64("customer_id", customer.CustomerID),
		slog.Int("assets", skipped), slog.String("reason", synclog.ErrorMessage(reason)))
}
