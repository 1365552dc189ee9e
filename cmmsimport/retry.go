package cmmsimport

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"time"
)

// How the database is asked again. The waits add up to 6 s on average and 11 s at most: enough for a server that restarts
// or a cluster that elects a new primary.
const (
	databaseTries   = 9
	firstWait       = 50 * time.Millisecond
	longestWait     = 5 * time.Second
	settleTimeLimit = 10 * time.Second // for the writes that end an attempt or a run, also after a cancellation
)

const lockWaitTimeout = 1205

// transient reports whether the same statements may pass in a moment:
// a deadlock, a lock wait or a Galera conflict, a connection that died, a server that restarts, starts up, is out of
// connections, cannot form a quorum or is read-only for a moment while a primary changes.
func transient(err error) bool {
	return connectionLost(err) || serverError(err,
		lockWaitTimeout,
		1213,       // deadlock, also a Galera conflict, at COMMIT too
		1040, 1203, // too many connections
		1047,       // WSREP has not yet prepared this node
		1053,       // server shutdown in progress
		1290, 1836, // read-only
		1317,       // query interrupted
		1927, 1152, // connection was killed, aborted
		3024, 3572, // statement timeout, NOWAIT
		4031, // disconnected for inactivity
	)
}

// retry repeats call while its error is transient, with exponential backoff and full jitter, and returns its last error.
// Call must be safe to repeat after an unknown outcome.
func retry(ctx context.Context, logger *slog.Logger, what string, call func() error) error {
	wait := firstWait
	for try := 1; ; try++ {
		err := call()
		if err == nil || try == databaseTries || ctx.Err() != nil || !transient(err) {
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
