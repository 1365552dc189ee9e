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
	// tick is how often a live page looks; cmms_sync_run moves every few seconds, runs of this process at each asset.
	tick = time.Second
	// keepAlive is how many ticks may pass without a word, so that a peer that is gone is noticed.
	keepAlive = 15
)

// progressEvent is a run as the script on the page is told of it.
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

// events tells of runs as they go on, as server-sent events: of the one that is asked for until it has ended, else of all.
func (c *Console) events(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(c.runner.ctx, cancel)()
	stream := http.NewResponseController(w)
	_ = stream.SetWriteDeadline(time.Time{}) // the server's limit is for pages; some writers know none
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")

	watch := watcher{console: c, only: r.FormValue("run"), watched: map[string]bool{}}
	ticker := time.NewTicker(tick)
	defer ticker.Stop()
	var said []byte
	for silent := 0; ; silent++ {
		events, err := watch.look(ctx)
		if err != nil {
			if ctx.Err() == nil {
				c.log.WarnContext(ctx, "live progress could not be read", slog.String("error", synclog.ErrorMessage(err)))
			}
			return // the browser comes back by itself
		}
		now, err := json.Marshal(events)
		if err != nil {
			return
		}
		if silent >= keepAlive || !slices.Equal(now, said) {
			if _, err := fmt.Fprintf(w, "event: runs\ndata: %s\n\n", now); err != nil || stream.Flush() != nil {
				return
			}
			said, silent = now, 0
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

// watcher follows one run, or whichever go on.
type watcher struct {
	console *Console
	only    string
	watched map[string]bool // seen going on; told of until their end has been told
}

func (w *watcher) look(ctx context.Context) ([]progressEvent, error) {
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

// ended reports that the one run that is followed goes on no more.
func (w *watcher) ended(events []progressEvent) bool {
	return w.only != "" && (len(events) == 0 || !events[0].Live)
}

// Sentence says in words where the run is.
func (v runView) Sentence() string {
	text := fmt.Sprintf("%s of %s assets done, %s failed", number(v.Done), number(v.Total), number(v.Failed))
	if v.Warnings > 0 {
		text += fmt.Sprintf(", %s warnings", number(v.Warnings))
	}
	return text
}
