package consoletest_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/examples/internal/showcase"
)

// since is the time since the run of a night, as the pages show it: it depends on the time of day.
func since(night int) string {
	return fmt.Sprintf("%.0f days", time.Since(showcase.Night(night, time.Now())).Hours()/24)
}

func TestFailuresAreGroupedByCause(t *testing.T) {
	t.Parallel()
	s, fleet := setupPast(t, 120, 15)
	b := newTab(t)
	b.open(s, "failures")
	b.see(".lead", "7 assets, 3 causes")
	b.see(".card", "Not found in Innomaint HTTP 404: the API has no such asset")
	b.see(".card", "3 assets, for "+since(12)+", last success on")
	b.see(".card", "What to do: Innomaint does not have these assets")
	b.see(".card", "The response contains no asset HTTP 200")
	b.see(".card", "2 assets, for "+since(5))
	b.see(".card", "No response in time")

	b.run(chromedp.SetValue("#filter-customer", "990001", chromedp.ByQuery))
	b.button("Show")
	b.see(".lead", "2 assets, 2 causes for Harbour Hospital (990001)")
	b.see(".card", "The response contains no asset HTTP 200: the response is an HTML page")

	// A success removes the asset from the group.
	b.open(s, "asset?customer=990001&id="+fleet[6].ID)
	b.button("Retry this asset")
	b.see(".lead .badge", "Completed")
	equal(t, "assets of the run", s.runs()[0].Total, 1)
	b.open(s, "failures?customer=990001")
	b.see(".lead", "1 asset, 1 cause")
}

func TestWarningsAreGroupedByColumnAndCause(t *testing.T) {
	t.Parallel()
	s, _ := setupPast(t, 120, 25)
	b := newTab(t)
	b.open(s, "warnings")
	b.see(".card", "Not applied: Purchase date is not a date in a known layout")
	b.see(".card", "4 assets, for at least "+since(20)+", last success on")
	b.see(".card", "add it to DateLayouts")
	b.see(".card", "Not applied: Purchase cost is no decimal number")
	equal(t, "no retry button", eval[int](b, "document.querySelectorAll('main form[method=post]').length"), 0)
}

func TestRetryFailedAssets(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for _, id := range ids(5) {
		s.link(customer, id, innomainttest.SampleAsset(id))
	}
	s.link(990002, "A-1", nil) // another customer's asset with the same id
	s.api.RemoveAsset("A-1")
	s.api.RemoveAsset("A-2")
	s.api.Script("A-3", innomainttest.Answer{Status: 503})
	s.sync(nil)

	b := newTab(t)
	b.open(s, "failures?customer=990001")
	b.see(".lead", "3 assets, 2 causes")
	s.api.SetAsset("A-1", innomainttest.SampleAsset("A-1"))
	s.api.SetAsset("A-2", innomainttest.SampleAsset("A-2"))
	b.button("Retry these 2")
	b.see(".lead .badge", "Completed")
	equal(t, "assets of the group", s.runs()[0].Total, 2)

	b.open(s, "failures")
	b.button("Retry all failed assets")
	b.see(".lead .badge", "Completed")
	last := s.runs()[0]
	equal(t, "assets that still fail", last.Total, 2)
	equal(t, "all customers", last.CustomerID == nil, true)
	b.open(s, "failures")
	b.see("main", "None: the last attempt on every asset was successful")

	failed, err := synclog.Entries(t.Context(), s.db, synclog.Filter{RunID: last.ID, Status: synclog.Failed})
	must(t, err)
	equal(t, "failures left", len(failed), 0)
}

func TestLongGroupIsPaged(t *testing.T) {
	t.Parallel()
	s := setup(t)
	for _, id := range ids(120) {
		s.link(customer, id, nil)
	}
	s.sync(nil)
	b := newTab(t)
	b.open(s, "failures")
	b.see(".card", "120 assets")
	b.link("115 more")
	seen := map[string]bool{}
	for page := range 3 {
		if page > 0 {
			b.link("Next page")
		}
		want := []string{"A-120", "A-70", "A-20"}[page]
		b.until("document.querySelector('.entries .id')?.textContent === " + quote(want))
		for _, id := range eval[[]string](b, "[...document.querySelectorAll('.entries .id')].map(e => e.textContent)") {
			seen[id] = true
		}
	}
	equal(t, "assets on three pages", len(seen), 120)
}
