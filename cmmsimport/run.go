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

	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/internal/masters"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/utc"
)

const (
	// heartbeatEvery is how often, at the most, a run writes its progress.
	heartbeatEvery = 5 * time.Second
	// outageLimit is how long a run that is under way waits for a database that does not answer, before it ends.
	outageLimit = 2 * time.Minute
	// maxBacklog bounds the log entries that wait in memory while the table refuses them; beyond it the run ends.
	maxBacklog = 1_000
)

// rowState is what is known of a row that this run inserts.
type rowState int

const (
	absent    rowState = iota
	uncertain          // its insert may have been sent, and no answer was heard
	present
)

// run is one call of SyncAllAssetsFromInnomaint.
type run struct {
	opts      Options
	db        *gorm.DB // plainSession of the host's handle
	log       *slog.Logger
	query     AssetQuery
	catalog   dbschema.Catalog
	plan      []CustomerPlan
	holder    string
	leases    []*lease // held now: of a whole run first, then the customer's
	takenFrom string   // the run whose lease was taken over, until its audit is repaired
	lost      bool     // one of them was taken by another run: nothing more is written to assets

	masters    *masters.Customer // of the customer at hand
	earliest   time.Time         // attempts of the customer at hand are stamped behind it
	backlog    *synclog.Backlog
	settlement settlement
	gaveUp     error            // what ends an attempt at AssetTimeout
	unmarked   []*synclog.Entry // failures whose asset rows could not be marked yet

	summary        Summary
	began          time.Time     // with the monotonic clock
	patience       time.Duration // how long a database that is away is waited for: 0 before the run is under way
	attempted      int
	skipped        int // assets of customers that another run holds
	systemicInARow int
	stored         rowState  // of the run's row in cmms_sync_run; absent in a dry run
	heartbeat      time.Time // when that row was last written
}

func newRun(db *gorm.DB, opts Options) *run {
	id := ulid.Make().String()
	host, err := os.Hostname()
	if err != nil {
		host = "unknown host"
	}
	r := &run{
		opts: opts,
		db:   db,
		log:  opts.Logger.With(slog.String("run_id", id)),
		query: AssetQuery{
			CustomerID: opts.CustomerID, CMMSAssetIDs: opts.CMMSAssetIDs, OnlyFailed: opts.OnlyFailed,
			NotSyncedSince: opts.NotSyncedSince, OldestFirst: opts.OldestFirst,
		},
		holder:  fmt.Sprintf("%.200s, process %d", host, os.Getpid()),
		summary: Summary{RunID: id, CustomerID: opts.CustomerID, DryRun: opts.DryRun, FailedByKind: map[string]int{}, StartedAt: utc.Now()},
		began:   time.Now(),
	}
	r.backlog = synclog.NewBacklog(r.record)
	r.gaveUp = fmt.Errorf("gave up after AssetTimeout, %s: %w", opts.AssetTimeout, context.DeadlineExceeded)
	return r
}

// start does all that comes before the first asset: the schema, the lease, the plan and the row in cmms_sync_run.
func (r *run) start(ctx context.Context) error {
	steps := []struct {
		doing string
		do    func(context.Context) error
	}{
		{"checking the schema", r.checkSchema},
		{"taking the lease", r.leaseRun},
		{"repairing the audit of runs that died", r.repairDeadRuns},
		{"counting the assets", r.makePlan},
		{"writing the run's row", r.createRow},
	}
	for _, step := range steps {
		err := r.retry(ctx, step.doing, step.do)
		switch {
		case err != nil && ctx.Err() != nil:
			return interrupted(ctx)
		case errors.Is(err, ErrSchema), errors.Is(err, ErrSyncInProgress):
			return err
		case err != nil:
			return fmt.Errorf("%s: %w", step.doing, err)
		}
	}
	r.patience = outageLimit
	r.log.LogAttrs(ctx, slog.LevelInfo, "sync started",
		slog.Int("assets", r.summary.Total), slog.Int("customers", len(r.plan)), slog.Bool("dry_run", r.opts.DryRun))
	if r.opts.OnStart == nil {
		return nil
	}
	return guard("OnStart", func() error {
		summary := r.summary
		summary.FailedByKind = map[string]int{} // the host's own: the run goes on counting in its map
		r.opts.OnStart(summary)
		return nil
	})
}

func (r *run) checkSchema(ctx context.Context) (err error) {
	r.catalog, err = readSchema(ctx, r.db)
	return err
}

// leaseRun takes the lease that two runs of the same scope cannot both have: that of whole runs, or the one customer's.
func (r *run) leaseRun(ctx context.Context) error {
	if r.opts.CustomerID != nil {
		return r.lease(ctx, customerLease(*r.opts.CustomerID))
	}
	return r.lease(ctx, wholeRun)
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

// tableRecorder is synclog.Recorder, or a host's own that embeds it.
type tableRecorder interface {
	InTable() bool
}

func (r *run) createRow(ctx context.Context) error {
	if r.opts.DryRun {
		return nil
	}
	// The key is new: a duplicate is this very row, whose insert was not heard of.
	if err := synclog.CreateRun(ctx, r.db, r.progressRow(synclog.Running)); err != nil && !mysqlerr.Duplicate(err) {
		if ctx.Err() != nil || mysqlerr.ConnectionLost(err) {
			r.stored = uncertain
		}
		return err
	}
	r.stored, r.heartbeat = present, time.Now()
	return nil
}

// progressRow is the run as cmms_sync_run shows it now.
func (r *run) progressRow(status synclog.RunStatus) *synclog.Run {
	return &synclog.Run{
		ID: r.summary.RunID, CustomerID: r.opts.CustomerID, Status: status, Host: r.holder,
		Total: int64(r.summary.Total), Successful: int64(r.summary.Successful), Failed: int64(r.summary.Failed),
		Warnings: int64(r.summary.Warnings), StartedAt: r.summary.StartedAt, HeartbeatAt: utc.Now(),
	}
}

// remaining is how many more assets Options.Limit allows.
func (r *run) remaining() int {
	if r.opts.Limit == 0 {
		return math.MaxInt
	}
	return r.opts.Limit - r.attempted
}

// retry repeats what the run does between assets. A server that hangs does not hold it for longer than outageLimit.
func (r *run) retry(ctx context.Context, what string, call func(context.Context) error) error {
	limited, cancel := context.WithTimeoutCause(ctx, outageLimit, errOutage)
	defer cancel()
	err := retry(limited, r.log, what, r.patience, func() error { return guard(what, func() error { return call(limited) }) })
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return fmt.Errorf("%w: %w", errOutage, err)
	}
	return err
}

// errOutage ends a run whose database does not answer.
var errOutage = fmt.Errorf("the database has not answered for %s", outageLimit)
