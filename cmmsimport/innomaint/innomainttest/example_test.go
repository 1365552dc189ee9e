package innomainttest_test

import (
	"context"
	"fmt"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func ExampleNewServer() {
	server := innomainttest.NewServer(innomainttest.WithBearerToken("secret"))
	defer server.Close()
	asset := innomainttest.SampleAsset("AST-1")
	asset["asset_name"] = "Pump 1"
	server.SetAsset("AST-1", asset)

	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("secret")})
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := client.GetAsset(context.Background(), innomaint.AssetRef{AssetID: "AST-1"})
	fmt.Println(got.Name, err)
	// Output: Pump 1 <nil>
}

func ExampleServer_Script() {
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1"))
	server.Script("AST-1", innomainttest.Answer{Status: 503}, innomainttest.Answer{Drop: true}) // then the asset

	client, err := innomaint.New(innomaint.Config{
		BaseURL:   server.URL(),
		Auth:      innomaint.BearerToken("any"),
		RetryWait: time.Millisecond,
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := client.GetAsset(context.Background(), innomaint.AssetRef{AssetID: "AST-1"})
	fmt.Println(got.Name, err, "after", server.CallsFor("AST-1"), "calls")
	// Output: Chilled water pump 7 <nil> after 3 calls
}

func ExampleServer_SetTemplate() {
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetTemplate(func(id string) []byte { // a million assets in no memory
		return fmt.Appendf(nil, `{"asset_id":%q,"asset_name":"Asset %s"}`, id, id)
	})

	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("any")})
	if err != nil {
		fmt.Println(err)
		return
	}
	got, err := client.GetAsset(context.Background(), innomaint.AssetRef{AssetID: "999999"})
	fmt.Println(got.Name, err)
	// Output: Asset 999999 <nil>
}
