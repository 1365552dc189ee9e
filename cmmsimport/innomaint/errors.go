package innomaint

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// Kind says what sort of failure an [Error] is. The texts are stored in the sync log (error_kind).
type Kind string

// The kinds of failure. Auth, rate_limited, unavailable and timeout are systemic: the next asset would likely fail too.
const (
	KindNotFound    Kind = "not_found"    // 404, 410, an empty answer, or an error answer that says so
	KindAuth        Kind = "auth"         // 403, 401 (after one renewal of a login's token), a rejected login
	KindRateLimited Kind = "rate_limited" // 429, or an error answer that says so
	KindUnavailable Kind = "unavailable"  // 5xx, or no connection, one that broke, or a bad certificate (not tried again)
	KindTimeout     Kind = "timeout"      // no answer within Config.Timeout or the context's deadline
	KindBadResponse Kind = "bad_response" // another 4xx, an answer that is no asset, another asset, a redirect elsewhere
	KindInvalidData Kind = "invalid_data" // the asset in the answer has no usable id
)

// The sentinels of the kinds, for errors.Is. [Client.GetAsset], [Client.Decode] and [Tenants.GetAsset] return them
// inside an [*Error].
var (
	ErrNotFound    = errors.New("innomaint: asset not found")
	ErrAuth        = errors.New("innomaint: not authorised")
	ErrRateLimited = errors.New("innomaint: rate limited")
	ErrUnavailable = errors.New("innomaint: API unavailable")
	ErrTimeout     = errors.New("innomaint: no answer in time")
	ErrBadResponse = errors.New("innomaint: unusable answer")
	ErrInvalidData = errors.New("innomaint: invalid asset data")
)

// Error is a failure to get one asset. Its text carries no token, key, password or query string.
type Error struct {
	Kind       Kind
	StatusCode int    // of the last answer; 0 where there was none
	AssetID    string // the asset that was asked for
	Message    string // what happened and, where there is something to do, what to do
	Tries      int    // requests made for the asset itself, without logins; 0 where none was made
	Err        error  // the cause, where there is one

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
		fmt.Fprintf(&b, " (after %d tries)", e.Tries)
	}
	return b.String()
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Is reports whether target is the sentinel of the error's kind.
func (e *Error) Is(target error) bool {
	switch e.Kind {
	case KindNotFound:
		return target == ErrNotFound
	case KindAuth:
		return target == ErrAuth
	case KindRateLimited:
		return target == ErrRateLimited
	case KindUnavailable:
		return target == ErrUnavailable
	case KindTimeout:
		return target == ErrTimeout
	case KindBadResponse:
		return target == ErrBadResponse
	case KindInvalidData:
		return target == ErrInvalidData
	}
	return false
}

// forAsset returns a copy of a remembered failure for another asset; this one made no request.
func (e *Error) forAsset(ref AssetRef) *Error {
	again := *e
	again.AssetID, again.Tries = ref.AssetID, 0
	return &again
}

// contextError is what a call returns whose context ended. A deadline is a failure of kind timeout; a cancellation is no
// failure of the API, so it is no [*Error]. last, which may be nil, is what the call was trying again after.
func contextError(ctx context.Context, ref AssetRef, last *Error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		timeout := &Error{Kind: KindTimeout, AssetID: ref.AssetID, Message: "the context's deadline passed", Err: ctx.Err()}
		if last != nil {
			timeout.StatusCode, timeout.Tries = last.StatusCode, last.Tries
			timeout.Message += "; the last try ended with " + string(last.Kind)
		}
		return timeout
	}
	return fmt.Errorf("innomaint: asset %q: %w", shorten(ref.AssetID, 100), ctx.Err())
}
