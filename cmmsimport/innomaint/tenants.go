package innomaint

import (
	"context"
	"errors"
	"fmt"
	"sync"
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

	usable := func(*Client) bool { return true }
	client, err := one.get(ctx, ref, usable, func() (*Client, *Error, error) {
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
