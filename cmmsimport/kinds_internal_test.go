package cmmsimport

import (
	"errors"
	"fmt"
	"net"
	"os"
	"testing"

	"github.com/go-sql-driver/mysql"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	silent := &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
	server := func(number uint16) error { return fmt.Errorf("wrapped: %w", &mysql.MySQLError{Number: number}) }
	for name, tc := range map[string]struct {
		err  error
		want innomaint.Kind
	}{
		"DatabaseUnavailable":    {server(1040), KindDatabase},
		"DatabaseUnreachable":    {silent, KindDatabase},
		"APIUnreachable":         {&innomaint.Error{Kind: innomaint.KindTimeout, Err: silent}, innomaint.KindTimeout},
		"APIsOwnKind":            {&innomaint.Error{Kind: innomaint.KindNotFound}, innomaint.KindNotFound},
		"DatabaseError":          {server(1146), KindDatabase},
		"RefusedValue":           {server(1406), innomaint.KindInvalidData},
		"AssetGone":              {ErrAssetGone, innomaint.KindInvalidData},
		"PanicWithANetworkError": {guard.Call("Enrich", func() error { panic(silent) }), KindPanic},
		"ErrorOfTheHostsOwnCode": {errors.New("no cost center"), KindInternal},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := kindOf(t.Context(), t.Context(), tc.err); got != tc.want {
				t.Errorf("kind %q, want %q", got, tc.want)
			}
		})
	}
}
