package retry

import (
	"context"
	"reflect"
	"time"
)

// Detached returns a context for the writes that end an attempt or a run: a cancellation does not reach them, and a database
// that hangs does not hold them up for longer than WriteTimeout.
func Detached(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), WriteTimeout)
}

// SharedDetached is a detached context for what every asset needs. It serves several assets of one parent context: each timer
// that is set and stopped would wake a thread. The zero value is ready.
type SharedDetached struct {
	parent, ctx context.Context
	cancel      context.CancelFunc
	began       time.Time
}

// From returns a context that is detached from parent.
func (d *SharedDetached) From(parent context.Context) context.Context {
	// A host's context may be of a type that == does not take.
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
