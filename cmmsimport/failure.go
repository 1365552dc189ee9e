package cmmsimport

import (
	"context"
	"errors"
	"fmt"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

// The failure kinds that the sync adds to those of innomaint.Kind, as in cmms_sync_log.error_kind.
const (
	KindDatabase = "database" // the database did not do what was asked: systemic
	KindCanceled = "canceled" // the run's context ended, or its lease was lost, while the asset was at hand
	KindPanic    = "panic"    // a client, enricher, recorder or callback panicked; its stack is in the log output
	KindInternal = "internal" // an error of a host's own client or enricher that says nothing of its kind
)

// systemic reports whether the next asset would likely fail for the same reason.
func systemic(kind string) bool {
	switch kind {
	case string(innomaint.KindAuth), string(innomaint.KindRateLimited), string(innomaint.KindUnavailable),
		string(innomaint.KindTimeout), KindDatabase:
		return true
	}
	return false
}

// kindOf classifies the error of an attempt. run is the run's context, attempt the one that AssetTimeout limits.
func kindOf(run, attempt context.Context, err error) string {
	var apiError *innomaint.Error
	var panicked *panicError
	switch {
	case errors.As(err, &panicked):
		return KindPanic
	case errors.Is(err, errLeaseLost):
		return KindCanceled
	case errors.As(err, &apiError) && apiError.Kind != innomaint.KindTimeout:
		return string(apiError.Kind)
	case run.Err() != nil:
		return KindCanceled
	case apiError == nil && mysqlerr.Unavailable(err):
		return KindDatabase
	case apiError != nil || attempt.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		return string(innomaint.KindTimeout)
	case errors.Is(err, ErrAssetGone), mysqlerr.RefusedValue(err):
		return string(innomaint.KindInvalidData)
	case mysqlerr.FromDatabase(err):
		return KindDatabase
	case errors.Is(err, context.Canceled):
		return KindCanceled
	}
	return KindInternal
}

// transient reports whether the same statements may succeed in a moment. A panic's value may pass for an error of the network.
func transient(err error) bool {
	var panicked *panicError
	return !errors.As(err, &panicked) && mysqlerr.Transient(err)
}

// panicError is a panic that was caught at the border to a host's code.
type panicError struct {
	in    string
	value any
	stack []byte
}

func (p *panicError) Error() string { return fmt.Sprintf("%s panicked: %v", p.in, p.value) }

// Unwrap gives the panic's value where that is an error.
func (p *panicError) Unwrap() error {
	err, _ := p.value.(error)
	return err
}
