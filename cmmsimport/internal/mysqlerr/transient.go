package mysqlerr

import "strings"

const (
	lockWaitTimeout = 1205
	// errorDuringCommit is, among others, Galera's response to a COMMIT that was under way when its node lost the others.
	errorDuringCommit = 1180
)

// unavailable are the errors of a server that serves nobody, or no writer.
var unavailable = []uint16{
	1040, 1203, // too many connections
	1047,       // WSREP has not yet prepared this node
	1053,       // server shutdown in progress
	1290, 1836, // read-only
	3168, // server is not available: a vtgate that shuts down
	// TiDB (docs.pingcap.com/tidb/stable/error-codes): PD (9001), TiKV (9002, 9003) or a region (9005) is unavailable.
	// ProxySQL's 9001 is "Max connect timeout reached while reaching hostgroup".
	9001, 9002, 9003, 9005,
}

// repeatable are errors after which the same transaction may succeed.
var repeatable = []uint16{
	lockWaitTimeout,
	1213, // deadlock, also a Galera conflict, at COMMIT too
	errorDuringCommit,
	3100, 3101, // MySQL Group Replication rolled back at COMMIT: a hook failed, a conflict with another member
	1020,       // MariaDB with innodb_snapshot_isolation: the row has changed since the transaction's snapshot
	1412,       // a table's definition has changed since the transaction began
	1317,       // query interrupted
	1927, 1152, // connection was killed, aborted
	1969, 3024, // statement timeout of MariaDB, of MySQL
	3572, // NOWAIT
	4031, // disconnected for inactivity
	// TiDB, whose list of error codes says that the application can retry the transaction: conflicts, a failed COMMIT,
	// a schema that changed meanwhile, locks that were not resolved in time
	8002, 8005, 8022, 8028, 9004, 9007,
}

// Transient reports whether the same statements may succeed in a moment: after a deadlock, a lock wait, a conflict with
// another node or a lost connection, and while the database is Unavailable.
func Transient(err error) bool {
	return ConnectionLost(err) || Unavailable(err) || Is(err, repeatable...)
}

// Unavailable reports whether the database serves nobody now: it could not be reached, or said so itself. A connection that
// broke during a statement does not count: that may be the statement's own fault.
//
// While a shard of Vitess has no serving primary, its gRPC code Unavailable arrives as 1105, unknown error, since it has no MySQL
// number (vitessio/vitess, go/mysql/sqlerror; issue 12611).
func Unavailable(err error) bool {
	return Unreachable(err) || Is(err, unavailable...) || Is(err, 1105) &&
		(strings.Contains(err.Error(), "reparent operation in progress") || strings.Contains(err.Error(), "code = Unavailable"))
}
