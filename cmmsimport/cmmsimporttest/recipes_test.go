package cmmsimporttest_test

import (
	"encoding/json"
	"os"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/cmmsimporttest"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// tenantConfig is the host's own configuration of its tenant.
func tenantConfig(baseURL, token string) innomaint.Config {
	return innomaint.Config{
		BaseURL: baseURL,
		Auth:    innomaint.BearerToken(token),
		Fields: innomaint.FieldMap{
			AssetID:      []string{"equipmentNo"},
			Name:         []string{"title"},
			PurchaseDate: []string{"boughtOn"},
		},
		DateLayouts: []string{"01/02/2006"},
	}
}

func TestTenantResponses(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/tenant.json")
	if err != nil {
		t.Fatal(err)
	}
	var cassette innomainttest.Cassette
	if err := json.Unmarshal(text, &cassette); err != nil {
		t.Fatal(err)
	}
	server := innomainttest.NewServer()
	defer server.Close()
	server.Replay(cassette)
	client, err := innomaint.New(tenantConfig(server.URL(), "any"))
	if err != nil {
		t.Fatal(err)
	}
	asset, err := client.GetAsset(t.Context(), innomaint.AssetRef{CustomerID: 42, AssetID: "AST-1"})
	if err != nil {
		t.Fatal(err)
	}
	if asset.Name != "Pump 7" || asset.PurchaseDate.String() != "2021-04-01" || len(asset.Warnings) > 0 {
		t.Errorf("%q, bought on %s, warnings %v", asset.Name, asset.PurchaseDate, asset.Warnings)
	}
}

func TestJob(t *testing.T) {
	t.Parallel()
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetAsset("AST-1", `{"equipmentNo": "AST-1", "title": "Pump 7"}`)
	client, err := innomaint.New(tenantConfig(server.URL(), "any"))
	if err != nil {
		t.Fatal(err)
	}
	register := cmmsimporttest.NewRegister(
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-1", Description: "ours"},
		cmmsimport.AssetMaster{CustomerID: 42, CMMSAssetID: "AST-2"}, // unknown to Innomaint
	)
	opts := cmmsimport.Options{Client: client, Repository: register, Recorder: register}

	message, err := syncCustomer(t.Context(), register.DB(), opts, 42)
	if err != nil || message != "1 up to date, 1 to look at" {
		t.Errorf("%q, %v", message, err)
	}
	if a := register.Asset("AST-1"); a.AssetName != "Pump 7" || a.Description != "ours" {
		t.Errorf("the asset is %+v", a)
	}
	if log := register.Entries(); len(log) != 2 || log[1].ErrorKind != "not_found" {
		t.Errorf("the log is %+v", log)
	}
}
