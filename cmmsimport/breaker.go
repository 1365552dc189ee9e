package cmmsimport

import (
	"errors"

	"ic3.internal/innomaintsync/cmmsimport/internal/failure"
)

// breaker ends a run after too many systemic failures in a row, and when its lease is lost.
type breaker struct {
	limit int // 0: never
	inRow int
}

// check returns the error that ends the run after this attempt, nil if the run may continue.
func (b *breaker) check(a *attempt) error {
	if a.result.Kind == KindCanceled && errors.Is(a.result.Err, ErrSyncInProgress) {
		return a.result.Err
	}
	if !failure.Systemic(a.result.Kind) {
		b.inRow = 0
		return nil
	}
	if b.inRow++; b.limit == 0 || b.inRow < b.limit {
		return nil
	}
	return &AbortedError{
		Failures: b.inRow, Kind: a.result.Kind, CustomerID: a.row.CustomerID, CMMSAssetID: a.row.CMMSAssetID, Err: a.result.Err,
	}
}
