// Package retry repeats database work that may succeed in a moment, and gives the writes that end an attempt or a run a
// context that a cancellation does not reach.
package retry

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"reflect"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// The waits add up to 6 s on average and 11 s at most: enough for a server that restarts or a cluster that elects a new
// primary. A run that has started waits longer for a database that is unavailable.
const (
	maxAttempts = 9
	firstWait   = 50 * time.Millisecond
	longestWait = 5 * time.Second

	// OutageLimit is how long a run that has started waits for an unavailable database before it ends.
	OutageLimit = 2 * time.Minute
	// WriteTimeout limits the writes that end an attempt or a run.
	WriteTimeout = 10 * time.Second
)

// ErrOutage ends a run whose database does not respond.
var ErrOutage = fmt.Errorf("the database has not responded for %s", OutageLimit)

// Retrier repeats calls while their error is transient.
type Retrier struct {
	Log *slog.Logger
	// OutageBudget is how long an unavailable database is waited for: 0 until the run has started.
	OutageBudget time.Duration
}

// Do repeats call while its error is transient, with exponential backoff and full jitter, and returns its last error. Call must
// be idempotent. While the database is unavailable as a whole, call is repeated until the outage budget is used up; after other
// errors it has nine attempts.
func (r *Retrier) Do(ctx context.Context, what string, call func() error) error {
	return r.do(ctx, what, r.OutageBudget, call)
}

// Briefly is Do with nine attempts at most, whatever the error.
func (r *Retrier) Briefly(ctx context.Context, what string, call func() error) error {
	return r.do(ctx, what, 0, call)
}

func (r *Retrier) do(ctx context.Context, what string, outageBudget time.Duration, call func() error) error {
	wait, began := firstWait, time.Now()
	for attempt := 1; ; attempt++ {
		err := call()
		if err == nil || ctx.Err() != nil || !Transient(err) {
			return err
		}
		if attempt >= maxAttempts && (!mysqlerr.Unavailable(err) || time.Since(began) >= outageBudget) {
			return err
		}
		pause := rand.N(wait) + time.Millisecond
		r.Log.LogAttrs(ctx, slog.LevelDebug, "database error, retrying", slog.String("what", what), slog.Int("attempt", attempt),
			slog.Duration("wait", pause), slog.String("error", synclog.ErrorMessage(err)))
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return err
		}
		wait = min(2*wait, longestWait)
	}
}

// BetweenAssets is Do for what a run does between assets, hosts' code included. A server that hangs does not hold it up for
// longer than OutageLimit.
func (r *Retrier) BetweenAssets(ctx context.Context, what string, call func(context.Context) error) error {
	limited, cancel := context.WithTimeoutCause(ctx, OutageLimit, ErrOutage)
	defer cancel()
	err := r.Do(limited, what, func() error { return guard.Call(what, func() error { return call(limited) }) })
	if err != nil && ctx.Err() == nil && limited.Err() != nil {
		return fmt.Errorf("%w: %w", ErrOutage, err)
	}
	return err
}

// Transient reports whether the same statements may succeed in a moment. A panic's value may look like a network error.
func Transient(err error) bool { return guard.Panicked(err) == nil && mysqlerr.Transient(err) }

// Detached returns a context for the writes that end an attempt or a run: a cancellation does not reach them, and a database
// that hangs does not hold them up for longer than WriteTimeout.
func Detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), WriteTimeout)
}

// SharedDetached is a detached context for what every asset needs. It is shared by several assets of one parent context, since
// each timer that is set and stopped would wake a thread. The zero value is ready.
type SharedDetached struct {
	parent, ctx context.Context
	cancel      context.CancelFunc
	began       time.Time
}

// From returns a context that is detached from parent.
func (d *SharedDetached) From(parent context.Context) context.Context {
	// A host's context may have a type that == panics on.
	same := d.ctx != nil && reflect.ValueOf(parent).Comparable() && d.parent == parent
	if !same || time.Since(d.began) > WriteTimeout/10 {
		d.End()
		d.parent, d.began = parent, time.Now()
		d.ctx, d.cancel = Detached(parent)
	}
	return d.ctx
}

// End cancels the context.
func (d *SharedDetached) End() {
	if d.ctx != nil {
		d.cancel()
		d.ctx = nil
	}
}
