package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

type runsData struct {
	Runs   []runView
	Before string // start of the next page; "": there is none
	First  bool
}

func (c *Console) runs(r *http.Request) (response, error) {
	before := r.FormValue("before")
	runs, err := synclog.Runs(r.Context(), c.db, synclog.Filter{BeforeRunID: before, Limit: maxListed + 1})
	if err != nil {
		return nil, err
	}
	d := runsData{First: before == ""}
	if len(runs) > maxListed {
		runs = runs[:maxListed]
		d.Before = runs[maxListed-1].ID
	}
	if d.Runs, err = c.viewRuns(r.Context(), runs); err != nil {
		return nil, err
	}
	return view{Template: "runs", Title: "Runs", Data: d}, nil
}

type runData struct {
	Run     runView
	Show    string // the selected list: a key of shows
	Entries []entryView
	Next    uint64
	First   bool
}

// shows are the lists on a run's page.
var shows = map[string]condition{"failed": whereFailed, "warned": whereWarned, "changed": whereChanged, "all": whereAll}

func (c *Console) run(r *http.Request) (response, error) {
	ctx := r.Context()
	runs, err := c.runsByID(ctx, []string{r.FormValue("id")})
	if err != nil {
		return nil, err
	}
	if len(runs) == 0 || r.FormValue("id") == "" {
		return nil, userError{http.StatusNotFound, "This run does not exist, or its row has been purged."}
	}
	views, err := c.viewRuns(ctx, runs)
	if err != nil {
		return nil, err
	}
	before, err := beforeOf(r)
	if err != nil {
		return nil, err
	}
	d := runData{Run: views[0], Show: r.FormValue("show"), First: before == 0}
	if _, known := shows[d.Show]; !known {
		d.Show = "all"
		if d.Run.Failed > 0 {
			d.Show = "failed"
		}
	}
	if d.Show != "failed" || d.Run.Failed > 0 {
		var entries []synclog.Entry
		if entries, d.Next, err = c.runEntries(ctx, d.Run.ID, shows[d.Show], before, maxListed); err != nil {
			return nil, err
		}
		if d.Entries, err = c.viewEntries(ctx, entries); err != nil {
			return nil, err
		}
	}
	return view{Template: "run", Title: "Run of " + at(d.Run.StartedAt), Data: d}, nil
}

// start starts a run as the form says and redirects to its page.
func (c *Console) start(r *http.Request) (response, error) {
	o, err := c.readStartRequest(r)
	if err != nil {
		return nil, err
	}
	id, err := c.runner.start(r.Context(), o)
	switch {
	case errors.Is(err, cmmsimport.ErrSyncInProgress):
		return nil, userError{http.StatusConflict, "The run was not started: " + synclog.ErrorMessage(err)}
	case errors.Is(err, errShutdown):
		return nil, userError{http.StatusServiceUnavailable, "The run was not started: " + err.Error() + "."}
	case err != nil:
		return nil, err
	}
	return redirect("run" + string(query("id", id))), nil
}

func (c *Console) readStartRequest(r *http.Request) (o startRequest, err error) {
	switch who := r.PostFormValue("customer"); who {
	case "":
		return o, userError{http.StatusBadRequest, "Choose a customer."}
	case "all":
	default:
		id, err := strconv.ParseUint(strings.TrimSpace(who), 10, 64)
		if err != nil || id == 0 {
			return o, userError{http.StatusBadRequest, "The customer must be a number."}
		}
		o.customerID = &id
	}
	o.onlyFailed = r.PostFormValue("only_failed") != ""
	if asset := strings.TrimSpace(r.PostFormValue("asset")); asset != "" {
		o.assetIDs = []string{asset}
	}
	if key := r.PostFormValue("cause"); key != "" {
		found, err := c.problems(r.Context(), o.customerID, failing, key)
		if err != nil {
			return o, err
		}
		if len(found.List) == 0 {
			return o, userError{http.StatusConflict, "No asset fails for this cause any more."}
		}
		o.onlyFailed = true // an id may also exist at another customer, where it did not fail
		for _, a := range found.List[0].Assets {
			o.assetIDs = append(o.assetIDs, a.ID)
		}
	}
	return o, nil
}

// cancel cancels a run of this process and redirects to its page.
func (c *Console) cancel(r *http.Request) (response, error) {
	id := r.PostFormValue("run")
	if !c.runner.cancel(id) {
		return nil, userError{http.StatusConflict, "This run has ended, or it runs in another process. Only that process can cancel it; the run’s page names its host."}
	}
	return redirect("run" + string(query("id", id))), nil
}

// customerOf reads the customer of a request, nil for all customers.
func customerOf(r *http.Request) (*uint64, error) {
	text := strings.TrimSpace(r.FormValue("customer"))
	if text == "" {
		return nil, nil
	}
	id, err := strconv.ParseUint(text, 10, 64)
	if err != nil {
		return nil, userError{http.StatusBadRequest, "The customer must be a number."}
	}
	return &id, nil
}

// beforeOf reads the start of a page of log rows, 0 for the newest.
func beforeOf(r *http.Request) (uint64, error) {
	text := r.FormValue("before")
	if text == "" {
		return 0, nil
	}
	id, err := strconv.ParseUint(text, 10, 63)
	if err != nil {
		return 0, userError{http.StatusBadRequest, "The parameter before must be a number."}
	}
	return id, nil
}
