// Package innomaint gets assets from the API of Innomaint, a CMMS, and decodes what real tenants send.
//
//	client, err := innomaint.New(innomaint.Config{
//		BaseURL: "https://tenant.example.com",
//		Auth:    innomaint.BearerToken(os.Getenv("INNOMAINT_TOKEN")),
//	})
//	…
//	asset, err := client.GetAsset(ctx, innomaint.AssetRef{CustomerID: 7, AssetID: "AST-1042"})
//
// Innomaint publishes no API reference that we could find. The contract below is an assumption, what comparable APIs do,
// and each part of it is a setting of [Config]: a host adapts to its tenant by configuration.
//
// # Request
//
// GET {BaseURL}/api/v1/assets/{cmms_asset_id} with Accept: application/json and the credentials of [BearerToken], [APIKey]
// or [Login]. Redirects are followed on the same host with the same scheme only. A client per customer: [PerCustomer].
//
// # Answer
//
// The asset object, alone or in an envelope (data, result, results, payload, object, response), or a list of one.
// "status": "error" or "success": false in an envelope is a failure whatever the HTTP status; an asset's own status is data.
// Where the fields stand says [FieldMap]. Placeholders ("", "-", "NA", "N/A", "null", {}, [], 0000-00-00, 1970-01-01,
// 0001-01-01) are empty. A value that cannot be read is left empty and becomes a [Warning]; only an answer that is not
// the asset asked for fails as a whole. Numbers never pass through a float, and dates are the days as written.
//
// # Errors
//
// An [*Error], with a [Kind] and a sentinel for errors.Is:
//
//	if errors.Is(err, innomaint.ErrNotFound) { … }
//
// A context that was cancelled gives an error that is no *Error and for which errors.Is(err, context.Canceled) holds.
// No error, log line or print of this package carries a token, a key, a password or a query string.
//
// # Retries
//
// Tried again, up to MaxTries in all: 429 and an error answer that says so (rate_limited); every 5xx, no connection or one
// that broke (unavailable); no answer within Timeout (timeout). Nothing else is. The wait is what Retry-After (seconds or
// a date) or X-RateLimit-Reset (seconds or an epoch) ask for, else a random one of up to RetryWait, doubled for each
// further try, never above RetryMaxWait. An answer that asks for a longer wait than RetryMaxWait ends the tries. The end
// of the context ends a wait at once. With [Login], a 401 renews the token and asks once more.
//
// # Testing
//
// Package innomainttest is a fake server for a host's tests.
package innomaint
