package innomaint

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/go-resty/resty/v2"
	"github.com/tidwall/gjson"
)

// Kind is the kind of failure of an [Error]. Its text is stored in the sync log (error_kind).
type Kind string

// The kinds of failure. Auth, rate_limited, unavailable and timeout are systemic: the next asset would likely fail too.
const (
	KindNotFound    Kind = "not_found"    // 404, 410, an empty response, or an error response that says so
	KindAuth        Kind = "auth"         // 403, 401 (after one renewal of a login's token), a rejected login
	KindRateLimited Kind = "rate_limited" // 429, or an error response that says so
	KindUnavailable Kind = "unavailable"  // 5xx, no connection, a broken one, or an untrusted certificate (not retried)
	KindTimeout     Kind = "timeout"      // no response within Config.Timeout or the context's deadline
	KindBadResponse Kind = "bad_response" // another 4xx, a response that is no asset, another asset, a redirect elsewhere
	KindInvalidData Kind = "invalid_data" // the asset in the response has no usable id
)

// The sentinels of the kinds, for errors.Is. [Client.GetAsset], [Client.Decode] and [Tenants.GetAsset] return them
// inside an [*Error].
var (
	ErrNotFound    = errors.New("innomaint: asset not found")
	ErrAuth        = errors.New("innomaint: not authorized")
	ErrRateLimited = errors.New("innomaint: rate limited")
	ErrUnavailable = errors.New("innomaint: API unavailable")
	ErrTimeout     = errors.New("innomaint: no response in time")
	ErrBadResponse = errors.New("innomaint: unusable response")
	ErrInvalidData = errors.New("innomaint: invalid asset data")
)

var sentinels = map[Kind]error{
	KindNotFound: ErrNotFound, KindAuth: ErrAuth, KindRateLimited: ErrRateLimited, KindUnavailable: ErrUnavailable,
	KindTimeout: ErrTimeout, KindBadResponse: ErrBadResponse, KindInvalidData: ErrInvalidData,
}

// Error is a failure to get one asset. Its text contains no token, key, password or query string.
type Error struct {
	Kind       Kind
	StatusCode int    // of the last response; 0 if there was none
	AssetID    string // the asset that was requested
	Message    string // what happened and, if there is something to do, what to do
	Tries      int    // requests made for the asset itself, without logins; 0 if none was made
	Err        error  // the cause, if there is one

	permanent bool // not retried, although other failures of this kind are
}

// Error returns one line that names the asset, the kind and what happened.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString("innomaint: ")
	if e.AssetID != "" {
		fmt.Fprintf(&b, "asset %q: ", shorten(e.AssetID, 100))
	}
	b.WriteString(string(e.Kind))
	if e.StatusCode != 0 {
		fmt.Fprintf(&b, " (HTTP %d)", e.StatusCode)
	}
	if e.Message != "" {
		b.WriteString(": " + e.Message)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Tries > 1 {
		fmt.Fprintf(&b, " (after %d attempts)", e.Tries)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the sentinel of the error's kind.
func (e *Error) Is(target error) bool { return target != nil && target == sentinels[e.Kind] }

// contextError returns the error of a call whose context ended. A deadline is a failure of kind timeout. A cancellation is
// not the API's failure, and so not an [*Error]. last is the failure that the call was retrying; it may be nil.
func contextError(ctx context.Context, ref AssetRef, last *Error) error {
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("innomaint: asset %q: %w", shorten(ref.AssetID, 100), ctx.Err())
	}
	timeout := &Error{Kind: KindTimeout, AssetID: ref.AssetID, Message: "the context's deadline passed", Err: ctx.Err()}
	if last != nil {
		timeout.StatusCode, timeout.Tries = last.StatusCode, last.Tries
		timeout.Message += "; the last attempt ended with " + string(last.Kind)
	}
	return timeout
}

const (
	maxServerMessage = 300 // characters of the server's message that an error quotes
	maxRedirects     = 10
)

func badResponse(message string) *Error { return &Error{Kind: KindBadResponse, Message: message} }

// kindOfStatus returns the kind of an HTTP status that is not a success.
func kindOfStatus(status int) Kind {
	switch {
	case status == http.StatusNotFound || status == http.StatusGone:
		return KindNotFound
	case status == http.StatusUnauthorized || status == http.StatusForbidden:
		return KindAuth
	case status == http.StatusTooManyRequests:
		return KindRateLimited
	case status >= 500:
		return KindUnavailable
	}
	return KindBadResponse
}

// transportFailure returns the failure of an attempt without a complete response.
func (c *Client) transportFailure(err error) *Error {
	cause := c.secrets().Cause(err)
	var corrupt flate.CorruptInputError
	var elsewhere *redirectError
	var network net.Error
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(err, resty.ErrResponseBodyTooLarge):
		return badResponse(fmt.Sprintf("the response is longer than %d bytes (Config.MaxBodyBytes)", c.cfg.MaxBodyBytes))
	case errors.As(err, &elsewhere):
		return badResponse(elsewhere.Error())
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return &Error{Kind: KindBadResponse, Message: "the response cannot be decompressed", Err: cause}
	case errors.As(err, &untrusted):
		return &Error{Kind: KindUnavailable, Err: cause, permanent: true, Message: "the API's certificate is not trusted, so nothing " +
			"was sent: have it renewed, check Config.BaseURL, or give Config.HTTPClient the right roots"}
	case errors.As(err, &network) && network.Timeout():
		return &Error{Kind: KindTimeout, Message: fmt.Sprintf("no response within %v (Config.Timeout)", c.cfg.Timeout), Err: cause}
	}
	return &Error{Kind: KindUnavailable, Message: "no connection to the API, or it broke", Err: cause}
}

// statusFailure returns the failure of a response whose status is not a success. The status determines the kind, whatever
// the body says.
func statusFailure(status int, body []byte) *Error {
	kind := kindOfStatus(status)
	message := map[Kind]string{
		KindNotFound:    "the API has no such asset: correct the row's cmms_asset_id, or unlink it",
		KindAuth:        "the API refuses the credentials; check Config.Auth and what it may read",
		KindRateLimited: "the API asks to slow down: set Config.RatePerSecond",
		KindUnavailable: "the API has a problem: run again later",
		KindBadResponse: "the API refuses the request: check Config.BaseURL and AssetPath",
	}[kind]
	if said := serverText(body); said != "" {
		message += "; it says: " + said
	}
	return &Error{Kind: kind, Message: message}
}

// serverText returns what the body of an error response says, shortened: its messages, a plain text, or that it is a page.
func serverText(body []byte) string {
	body = trimBody(body)
	switch {
	case looksLikeHTML(body):
		return "(an HTML page, so Config.BaseURL or AssetPath may be wrong)"
	case !deeper(body, maxDepth) && gjson.ValidBytes(body):
		status := readAPIStatus(gjson.ParseBytes(body))
		return shorten(status.message(), maxServerMessage)
	case utf8.Valid(body):
		return shorten(strings.Join(strings.Fields(string(body)), " "), maxServerMessage)
	}
	return ""
}

// trimBody removes the white space around a body, and a byte-order mark.
func trimBody(body []byte) []byte {
	return bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
}

func looksLikeHTML(body []byte) bool { return len(body) > 0 && body[0] == '<' }

// redirectError says why a redirect is not followed. Its text has neither path nor query.
type redirectError struct{ text string }

func (e *redirectError) Error() string { return e.text }

// checkRedirect follows redirects on the same host with the same scheme only: the credentials travel with them.
func checkRedirect(request *http.Request, via []*http.Request) error {
	from, to := via[0].URL, request.URL
	switch {
	case from.Scheme != to.Scheme || !strings.EqualFold(from.Host, to.Host):
		return &redirectError{fmt.Sprintf("the API redirects to %s://%s, where the credentials must not go: check Config.BaseURL",
			to.Scheme, to.Host)}
	case len(via) > maxRedirects:
		return &redirectError{fmt.Sprintf("more than %d redirects", maxRedirects)}
	}
	return nil
}
