package innomaint_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func ExampleNew() {
	client, err := innomaint.New(innomaint.Config{
		BaseURL: "https://tenant.example.com",
		Auth:    innomaint.BearerToken("the token"), // prints as REDACTED
	})
	fmt.Println(client, err)

	_, err = innomaint.New(innomaint.Config{BaseURL: "tenant.example.com"})
	fmt.Println(err)
	// Output:
	// innomaint.Client for innomaint.Config{BaseURL: https://tenant.example.com, AssetPath: /api/v1/assets/{cmms_asset_id}, Auth: bearer token REDACTED} <nil>
	// innomaint: Config.BaseURL must begin with https:// (or http://)
	// innomaint: Config.Auth is required: innomaint.BearerToken, APIKey or Login
}

func ExampleClient_GetAsset() {
	server := innomainttest.NewServer() // in the tenant's place
	defer server.Close()
	server.SetAsset("AST-1042", `{"status": "success", "data": {
		"asset_id": "AST-1042", "asset_name": "Pump&nbsp;7", "make": "Grundfos",
		"purchase_cost": "₹ 1,25,000.50", "purchase_date": "01-04-2021", "warranty_end": "soon"}}`)

	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("t")})
	if err != nil {
		fmt.Println(err)
		return
	}
	asset, err := client.GetAsset(context.Background(), innomaint.AssetRef{CustomerID: 7, AssetID: "AST-1042"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(asset.Name, "by", asset.Manufacturer.Name, "for", asset.PurchaseCost, "on", asset.PurchaseDate)
	fmt.Println(asset.Warnings[0])

	_, err = client.GetAsset(context.Background(), innomaint.AssetRef{CustomerID: 7, AssetID: "gone"})
	fmt.Println(errors.Is(err, innomaint.ErrNotFound))
	// Output:
	// Pump 7 by Grundfos for 125000.5 on 2021-04-01
	// warranty_end: "soon" is not a date in a known layout
	// true
}

func ExamplePerCustomer() {
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetAsset("AST-1042", innomainttest.SampleAsset("AST-1042"))

	tenants := innomaint.PerCustomer(func(ctx context.Context, customerID uint64) (*innomaint.Client, error) {
		if customerID != 7 {
			return nil, errors.New("no credentials stored")
		}
		return innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("token of 7")})
	})
	asset, err := tenants.GetAsset(context.Background(), innomaint.AssetRef{CustomerID: 7, AssetID: "AST-1042"})
	fmt.Println(asset.Name, err)
	_, err = tenants.GetAsset(context.Background(), innomaint.AssetRef{CustomerID: 8, AssetID: "AST-1042"})
	fmt.Println(err)
	// Output:
	// Chilled water pump 7 <nil>
	// innomaint: asset "AST-1042": auth: no client for customer 8 (next attempt in a minute): no credentials stored
}

func ExampleBearerToken() {
	fmt.Println(innomaint.BearerToken("the token"))
	// Output: bearer token REDACTED
}

func ExampleAPIKey() {
	fmt.Println(innomaint.APIKey("X-Api-Key", "the key"))
	// Output: API key REDACTED
}

func ExampleLogin() {
	server := innomainttest.NewServer(innomainttest.WithLogin("sync", "the password"))
	defer server.Close()
	server.SetAsset("AST-1042", innomainttest.SampleAsset("AST-1042"))

	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.Login("sync", "the password")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 3 {
		if _, err := client.GetAsset(context.Background(), innomaint.AssetRef{AssetID: "AST-1042"}); err != nil {
			fmt.Println(err)
		}
	}
	fmt.Println(server.LoginCalls(), "login for", server.Calls(), "assets")
	// Output: 1 login for 3 assets
}

func ExampleFieldMap() {
	client, err := innomaint.New(innomaint.Config{
		BaseURL: "https://tenant.example.com",
		Auth:    innomaint.BearerToken("t"),
		Fields: innomaint.FieldMap{
			Name:         []string{"title", "asset_name"},                        // the first with a value
			SerialNumber: []string{`attributes.#(key=="serial").value`},          // any gjson path
			Barcode:      []string{},                                             // not ours to fill
			Model:        innomaint.ReferencePaths{Name: []string{"type.label"}}, // the rest as by default
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	asset, err := client.Decode(innomaint.AssetRef{AssetID: "1"}, []byte(`{"id": 1, "title": "Pump", "barcode": "890",
		"attributes": [{"key": "serial", "value": "SN-9"}], "model_id": 31, "type": {"label": "NB 50"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%q %q %q %+v\n", asset.Name, asset.SerialNumber, asset.Barcode, asset.Model)
	// Output: "Pump" "SN-9" "" {ID:31 Name:NB 50 Code: Email: Phone:}
}

// The defaults are a starting point: here one list is replaced, and another one gets a further path.
func ExampleDefaultFieldMap() {
	fields := innomaint.DefaultFieldMap()
	fields.PurchaseCost = []string{"financials.acquisition_value"}
	fields.SerialNumber = append(fields.SerialNumber, "plate.number")

	client, err := innomaint.New(innomaint.Config{BaseURL: "https://tenant.example.com", Auth: innomaint.BearerToken("t"), Fields: fields})
	if err != nil {
		fmt.Println(err)
		return
	}
	asset, err := client.Decode(innomaint.AssetRef{AssetID: "1"}, []byte(`{"id": 1, "plate": {"number": "SN-9"}, "financials": {"acquisition_value": "1,250.00"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(asset.SerialNumber, asset.PurchaseCost)
	// Output: SN-9 1250
}

// A recorded response is decoded as GetAsset would, without a request.
func ExampleClient_Decode() {
	client, err := innomaint.New(innomaint.Config{BaseURL: "https://tenant.example.com", Auth: innomaint.BearerToken("t")})
	if err != nil {
		fmt.Println(err)
		return
	}
	asset, err := client.Decode(innomaint.AssetRef{AssetID: "AST-1"}, []byte(`{"data": {"id": "AST-1", "asset_name": "Pump"}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(asset.Name)
	_, err = client.Decode(innomaint.AssetRef{AssetID: "AST-2"}, []byte(`{"data": {"id": "AST-1"}}`))
	fmt.Println(errors.Is(err, innomaint.ErrBadResponse))
	// Output:
	// Pump
	// true
}

// Fields that only the host knows, read as tolerantly as the client's own.
func ExampleAsset_Date() {
	asset := innomaint.Asset{Raw: []byte(`{"maintenance": {"next_due": "01-04-2027", "last_done": "soon"}, "hours": "1,250.5", "leased": "Y", "center": " CC-9 "}`)}

	due, ok, err := asset.Date("maintenance.next_due")
	fmt.Println(due, ok, err)
	_, ok, err = asset.Date("maintenance.last_done")
	fmt.Println(ok, err)
	_, ok, err = asset.Date("maintenance.nothing_here")
	fmt.Println(ok, err)
	hours, _, _ := asset.Decimal("hours")
	leased, _, _ := asset.Bool("leased")
	center, _ := asset.Text("center")
	fmt.Println(hours, leased, center)
	// Output:
	// 2027-04-01 true <nil>
	// false maintenance.last_done: "soon" is not a date in a known layout
	// false <nil>
	// 1250.5 true CC-9
}

// A value that the host's own enricher could not use becomes a warning in the log; the rest of the asset is synced.
func ExampleAsset_Warn() {
	asset := innomaint.Asset{ID: "AST-1"}
	asset.Warn(innomaint.Warning{Field: "next_due", Value: "soon", Reason: "is not a date"})
	fmt.Println(asset.Warnings[0], asset.Unreadable("next_due"))
	// Output: next_due: "soon" is not a date true
}

func ExampleClient_Explain() {
	client, err := innomaint.New(innomaint.Config{BaseURL: "https://tenant.example.com", Auth: innomaint.BearerToken("t")})
	if err != nil {
		fmt.Println(err)
		return
	}
	explanation, err := client.Explain(innomaint.AssetRef{AssetID: "1"}, []byte(`{"data": {"id": 1, "title": "Pump", "make": {"name": "Grundfos"}}}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("the asset is at", explanation.Envelope)
	for _, f := range explanation.Fields {
		if f.Path != "" {
			fmt.Printf("%s is %q, from %s\n", f.Field, f.Value, f.At)
		}
	}
	for _, u := range explanation.Unread {
		fmt.Printf("not read: %s: %s\n", u.Path, u.Raw)
	}
	// Output:
	// the asset is at data
	// AssetID is "1", from id
	// Manufacturer.Name is "Grundfos", from make.name
	// not read: title: "Pump"
}

func ExampleDateOf() {
	late := time.Date(2021, time.April, 1, 23, 30, 0, 0, time.FixedZone("IST", 5*3600+1800))
	fmt.Println(innomaint.DateOf(late), innomaint.DateOf(time.Time{}).IsZero())
	// Output: 2021-04-01 true
}

func ExampleParseDecimal() {
	for _, text := range []string{"₹ 1,25,000.50", "1.25e5", "12,50"} {
		fmt.Println(innomaint.ParseDecimal(text))
	}
	// Output:
	// 125000.5 <nil>
	// 125000 <nil>
	//  innomaint: "12,50" is not a decimal number
}
