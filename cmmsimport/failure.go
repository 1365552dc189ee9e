package cmmsimport

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"slices"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// The failure kinds that the sync adds to those of innomaint.Kind, as in cmms_sync_log.error_kind.
const (
	KindDatabase = "database" // the database did not do what was asked: systemic
	KindCanceled = "canceled" // the run's context ended, or its lease was lost, while the asset was at hand
	KindPanic    = "panic"    // a client, enricher, recorder or callback panicked; its stack is in the log output
	KindInternal = "internal" // an error of a host's own client or enricher that says nothing of its kind
)

// systemic reports whether the next asset would likely fail for the same reason.
func systemic(kind string) bool {
	switch kind {
	case string(innomaint.KindAuth), string(innomaint.KindRateLimited), string(innomaint.KindUnavailable),
		string(innomaint.KindTimeout), KindDatabase:
		return true
	}
	return false
}

// kindOf classifies the error of an attempt. run is the run's context, attempt the one that AssetTimeout limits.
func kindOf(run, attempt context.Context, err error) string {
	var apiError *innomaint.Error
	var panicked *panicError
	switch {
	case errors.As(err, &panicked):
		return KindPanic
	case errors.Is(err, errLeaseLost):
		return KindCanceled
	case errors.As(err, &apiError) && apiError.Kind != innomaint.KindTimeout:
		return string(apiError.Kind)
	case run.Err() != nil:
		return KindCanceled
	case apiError == nil && away(err):
		return KindDatabase
	case apiError != nil || attempt.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return string(innomaint.KindTimeout)
	case errors.Is(err, ErrAssetGone), refusedValue(err):
		return string(innomaint.KindInvalidData)
	case ofDatabase(err):
		return KindDatabase
	case errors.Is(err, context.Canceled):
		return KindCanceled
	}
	return KindInternal
}

// ofDatabase reports whether err came from the driver, the pool or GORM.
func ofDatabase(err error) bool {
	var server *mysql.MySQLError
	return errors.As(err, &server) || connectionLost(err) ||
		errors.Is(err, sql.ErrTxDone) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, gorm.ErrInvalidTransaction) ||
		errors.Is(err, gorm.ErrDuplicatedKey) || errors.Is(err, gorm.ErrForeignKeyViolated) || errors.Is(err, gorm.ErrCheckConstraintViolated)
}

// connectionLost reports whether the database went away under a statement, so that its outcome may be unknown.
func connectionLost(err error) bool {
	if notReached(err) {
		return true
	}
	var panicked *panicError
	if errors.As(err, &panicked) || errors.Is(err, context.DeadlineExceeded) { // either may pass for a net.Error
		return false
	}
	var network net.Error
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, mysql.ErrInvalidConn) || errors.As(err, &network)
}

// notReached reports whether no connection came about. A server that does not answer in the time of the connection
// string's "timeout" counts, although such an error is a context.DeadlineExceeded too.
func notReached(err error) bool {
	var panicked *panicError
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial" && !errors.As(err, &panicked)
}

// serverError reports whether err is one of the server's errors with these numbers.
func serverError(err error, numbers ...uint16) bool {
	var server *mysql.MySQLError
	if !errors.As(err, &server) {
		return false
	}
	return slices.Contains(numbers, server.Number)
}

// refusedValue reports whether the server refused a value of this asset, so that the next asset may well pass.
func refusedValue(err error) bool {
	return duplicateKey(err) || serverError(err, // a unique key of the host's own is a duplicate, too
		1048,       // column cannot be null
		1264,       // out of range
		1265,       // data truncated
		1292,       // incorrect value
		1366,       // incorrect string or number
		1406,       // too long
		1451, 1452, // foreign key
		3140,       // invalid JSON
		3819, 4025, // check constraint
	)
}

// duplicateKey reports a unique key's refusal, with and without GORM's TranslateError.
func duplicateKey(err error) bool {
	return serverError(err, 1062) || errors.Is(err, gorm.ErrDuplicatedKey)
}

// panicError is a panic that was caught at the border to a host's code.
type panicError struct {
	in    string
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("%s panicked: %v", p.in, p.value) }

// Unwrap gives the panic's value where that is an error.
func (p *panicError) Unwrap() error {
	err, _ := p.value.(error)
	return err
}
