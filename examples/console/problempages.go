package console

import (
	"net/http"
	"slices"
)

type problemsData struct {
	problems
	Failures bool // otherwise warnings
	Customer *uint64
	Form     startForm
}

func (d problemsData) section() string { return sectionOf(d.Failures) }

type problemData struct {
	Problem  problem
	Failures bool
	Customer *uint64
	Page     []affectedAsset
	Next     uint64
	First    bool
}

func (d problemData) section() string { return sectionOf(d.Failures) }

func sectionOf(failures bool) string {
	if failures {
		return "failures"
	}
	return "warnings"
}

func (c *Console) failures(r *http.Request) (response, error) {
	return c.problemPage(r, failing, "Failures")
}

func (c *Console) warnings(r *http.Request) (response, error) {
	return c.problemPage(r, warning, "Warnings")
}

// problemPage shows the list of causes or, with the parameter cause, the assets of one cause.
func (c *Console) problemPage(r *http.Request, typ problemType, title string) (response, error) {
	customerID, err := customerOf(r)
	if err != nil {
		return nil, err
	}
	key, failures := r.FormValue("cause"), typ.where == whereFailed
	found, err := c.problems(r.Context(), customerID, typ, key)
	if err != nil {
		return nil, err
	}
	if key == "" {
		form, err := c.startForm(r)
		return view{Template: "problems", Title: title, Data: problemsData{found, failures, customerID, form}}, err
	}
	if len(found.List) == 0 {
		return nil, userError{http.StatusNotFound, "No asset is affectedAsset by this cause any more."}
	}
	before, err := beforeOf(r)
	if err != nil {
		return nil, err
	}
	d := problemData{Problem: found.List[0], Failures: failures, Customer: customerID, First: before == 0}
	d.Page = d.Problem.Assets
	if before != 0 {
		d.Page = slices.DeleteFunc(slices.Clone(d.Page), func(a affectedAsset) bool { return a.EntryID >= before })
	}
	if len(d.Page) > maxListed {
		d.Page = d.Page[:maxListed]
		d.Next = d.Page[maxListed-1].EntryID
	}
	return view{Template: "problem", Title: d.Problem.Title, Data: d}, nil
}
