package innomaint

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
