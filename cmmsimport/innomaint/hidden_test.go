package innomaint_test

import (
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestHiddenValue checks that a value in the place of an expected object is not taken for absent: with the policy Mirror,
// that would clear the column.
func TestHiddenValue(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		body     string
		warned   []string
		location string // the site's name
	}{
		"a location as text":              {body: `"location": "Chennai / B1"`, warned: []string{"location_id"}},
		"a location as a number":          {body: `"location": 17`, warned: []string{"location_id"}},
		"a location without levels":       {body: `"location": {"id": 3, "name": "Chennai"}`, warned: []string{"location_id"}},
		"a location as a list of one":     {body: `"location": [{"site": {"id": 1, "name": "Chennai"}}]`, location: "Chennai"},
		"a location as a list of many":    {body: `"location": [{"site": "A"}, {"site": "B"}]`, warned: []string{"location_id"}},
		"a location beside a flat site":   {body: `"location": "Chennai / B1", "site_name": "Chennai"`, location: "Chennai"},
		"an empty location":               {body: `"location": {}`},
		"a location of empty levels":      {body: `"location": {"site": null, "room": {}}`},
		"no location":                     {body: `"asset_name": "Pump"`},
		"a contract as text":              {body: `"amc": "2024 to 2025"`, warned: []string{"amc_start", "amc_end"}},
		"a contract beside flat dates":    {body: `"amc": "yes", "amc_start": "2024-05-01", "amc_end": "2025-04-30"`},
		"a parent of zero, which is none": {body: `"parent_asset_id": 0`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, err := innomaint.New(innomaint.Config{BaseURL: "http://127.0.0.1:1", Auth: innomaint.BearerToken("x")})
			if err != nil {
				t.Fatal(err)
			}
			asset, err := client.Decode(innomaint.AssetRef{AssetID: "A-1"}, []byte(`{"asset_id": "A-1", `+tc.body+`}`))
			if err != nil {
				t.Fatal(err)
			}
			if len(asset.Warnings) != len(tc.warned) {
				t.Errorf("warnings: %v", asset.Warnings)
			}
			for _, column := range tc.warned {
				if !asset.Unreadable(column) {
					t.Errorf("no warning on %s: %v", column, asset.Warnings)
				}
			}
			if asset.Location.Site.Name != tc.location || asset.ParentAssetID != "" {
				t.Errorf("got site %q, parent %q", asset.Location.Site.Name, asset.ParentAssetID)
			}
		})
	}
}
