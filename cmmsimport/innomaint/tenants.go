package innomaint

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// failureMemory is how long a rejected login, or a client that could not be opened, is not tried again.
const failureMemory = time.Minute

// Tenants gets assets of many customers, each through a client of its own. It is safe for concurrent use.
type Tenants struct {
	open func(ctx context.Context, customerID uint64) (*Client, error)

	mu      sync.Mutex // guards tenants, never held during open
	tenants map[uint64]*tenant
}

// tenant is one customer's client, or why there is none.
type tenant struct {
	turn   chan struct{} // holds one token; whoever took it may look at and change the rest
	client *Client
	failed *Error
	until  time.Time // failed is given out until then
}

// PerCustomer returns a Tenants that calls open when it first needs a customer's client, typically to look up that
// customer's address and credentials, and keeps the client. An open that fails is not called again for a minute.
func PerCustomer(open func(ctx context.Context, customerID uint64) (*Client, error)) *Tenants {
	return &Tenants{open: open, tenants: map[uint64]*tenant{}}
}

// GetAsset gets the asset through its customer's client: see [Client.GetAsset]. Where open failed, the error is an
// [*Error] that names the customer, of the kind that open's own error has, else auth.
func (t *Tenants) GetAsset(ctx context.Context, ref AssetRef) (*Asset, error) {
	client, err := t.client(ctx, ref)
	if err != nil {
		return nil, err
	}
	return client.GetAsset(ctx, ref)
}

func (t *Tenants) client(ctx context.Context, ref AssetRef) (*Client, error) {
	t.mu.Lock()
	one := t.tenants[ref.CustomerID]
	if one == nil {
		one = &tenant{turn: make(chan struct{}, 1)}
		t.tenants[ref.CustomerID] = one
	}
	t.mu.Unlock()

	select {
	case one.turn <- struct{}{}:
		defer func() { <-one.turn }()
	case <-ctx.Done():
		return nil, contextError(ctx, ref, nil)
	}
	if one.client != nil {
		return one.client, nil
	}
	if one.failed != nil && time.Now().Before(one.until) {
		return nil, one.failed.forAsset(ref)
	}
	client, err := t.open(ctx, ref.CustomerID)
	if err == nil && client == nil {
		err = errors.New("it returned neither a client nor an error")
	}
	if err == nil {
		one.client, one.failed = client, nil
		return client, nil
	}
	if ctx.Err() != nil {
		return nil, contextError(ctx, ref, nil)
	}
	one.failed, one.until = openError(ref.CustomerID, err), time.Now().Add(failureMemory)
	return nil, one.failed.forAsset(ref)
}

func openError(customerID uint64, err error) *Error {
	failed := &Error{Kind: KindAuth, Message: fmt.Sprintf("no client for customer %d (next try in a minute)", customerID), Err: err}
	var own *Error
	if errors.As(err, &own) {
		failed.Kind, failed.StatusCode = own.Kind, own.StatusCode
	}
	return failed
}
