package innomaint

import (
	"context"
	"log/slog"
	"math"
	"math/rand/v2"
	"net/http"
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

// retryable is the retry predicate: it reports whether the failure may pass by itself within seconds.
func (e *Error) retryable() bool { return e.Kind.transient() && !e.permanent }

func (k Kind) transient() bool {
	return k == KindRateLimited || k == KindUnavailable || k == KindTimeout
}

// renewable reports whether a new token may help: the credentials were not accepted, as opposed to not allowed.
func (e *Error) renewable() bool {
	return e != nil && e.Kind == KindAuth && e.StatusCode != http.StatusForbidden
}

// wait returns the wait after the given number of attempts: what the response asks for, else a random one of up to
// RetryWait, doubled for each further attempt and never above RetryMaxWait (exponential backoff with full jitter).
// ok is false if the response asks for more: then there is no further attempt.
func (c *Config) wait(attempts int, header http.Header, now time.Time) (wait time.Duration, ok bool) {
	if asked, ok := retryAfter(header, now); ok {
		return asked, asked <= c.RetryMaxWait
	}
	bound := c.RetryWait
	for range attempts - 1 {
		if bound >= c.RetryMaxWait/2 {
			bound = c.RetryMaxWait
			break
		}
		bound *= 2
	}
	return rand.N(bound), true
}

// retryAfter returns the wait that a response asks for: Retry-After in seconds or as a date (RFC 9110, 10.2.3), else
// X-RateLimit-Reset in seconds or as an epoch. A negative, past or unreadable value asks for nothing.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if wait, ok := parseSeconds(value); ok {
		return wait, true
	}
	// Dates are on the API's own clock, which may be years off ours.
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
	if date, err := http.ParseTime(value); err == nil && !date.Before(now) {
		return date.Sub(now), true
	}
	for _, name := range [...]string{"X-RateLimit-Reset", "RateLimit-Reset"} {
		reset, ok := parseSeconds(strings.TrimSpace(header.Get(name)))
		if !ok {
			continue
		}
		if reset < earliestEpoch {
			return reset, true
		}
		if until := reset - time.Duration(now.Unix())*time.Second; until >= 0 {
			return until, true
		}
	}
	return 0, false
}

// earliestEpoch distinguishes an epoch (September 2001 or later) from a number of seconds to wait.
const earliestEpoch = 1_000_000_000 * time.Second

var seconds = regexp.MustCompile(`^[0-9]+(?:\.[0-9]*)?$`)

// parseSeconds reads a number of seconds and rounds it up to a whole one. A number too large for a Duration becomes the
// longest one.
func parseSeconds(s string) (time.Duration, bool) {
	if !seconds.MatchString(s) {
		return 0, false
	}
	number, _ := strconv.ParseFloat(s, 64) // infinite if out of range
	return time.Duration(min(math.Ceil(number), float64(math.MaxInt64/int64(time.Second)))) * time.Second, true
}
