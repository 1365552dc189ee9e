package innomaint

import (
	"net/http"
	"strings"
)

const maxServerMessage = 300 // characters of what the server says that an error repeats

// kindOfStatus returns the kind of an HTTP status that is no success.
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

// failure returns the error that an answer's own verdict amounts to: by its code where it has one, else by what its
// message clearly says.
func (v verdict) failure() *Error {
	kind := KindBadResponse
	if v.code != 0 {
		kind = kindOfStatus(v.code)
	}
	if kind == KindBadResponse {
		kind = kindOfMessage(v.message())
	}
	message := "the API answered with an error"
	if said := v.message(); said != "" {
		message += ": " + said
	}
	return &Error{Kind: kind, Message: message}
}

// messageKinds are the words by which an error answer says what it is, tried in this order.
var messageKinds = [...]struct {
	kind  Kind
	words []string
}{
	{KindRateLimited, []string{"too many requests", "rate limit", "rate-limit", "ratelimit", "throttl", "quota exceeded"}},
	{KindAuth, []string{
		"unauthor", "not authori", "unauthenticated", "not authenticated", "authentication failed", "forbidden",
		"access denied", "permission denied", "token expired", "token has expired", "expired token", "token is expired",
		"invalid token", "token invalid", "token is invalid", "token not found", "session expired", "session has expired",
		"login required", "invalid api key", "invalid credentials",
	}},
	{KindNotFound, []string{
		"not found", "does not exist", "doesn't exist", "no such", "no asset", "no record", "no data found", "unknown asset",
	}},
}

func kindOfMessage(message string) Kind {
	message = strings.ToLower(message)
	for _, known := range messageKinds {
		for _, word := range known.words {
			if strings.Contains(message, word) {
				return known.kind
			}
		}
	}
	return KindBadResponse
}

func badResponse(message string) *Error { return &Error{Kind: KindBadResponse, Message: message} }

func looksLikeHTML(body []byte) bool { return len(body) > 0 && body[0] == '<' }
