// Package innomainttest is a fake Innomaint server for tests: a real HTTP server on 127.0.0.1 that a real
// innomaint.Client talks to.
//
//	server := innomainttest.NewServer(innomainttest.WithBearerToken("secret"))
//	defer server.Close()
//	server.SetAsset("AST-1", innomainttest.SampleAsset("AST-1"))
//	server.Script("AST-1", innomainttest.Answer{Status: 503}) // first call; the asset itself from the second on
//	client, err := innomaint.New(innomaint.Config{BaseURL: server.URL(), Auth: innomaint.BearerToken("secret")})
//
// Responses of a real tenant, recorded with the probe in examples, are a [Cassette] to replay: [Server.Replay].
//
// # Where it differs from a tenant
//
//   - It speaks the contract that the client assumes by default, and no other part of Innomaint's API: GET
//     /api/v1/assets/{id} and POST /api/v1/auth/login, below a base path, so that a client which forgets the path of its
//     BaseURL gets 404.
//   - Auth is checked first: a call with wrong credentials gets 401 and uses up no scripted response.
//   - There are no customers: a test of several tenants starts a server for each.
//   - Nothing is compressed and nothing is limited in rate, unless a scripted [Answer] says so.
//   - [Answer].Drop sends a status line, without the header's end, before it closes the connection: an unexpected EOF. After
//     no byte at all, net/http repeats a GET by itself on a connection that it used before, and would use up the script's
//     next response.
//
// The package does not import testing or net/http/httptest, so a host may also run it outside tests.
package innomainttest
