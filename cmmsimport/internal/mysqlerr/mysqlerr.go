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
	return errors.As(err, &server) || ConnectionLost(err) || errors.Is(err, mysql.ErrPktTooLarge) ||
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
func LockWaitTimeout(err error) bool { return Is(err, lockWaitTimeout) }

// CommitUnknown reports, for the error of a COMMIT, whether the transaction may have been committed nevertheless.
func CommitUnknown(err error) bool { return ConnectionLost(err) || Is(err, errorDuringCommit) }

// StatementFormatOnly reports that the server's binary log has the format STATEMENT, so that no READ COMMITTED transaction can write.
func StatementFormatOnly(err error) bool { return Is(err, 1665) }
