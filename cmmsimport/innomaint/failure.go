package innomaint

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
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
