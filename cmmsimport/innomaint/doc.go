// Package innomaint gets assets from the API of Innomaint, a CMMS, and decodes what real tenants send.
//
//	client, err := innomaint.New(innomaint.Config{
//		BaseURL: "https://tenant.example.com",
//		Auth:    innomaint.BearerToken(os.Getenv("INNOMAINT_TOKEN")),
//	})
//	…
//	asset, err := client.GetAsset(ctx, innomaint.AssetRef{CustomerID: 7, AssetID: "AST-1042"})
//
// [PerCustomer] keeps one client for each customer. [Client.Explain] shows how a response was read, for fitting
// [Config.Fields] to a tenant.
//
// # Request and response
//
// Innomaint publishes no API reference that we could find. The contract below is an assumption, and each part of it is a
// setting of [Config]: a host adapts to its tenant by configuration.
//
// The request is GET {BaseURL}/api/v1/assets/{cmms_asset_id} with Accept: application/json and the credentials of
// [BearerToken], [APIKey] or [Login]. Redirects are followed only on the same host with the same scheme.
//
// The response is the asset object, alone, in an envelope (data, result, results, payload, object, response), or as a list
// of one. "status": "error" or "success": false in an envelope is a failure, whatever the HTTP status. An asset's own status
// is data. [FieldMap] says where the fields are.
//
// # Guarantees
//
//   - An asset is returned only if the response has the id that was requested (unless Fields.AssetID is switched off).
//   - A value that cannot be read is left empty and becomes a [Warning]; the rest of the asset is decoded.
//   - Placeholders ("", "-", "NA", "N/A", "null", {}, [], 0000-00-00, 1970-01-01, 0001-01-01) are empty, without a warning.
//   - Numbers never pass through a float. Dates are the days as written, whatever the zone. Texts are never cut.
//   - No error, log line or print of this package contains a token, a key, a password or a query string.
//   - No goroutine is started, and one call has at most one request in flight.
//
// # Errors
//
// A failure is an [*Error] with a [Kind], and matches the sentinel of its kind:
//
//	if errors.Is(err, innomaint.ErrNotFound) { … }    // 404, 410, an empty response
//	if errors.Is(err, innomaint.ErrAuth) { … }        // 401, 403, a rejected login
//	if errors.Is(err, innomaint.ErrRateLimited) { … } // 429
//	if errors.Is(err, innomaint.ErrUnavailable) { … } // 5xx, no connection
//	if errors.Is(err, innomaint.ErrTimeout) { … }     // Config.Timeout, or the context's deadline
//	if errors.Is(err, innomaint.ErrBadResponse) { … } // another 4xx, not an asset, another asset
//	if errors.Is(err, innomaint.ErrInvalidData) { … } // no usable id
//
// A canceled context gives an error that is not an *Error; errors.Is(err, context.Canceled) holds.
//
// # Retries and pacing
//
// These failures are retried, up to MaxTries attempts in all, and no others:
//
//   - rate_limited: 429, or an error response that says so
//   - unavailable: any 5xx, no connection, or one that broke (but not an untrusted certificate)
//   - timeout: no response within Timeout
//
// The wait is what Retry-After (seconds or a date) or X-RateLimit-Reset (seconds or an epoch) asks for, else a random one of
// up to RetryWait, doubled for each further attempt and never above RetryMaxWait. A response that asks for a longer wait than
// RetryMaxWait ends the attempts. The end of the context ends a wait at once. With [Login], a 401 renews the token once, for
// one extra attempt. RatePerSecond paces all requests, retries and logins included.
//
// # Testing
//
// Package innomainttest is a fake server: real HTTP to the real client. [Client.Decode] decodes a recorded response.
package innomaint
