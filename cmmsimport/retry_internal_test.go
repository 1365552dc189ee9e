package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-sql-driver/mysql"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// triesOf repeats a call that fails with this error for ever, and returns how often and how long.
func triesOf(t *testing.T, fail error, patience time.Duration) (tries int, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		retry := retrier{log: slog.New(slog.DiscardHandler), outageBudget: patience}
		err := retry.do(t.Context(), "testing", func() error {
			tries++
			return fmt.Errorf("wrapped: %w", fail)
		})
		if !errors.Is(err, fail) {
			t.Errorf("error %v, want the call's", err)
		}
		took = time.Since(began)
	})
	return tries, took
}

func server(number uint16) error { return &mysql.MySQLError{Number: number} }

func TestWhatBelongsToOneAssetHasSoManyTries(t *testing.T) {
	t.Parallel()
	for _, number := range []uint16{
		1205, 1213, 1180, // MariaDB, MySQL, Galera
		3100, 3101, // Group Replication
		8002, 8005, 8022, 8028, 9004, 9007, // TiDB
	} {
		if tries, _ := triesOf(t, server(number), outageLimit); tries != databaseTries {
			t.Errorf("error %d: %d tries, want %d", number, tries, databaseTries)
		}
	}
	for _, fail := range []error{server(1062), server(1105), server(1146), context.DeadlineExceeded, errors.New("of a host")} {
		if tries, _ := triesOf(t, fail, outageLimit); tries != 1 {
			t.Errorf("%v: %d tries, want 1", fail, tries)
		}
	}
}

func TestADatabaseThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	silent := &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	for _, fail := range []error{
		server(1040), server(1047), server(1053), server(1290), server(3168), server(9001), server(9005),
		&mysql.MySQLError{Number: 1105, Message: "target: commerce.0.primary: primary is not serving, there may be a reparent operation in progress"},
		&net.OpError{Op: "dial", Err: errors.New("connection refused")}, silent, fmt.Errorf("%w (%w)", silent, context.DeadlineExceeded),
	} {
		if tries, took := triesOf(t, fail, outageLimit); took < outageLimit || took > outageLimit+longestWait || tries <= databaseTries {
			t.Errorf("%v: given up after %s and %d tries, want %s", fail, took, tries, outageLimit)
		}
		if tries, _ := triesOf(t, fail, 0); tries != databaseTries {
			t.Errorf("%v: %d tries before the run is under way, want %d", fail, tries, databaseTries)
		}
		if kind := kindOf(t.Context(), t.Context(), fail); kind != KindDatabase {
			t.Errorf("%v: kind %q", fail, kind)
		}
	}
	ofAPI := &innomaint.Error{Kind: innomaint.KindTimeout, Err: silent}
	if kind := kindOf(t.Context(), t.Context(), ofAPI); kind != innomaint.KindTimeout {
		t.Errorf("the API could not be reached: kind %q", kind)
	}
}
