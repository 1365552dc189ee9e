package innomaint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// Client gets assets from one tenant's API. It is safe for concurrent use and starts no goroutine of its own.
// It prints as its address and auth scheme, without secrets.
type Client struct {
	cfg     Config // with its defaults
	http    *resty.Client
	path    *pathTemplate
	login   *memo[token]  // nil with other schemes
	limiter *rate.Limiter // nil: no limit
	decoder decoder
}

// New returns a client for cfg. The error lists every problem of cfg. New makes no request.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	plan, pathErr := compile(assetFields, cfg.Fields)
	if err := errors.Join(cfg.validate(), pathErr); err != nil {
		return nil, err
	}
	dates := &dateReader{cfg.DateLayouts, cfg.Location}
	c := &Client{cfg: cfg, http: newTransport(cfg), path: parsePath(cfg.AssetPath), decoder: decoder{plan, dates}}
	if cfg.Auth.credentials().header == "" {
		c.login = newMemo[token]()
	}
	if cfg.RatePerSecond > 0 {
		c.limiter = rate.NewLimiter(rate.Limit(cfg.RatePerSecond), 1)
	}
	return c, nil
}

// newTransport returns a resty client for single requests. It has neither retries nor a rate limit: see exchange.
func newTransport(cfg Config) *resty.Client {
	var httpClient http.Client
	if cfg.HTTPClient != nil {
		httpClient = *cfg.HTTPClient
	}
	httpClient.Timeout = cfg.Timeout
	httpClient.CheckRedirect = checkRedirect
	return resty.NewWithClient(&httpClient).
		SetLogger(silentLogger{}).
		SetHeader("Accept", "application/json").
		SetHeader("User-Agent", cfg.UserAgent).
		SetResponseBodyLimit(int(cfg.MaxBodyBytes))
}

// GetAsset gets one asset. Every failure of the API is an [*Error]. After a cancellation, errors.Is(err, context.Canceled)
// holds; after a deadline, the error is of kind timeout and errors.Is(err, context.DeadlineExceeded) holds. Values of the
// response that could not be read are in the asset's Warnings.
func (c *Client) GetAsset(ctx context.Context, ref AssetRef) (*Asset, error) {
	if ref.AssetID = cleanID(ref.AssetID); ref.AssetID == "" {
		return nil, &Error{Kind: KindInvalidData, Message: "there is no asset id to request: the row's cmms_asset_id is empty"}
	}
	if ctx.Err() != nil {
		return nil, contextError(ctx, ref, nil)
	}
	var asset *Asset
	x := &exchange{Client: c, ref: ref, maxAttempts: c.cfg.MaxTries}
	accept := func(body []byte) (failed *Error) {
		asset, failed = c.decoder.decode(ref, body)
		return failed
	}
	used, err := x.get(ctx, accept, nil)
	if used != nil && x.failed.renewable() {
		x.maxAttempts++ // the attempt with the new token is an extra one
		_, err = x.get(ctx, accept, used)
	}
	if err != nil {
		return nil, err
	}
	return asset, nil
}

// get requests the asset. With a login it returns the token that it used, which is another one than stale.
func (x *exchange) get(ctx context.Context, accept func([]byte) *Error, stale *token) (used *token, err error) {
	credentials := x.cfg.Auth.credentials()
	if x.login != nil {
		if used, err = x.token(ctx, x.ref, stale); err != nil {
			return nil, err
		}
		credentials = BearerToken(used.value).credentials()
	}
	return used, x.do(ctx, request{
		method: http.MethodGet, url: x.cfg.BaseURL + x.path.fill(x.ref), accept: accept,
		prepare: func(r *resty.Request) { r.SetHeader(credentials.header, credentials.value) },
	})
}

// Decode decodes a response body as GetAsset does, without a request: for tests, and for fitting [Config.Fields].
func (c *Client) Decode(ref AssetRef, body []byte) (*Asset, error) {
	ref.AssetID = cleanID(ref.AssetID)
	asset, failed := c.decoder.decode(ref, body)
	return asset, c.decodeError(ref, failed)
}

// decodeError completes the reason why a body could not be decoded; nil for nil.
func (c *Client) decodeError(ref AssetRef, failed *Error) error {
	if failed == nil {
		return nil
	}
	failed.AssetID, failed.Message = ref.AssetID, c.secrets().Text(failed.Message)
	return failed
}

// secrets returns what must not appear in a text; with a login, the current token too.
func (c *Client) secrets() redact.Secrets {
	values := append(c.cfg.Auth.credentials().secrets(), c.path.secrets...)
	if c.login != nil {
		if t := c.login.value.Load(); t != nil {
			values = append(values, t.value)
		}
	}
	return redact.Known(values...)
}

// String returns the address and the auth scheme.
func (c Client) String() string { return "innomaint.Client for " + c.cfg.String() }

// Format implements [fmt.Formatter]: as String, for every verb.
func (c Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue implements [slog.LogValuer]: as String.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

// silentLogger drops what resty would print, secrets included: the calls return the same as errors.
type silentLogger struct{}

func (silentLogger) Errorf(string, ...any) {}
func (silentLogger) Warnf(string, ...any)  {}
func (silentLogger) Debugf(string, ...any) {}
