package console

import (
	"net/http"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

const (
	// maxListed is the number of rows on a page of a list.
	maxListed = 50
	// maxChoices is the maximum number of customers in a selection list. With more, the operator types the id.
	maxChoices = 200
	// overviewRuns is the number of finished runs on the overview.
	overviewRuns = 8
)

type overviewData struct {
	Live     []runView
	Recent   []runView
	LastFull *runView // the last finished run for all customers
	Charts   []chart
	Days     []day
	Start    startForm
}

// startForm is the selection of customers in a form.
type startForm struct {
	Customers []uint64
	Typed     bool // too many customers for a selection list
}

func (c *Console) overview(r *http.Request) (response, error) {
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
