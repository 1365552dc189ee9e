package failure_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/go-sql-driver/mysql"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/failure"
	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/register"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	silent := &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	server := func(number uint16) error { return fmt.Errorf("wrapped: %w", &mysql.MySQLError{Number: number}) }
	for name, tc := range map[string]struct {
		err  error
		want innomaint.Kind
	}{
		"DatabaseUnavailable":    {server(1040), failure.Database},
		"DatabaseUnreachable":    {silent, failure.Database},
		"APIUnreachable":         {&innomaint.Error{Kind: innomaint.KindTimeout, Err: silent}, innomaint.KindTimeout},
		"APIsOwnKind":            {&innomaint.Error{Kind: innomaint.KindNotFound}, innomaint.KindNotFound},
		"DatabaseError":          {server(1146), failure.Database},
		"RefusedValue":           {server(1406), innomaint.KindInvalidData},
		"AssetGone":              {register.ErrGone, innomaint.KindInvalidData},
		"PanicWithANetworkError": {guard.Call("Enrich", func() error { panic(silent) }), failure.Panic},
		"ErrorOfTheHostsOwnCode": {errors.New("no cost center"), failure.Internal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := failure.KindOf(t.Context(), t.Context(), tc.err); got != tc.want {
				t.Errorf("kind %q, want %q", got, tc.want)
			}
		})
	}
}
