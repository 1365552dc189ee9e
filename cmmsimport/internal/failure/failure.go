// Package failure classifies the error of an attempt on an asset.
package failure

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/guard"
	"ic3.internal/innomaintsync/cmmsimport/internal/lease"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/internal/register"
)

// The kinds that the sync adds to those of package innomaint. Package cmmsimport documents them.
const (
	Database innomaint.Kind = "database"
	Canceled innomaint.Kind = "canceled"
	Panic    innomaint.Kind = "panic"
	Internal innomaint.Kind = "internal"
)

// Systemic reports whether the next asset would likely fail for the same reason.
func Systemic(kind innomaint.Kind) bool {
	switch kind {
	case innomaint.KindAuth, innomaint.KindRateLimited, innomaint.KindUnavailable, innomaint.KindTimeout, Database:
		return true
	}
	return false
}

// KindOf classifies the error of an attempt. run is the run's context, attempt the one that AssetTimeout limits.
func KindOf(run, attempt context.Context, err error) innomaint.Kind {
	var apiError *innomaint.Error
	switch {
	case guard.Panicked(err) != nil:
		return Panic
	case LeaseLost(err):
		return Canceled
	case errors.As(err, &apiError) && apiError.Kind != innomaint.KindTimeout:
		return apiError.Kind
	case run.Err() != nil:
		return Canceled
	case apiError == nil && mysqlerr.Unavailable(err):
		return Database
	case apiError != nil || attempt.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return innomaint.KindTimeout
	case errors.Is(err, register.ErrGone), mysqlerr.RefusedValue(err):
		return innomaint.KindInvalidData
	case mysqlerr.FromDatabase(err):
		return Database
	case errors.Is(err, context.Canceled):
		return Canceled
	}
	return Internal
}

// LeaseLost reports whether another run has taken a lease of this one.
func LeaseLost(err error) bool {
	var held *lease.HeldError
	return errors.As(err, &held) && held.Lost
}

// OfClient gives a network error of a host's own client the kind that innomaint.Client would give it, so that it is not
// taken for the database's.
func OfClient(ref innomaint.AssetRef, err error) error {
	var classified *innomaint.Error
	if errors.As(err, &classified) || guard.Panicked(err) != nil || errors.Is(err, context.Canceled) {
		return err
	}
	var network net.Error
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &network) && network.Timeout():
		return &innomaint.Error{Kind: innomaint.KindTimeout, AssetID: ref.AssetID, Err: err}
	case network != nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return &innomaint.Error{Kind: innomaint.KindUnavailable, AssetID: ref.AssetID, Err: err}
	}
	return fmt.Errorf("asset %q: %w", ref.AssetID, err)
}
