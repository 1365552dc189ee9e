package mysqlerr_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

func server(number uint16) error {
	return fmt.Errorf("wrapped: %w", &mysql.MySQLError{Number: number})
}

func TestMeaning(t *testing.T) {
	t.Parallel()
	refused := &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	slow := &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	broken := &net.OpError{Op: "read", Err: errors.New("connection reset by peer")}
	type meaning struct{ transient, unavailable, lost, refused bool }
	for name, tc := range map[string]struct {
		err  error
		want meaning
	}{
		"nil":                                 {nil, meaning{}},
		"an error of the host":                {errors.New("no cost center"), meaning{}},
		"a deadline of ours":                  {context.DeadlineExceeded, meaning{}},
		"connection refused":                  {refused, meaning{transient: true, unavailable: true, lost: true}},
		"no connection within its timeout":    {slow, meaning{transient: true, unavailable: true, lost: true}},
		"the same, as a deadline":             {fmt.Errorf("%w (%w)", slow, context.DeadlineExceeded), meaning{transient: true, unavailable: true, lost: true}},
		"connection broken under a statement": {broken, meaning{transient: true, lost: true}},
		"bad connection":                      {driver.ErrBadConn, meaning{transient: true, lost: true}},
		"invalid connection":                  {mysql.ErrInvalidConn, meaning{transient: true, lost: true}},
		"deadlock":                            {server(1213), meaning{transient: true}},
		"lock wait":                           {server(1205), meaning{transient: true}},
		"Galera: error during COMMIT":         {server(1180), meaning{transient: true}},
		"Group Replication: conflict":         {server(3101), meaning{transient: true}},
		"too many connections":                {server(1040), meaning{transient: true, unavailable: true}},
		"read-only":                           {server(1290), meaning{transient: true, unavailable: true}},
		"a duplicate":                         {server(1062), meaning{refused: true}},
		"a duplicate, translated":             {gorm.ErrDuplicatedKey, meaning{refused: true}},
		"too long":                            {server(1406), meaning{refused: true}},
		"larger than a packet":                {mysql.ErrPktTooLarge, meaning{refused: true}},
		"foreign key":                         {server(1452), meaning{refused: true}},
		"MySQL: no conversion":                {server(3988), meaning{refused: true}},
		"MariaDB: changed after the snapshot": {server(1020), meaning{transient: true}},
		"changed definition":                  {server(1412), meaning{transient: true}},
		"MariaDB: statement timeout":          {server(1969), meaning{transient: true}},
		"no such table":                       {server(1146), meaning{}},
		"unknown error":                       {server(1105), meaning{}},
		"Vitess without a primary": {
			&mysql.MySQLError{Number: 1105, Message: "target: commerce.0.primary: primary is not serving, there may be a reparent operation in progress"},
			meaning{transient: true, unavailable: true},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := meaning{
				mysqlerr.Transient(tc.err), mysqlerr.Unavailable(tc.err), mysqlerr.ConnectionLost(tc.err), mysqlerr.RefusedValue(tc.err),
			}
			if got != tc.want {
				t.Errorf("%v: got %+v, want %+v", tc.err, got, tc.want)
			}
		})
	}
}

func TestFromDatabase(t *testing.T) {
	t.Parallel()
	for err, want := range map[error]bool{
		server(1146):            true,
		gorm.ErrDuplicatedKey:   true,
		driver.ErrBadConn:       true,
		errors.New("of a host"): false,
	} {
		if got := mysqlerr.FromDatabase(err); got != want {
			t.Errorf("%v: got %v, want %v", err, got, want)
		}
	}
}
