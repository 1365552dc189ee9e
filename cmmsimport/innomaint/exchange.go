package innomaint

import (
	"context"
	"log/slog"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
)

// request is what an exchange sends, and how it judges a response.
type request struct {
	method, url string
	prepare     func(*resty.Request)     // adds the credentials or a body; called for each attempt
	accept      func(body []byte) *Error // judges the body of a 2xx response; nil: a success
}

// exchange sends requests for one asset, and counts the attempts.
type exchange struct {
	*Client
	ref                   AssetRef
	attempts, maxAttempts int
	failed                *Error // of the last attempt; nil: it succeeded, or there was none
}

// do sends a request until it succeeds, fails for good, or ctx ends.
func (x *exchange) do(ctx context.Context, r request) error {
	for {
		if err := x.pace(ctx); err != nil {
			return err
		}
		attempt := x.http.R().SetContext(ctx)
		r.prepare(attempt)
		response, err := attempt.Execute(r.method, r.url) // resty reads and closes the body
		switch {
		case err != nil && ctx.Err() != nil: // the caller's doing, not the API's
			return contextError(ctx, x.ref, x.failed)
		case response == nil:
			return &Error{Kind: KindBadResponse, AssetID: x.ref.AssetID, Tries: x.attempts, Err: x.secrets().Cause(err),
				Message: "the request could not be made"}
		}
		x.attempts++
		x.failed = x.judge(r, response, err)
		switch {
		case x.failed == nil:
			return nil
		case !x.failed.retryable():
			return x.failed
		case ctx.Err() != nil:
			return contextError(ctx, x.ref, x.failed)
		case x.attempts >= x.maxAttempts:
			return x.failed
		}
		wait, ok := x.cfg.wait(x.attempts, response.Header(), time.Now())
		if !ok {
			x.failed.Message += "; the API asks for a longer wait than Config.RetryMaxWait"
			return x.failed
		}
		x.cfg.Logger.LogAttrs(ctx, slog.LevelDebug, "innomaint: retrying",
			slog.String("asset_id", x.ref.AssetID), slog.Uint64("customer_id", x.ref.CustomerID),
			slog.String("error", x.failed.Error()), slog.Int("attempts", x.attempts), slog.Duration("wait", wait))
		select {
		case <-ctx.Done():
			return contextError(ctx, x.ref, x.failed)
		case <-time.After(wait):
		}
	}
}

// pace waits for the rate limit. A context that ends before it is the request's turn gets an error at once.
func (x *exchange) pace(ctx context.Context) error {
	if x.limiter == nil || x.limiter.Wait(ctx) == nil {
		return nil
	}
	if ctx.Err() != nil {
		return contextError(ctx, x.ref, x.failed)
	}
	deadline, _ := ctx.Deadline()
	return &Error{Kind: KindTimeout, AssetID: x.ref.AssetID, Tries: x.attempts, Err: context.DeadlineExceeded,
		Message: "Config.RatePerSecond allows no request before the context's deadline in " + time.Until(deadline).String()}
}

// judge returns how an attempt failed, nil for a success.
func (x *exchange) judge(r request, response *resty.Response, err error) (failed *Error) {
	status := response.StatusCode()
	switch {
	case err != nil:
		failed = x.transportFailure(err)
	case status >= 200 && status <= 299:
		failed = r.accept(response.Body())
	default:
		failed = statusFailure(status, response.Body())
	}
	if failed != nil {
		failed.StatusCode, failed.AssetID, failed.Tries = status, x.ref.AssetID, x.attempts
		failed.Message = x.secrets().Text(failed.Message)
	}
	return failed
}

// pathTemplate is Config.AssetPath. Its path and its query are escaped in different ways.
type pathTemplate struct {
	path, query string
	secrets     []string // values of the query whose names say that they are credentials
}

var secretName = regexp.MustCompile(`(?i)key|token|secret|pass|auth|sig`)

func parsePath(s string) *pathTemplate {
	path, query, _ := strings.Cut(s, "?")
	t := &pathTemplate{path: path, query: query}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if secretName.MatchString(name) && !strings.Contains(value, "{") {
			plain, _ := url.QueryUnescape(value) // "" if it is not escaped in the usual way
			t.secrets = append(t.secrets, value, plain)
		}
	}
	return t
}

// fill returns the path, and the query if there is one, for an asset. An escaped value cannot look like a placeholder.
func (t *pathTemplate) fill(ref AssetRef) string {
	segment := url.PathEscape(ref.AssetID)
	if ref.AssetID == "." || ref.AssetID == ".." { // these would be steps in the path
		segment = strings.ReplaceAll(ref.AssetID, ".", "%2E")
	}
	customer := strconv.FormatUint(ref.CustomerID, 10)
	fill := func(template, assetID string) string {
		return strings.ReplaceAll(strings.ReplaceAll(template, assetIDPlaceholder, assetID), customerIDPlaceholder, customer)
	}
	if t.query == "" {
		return fill(t.path, segment)
	}
	return fill(t.path, segment) + "?" + fill(t.query, url.QueryEscape(ref.AssetID))
}
