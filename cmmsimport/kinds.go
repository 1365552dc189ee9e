package cmmsimport

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
)

// The failure kinds that the sync adds to those of package innomaint, as in cmms_sync_log.error_kind.
const (
	KindDatabase innomaint.Kind = "database" // the database did not do what was asked: systemic
	KindCanceled innomaint.Kind = "canceled" // the run's context ended, or its lease was lost, during the attempt
	KindPanic    innomaint.Kind = "panic"    // a client, enricher, recorder or callback panicked; its stack is in the log output
	KindInternal innomaint.Kind = "internal" // an error of a host's own client or enricher that does not say its kind
)

// systemic reports whether the next asset would likely fail for the same reason.
func systemic(kind innomaint.Kind) bool {
	switch kind {
	case innomaint.KindAuth, innomaint.KindRateLimited, innomaint.KindUnavailable, innomaint.KindTimeout, KindDatabase:
		return true
	}
	return false
}

// kindOf classifies the error of an attempt. run is the run's context, attempt the one that AssetTimeout limits.
func kindOf(run, attempt context.Context, err error) innomaint.Kind {
	var apiError *innomaint.Error
	var panicked *guard.PanicError
	switch {
	case errors.As(err, &panicked):
		return KindPanic
	case leaseLost(err):
		return KindCanceled
	case errors.As(err, &apiError) && apiError.Kind != innomaint.KindTimeout:
		return apiError.Kind
	case run.Err() != nil:
		return KindCanceled
	case apiError == nil && mysqlerr.Unavailable(err):
		return KindDatabase
	case apiError != nil || attempt.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return innomaint.KindTimeout
	case errors.Is(err, ErrAssetGone), mysqlerr.RefusedValue(err):
		return innomaint.KindInvalidData
	case mysqlerr.FromDatabase(err):
		return KindDatabase
	case errors.Is(err, context.Canceled):
		return KindCanceled
	}
	return KindInternal
}

func leaseLost(err error) bool {
	var held *lease.HeldError
	return errors.As(err, &held) && held.Lost
}

// clientError gives a network error of a host's own client the kind that innomaint.Client would give it, so that it is not
// taken for the database's.
func clientError(ref innomaint.AssetRef, err error) error {
	var classified *innomaint.Error
	var panicked *guard.PanicError
	if errors.As(err, &classified) || errors.As(err, &panicked) || errors.Is(err, context.Canceled) {
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
