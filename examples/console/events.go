package console

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

const (
	// tick is the interval at which the stream checks for progress. A run writes cmms_sync_run every few seconds; the progress
	// of this process's runs changes with each asset.
	tick = time.Second
	// keepAlive is the number of ticks after which unchanged progress is sent again, to detect a closed connection.
	keepAlive = 15
)

// progressEvent is the progress of a run, as sent to the script.
type progressEvent struct {
	ID       string `json:"id"`
	State    string `json:"state"`
	Live     bool   `json:"live"`
	Total    int64  `json:"total"`
	Done     int64  `json:"done"`
	Failed   int64  `json:"failed"`
	Warnings int64  `json:"warnings"`
	Asset    string `json:"asset"`
	Text     string `json:"text"`
}

// events streams the progress of runs as server-sent events: of one run until it ends, or of all runs.
func (c *Console) events(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(c.runner.ctx, cancel)()
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // the server's limit is for pages; not every writer supports deadlines
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")

	watch := watcher{console: c, only: r.FormValue("run"), watched: map[string]bool{}}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	var sent []byte
	for unchanged := 0; ; unchanged++ {
		events, err := watch.progress(ctx)
		if err != nil {
			if ctx.Err() == nil {
				c.log.WarnContext(ctx, "the progress of runs could not be read", slog.String("error", synclog.ErrorMessage(err)))
			}
			return // the browser reconnects by itself
		}
		now, err := json.Marshal(events)
		if err != nil {
			return
		}
		if unchanged >= keepAlive || !slices.Equal(now, sent) {
			if _, err := fmt.Fprintf(w, "event: runs\ndata: %s\n\n", now); err != nil || stream.Flush() != nil {
				return
			}
			sent, unchanged = now, 0
		}
		if watch.ended(events) {
			return
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

// watcher follows one run, or all runs that are in progress.
type watcher struct {
	console *Console
	only    string
	watched map[string]bool // runs whose end has not been sent yet
}

func (w *watcher) progress(ctx context.Context) ([]progressEvent, error) {
	ids := []string{w.only}
	if w.only == "" {
		live, err := w.console.liveRuns(ctx)
		if err != nil {
			return nil, err
		}
		for _, id := range live {
			w.watched[id] = true
		}
		ids = ids[:0]
		for id := range w.watched {
			ids = append(ids, id)
		}
		slices.Sort(ids)
	}
	runs, err := w.console.runsByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	views, err := w.console.viewRuns(ctx, runs)
	if err != nil {
		return nil, err
	}
	events := make([]progressEvent, len(views))
	for i, v := range views {
		events[i] = progressEvent{v.ID, v.State(), v.Live, v.Total, v.Done, v.Failed, v.Warnings, v.Asset, v.Sentence()}
		if !v.Live {
			delete(w.watched, v.ID)
		}
	}
	return events, nil
}

// ended reports whether the only run that is followed has ended.
func (w *watcher) ended(events []progressEvent) bool {
	return w.only != "" && (len(events) == 0 || !events[0].Live)
}

// Sentence describes the progress of the run.
func (v runView) Sentence() string {
	text := fmt.Sprintf("%s of %s assets done, %s failed", number(v.Done), number(v.Total), number(v.Failed))
	if v.Warnings > 0 {
		text += fmt.Sprintf(", %s warnings", number(v.Warnings))
	}
	return text
}
