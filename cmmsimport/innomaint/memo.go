package innomaint

import (
	"context"
	"sync/atomic"
	"time"
)

// failureMemory is how long a rejected login, or a client that could not be opened, is not attempted again.
const failureMemory = time.Minute

// memo keeps the result of a call that one caller at a time makes: the value, or for a while the failure.
type memo[T any] struct {
	turn  chan struct{} // holds one token; its holder may make the call, and change the members below
	value atomic.Pointer[T]

	failed *Error // returned until then
	until  time.Time
}

func newMemo[T any]() *memo[T] { return &memo[T]{turn: make(chan struct{}, 1)} }

// get returns the value if it is usable, the kept failure, or else the result of call. Of call's errors, failed is kept and
// err is not.
func (m *memo[T]) get(ctx context.Context, ref AssetRef, usable func(*T) bool, call func() (value *T, failed *Error, err error)) (*T, error) {
	select {
	case m.turn <- struct{}{}:
		defer func() { <-m.turn }()
	case <-ctx.Done():
		return nil, contextError(ctx, ref, nil)
	}
	if value := m.value.Load(); value != nil && usable(value) {
		return value, nil
	}
	if m.failed == nil || !time.Now().Before(m.until) {
		value, failed, err := call()
		if err != nil {
			return nil, err
		}
		if m.failed, m.until = failed, time.Now().Add(failureMemory); failed == nil {
			m.value.Store(value)
			return value, nil
		}
	}
	failed := *m.failed
	failed.AssetID, failed.Tries = ref.AssetID, 0 // this asset made no request
	return nil, &failed
}
