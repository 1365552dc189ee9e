package cmmsimport

import (
	"errors"
	"fmt"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/failure"
	"ic3.internal/innomaintsync/cmmsimport/internal/lease"
	"ic3.internal/innomaintsync/cmmsimport/internal/masters"
)

// The errors that end a run or keep it from starting, for errors.Is. The error that is returned adds the details and
// says what to do.
var (
	// ErrOptions is returned before anything is read or called: the handle or the options cannot work. The text lists
	// every problem at once.
	ErrOptions = errors.New("options of the sync are not usable")

	// ErrSchema is returned by CheckSchema, and by a run before its first API call: tables or columns are missing. The
	// text lists all of them. Call Migrate, or apply what MigrationSQL returns.
	ErrSchema = errors.New("database schema is not ready for the sync")

	// ErrSyncInProgress is returned if another run holds the lease that this one needs: at the start, or in mid-run
	// when a lease expired and another run took it. It comes as an *InProgressError. Try again when that run has finished.
	ErrSyncInProgress = errors.New("another sync is in progress")

	// ErrAborted is returned when Options.MaxConsecutiveFailures systemic failures came in a row. It comes as an
	// *AbortedError. The assets after them are Skipped. Fix what the text names and run again with Options.OnlyFailed or
	// OldestFirst.
	ErrAborted = errors.New("sync aborted after too many systemic failures in a row")

	// ErrAuditIncomplete is returned when rows of cmms_sync_log or cmms_sync_run could not be written until the end.
	// Each of them is logged in full, at level Error.
	ErrAuditIncomplete = errors.New("audit is incomplete")

	// ErrMasterUnknown is returned by MasterResolver.EnsureMaster for a reference that cannot become a row: it has an id
	// that no row carries, and no name to create one with; or its name is longer than the column. An EnrichFunc turns
	// it into a warning and leaves the column as it is.
	ErrMasterUnknown = masters.ErrUnknown
)

// The failure kinds that the sync adds to those of package innomaint, as in cmms_sync_log.error_kind.
const (
	KindDatabase = failure.Database // a database error that is not about one value: systemic
	KindCanceled = failure.Canceled // the run's context ended, or its lease was lost, during the attempt
	KindPanic    = failure.Panic    // a client, enricher, recorder or callback panicked; its stack is in the log output
	KindInternal = failure.Internal // an error of a host's own client or enricher that does not say its kind
)

// InProgressError says which run holds the lease that this one needs. It is ErrSyncInProgress.
type InProgressError struct {
	Name          string    // of the lease: "all" or "customer:<id>"
	RunID, Holder string    // cmms_sync_run.id, and host and process; empty if the lease is gone
	Until         time.Time // UTC; unless that run renews the lease
	text          string
}

// Error says who holds the lease and until when.
func (e *InProgressError) Error() string { return ErrSyncInProgress.Error() + ": " + e.text }

// Is reports whether target is ErrSyncInProgress.
func (e *InProgressError) Is(target error) bool { return target == ErrSyncInProgress }

// inProgress makes the public error of a lease that another run holds; any other error stays as it is.
func inProgress(err error) error {
	var held *lease.HeldError
	if !errors.As(err, &held) {
		return err
	}
	return &InProgressError{Name: held.Name, RunID: held.RunID, Holder: held.Holder, Until: held.Until, text: err.Error()}
}

// AbortedError says why a run stopped itself. It is ErrAborted, and wraps the last asset's error.
type AbortedError struct {
	Failures    int            // systemic failures in a row
	Kind        innomaint.Kind // of the last one
	CustomerID  uint64         // of its asset
	CMMSAssetID string
	Err         error
}

// Error names the last failure.
func (e *AbortedError) Error() string {
	return fmt.Sprintf("%v: %d, the last one on asset %q of customer %d: %v", ErrAborted, e.Failures, e.CMMSAssetID, e.CustomerID, e.Err)
}

// Is reports whether target is ErrAborted.
func (e *AbortedError) Is(target error) bool { return target == ErrAborted }

// Unwrap returns the last asset's error.
func (e *AbortedError) Unwrap() error { return e.Err }
