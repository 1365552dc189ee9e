package console

import (
	"context"
	"errors"
	"sync"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
)

var (
	errCanceled = errors.New("canceled in the console")
	errShutdown = errors.New("the process is shutting down")
)

// runner manages the runs that were started in this console: it starts and cancels them, records their progress and waits for
// them at shutdown. The console starts goroutines only here.
type runner struct {
	db      *gorm.DB
	options cmmsimport.Options

	ctx     context.Context // the parent of all runs' contexts
	end     context.CancelCauseFunc
	mu      sync.Mutex
	running map[string]*job // by run id
	wg      sync.WaitGroup
}

// job is a run in this process.
type job struct {
	cancel    context.CancelCauseFunc
	canceling bool
	progress  cmmsimport.Progress
	warnings  int
	asset     string // the last finished asset
}

func newRunner(db *gorm.DB, options cmmsimport.Options) *runner {
	ctx, end := context.WithCancelCause(context.Background())
	return &runner{db: db, options: options, ctx: ctx, end: end, running: map[string]*job{}}
}

// stop cancels every run and refuses new ones.
func (r *runner) stop() {
	r.mu.Lock() // reserve has finished, or sees the canceled context
	defer r.mu.Unlock()
	r.end(errShutdown)
}

// startRequest is the run that an operator asks for.
type startRequest struct {
	customerID *uint64
	assetIDs   []string
	onlyFailed bool
}

// start starts a run and returns its id before the first asset; the run continues. The error says why the run did not start.
// ctx limits only the wait for the start, not the run.
func (r *runner) start(ctx context.Context, o startRequest) (runID string, err error) {
	runCtx, cancel := context.WithCancelCause(r.ctx)
	j := &job{cancel: cancel}
	began, ended := make(chan string, 1), make(chan error, 1)

	options := r.options
	options.CustomerID, options.CMMSAssetIDs, options.OnlyFailed = o.customerID, o.assetIDs, o.onlyFailed
	options.OnStart = func(s cmmsimport.Summary) {
		r.add(s, j)
		began <- s.RunID
		if r.options.OnStart != nil {
			r.options.OnStart(s)
		}
	}
	options.OnAsset = func(result cmmsimport.AssetResult, p cmmsimport.Progress) {
		r.recordProgress(j, result, p)
		if r.options.OnAsset != nil {
			r.options.OnAsset(result, p)
		}
	}

	if err := r.reserve(); err != nil {
		cancel(nil)
		return "", err
	}
	go func() {
		defer r.wg.Done()
		defer cancel(nil)
		summary, err := cmmsimport.SyncAllAssetsFromInnomaint(runCtx, r.db, options)
		r.remove(summary.RunID)
		ended <- err
	}()

	select {
	case id := <-began:
		return id, nil
	case err := <-ended:
		select {
		case id := <-began: // the run has already ended
			return id, nil
		default:
			return "", err
		}
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// reserve adds a run to the wait group, unless the console has been stopped.
func (r *runner) reserve() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return errShutdown
	}
	r.wg.Add(1)
	return nil
}

func (r *runner) add(s cmmsimport.Summary, j *job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j.progress.Total = s.Total
	r.running[s.RunID] = j
}

func (r *runner) remove(runID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, runID)
}

func (r *runner) recordProgress(j *job, result cmmsimport.AssetResult, p cmmsimport.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	j.progress, j.asset = p, result.CMMSAssetID
	j.warnings += len(result.Warnings)
}

// cancel cancels a run, which ends after its current asset. It reports whether the run is in this process.
func (r *runner) cancel(runID string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	j, here := r.running[runID]
	if here {
		j.canceling = true
		j.cancel(errCanceled)
	}
	return here
}

// progressOf returns a copy of a job, if the run is in this process.
func (r *runner) progressOf(runID string) (j job, here bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if found := r.running[runID]; found != nil {
		return *found, true
	}
	return job{}, false
}

// wait returns when all runs have ended, or with the error of ctx.
func (r *runner) wait(ctx context.Context) error {
	none := make(chan struct{})
	go func() {
		r.wg.Wait()
		close(none)
	}()
	select {
	case <-none:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
