package main

import (
	"fmt"
	"maps"
	"net/http"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/examples/internal/showcase"
)

const (
	tenantToken = "quickstart-token" // what the fake asks for
	minAssets   = 30                 // room for all that goes wrong
)

// tenant is the fake Innomaint with its assets, and what is wrong with some of them.
type tenant struct {
	api    *innomainttest.Server
	assets []showcase.Asset

	manual   uint64           // the customer of the manual run
	back     []showcase.Asset // missing in the first run, there in the later ones
	repaired showcase.Asset   // its status changes before the manual run
	renamed  string           // new name of the manual customer's vendor

	missing, flaky, garbage, otherID, badDate showcase.Asset
}

// newTenant starts the fake with n assets, at least minAssets.
func newTenant(n int) *tenant {
	fleet := showcase.NewFleet(n)
	byCustomer := map[uint64][]showcase.Asset{}
	for _, a := range fleet {
		byCustomer[a.CustomerID] = append(byCustomer[a.CustomerID], a)
	}
	hospital, mall, campus := byCustomer[showcase.Customers[0].ID], byCustomer[showcase.Customers[1].ID], byCustomer[showcase.Customers[2].ID]
	t := &tenant{
		api: innomainttest.NewServer(innomainttest.WithBearerToken(tenantToken)), assets: fleet,
		manual: showcase.Customers[1].ID, back: []showcase.Asset{mall[2], mall[5]}, repaired: mall[1], renamed: "Acme Facility Services",
		flaky: hospital[3], garbage: hospital[6],
		missing: campus[1], badDate: campus[4], otherID: campus[7],
	}
	for _, a := range fleet {
		t.api.SetAsset(a.ID, a.Body)
	}
	for _, a := range append(t.back, t.missing) {
		t.api.RemoveAsset(a.ID) // 404
	}
	t.api.Script(t.flaky.ID, innomainttest.Answer{Status: http.StatusServiceUnavailable})
	t.api.ScriptAlways(t.garbage.ID, innomainttest.Answer{
		Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><body>Please sign in</body></html>",
	})
	t.api.SetAsset(t.otherID.ID, campus[8].Body)
	t.api.SetAsset(t.badDate.ID, changed(t.badDate.Body, "purchase_date", "end of last summer"))
	return t
}

// change is what people do in Innomaint between the runs, all of it at one customer. It returns what they did.
func (t *tenant) change() []string {
	for _, a := range t.assets {
		if a.CustomerID == t.manual {
			t.api.SetAsset(a.ID, changed(a.Body, "vendor", showcase.Vendor(1, t.renamed)))
		}
	}
	repaired := changed(t.repaired.Body, "vendor", showcase.Vendor(1, t.renamed))
	repaired["status"], repaired["updated_at"] = showcase.Ref(2, "Under repair"), "2026-10-02T06:00:00Z"
	t.api.SetAsset(t.repaired.ID, repaired)
	return []string{
		fmt.Sprintf("%s and %s, which were missing, are there again", t.back[0].ID, t.back[1].ID),
		fmt.Sprintf("the vendor %q is now called %q", showcase.Customers[1].Vendor, t.renamed),
		fmt.Sprintf("%s is under repair", t.repaired.ID),
	}
}

// ids returns cmms_asset_id of every asset.
func (t *tenant) ids() []string {
	ids := make([]string, len(t.assets))
	for i, a := range t.assets {
		ids[i] = a.ID
	}
	return ids
}

// changed returns a copy of body with another value for one field.
func changed(body map[string]any, field string, value any) map[string]any {
	other := maps.Clone(body)
	other[field] = value
	return other
}
