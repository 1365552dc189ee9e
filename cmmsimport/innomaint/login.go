package innomaint

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/go-resty/resty/v2"
	"github.com/tidwall/gjson"
)

const (
	loginPath = "/api/v1/auth/login"

	// renewEarly keeps a token from expiring on its way.
	renewEarly = 30 * time.Second
)

// login gets tokens and keeps the last one.
type login struct {
	credentials credentials

	turn  chan struct{} // holds one token: who took it may log in, and change what follows
	token atomic.Pointer[token]

	rejected *Error // the last login's rejection, given out until then
	until    time.Time
}

type token struct {
	value   string
	expires time.Time // zero: when the API says so
}

func newLogin(c credentials) *login {
	return &login{credentials: c, turn: make(chan struct{}, 1)}
}

// get returns a token other than stale that is good for a while: the one at hand, or that of a new login.
func (l *login) get(ctx context.Context, c *Client, ref AssetRef, stale *token) (*token, error) {
	select {
	case l.turn <- struct{}{}:
		defer func() { <-l.turn }()
	case <-ctx.Done():
		return nil, contextError(ctx, ref, nil)
	}
	if t := l.token.Load(); t != nil && t != stale && (t.expires.IsZero() || time.Now().Before(t.expires)) {
		return t, nil
	}
	if l.rejected != nil && time.Now().Before(l.until) {
		return nil, l.rejected.forAsset(ref)
	}
	t, err := l.post(ctx, c, ref)
	var failed *Error
	switch {
	case err == nil:
		l.rejected = nil
		l.token.Store(t)
		return t, nil
	case errors.As(err, &failed) && failed.Kind == KindAuth:
		l.rejected, l.until = failed, time.Now().Add(failureMemory)
	}
	return nil, err
}

// post logs in. What is neither the network's nor the server's trouble, nor the context's end, is a rejection: kind auth.
func (l *login) post(ctx context.Context, c *Client, ref AssetRef) (*token, error) {
	var got *token
	err := c.newExchange(ref).do(ctx, request{
		method: http.MethodPost, url: c.base + loginPath,
		prepare: func(r *resty.Request) {
			r.SetBody(map[string]string{"username": l.credentials.username, "password": l.credentials.password})
		},
		accept: func(body []byte) (failed *Error) {
			got, failed = readToken(body, time.Now())
			return failed
		},
	})

	var failed *Error
	if !errors.As(err, &failed) {
		return got, err
	}
	failed.Tries = 0 // none was for the asset itself
	if failed.Kind.transient() {
		failed.Message = "login failed: " + failed.Message
		return nil, failed
	}
	failed.Kind = KindAuth
	failed.Message = "login rejected (check the credentials; no other login for a minute): " + failed.Message
	return nil, failed
}

// readToken reads the answer of a login.
func readToken(body []byte, now time.Time) (*token, *Error) {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	if looksLikeHTML(bytes.TrimSpace(body)) {
		return nil, badResponse("the answer is an HTML page: check Config.BaseURL")
	}
	if deeper(body, maxDepth) || !gjson.ValidBytes(body) {
		return nil, badResponse("the answer is no JSON")
	}
	answer := gjson.ParseBytes(body)
	if verdict := readVerdict(answer); verdict.denied || verdict.negative() {
		return nil, verdict.failure()
	}
	objects := []gjson.Result{answer}
	for _, key := range envelopeKeys {
		objects = append(objects, answer.Get(key))
	}
	for _, object := range objects {
		value, err := readText(firstOf(object, "token", "access_token", "accessToken"), cleanID)
		if err != nil || !isHeaderValue(value) {
			continue
		}
		t := &token{value: strings.TrimPrefix(value, "Bearer ")}
		if seconds, ok := readSeconds(firstOf(object, "expires_in", "expiresIn")); ok {
			t.expires = now.Add(seconds - min(renewEarly, seconds/2))
		}
		return t, nil
	}
	return nil, badResponse("the answer holds no token")
}

// readSeconds reads a lifetime sent as a number or a text; there is none where it is not positive.
func readSeconds(v gjson.Result) (time.Duration, bool) {
	seconds, ok := parseSeconds(cleanID(asSent(v)))
	return seconds, ok && seconds > 0 && seconds < maxLifetime
}

// maxLifetime bounds what is believed of a token's lifetime: beyond it, the API's 401 will tell.
const maxLifetime = 10 * 365 * 24 * time.Hour

// firstOf returns what stands at the first of the keys that holds more than a placeholder.
func firstOf(object gjson.Result, keys ...string) gjson.Result {
	for _, key := range keys {
		if v := object.Get(key); !isEmpty(v) {
			return v
		}
	}
	return gjson.Result{}
}
