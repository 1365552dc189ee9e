package cmmsimport

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

// How the database is asked again. The waits add up to 6 s on average and 11 s at most: enough for a server that restarts
// or a cluster that elects a new primary. A run that is under way waits longer for a database that is away.
const (
	databaseTries   = 9
	firstWait       = 50 * time.Millisecond
	longestWait     = 5 * time.Second
	settleTimeLimit = 10 * time.Second // for the writes that end an attempt or a run, also after a cancellation
)

// retry repeats call while its error is transient, with exponential backoff and full jitter, and returns its last error.
// Call must be safe to repeat after an unknown outcome. A database that is away as a whole is waited for until patience
// ends, however many tries that takes; anything else has so many tries.
func retry(ctx context.Context, logger *slog.Logger, what string, patience time.Duration, call func() error) error {
	wait, began := firstWait, time.Now()
	for try := 1; ; try++ {
		err := call()
		if err == nil || ctx.Err() != nil || !transient(err) {
			return err
		}
		if try >= databaseTries && (!mysqlerr.Unavailable(err) || time.Since(began) >= patience) {
			return err
		}
		pause := rand.N(wait) + time.Millisecond
		logger.LogAttrs(ctx, slog.LevelDebug, "database did not do it, trying again",
			slog.String("what", what), slog.Int("try", try), slog.Duration("wait", pause), errorText(err))
		if !sleep(ctx, pause) {
			return err
		}
		wait = min(2*wait, longestWait)
	}
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
