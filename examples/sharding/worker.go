package sharding

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/hibiken/asynq"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
)

// Worker syncs the customers whose jobs this machine takes. It is an asynq.Handler.
type Worker struct {
	DB     *gorm.DB
	Client cmmsimport.APIClient
	// TimeBox is how long one job may take; what it does not reach comes first next time.
	TimeBox time.Duration
	// Busy is after how long a job is tried again whose customer another run is at work on.
	Busy time.Duration
	// Logger is the runs' own; nil is slog.Default().
	Logger *slog.Logger
}

// ProcessTask implements asynq.Handler.
func (w *Worker) ProcessTask(ctx context.Context, task *asynq.Task) error {
	var j job
	if err := json.Unmarshal(task.Payload(), &j); err != nil {
		return fmt.Errorf("payload: %w: %w", err, asynq.SkipRetry)
	}
	box, cancel := context.WithTimeout(ctx, w.TimeBox)
	defer cancel()
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(box, w.DB, cmmsimport.Options{
		Client: w.Client, CustomerID: &j.CustomerID, OldestFirst: true, Logger: w.Logger,
	})
	timeIsUp := ctx.Err() == nil && box.Err() != nil
	if timeIsUp && !errors.Is(err, cmmsimport.ErrAuditIncomplete) {
		return nil
	}
	return err
}

// Config makes jobs run in ctx, so that they settle and go back into the queue when it ends, on SIGTERM say, and keeps
// apart what failed from what only has to wait. Set Concurrency to what the database and Innomaint bear.
func (w *Worker) Config(ctx context.Context) asynq.Config {
	return asynq.Config{
		Concurrency:     2,
		BaseContext:     func() context.Context { return ctx },
		ShutdownTimeout: 30 * time.Second,
		IsFailure:       func(err error) bool { return !waits(err) }, // others count towards MaxRetry
		RetryDelayFunc: func(n int, err error, task *asynq.Task) time.Duration {
			if waits(err) {
				return w.Busy
			}
			return asynq.DefaultRetryDelayFunc(n, err, task)
		},
	}
}

func waits(err error) bool {
	return errors.Is(err, cmmsimport.ErrSyncInProgress) || errors.Is(err, context.Canceled)
}
