package cmmsimport

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
)

// How the database is asked again. The waits add up to 6 s on average and 11 s at most: enough for a server that restarts
// or a cluster that elects a new primary. A run that is under way waits longer for a database that is away.
const (
	databaseTries   = 9
	firstWait       = 50 * time.Millisecond
	longestWait     = 5 * time.Second
	settleTimeLimit = 10 * time.Second // for the writes that end an attempt or a run, also after a cancellation
)

const (
	lockWaitTimeout = 1205
	// errorDuringCommit is, among others, what Galera answers to a COMMIT that was under way when its node lost the others.
	errorDuringCommit = 1180
)

// unavailable are the errors of a server that serves nobody, or no writer.
var unavailable = []uint16{
	1040, 1203, // too many connections
	1047,       // WSREP has not yet prepared this node
	1053,       // server shutdown in progress
	1290, 1836, // read-only
	3168, // server is not available: a vtgate that shuts down
	// TiDB, whose error codes (docs.pingcap.com/tidb/stable/error-codes) say so of PD (9001), TiKV (9002, 9003) and a
	// region (9005). ProxySQL's 9001 is "Max connect timeout reached while reaching hostgroup".
	9001, 9002, 9003, 9005,
}

// transient reports whether the same statements may pass in a moment:
// a deadlock, a lock wait or a conflict with another node, a connection that died, a server that restarts, starts up, is
// out of connections, cannot form a quorum or is read-only for a moment while a primary changes.
func transient(err error) bool {
	return connectionLost(err) || away(err) || serverError(err,
		lockWaitTimeout,
		1213, // deadlock, also a Galera conflict, at COMMIT too
		errorDuringCommit,
		3100, 3101, // MySQL Group Replication rolled back at COMMIT: a hook failed, a conflict with another member
		1317,       // query interrupted
		1927, 1152, // connection was killed, aborted
		3024, 3572, // statement timeout, NOWAIT
		4031, // disconnected for inactivity
		// TiDB, of which its list of error codes says that the application can retry the transaction: conflicts, a
		// COMMIT that failed, a schema that changed meanwhile, locks that were not resolved in time
		8002, 8005, 8022, 8028, 9004, 9007,
	)
}

// away reports whether the database serves nobody just now: it could not be reached, or said so itself. That is no fault
// of the asset at hand, unlike a connection that broke under a statement.
func away(err error) bool {
	return notReached(err) || serverError(err, unavailable...) || withoutPrimary(err)
}

// withoutPrimary recognises what Vitess says while a shard has no primary that serves: its gRPC code Unavailable has no
// number of MySQL's, and comes as 1105, unknown error (vitessio/vitess, go/mysql/sqlerror; issue 12611).
func withoutPrimary(err error) bool {
	var server *mysql.MySQLError
	return errors.As(err, &server) && server.Number == 1105 &&
		(strings.Contains(server.Message, "reparent operation in progress") || strings.Contains(server.Message, "code = Unavailable"))
}

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
		if try >= databaseTries && (!away(err) || time.Since(began) >= patience) {
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
