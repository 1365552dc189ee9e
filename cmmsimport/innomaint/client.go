package innomaint

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/go-resty/resty/v2"
	"golang.org/x/time/rate"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// Client gets assets from one tenant's API. It is safe for concurrent use, and starts no goroutine of its own.
// It prints as its address and auth scheme, never with a secret.
type Client struct {
	label string // for String

	http    *resty.Client
	base    string
	path    *pathTemplate
	auth    Auth
	login   *login // nil with other schemes
	limiter *rate.Limiter
	pause   pause
	decoder decoder
	log     *slog.Logger

	timeout      time.Duration
	maxTries     int
	maxBodyBytes int64
}

// New returns a client for cfg, or every problem of cfg in one error. It makes no request.
func New(cfg Config) (*Client, error) {
	cfg = cfg.withDefaults()
	plan, pathErr := compile(cfg.Fields)
	if err := errors.Join(cfg.validate(), pathErr); err != nil {
		return nil, err
	}
	c := &Client{
		label:        "innomaint.Client for " + cfg.String(),
		base:         cfg.BaseURL,
		path:         parsePath(cfg.AssetPath),
		auth:         cfg.Auth,
		pause:        pause{cfg.RetryWait, cfg.RetryMaxWait},
		decoder:      decoder{plan, &dateReader{cfg.DateLayouts, cfg.Location}},
		log:          cfg.Logger,
		timeout:      cfg.Timeout,
		maxTries:     cfg.MaxTries,
		maxBodyBytes: cfg.MaxBodyBytes,
	}
	if credentials := c.auth.credentials(); credentials.header == "" {
		c.login = newLogin(credentials)
	}
	if cfg.RatePerSecond > 0 {
		c.limiter = rate.NewLimiter(rate.Limit(cfg.RatePerSecond), 1)
	}
	c.http = c.newTransport(cfg)
	return c, nil
}

// newTransport sets resty up: its own retry rules are replaced by those of exchange.
func (c *Client) newTransport(cfg Config) *resty.Client {
	var httpClient http.Client
	if cfg.HTTPClient != nil {
		httpClient = *cfg.HTTPClient
	}
	httpClient.Timeout = c.timeout
	httpClient.CheckRedirect = checkRedirect
	return resty.NewWithClient(&httpClient).
		SetLogger(silence{}).
		SetHeader("Accept", "application/json").
		SetHeader("User-Agent", cfg.UserAgent).
		SetResponseBodyLimit(int(c.maxBodyBytes)).
		SetRetryCount(c.maxTries). // never reached: exchange.judge stops before
		SetRetryWaitTime(0).
		SetRetryMaxWaitTime(c.pause.longest).
		SetRetryAfter(nextWait).
		OnBeforeRequest(func(_ *resty.Client, request *resty.Request) error {
			if c.limiter == nil {
				return nil
			}
			return c.limiter.Wait(request.Context())
		})
}

// GetAsset gets one asset. Every failure of the API is an [*Error]; a cancelled ctx gives an error for which
// errors.Is(err, context.Canceled) holds, and a deadline one of kind timeout for which errors.Is(err,
// context.DeadlineExceeded) holds as well. What single values of the answer could not be read is in the asset's Warnings.
func (c *Client) GetAsset(ctx context.Context, ref AssetRef) (*Asset, error) {
	if ref.AssetID = cleanID(ref.AssetID); ref.AssetID == "" {
		return nil, &Error{Kind: KindInvalidData, Message: "no asset id to ask for: the row's cmms_asset_id is empty"}
	}
	if ctx.Err() != nil {
		return nil, contextError(ctx, ref, nil)
	}
	var asset *Asset
	x := c.exchange(ref, func(body []byte) (failed *Error) {
		asset, failed = c.decoder.decode(ref, body)
		return failed
	})
	used, err := c.getOnce(ctx, x, nil)
	if used != nil && x.failure != nil && x.failure.renewable() {
		x.maxTries++ // the try with the renewed token is none of the usual ones
		_, err = c.getOnce(ctx, x, used)
	}
	if err != nil {
		return nil, err
	}
	return asset, nil
}

// getOnce asks for the asset with a token other than stale, which it returns, where tokens come from logins.
func (c *Client) getOnce(ctx context.Context, x *exchange, stale *token) (used *token, err error) {
	credentials := c.auth.credentials()
	header, value := credentials.header, credentials.value
	if c.login != nil {
		if used, err = c.login.get(ctx, c, x.ref, stale); err != nil {
			return nil, err
		}
		header, value = "Authorization", bearer(used.value)
	}
	request := x.request(ctx).SetHeader(header, value)
	return used, x.run(request, http.MethodGet, c.base+c.path.fill(x.ref))
}

// Decode decodes an answer's body as GetAsset does, without a request: for tests and for looking at what a tenant sends.
func (c *Client) Decode(ref AssetRef, body []byte) (*Asset, error) {
	ref.AssetID = cleanID(ref.AssetID)
	asset, failed := c.decoder.decode(ref, body)
	return asset, c.undecoded(ref, failed)
}

// undecoded makes an error of why a body could not be decoded; nil of nil.
func (c *Client) undecoded(ref AssetRef, failed *Error) error {
	if failed == nil {
		return nil
	}
	failed.AssetID, failed.Message = ref.AssetID, c.redactor().Text(failed.Message)
	return failed
}

// redactor knows the secrets of now: the last login's token is one of them.
func (c *Client) redactor() redact.Secrets {
	secrets := append(c.auth.credentials().secrets(), c.path.secrets...)
	if c.login != nil {
		if t := c.login.token.Load(); t != nil {
			secrets = append(secrets, t.value)
		}
	}
	return redact.Known(secrets...)
}

// String names the address and the auth scheme.
func (c Client) String() string { return c.label }

// Format implements [fmt.Formatter]: String under every verb.
func (c Client) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue implements [slog.LogValuer]: as String.
func (c Client) LogValue() slog.Value { return slog.StringValue(c.String()) }

// silence is resty's logger. What it would print, secrets and all, comes back from the calls as errors.
type silence struct{}

func (silence) Errorf(string, ...any) {}
func (silence) Warnf(string, ...any)  {}
func (silence) Debugf(string, ...any) {}
