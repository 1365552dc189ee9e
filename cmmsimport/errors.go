package cmmsimport

import (
	"errors"

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

	// ErrSyncInProgress is returned where another run holds the lease that this one needs: at the start, or in mid-run
	// when a lease ran out and somebody else took it. The text says who holds it and until when. Try again after that.
	ErrSyncInProgress = errors.New("another sync is in progress")

	// ErrAborted is returned when Options.MaxConsecutiveFailures systemic failures came in a row. The assets after them
	// are Skipped. Mend what the text names and run again with Options.OnlyFailed or OldestFirst.
	ErrAborted = errors.New("sync aborted after too many systemic failures in a row")

	// ErrAuditIncomplete is returned when rows of cmms_sync_log or cmms_sync_run could not be written until the end.
	// Each of them stands whole in the log output, at level Error.
	ErrAuditIncomplete = errors.New("audit is incomplete")

	// ErrMasterUnknown is returned by MasterResolver.EnsureMaster for a reference that cannot become a row: it has an id
	// that no row carries, and no name to create one with; or its name is longer than the column. An EnrichFunc turns
	// it into a warning and leaves the column as it is.
	ErrMasterUnknown = masters.ErrUnknown
)
