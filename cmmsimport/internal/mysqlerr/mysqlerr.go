// Package mysqlerr says what an error of the MySQL driver, the connection pool or GORM means: whether repeating the same
// statements may help, whether the database is unavailable as a whole, or whether the server refused a value of this row.
//
// The numbers are those of MySQL 8.4 and MariaDB 10.11. A number means the same in both unless a comment says otherwise.
package mysqlerr

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"
	"slices"
	"strings"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"
)

// Is reports whether err is a server error with one of these numbers.
func Is(err error, numbers ...uint16) bool {
	var server *mysql.MySQLError
	return errors.As(err, &server) && slices.Contains(numbers, server.Number)
}

// FromDatabase reports whether err came from the server, the driver, the pool or GORM.
func FromDatabase(err error) bool {
	var server *mysql.MySQLError
	return errors.As(err, &server) || ConnectionLost(err) ||
		errors.Is(err, sql.ErrTxDone) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, gorm.ErrInvalidTransaction) ||
		errors.Is(err, gorm.ErrDuplicatedKey) || errors.Is(err, gorm.ErrForeignKeyViolated) ||
		errors.Is(err, gorm.ErrCheckConstraintViolated)
}

// ConnectionLost reports whether the connection broke, so that the outcome of the statement may be unknown.
func ConnectionLost(err error) bool {
	if Unreachable(err) {
		return true
	}
	if errors.Is(err, context.DeadlineExceeded) { // it implements net.Error, too
		return false
	}
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.As(err, &network)
}

// Unreachable reports whether no connection could be opened. A server that does not accept one within the "timeout" of the
// connection string counts, although that error is a context.DeadlineExceeded, too.
func Unreachable(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial"
}

// Duplicate reports that a unique key refused the row, with and without GORM's TranslateError.
func Duplicate(err error) bool {
	return Is(err, 1062) || errors.Is(err, gorm.ErrDuplicatedKey)
}

// AlreadyExists reports that a table, a column or an index is there already.
func AlreadyExists(err error) bool { return Is(err, 1050, 1060, 1061) }

// SchemaMissing reports that a table or a column does not exist.
func SchemaMissing(err error) bool { return Is(err, 1146, 1054) }

// LockWaitTimeout reports that a row lock was not granted in time.
func LockWaitTimeout(err error) bool { return Is(err, 1205) }

// CommitUnknown reports, for the error of a COMMIT, whether the transaction may have been committed nevertheless. 1180 is, among
// others, Galera's response to a COMMIT that was in progress when its node lost the others.
func CommitUnknown(err error) bool { return ConnectionLost(err) || Is(err, 1180) }

// StatementFormatOnly reports that no READ COMMITTED transaction can write: the binary log has the format STATEMENT.
func StatementFormatOnly(err error) bool { return Is(err, 1665) }

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
	1205,       // lock wait timeout
	1213,       // deadlock, also a Galera conflict, at COMMIT too
	1180,       // error during COMMIT
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

// RefusedValue reports whether the server refused a value of this row, so that the next row may succeed.
func RefusedValue(err error) bool {
	return Duplicate(err) || TooLarge(err) || BadCharacter(err) || Is(err, // a unique key of the host's own is a duplicate, too
		1048,       // column cannot be null
		1264,       // out of range
		1292,       // incorrect value
		1451, 1452, // foreign key
	)
}

// TooLarge reports whether a value is too long for its column, or the row for a packet.
func TooLarge(err error) bool {
	return Is(err, 1406, 1153) || errors.Is(err, mysql.ErrPktTooLarge)
}

// BadCharacter reports whether the text of a row does not suit a column: its character set lacks a character, or a JSON
// column or a constraint refuses it.
func BadCharacter(err error) bool {
	return Is(err,
		1265,       // data truncated
		1267,       // illegal mix of collations
		1366,       // incorrect number, or a character that the column's character set lacks
		3140,       // MySQL: invalid JSON
		3157,       // MySQL: JSON is nested too deep
		3819, 4025, // a check constraint of MySQL, of MariaDB (JSON_VALID of a JSON column included)
		3854, 3988, // MySQL: the character cannot be converted
	)
}
