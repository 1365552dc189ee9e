package console

import (
	"context"
	"errors"
	"sync"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
)

var (
	errCancelled = errors.New("cancelled in the console")
	errShutdown  = errors.New("the process shuts down")
)

// runner owns the runs that were started here: it starts them, knows how far they are, cancels them, and waits for them
// at the end. Everything that runs beside the requests runs here.
type runner struct {
	db      *gorm.DB
	options cmmsimport.Options

	ctx     context.Context // of all runs
	end     context.CancelCauseFunc
	mu      sync.Mutex
	running map[string]*job // by run id
	wg      sync.WaitGroup
}

// job is a run that goes on in this process.
type job struct {
	cancel     context.CancelCauseFunc
	cancelling bool
	progress   cmmsimport.Progress
	warnings   int
	asset      string // the last one that was done
}

func newRunner(db *gorm.DB, options cmmsimport.Options) *runner {
	ctx, end := context.WithCancelCause(context.Background())
	return &runner{db: db, options: options, ctx: ctx, end: end, running: map[string]*job{}}
}

// stop cancels every run and keeps new ones out.
func (r *runner) stop() {
	r.mu.Lock() // so that enter is before it or refuses
	defer r.mu.Unlock()
	r.end(errShutdown)
}

// order is what an operator asks for.
type order struct {
	customerID *uint64
	assetIDs   []string
	onlyFailed bool
}

// start begins a run and returns its id when its first asset is next; the run goes on. An error says why it did not
// begin. The run is not bound to ctx, which limits only the wait.
func (r *runner) start(ctx context.Context, o order) (runID string, err error) {
	runCtx, cancel := context.WithCancelCause(r.ctx)
	one := &job{cancel: cancel}
	began, ended := make(chan string, 1), make(chan error, 1)

	options := r.options
	options.CustomerID, options.CMMSAssetIDs, options.OnlyFailed = o.customerID, o.assetIDs, o.onlyFailed
	options.OnStart = func(s cmmsimport.Summary) {
		r.add(s, one)
		began <- s.RunID
		if r.options.OnStart != nil {
			r.options.OnStart(s)
		}
	}
	options.OnAsset = func(result cmmsimport.AssetResult, p cmmsimport.Progress) {
		r.note(one, result, p)
		if r.options.OnAsset != nil {
			r.options.OnAsset(result, p)
		}
	}

	if err := r.enter(); err != nil {
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
		case id := <-began: // it was quick
			return id, nil
		default:
			return "", err
		}
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// enter counts a run in, unless the console has been stopped.
func (r *runner) enter() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ctx.Err() != nil {
		return errShutdown
	}
	r.wg.Add(1)
	return nil
}

func (r *runner) add(s cmmsimport.Summary, one *job) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one.progress.Total = s.Total
	r.running[s.RunID] = one
}

func (r *runner) remove(runID string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.running, runID)
}

func (r *runner) note(one *job, result cmmsimport.AssetResult, p cmmsimport.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	one.progress, one.asset = p, result.CMMSAssetID
	one.warnings += len(result.Warnings)
}

// cancel ends a run after the asset at hand. It reports whether the run is one of this process.
func (r *runner) cancel(runID string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	one, here := r.running[runID]
	if here {
		one.cancelling = true
		one.cancel(errCancelled)
	}
	return here
}

// look returns a copy of how far a run of this process is.
func (r *runner) look(runID string) (one job, here bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if found := r.running[runID]; found != nil {
		return *found, true
	}
	return job{}, false
}

// wait returns when no run is left, or with the error of ctx.
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
