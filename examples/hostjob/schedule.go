package main

import (
	"context"
	"log/slog"

	"github.com/robfig/cron/v3"

	"ic3.internal/innomaintsync/cmmsimport"
)

// serve makes a nightly run whenever the schedule says so, and serves metrics, until ctx ends and the run at hand with it.
func (j *job) serve(ctx context.Context, cfg config) int {
	if err := cmmsimport.CheckSchema(ctx, j.db); err != nil { // now, while somebody is looking
		j.log.LogAttrs(ctx, slog.LevelError, "the tables are not ready; -migrate makes them", slog.String("error", err.Error()))
		return exitBroken
	}
	server, err := j.metrics.listen(ctx, cfg.MetricsAddress, j.log)
	if err != nil {
		j.log.LogAttrs(ctx, slog.LevelError, "METRICS_ADDRESS cannot be listened on", slog.String("error", err.Error()))
		return exitBroken
	}
	defer func() { _ = server.Close() }() // scrapes are made again

	messages := cronLog{j.log}
	// One run at a time: the next one comes when the schedule says so again.
	timer := cron.New(cron.WithLogger(messages), cron.WithChain(cron.Recover(messages), cron.SkipIfStillRunning(messages)))
	code := exitOK
	id, err := timer.AddFunc(cfg.Schedule, func() {
		summary, err := j.run(ctx, scope{})
		code = exitCode(resultOf(summary, err)) // cron's goroutine; read after its end
	})
	if err != nil { // readConfig has tried it
		j.log.LogAttrs(ctx, slog.LevelError, "SYNC_SCHEDULE is no schedule", slog.String("error", err.Error()))
		return exitConfig
	}
	timer.Start()
	j.log.LogAttrs(ctx, slog.LevelInfo, "waiting for the schedule", slog.Time("next", timer.Entry(id).Next))

	<-ctx.Done()
	<-timer.Stop().Done()
	if code == exitBroken {
		return code
	}
	return exitOK // asked to stop, and stopped
}

// cronLog makes cron write to the job's log.
type cronLog struct{ log *slog.Logger }

// Info implements cron.Logger. What it has to say of each tick is for debugging, but for a run that is skipped.
func (c cronLog) Info(message string, pairs ...any) {
	level := slog.LevelDebug
	if message == "skip" {
		level, message = slog.LevelWarn, "the last run is still going on, this one is skipped"
	}
	c.log.Log(context.Background(), level, message, pairs...)
}

// Error implements cron.Logger.
func (c cronLog) Error(err error, message string, pairs ...any) {
	c.log.Error(message, append(pairs, slog.String("error", err.Error()))...)
}
