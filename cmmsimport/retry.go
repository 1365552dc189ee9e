package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

// How the database is asked again. The waits add up to 6 s on average and 11 s at most: enough for a server that restarts
// or a cluster that elects a new primary. A run that is under way waits longer for a database that is unavailable.
const (
	databaseTries = 9
	firstWait     = 50 * time.Millisecond
	longestWait   = 5 * time.Second
	// outageLimit is how long a run that is under way waits for an unavailable database before it ends.
	outageLimit = 2 * time.Minute
	// writeTimeout limits the writes that end an attempt or a run, also after a cancellation.
	writeTimeout = 10 * time.Second
)

// errOutage ends a run whose database does not respond.
var errOutage = fmt.Errorf("the database has not responded for %s", outageLimit)

// retrier repeats database work that may succeed in a moment.
type retrier struct {
	log *slog.Logger
	// outageBudget is how long an unavailable database is waited for: 0 until the run is under way.
	outageBudget time.Duration
}

// do repeats call while its error is transient, with exponential backoff and full jitter, and returns its last error. Call must
// be idempotent. While the database is unavailable as a whole, call is repeated until the outage budget is used up, however
// often that is; after other errors it has so many tries.
func (r *retrier) do(ctx context.Context, what string, call func() error) error {
	return r.within(ctx, what, r.outageBudget, call)
}

func (r *retrier) within(ctx context.Context, what string, outageBudget time.Duration, call func() error) error {
	wait, began := firstWait, time.Now()
	for try := 1; ; try++ {
		err := call()
		if err == nil || ctx.Err() != nil || !transient(err) {
			return err
		}
		if try >= databaseTries && (!mysqlerr.Unavailable(err) || time.Since(began) >= outageBudget) {
			return err
		}
		pause := rand.N(wait) + time.Millisecond
		r.log.LogAttrs(ctx, slog.LevelDebug, "database error, retrying",
			slog.String("what", what), slog.Int("try", try), slog.Duration("wait", pause), errorText(err))
		if !sleep(ctx, pause) {
			return err
		}
		wait = min(2*wait, longestWait)
	}
}

// betweenAssets is do for what the run does between assets. A server that hangs does not hold it up for longer than outageLimit.
func (r *retrier) betweenAssets(ctx context.Context, what string, call func(context.Context) error) error {
	limited, cancel := context.WithTimeoutCause(ctx, outageLimit, errOutage)
	defer cancel()
	err := r.do(limited, what, func() error { return guard(what, func() error { return call(limited) }) })
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return fmt.Errorf("%w: %w", errOutage, err)
	}
	return err
}

// transient reports whether the same statements may succeed in a moment. A panic's value may look like a network error.
func transient(err error) bool {
	var panicked *panicError
	return !errors.As(err, &panicked) && mysqlerr.Transient(err)
}

// sleep waits and reports whether the context let it.
func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// detached returns a context for the writes that end an attempt or a run: a cancellation does not reach them, and a database
// that hangs does not hold them up for long.
func detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
}
