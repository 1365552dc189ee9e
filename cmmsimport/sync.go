package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"time"

	"github.com/oklog/ulid/v2"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/causes"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/handle"
	"ic3.internal/innomaintsync/cmmsimport/internal/lease"
	"ic3.internal/innomaintsync/cmmsimport/internal/rescue"
	"ic3.internal/innomaintsync/cmmsimport/internal/retry"
	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// SyncAllAssetsFromInnomaint synchronizes every asset that the options cover, one after the other: it calls the API, writes the
// masters and the asset in a transaction of their own, commits, and writes the asset's row of cmms_sync_log. An asset that
// fails is logged and marked as failed, and the run continues.
//
// The Summary is usable beside an error, too. One asset's failure is never an error: it is counted and logged. The error
// says why the run as a whole did not start or did not finish: ErrOptions, ErrSchema, ErrSyncInProgress, ErrAborted,
// ErrAuditIncomplete, the context's error, or the database's.
//
// When ctx ends, the current asset is finished, committed or rolled back, and logged; the rest is Skipped.
func SyncAllAssetsFromInnomaint(ctx context.Context, db *gorm.DB, opts Options) (Summary, error) {
	if err := opts.validate(db); err != nil {
		now := utc.Now()
		return Summary{CustomerID: opts.CustomerID, DryRun: opts.DryRun, FailedByKind: map[innomaint.Kind]int{}, StartedAt: now, FinishedAt: now}, err
	}
	pool, closeStatements := prepared.Open(handle.Plain(db))
	defer closeStatements()
	r := newRun(pool, opts.withDefaults())
	err := r.start(ctx)
	if err == nil {
		err = r.syncCustomers(ctx)
	}
	return r.finish(ctx, err)
}

// run is one call of SyncAllAssetsFromInnomaint.
type run struct {
	opts    Options
	db      *gorm.DB // the host's pool, without the host's GORM settings
	log     *slog.Logger
	query   AssetQuery
	catalog dbschema.Catalog
	plan    []CustomerPlan
	leases  *lease.Set
	audit   *audit
	breaker breaker
	retry   retry.Retrier

	summary   Summary
	causes    causes.Tally
	began     time.Time // with the monotonic clock
	attempted int
	skipped   int   // assets of customers that another run holds
	timedOut  error // the cause of an attempt that ends at AssetTimeout
}

func newRun(db *gorm.DB, opts Options) *run {
	id := ulid.Make().String()
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	holder := fmt.Sprintf("%.200s, process %d", host, os.Getpid())
	log := opts.Logger.With(slog.String("run_id", id))
	r := &run{
		opts: opts,
		db:   db,
		log:  log,
		query: AssetQuery{
			CustomerID: opts.CustomerID, CMMSAssetIDs: opts.CMMSAssetIDs, OnlyFailed: opts.OnlyFailed,
			NotSyncedSince: opts.NotSyncedSince, OldestFirst: opts.OldestFirst,
		},
		leases:   lease.NewSet(db, log, id, holder, leaseDuration(opts.AssetTimeout), time.Now),
		breaker:  breaker{limit: opts.MaxConsecutiveFailures},
		retry:    retry.Retrier{Log: log},
		summary:  Summary{RunID: id, CustomerID: opts.CustomerID, DryRun: opts.DryRun, FailedByKind: map[innomaint.Kind]int{}, StartedAt: utc.Now()},
		began:    time.Now(),
		timedOut: fmt.Errorf("gave up after AssetTimeout, %s: %w", opts.AssetTimeout, context.DeadlineExceeded),
	}
	r.audit = &audit{db: db, log: log, recorder: opts.Recorder, retry: &r.retry, holder: holder, off: opts.DryRun}
	return r
}

// start does all that comes before the first asset: the schema, the lease, the rescue of dead runs, the plan and the run's row.
func (r *run) start(ctx context.Context) error {
	for _, step := range []struct {
		doing string
		do    func(context.Context) error
	}{
		{"checking the schema", r.checkSchema},
		{"taking the lease", r.takeRunLease},
		{"counting the assets", r.makePlan},
		{"writing the run's row", func(ctx context.Context) error { return r.audit.openRun(ctx, &r.summary) }},
	} {
		err := r.retry.BetweenAssets(ctx, step.doing, step.do)
		switch {
		case err != nil && ctx.Err() != nil:
			return interrupted(ctx)
		case errors.Is(err, ErrSchema), errors.Is(err, ErrSyncInProgress):
			return err
		case err != nil:
			return fmt.Errorf("%s: %w", step.doing, err)
		}
	}
	r.retry.OutageBudget = retry.OutageLimit
	r.log.LogAttrs(ctx, slog.LevelInfo, "sync started",
		slog.Int("assets", r.summary.Total), slog.Int("customers", len(r.plan)), slog.Bool("dry_run", r.opts.DryRun))
	if r.opts.OnStart == nil {
		return nil
	}
	return guard.Call("OnStart", func() error {
		summary := r.summary
		summary.FailedByKind = map[innomaint.Kind]int{} // the host's own: the run continues to count in its map
		r.opts.OnStart(summary)
		return nil
	})
}

func (r *run) checkSchema(ctx context.Context) (err error) {
	r.catalog, err = readSchema(ctx, r.db)
	return err
}

// takeRunLease takes the lease that two runs of the same scope cannot both have, and rescues the runs that died: before this
// run's first attempt, which would overwrite the marks of theirs.
func (r *run) takeRunLease(ctx context.Context) error {
	name := wholeRun
	if r.opts.CustomerID != nil {
		name = customerLease(*r.opts.CustomerID)
	}
	return r.takeLease(ctx, name, true)
}

// takeLease takes a lease and rescues the run that held it when it expired; with rescueAll, every other dead run, too. A dry run
// takes none.
func (r *run) takeLease(ctx context.Context, name string, rescueAll bool) error {
	if r.opts.DryRun {
		return nil
	}
	takenFrom, err := r.leases.Take(ctx, name)
	if err == nil && (takenFrom != "" || rescueAll) {
		r.rescue(ctx, takenFrom)
	}
	return inProgress(err)
}

// rescue closes dead runs. One that cannot be closed now is left to the next run.
func (r *run) rescue(ctx context.Context, takenFrom string) {
	table, ok := r.opts.Recorder.(interface{ InTable() bool })
	rescuer := rescue.Rescuer{DB: r.db, Log: r.log, RunID: r.summary.RunID, InTable: ok && table.InTable()}
	err := r.retry.Do(ctx, "closing dead runs", func() error { return rescuer.Rescue(ctx, takenFrom) })
	if err != nil {
		r.log.LogAttrs(ctx, slog.LevelError, "dead runs could not be closed; the next run tries again", errorText(err))
	}
}

func (r *run) makePlan(ctx context.Context) (err error) {
	if r.plan, err = r.opts.Repository.Plan(ctx, r.db, r.query); err != nil {
		return err
	}
	r.summary.Total = 0
	for _, customer := range r.plan {
		r.summary.Total += customer.Assets
	}
	if r.opts.Limit > 0 {
		r.summary.Total = min(r.summary.Total, r.opts.Limit)
	}
	return nil
}

// syncCustomers takes the customers in the plan's order.
func (r *run) syncCustomers(ctx context.Context) error {
	for _, plan := range r.plan {
		if err := r.syncCustomer(ctx, plan); err != nil {
			return err
		}
		if r.remaining() == 0 {
			return nil
		}
	}
	return nil
}

// remaining is how many more assets Options.Limit allows.
func (r *run) remaining() int {
	if r.opts.Limit == 0 {
		return math.MaxInt
	}
	return r.opts.Limit - r.attempted
}

// finish ends the run, whatever ended it: the log rows that wait are written, the summary is completed and stored, the
// leases are given back.
func (r *run) finish(ctx context.Context, cause error) (Summary, error) {
	s := &r.summary
	s.Total = max(s.Total, r.attempted+r.skipped) // rows may have been linked since they were counted
	s.Skipped = s.Total - r.attempted
	for _, cause := range r.causes.Top(maxCauses) {
		s.Causes = append(s.Causes, Cause(*cause))
	}
	s.FinishedAt = utc.Now()
	s.Duration = time.Since(r.began)

	err := cause
	if auditErr := r.audit.close(ctx, s, cause); auditErr != nil {
		err = errors.Join(cause, fmt.Errorf("%w: %w", ErrAuditIncomplete, auditErr))
	}
	for r.releaseLease(ctx) {
	}
	r.logEnd(ctx, err)
	return r.summary, err
}

// releaseLease gives back the lease that was taken last, and reports whether there was one.
func (r *run) releaseLease(ctx context.Context) bool {
	ctx, cancel := retry.Detached(ctx)
	defer cancel()
	return r.leases.ReleaseLast(ctx, r.retry.BetweenAssets)
}

func (r *run) logEnd(ctx context.Context, err error) {
	level, text := slog.LevelInfo, "sync finished"
	if err != nil {
		level, text = slog.LevelError, "sync ended early"
	}
	s := r.summary
	attrs := []slog.Attr{
		slog.Int("total", s.Total), slog.Int("successful", s.Successful), slog.Int("failed", s.Failed),
		slog.Int("skipped", s.Skipped), slog.Int("changed", s.Changed), slog.Int("warnings", s.Warnings),
		slog.Duration("duration", s.Duration),
	}
	if err != nil {
		attrs = append(attrs, errorText(err))
	}
	r.log.LogAttrs(ctx, level, text, attrs...)
}

// interrupted is the error of a run whose context ended.
func interrupted(ctx context.Context) error {
	if cause := context.Cause(ctx); !errors.Is(cause, ctx.Err()) {
		return fmt.Errorf("sync interrupted: %w: %w", ctx.Err(), cause)
	}
	return fmt.Errorf("sync interrupted: %w", ctx.Err())
}
