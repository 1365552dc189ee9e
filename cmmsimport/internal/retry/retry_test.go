package retry

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

	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
)

// repeated calls something that always fails with this error, and returns how often and for how long.
func repeated(t *testing.T, fail error, outageBudget time.Duration) (attempts int, took time.Duration) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := Retrier{Log: slog.New(slog.DiscardHandler), OutageBudget: outageBudget}
		err := r.Do(t.Context(), "testing", func() error {
			attempts++
			return fmt.Errorf("wrapped: %w", fail)
		})
		if !errors.Is(err, fail) {
			t.Errorf("error %v, want the call's", err)
		}
		took = time.Since(began)
	})
	return attempts, took
}

func server(number uint16) error { return &mysql.MySQLError{Number: number} }

func TestDo(t *testing.T) {
	t.Parallel()
	t.Run("NineAttemptsAfterATransientError", func(t *testing.T) {
		t.Parallel()
		for _, number := range []uint16{1205, 1213, 1180, 3101} {
			if attempts, _ := repeated(t, server(number), OutageLimit); attempts != maxAttempts {
				t.Errorf("error %d: %d attempts", number, attempts)
			}
		}
	})
	t.Run("OneAttemptAfterAnyOther", func(t *testing.T) {
		t.Parallel()
		panicked := guard.Call("Enrich", func() error { panic(&net.OpError{Op: "dial"}) })
		for _, fail := range []error{server(1062), server(1146), context.DeadlineExceeded, errors.New("of a host"), panicked} {
			if attempts, _ := repeated(t, fail, OutageLimit); attempts != 1 {
				t.Errorf("%v: %d attempts", fail, attempts)
			}
		}
	})
	t.Run("WaitsForAnUnavailableDatabase", func(t *testing.T) {
		t.Parallel()
		silent := &net.OpError{Op: "dial", Err: os.ErrDeadlineExceeded}
		for _, fail := range []error{server(1040), server(1047), silent, fmt.Errorf("%w (%w)", silent, context.DeadlineExceeded)} {
			if attempts, took := repeated(t, fail, OutageLimit); took < OutageLimit || took > OutageLimit+longestWait || attempts <= maxAttempts {
				t.Errorf("%v: given up after %s and %d attempts", fail, took, attempts)
			}
			if attempts, _ := repeated(t, fail, 0); attempts != maxAttempts {
				t.Errorf("%v: %d attempts before the run is under way", fail, attempts)
			}
		}
	})
	t.Run("EndsWithItsContext", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			r := Retrier{Log: slog.New(slog.DiscardHandler), OutageBudget: OutageLimit}
			began := time.Now()
			err := r.Do(ctx, "testing", func() error { return server(1040) })
			if err == nil || time.Since(began) > time.Second {
				t.Errorf("error %v after %s", err, time.Since(began))
			}
		})
	})
}

func TestBetweenAssets(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := Retrier{Log: slog.New(slog.DiscardHandler), OutageBudget: OutageLimit}
		err := r.BetweenAssets(t.Context(), "testing", func(ctx context.Context) error {
			<-ctx.Done() // a server that hangs
			return ctx.Err()
		})
		if !errors.Is(err, ErrOutage) {
			t.Errorf("error %v", err)
		}
		if err := r.BetweenAssets(t.Context(), "Repository", func(context.Context) error { panic("a host's bug") }); guard.Panicked(err) == nil {
			t.Errorf("error %v", err)
		}
	})
}

func TestSharedDetached(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var d SharedDetached
		defer d.End()
		parent, cancel := context.WithCancel(t.Context())
		first := d.From(parent)
		cancel()
		if first.Err() != nil || d.From(parent) != first {
			t.Error("the cancellation reached it, or it is not shared")
		}
		if other := d.From(t.Context()); other == first || first.Err() == nil {
			t.Error("it is shared with another parent")
		}
		last := d.From(t.Context())
		<-time.After(WriteTimeout + time.Second)
		if last.Err() == nil || d.From(t.Context()).Err() != nil {
			t.Error("it has no end, or is not renewed")
		}
	})
}

// plainContext is a host's own context, of a type that == does not take.
type plainContext struct {
	context.Context
	values []string
}

func TestSharedDetached_AcceptsAContextThatDoesNotCompare(t *testing.T) {
	t.Parallel()
	var d SharedDetached
	defer d.End()
	parent := plainContext{t.Context(), []string{"trace"}}
	for range 2 {
		if err := d.From(parent).Err(); err != nil {
			t.Error(err)
		}
	}
}
