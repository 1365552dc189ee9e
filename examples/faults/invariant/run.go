package invariant

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"sync"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// notedRun is what is known of a run beside the database.
type notedRun struct {
	summary cmmsimport.Summary
	err     error
	watched bool // results are complete
	results []result
	output  string
}

// result is what OnAsset was told, and what came of it.
type result struct {
	customer uint64
	asset    string
	status   synclog.Status
	kind     innomaint.Kind
}

// Run syncs DB with the options and notes what the check compares: results, log output (the Logger of the options is
// replaced, at level Debug) and the error. It may be called from several goroutines.
func (w *World) Run(ctx context.Context, opts cmmsimport.Options) (cmmsimport.Summary, error) {
	return w.RunOn(ctx, w.DB, opts)
}

// RunOn is Run on another handle of the same database: with other settings, through a proxy or another node.
func (w *World) RunOn(ctx context.Context, db *gorm.DB, opts cmmsimport.Options) (cmmsimport.Summary, error) {
	w.AllowLease(opts.AssetTimeout)
	noted := &notedRun{watched: true}
	onAsset := opts.OnAsset
	opts.OnAsset = func(r cmmsimport.AssetResult, p cmmsimport.Progress) {
		noted.results = append(noted.results, result{r.CustomerID, r.CMMSAssetID, r.Status, r.Kind})
		if onAsset == nil {
			return
		}
		last := &noted.results[len(noted.results)-1]
		returned := false
		defer func() {
			if !returned && last.status == synclog.Success {
				last.status, last.kind = synclog.Failed, cmmsimport.KindPanic
			}
		}()
		onAsset(r, p)
		returned = true
	}
	var output lockedBuffer
	opts.Logger = slog.New(slog.NewJSONHandler(&output, &slog.HandlerOptions{Level: slog.LevelDebug}))

	noted.summary, noted.err = cmmsimport.SyncAllAssetsFromInnomaint(ctx, db, opts)
	noted.output = output.String()
	w.note(noted)
	return noted.summary, noted.err
}

// NoteRun tells the check how a run in another process ended.
func (w *World) NoteRun(summary cmmsimport.Summary, err error, output string) {
	w.note(&notedRun{summary: summary, err: err, output: output})
}

// Note adds text in which no secret must stand: output of a child process, an error that a test saw.
func (w *World) Note(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.output = append(append(w.output, text...), '\n')
}

// Output returns all log output and noted text so far.
func (w *World) Output() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return string(w.output)
}

func (w *World) note(run *notedRun) {
	summary, err := json.Marshal(run.summary)
	w.Note(fmt.Sprintf("%s\n%v\n%s\n%v %v", run.output, run.summary, summary, run.err, err))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.runs = append(w.runs, run)
}

// lockedBuffer outlives a run that a test gives up.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
