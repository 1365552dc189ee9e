package innomaint

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// Tenants gets assets of many customers, each through a client of its own. It is safe for concurrent use.
type Tenants struct {
	open func(ctx context.Context, customerID uint64) (*Client, error)

	mu      sync.Mutex // guards clients; not held during open
	clients map[uint64]*memo[Client]
}

// PerCustomer returns a Tenants that calls open when it first needs a customer's client, typically to look up the
// customer's address and credentials, and keeps the client. After an open that failed, the next one is a minute later.
func PerCustomer(open func(ctx context.Context, customerID uint64) (*Client, error)) *Tenants {
	return &Tenants{open: open, clients: map[uint64]*memo[Client]{}}
}

// GetAsset gets the asset through its customer's client: see [Client.GetAsset]. If open failed, the error is an [*Error]
// that names the customer. Its kind is that of open's own [*Error], else auth.
func (t *Tenants) GetAsset(ctx context.Context, ref AssetRef) (*Asset, error) {
	t.mu.Lock()
	one := t.clients[ref.CustomerID]
	if one == nil {
		one = newMemo[Client]()
		t.clients[ref.CustomerID] = one
	}
	t.mu.Unlock()

	client, err := one.get(ctx, ref, func(*Client) bool { return true }, func() (*Client, *Error, error) {
		client, err := t.open(ctx, ref.CustomerID)
		switch {
		case err == nil && client != nil:
			return client, nil, nil
		case ctx.Err() != nil:
			return nil, nil, contextError(ctx, ref, nil)
		case err == nil:
			err = errors.New("it returned neither a client nor an error")
		}
		return nil, openError(ref.CustomerID, err), nil
	})
	if err != nil {
		return nil, err
	}
	return client.GetAsset(ctx, ref)
}

func openError(customerID uint64, err error) *Error {
	failed := &Error{Kind: KindAuth, Message: fmt.Sprintf("no client for customer %d (next attempt in a minute)", customerID), Err: err}
	var own *Error
	if errors.As(err, &own) {
		failed.Kind, failed.StatusCode = own.Kind, own.StatusCode
	}
	return failed
}

// failureMemory is how long a rejected login, or a client that could not be opened, is not attempted again.
const failureMemory = time.Minute

// memo keeps the result of a call that one caller at a time makes: the value, or for a while the failure.
type memo[T any] struct {
	turn  chan struct{} // capacity 1: who has sent to it may make the call, and change the members below
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
