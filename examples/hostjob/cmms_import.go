package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// job is what the host has made ready once, for all of its runs.
type job struct {
	db      *gorm.DB
	client  cmmsimport.APIClient
	log     *slog.Logger
	metrics *metrics
	traces  *traces

	timeBox                time.Duration // of a nightly run
	maxConsecutiveFailures int
	grace                  time.Duration // see stopBetweenAssets; 0: defaultGrace
}

// scope says which assets a run is for. Its zero value is the nightly run.
type scope struct {
	customerID *uint64
	onlyFailed bool
	dryRun     bool
}

// nightly reports whether this is the run over everything, as opposed to a manual one.
func (s scope) nightly() bool { return s.customerID == nil && !s.onlyFailed }

// watcher looks on while a run goes on: it puts itself into the hooks of the options.
type watcher interface {
	watch(cmmsimport.Options) cmmsimport.Options
}

// run makes one run and tells its end to whoever watches the job.
func (j *job) run(ctx context.Context, s scope, watchers ...watcher) (cmmsimport.Summary, error) {
	ctx, endSpan := j.traces.startRun(ctx, s)
	summary, err := j.sync(ctx, s, watchers)

	result := resultOf(summary, err)
	endSpan(summary, result)
	if !s.dryRun {
		j.metrics.runEnded(summary, result)
	}
	level, attrs := slog.LevelInfo, []slog.Attr{slog.String("result", string(result)), slog.Any("summary", summary)}
	if err != nil {
		level, attrs = slog.LevelWarn, append(attrs, slog.String("error", synclog.ErrorMessage(err)))
	}
	j.log.LogAttrs(ctx, level, "run ended", attrs...)
	return summary, err
}

// sync is the call of the library.
//
// A nightly run has a time box. What it does not reach is left to the next one: they go on with one pass over the register
// until that is complete, and only then begin another. A manual run takes all of its scope, however long that takes.
func (j *job) sync(ctx context.Context, s scope, watchers []watcher) (cmmsimport.Summary, error) {
	opts := cmmsimport.Options{
		Client:                 j.client,
		CustomerID:             s.customerID,
		OnlyFailed:             s.onlyFailed,
		DryRun:                 s.dryRun,
		OldestFirst:            true, // so that each night goes on where the last one ended, and what fails waits for its turn
		MaxConsecutiveFailures: j.maxConsecutiveFailures,
		Logger:                 j.log,
	}
	limit := noTimeBox
	if s.nightly() {
		limit = j.timeBox
		began, err := passBegan(ctx, j.db, time.Now())
		if err != nil {
			return cmmsimport.Summary{}, fmt.Errorf("finding out where the last run ended: %w", err)
		}
		opts.NotSyncedSince = began
	}

	ctx, stop := stopBetweenAssets(ctx, limit, j.grace)
	defer stop.end()
	for _, w := range append([]watcher{stop, j.metrics, j.traces}, watchers...) {
		opts = w.watch(opts)
	}
	return cmmsimport.SyncAllAssetsFromInnomaint(ctx, j.db, opts)
}

// onAsset adds a call to the hook of the same name.
func onAsset(opts cmmsimport.Options, call func(cmmsimport.AssetResult, cmmsimport.Progress)) cmmsimport.Options {
	next := opts.OnAsset
	opts.OnAsset = func(res cmmsimport.AssetResult, p cmmsimport.Progress) {
		if next != nil {
			next(res, p)
		}
		call(res, p)
	}
	return opts
}
