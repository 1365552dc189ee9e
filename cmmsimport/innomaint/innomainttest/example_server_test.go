package innomainttest_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

// fetch asks a fake server for an asset, in the client's default way but for one try, and prints what comes of it.
func fetch(server *innomainttest.Server, auth innomaint.Auth, id string) {
	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: auth, MaxTries: 1})
	if err != nil {
		fmt.Println(err)
		return
	}
	asset, err := client.GetAsset(context.Background(), innomaint.AssetRef{AssetID: id})
	var failed *innomaint.Error
	switch {
	case errors.As(err, &failed):
		fmt.Println(id, "failed:", failed.Kind)
	case err != nil:
		fmt.Println(id, "failed:", err)
	default:
		fmt.Println(id, "is", asset.Name)
	}
}

var anyToken = innomaint.BearerToken("any")

func ExampleWithBearerToken() {
	server := innomainttest.NewServer(innomainttest.WithBearerToken("right"))
	defer server.Close()
	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1"))
	fetch(server, innomaint.BearerToken("right"), "AST-1")
	fetch(server, innomaint.BearerToken("wrong"), "AST-1")
	// Output:
	// AST-1 is Chilled water pump 7
	// AST-1 failed: auth
}

func ExampleWithAPIKey() {
	server := innomainttest.NewServer(innomainttest.WithAPIKey("X-Api-Key", "right"))
	defer server.Close()
	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1"))
	fetch(server, innomaint.APIKey("X-Api-Key", "right"), "AST-1")
	// Output: AST-1 is Chilled water pump 7
}

func ExampleWithLogin() {
	server := innomainttest.NewServer(innomainttest.WithLogin("sync", "password"))
	defer server.Close()
	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1"))
	fetch(server, innomaint.Login("sync", "password"), "AST-1")
	fmt.Println(server.LoginCalls(), "login")
	// Output:
	// AST-1 is Chilled water pump 7
	// 1 login
}

// The tokens run out in mid-run: the client logs in once more.
func ExampleServer_ExpireTokens() {
	server := innomainttest.NewServer(innomainttest.WithLogin("sync", "password"))
	defer server.Close()
	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1"))
	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.Login("sync", "password")})
	if err != nil {
		fmt.Println(err)
		return
	}
	for range 2 {
		_, err := client.GetAsset(context.Background(), innomaint.AssetRef{AssetID: "AST-1"})
		fmt.Println(err)
		server.ExpireTokens()
	}
	fmt.Println(server.LoginCalls(), "logins")
	// Output:
	// <nil>
	// <nil>
	// 2 logins
}

func ExampleServer_ScriptLogin() {
	server := innomainttest.NewServer(innomainttest.WithLogin("sync", "password"))
	defer server.Close()
	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1"))
	server.ScriptLogin(innomainttest.Answer{Status: 503})
	fetch(server, innomaint.Login("sync", "password"), "AST-1")
	fetch(server, innomaint.Login("sync", "password"), "AST-1")
	// Output:
	// AST-1 failed: unavailable
	// AST-1 is Chilled water pump 7
}

func ExampleServer_SetAsset() {
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetAsset("AST-1", `{"success": true, "data": {"id": "AST-1", "name": "Pump"}}`)    // a text as it is
	server.SetAsset("AST-2", map[string]any{"asset_id": "AST-2", "asset_name": "Compressor"}) // or anything as JSON
	fetch(server, anyToken, "AST-1")
	fetch(server, anyToken, "AST-2")
	// Output:
	// AST-1 is Pump
	// AST-2 is Compressor
}

func ExampleServer_RemoveAsset() {
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1"))
	server.RemoveAsset("AST-1")
	fetch(server, anyToken, "AST-1")
	// Output: AST-1 failed: not_found
}

func ExampleSampleAsset() {
	asset := innomainttest.SampleAsset("AST-1")
	asset["asset_name"], asset["vendor"] = "Pump", nil
	text, err := json.Marshal(asset["status"])
	fmt.Println(asset["asset_id"], string(text), err)
	// Output: AST-1 {"id":1,"name":"In service"} <nil>
}

func ExampleServer_ScriptAlways() {
	server := innomainttest.NewServer()
	defer server.Close()
	server.ScriptAlways("AST-1", innomainttest.Answer{Body: "<html>Please log in</html>"})
	fetch(server, anyToken, "AST-1")
	fetch(server, anyToken, "AST-1")
	// Output:
	// AST-1 failed: bad_response
	// AST-1 failed: bad_response
}

// A cassette that the probe recorded; here it is in the code, in a host's test it is a file in testdata.
func ExampleServer_Replay() {
	var cassette innomainttest.Cassette
	err := json.Unmarshal([]byte(`{"answers": [
		{"asset_id": "AST-1", "status": 200, "body": {"result": [{"id": "AST-1", "name": "Pump"}]}},
		{"asset_id": "AST-2", "status": 403, "body": {"message": "no access to this site"}}]}`), &cassette)
	if err != nil {
		fmt.Println(err)
		return
	}
	server := innomainttest.NewServer()
	defer server.Close()
	server.Replay(cassette)
	fetch(server, anyToken, "AST-1")
	fetch(server, anyToken, "AST-2")
	// Output:
	// AST-1 is Pump
	// AST-2 failed: auth
}

// How a test looks at what was asked.
func ExampleServer_Requests() {
	server := innomainttest.NewServer()
	defer server.Close()
	server.SetAsset("AST/1", innomainttest.SampleAsset("AST/1"))
	fetch(server, anyToken, "AST/1")
	fetch(server, anyToken, "AST-2")
	for _, r := range server.Requests() {
		fmt.Println(r.Method, r.Path)
	}
	fmt.Println(server.Calls(), "calls,", server.CallsFor("AST/1"), "of them for AST/1")
	server.Close() // returns when every request has ended
	fmt.Println(server.MaxInFlight(), "at once,", server.InFlight(), "left,", server.LoginCalls(), "logins")
	// Output:
	// AST/1 is Chilled water pump 7
	// AST-2 failed: not_found
	// GET /tenant/innomaint/api/v1/assets/AST%2F1
	// GET /tenant/innomaint/api/v1/assets/AST-2
	// 2 calls, 1 of them for AST/1
	// 1 at once, 0 left, 0 logins
}
