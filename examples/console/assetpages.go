package console

import (
	"context"
	"net/http"
	"strings"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

type assetsData struct {
	Searched bool
	Query    string
	Customer *uint64
	Rows     []assetState // with Status and times only in a search for one customer
	Next     string
	First    bool
	Form     startForm
}

// assets searches for assets by id or prefix of the id.
func (c *Console) assets(r *http.Request) (response, error) {
	ctx := r.Context()
	customerID, err := customerOf(r)
	if err != nil {
		return nil, err
	}
	d := assetsData{Query: strings.TrimSpace(r.FormValue("q")), Customer: customerID, First: r.FormValue("after") == ""}
	d.Searched = d.Query != "" || customerID != nil
	if d.Form, err = c.startForm(r); err != nil {
		return nil, err
	}
	switch {
	case !d.Searched:
	case customerID != nil:
		d.Rows, err = c.customerAssets(ctx, *customerID, d.Query, r.FormValue("after"), maxListed+1)
	default:
		var ids []string
		ids, err = c.assetIDs(ctx, d.Query, r.FormValue("after"), maxListed+1)
		for _, id := range ids {
			d.Rows = append(d.Rows, assetState{ID: id})
		}
		if len(ids) == 0 && err == nil { // the asset may be linked without any attempt
			d.Rows, err = c.assetsWithID(ctx, d.Query)
		}
	}
	if err != nil {
		return nil, err
	}
	if d.First && len(d.Rows) == 1 {
		return redirect("asset" + string(query("customer", d.Rows[0].CustomerID, "id", d.Rows[0].ID))), nil
	}
	if len(d.Rows) > maxListed {
		d.Rows = d.Rows[:maxListed]
		d.Next = d.Rows[maxListed-1].ID
	}
	return view{Template: "assets", Title: "Assets", Data: d}, nil
}

type assetData struct {
	Asset   assetState
	Linked  bool
	Others  []assetState // other customers' assets with this id
	Entries []entryView
	Next    uint64
	First   bool
}

// entryView is an attempt on a page.
type entryView struct {
	synclog.Entry
	Changed []changeView
}

// Took is the attempt's duration.
func (e entryView) Took() time.Duration { return time.Duration(e.DurationMS) * time.Millisecond }

func (c *Console) viewEntries(ctx context.Context, entries []synclog.Entry) ([]entryView, error) {
	names, err := c.masterNames(ctx, entries)
	if err != nil {
		return nil, err
	}
	views := make([]entryView, len(entries))
	for i, e := range entries {
		views[i] = entryView{e, names.changesOf(e)}
	}
	return views, nil
}

// asset shows an asset's history.
func (c *Console) asset(r *http.Request) (response, error) {
	ctx, id := r.Context(), r.FormValue("id")
	customerID, err := customerOf(r)
	if err != nil {
		return nil, err
	}
	before, err := beforeOf(r)
	if err != nil {
		return nil, err
	}
	found, err := c.assetsWithID(ctx, id)
	if err != nil {
		return nil, err
	}
	d := assetData{First: before == 0}
	for _, a := range found {
		if !d.Linked && (customerID == nil || *customerID == a.CustomerID) {
			d.Asset, d.Linked = a, true
		} else {
			d.Others = append(d.Others, a)
		}
	}
	f := synclog.Filter{CustomerID: customerID, CMMSAssetID: id, BeforeID: before, Limit: maxListed + 1}
	if d.Linked {
		f.CustomerID = &d.Asset.CustomerID
	}
	entries, err := synclog.Entries(ctx, c.db, f)
	if err != nil {
		return nil, err
	}
	if id == "" || !d.Linked && len(entries) == 0 {
		return nil, userError{http.StatusNotFound, "No asset with this id is linked or in the log."}
	}
	if !d.Linked {
		d.Asset.CustomerID, d.Asset.ID = entries[0].CustomerID, entries[0].CMMSAssetID
	}
	if len(entries) > maxListed {
		entries = entries[:maxListed]
		d.Next = entries[maxListed-1].ID
	}
	if d.Entries, err = c.viewEntries(ctx, entries); err != nil {
		return nil, err
	}
	return view{Template: "asset", Title: "Asset " + d.Asset.ID, Data: d}, nil
}
