package innomaint

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/go-resty/resty/v2"
	"github.com/tidwall/gjson"
)

const (
	loginPath   = "/api/v1/auth/login"
	renewEarly  = 30 * time.Second          // so that a token does not expire on its way
	maxLifetime = 10 * 365 * 24 * time.Hour // a longer lifetime of a token is not believed: the API's 401 will tell
)

// token is what a login returned.
type token struct {
	value   string
	expires time.Time // zero: unknown
}

// token returns a token other than stale that has not expired: the last one, or that of a new login.
func (c *Client) token(ctx context.Context, ref AssetRef, stale *token) (*token, error) {
	usable := func(t *token) bool { return t != stale && (t.expires.IsZero() || time.Now().Before(t.expires)) }
	return c.login.get(ctx, ref, usable, func() (*token, *Error, error) { return c.logIn(ctx, ref) })
}

// logIn logs in. A failure of the network, the server or the context is err; any other one is rejected, of kind auth.
func (c *Client) logIn(ctx context.Context, ref AssetRef) (got *token, rejected *Error, err error) {
	credentials := c.cfg.Auth.credentials()
	x := &exchange{Client: c, ref: ref, maxAttempts: c.cfg.MaxTries}
	err = x.do(ctx, request{
		method: http.MethodPost, url: c.cfg.BaseURL + loginPath,
		prepare: func(r *resty.Request) {
			r.SetBody(map[string]string{"username": credentials.username, "password": credentials.password})
		},
		accept: func(body []byte) (failed *Error) {
			got, failed = readToken(body, time.Now())
			return failed
		},
	})
	var failed *Error
	if !errors.As(err, &failed) {
		return got, nil, err
	}
	failed.Tries = 0 // none was for the asset itself
	if failed.Kind.transient() {
		failed.Message = "login failed: " + failed.Message
		return nil, nil, failed
	}
	failed.Kind = KindAuth
	failed.Message = "login rejected (check the credentials; the next login is in a minute): " + failed.Message
	return nil, failed, nil
}

// readToken reads the response of a login.
func readToken(body []byte, now time.Time) (*token, *Error) {
	response, failed := parseBody(body)
	if failed != nil {
		return nil, failed
	}
	if status := readAPIStatus(response); status.denied || status.negative() {
		return nil, status.failure()
	}
	objects := []gjson.Result{response}
	for _, key := range envelopeKeys {
		objects = append(objects, response.Get(key))
	}
	for _, object := range objects {
		value, err := readText(firstOf(object, "token", "access_token", "accessToken"), cleanID)
		if err != nil || !isHeaderValue(value) {
			continue
		}
		t := &token{value: strings.TrimPrefix(value, "Bearer ")}
		lifetime, ok := parseSeconds(cleanID(asSent(firstOf(object, "expires_in", "expiresIn"))))
		if ok && lifetime > 0 && lifetime < maxLifetime {
			t.expires = now.Add(lifetime - min(renewEarly, lifetime/2))
		}
		return t, nil
	}
	return nil, badResponse("the response contains no token")
}

// firstOf returns the value of the first key that has more than a placeholder.
func firstOf(object gjson.Result, keys ...string) gjson.Result {
	for _, key := range keys {
		if v := object.Get(key); !isEmpty(v) {
			return v
		}
	}
	return gjson.Result{}
}
