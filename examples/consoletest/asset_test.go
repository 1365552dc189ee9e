package consoletest_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func TestAssetSearchAndHistory(t *testing.T) {
	t.Parallel()
	s := setup(t)
	const id = "AST/10 #2%" // like a real id
	body := innomainttest.SampleAsset(id)
	s.link(customer, id, body)
	s.link(customer, "AST/11", innomainttest.SampleAsset("AST/11"))
	s.sync(nil)
	body["vendor"] = map[string]any{"id": 77, "name": "Deccan Facility Care"}
	body["purchase_date"] = "soon"
	s.api.SetAsset(id, body)
	s.sync(nil)

	b := newTab(t)
	b.open(s, "")
	b.run(chromedp.SendKeys("#top-search", "AST/1"+kb.Enter, chromedp.ByQuery))
	b.see(".rows", "AST/11")
	b.run(chromedp.SetValue("#q", "ast/10", chromedp.ByQuery))
	b.button("Find") // a single match opens the asset's page
	b.see("h1", id+" Chilled water pump 7")
	b.see(".entries li:first-child", "1 field changed")
	b.see(".changes", "Vendor Acme Supply → changed to Deccan Facility Care")
	b.see(".warned", `purchase_date: "soon" is not a date in a known layout; kept 2021-04-01`)
	b.see(".entries li:last-child", "Asset name empty → changed to Chilled water pump 7")

	b.button("Sync this asset")
	b.see(".lead .badge", "Completed")
	b.open(s, "assets?q=nothing+like+it")
	b.see("main", "No asset id starts with nothing like it.")
}

func TestAssetIDAtTwoCustomers(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.link(990001, "7", innomainttest.SampleAsset("7"))
	s.link(990002, "7", innomainttest.SampleAsset("7"))
	s.sync(nil)
	b := newTab(t)
	b.open(s, "asset?id=7")
	b.see(".lead", "Harbour Hospital (990001)")
	b.see("main", "Other customer with this id: Lakeside Mall (990002)")
	equal(t, "attempts", eval[int](b, "document.querySelectorAll('.entries > li').length"), 1)
}

func TestAssetWithoutAttempts(t *testing.T) {
	t.Parallel()
	s := setup(t)
	s.link(customer, "NEW-1", nil)
	b := newTab(t)
	b.open(s, "assets?q=NEW-1")
	b.see("h1", "NEW-1")
	b.see("main", "No attempts yet.")
}
