package console

import (
	"net/http"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

const (
	// maxListed is how many rows a page of a list has, where it is not said otherwise.
	maxListed = 50
	// maxChoices is how many customers a list to choose from may have; beyond it, the id is typed.
	maxChoices = 200
	// overviewRuns is how many runs the first page tells of.
	overviewRuns = 8
)

type overviewData struct {
	Live     []runView
	Recent   []runView
	LastFull *runView // the last run over every customer that has ended
	Charts   []chart
	Days     []day
	Start    startForm
}

// startForm is what the form to start a run offers.
type startForm struct {
	Customers []uint64
	Typed     bool // there are too many customers to choose from
}

func (c *Console) overview(r *http.Request) (answer, error) {
	ctx := r.Context()
	runs, err := synclog.Runs(ctx, c.db, synclog.Filter{Limit: maxListed})
	if err != nil {
		return nil, err
	}
	views, err := c.viewRuns(ctx, runs)
	if err != nil {
		return nil, err
	}
	var d overviewData
	for _, v := range views {
		switch {
		case v.Live:
			d.Live = append(d.Live, v)
		case len(d.Recent) < overviewRuns:
			d.Recent = append(d.Recent, v)
		}
		if d.LastFull == nil && v.CustomerID == nil && !v.Live {
			d.LastFull = &v
		}
	}
	if d.Days, err = c.days(ctx, time.Now()); err != nil {
		return nil, err
	}
	d.Charts = charts(d.Days)
	if d.Start, err = c.startForm(r); err != nil {
		return nil, err
	}
	return view{Template: "overview", Title: "Overview", Data: d}, nil
}

func (c *Console) startForm(r *http.Request) (startForm, error) {
	ids, err := c.customers(r.Context(), maxChoices+1)
	if err != nil || len(ids) > maxChoices {
		return startForm{Typed: true}, err
	}
	return startForm{Customers: ids}, nil
}
