package main

import (
	"fmt"
	"maps"
	"net/http"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

const (
	tenantToken = "quickstart-token" // what the fake asks for
	minAssets   = 30                 // room for all that goes wrong
)

// tenant is the fake Innomaint with its assets, and what is wrong with some of them.
type tenant struct {
	api    *innomainttest.Server
	assets []sample

	manual   uint64   // the customer of the manual run
	back     []sample // missing in the first run, there in the later ones
	repaired sample   // its status changes before the manual run
	renamed  string   // new name of the manual customer's vendor

	missing, flaky, garbage, otherID, badDate sample
}

// newTenant starts the fake with n assets, at least minAssets.
func newTenant(n int) *tenant {
	fleet := newFleet(n)
	byCustomer := map[uint64][]sample{}
	for _, a := range fleet {
		byCustomer[a.customerID] = append(byCustomer[a.customerID], a)
	}
	hospital, mall, campus := byCustomer[customers[0].id], byCustomer[customers[1].id], byCustomer[customers[2].id]
	t := &tenant{
		api: innomainttest.NewServer(innomainttest.WithBearerToken(tenantToken)), assets: fleet,
		manual: customers[1].id, back: []sample{mall[2], mall[5]}, repaired: mall[1], renamed: "Acme Facility Services",
		flaky: hospital[3], garbage: hospital[6],
		missing: campus[1], badDate: campus[4], otherID: campus[7],
	}
	for _, a := range fleet {
		t.api.SetAsset(a.id, a.body)
	}
	for _, a := range append(t.back, t.missing) {
		t.api.RemoveAsset(a.id) // 404
	}
	t.api.Script(t.flaky.id, innomainttest.Answer{Status: http.StatusServiceUnavailable})
	t.api.ScriptAlways(t.garbage.id, innomainttest.Answer{
		Header: http.Header{"Content-Type": {"text/html"}}, Body: "<html><body>Please sign in</body></html>",
	})
	t.api.SetAsset(t.otherID.id, campus[8].body)
	t.api.SetAsset(t.badDate.id, changed(t.badDate.body, "purchase_date", "end of last summer"))
	return t
}

// change is what people do in Innomaint between the runs, all of it at one customer. It returns what they did.
func (t *tenant) change() []string {
	for _, a := range t.assets {
		if a.customerID == t.manual {
			t.api.SetAsset(a.id, changed(a.body, "vendor", vendor(1, t.renamed)))
		}
	}
	repaired := changed(t.repaired.body, "vendor", vendor(1, t.renamed))
	repaired["status"], repaired["updated_at"] = ref(2, "Under repair"), "2026-10-02T06:00:00Z"
	t.api.SetAsset(t.repaired.id, repaired)
	return []string{
		fmt.Sprintf("%s and %s, which were missing, are there again", t.back[0].id, t.back[1].id),
		fmt.Sprintf("the vendor %q is now called %q", customers[1].vendor, t.renamed),
		fmt.Sprintf("%s is under repair", t.repaired.id),
	}
}

// ids returns cmms_asset_id of every asset.
func (t *tenant) ids() []string {
	ids := make([]string, len(t.assets))
	for i, a := range t.assets {
		ids[i] = a.id
	}
	return ids
}

// changed returns a copy of body with another value for one field.
func changed(body map[string]any, field string, value any) map[string]any {
	other := maps.Clone(body)
	other[field] = value
	return other
}
