package api_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/invariant"
)

const password = "pa55word-of-the-login"

// TestTheTokenExpiresInMidRun lets the token expire before the second of three assets, while the login is in trouble itself.
func TestTheTokenExpiresInMidRun(t *testing.T) {
	t.Parallel()
	hang := func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	}
	tests := map[string]struct {
		login  http.HandlerFunc
		kind   innomaint.Kind // of the last two assets
		logins int            // after the first, which was good
		hangs  bool
	}{
		// Rejections: one login, and none for the third asset.
		"rejects":            {login: says(401, `{"message":"Invalid username or password"}`), kind: innomaint.KindAuth, logins: 1},
		"locked":             {login: says(403, `{"message":"Account locked"}`), kind: innomaint.KindAuth, logins: 1},
		"gone":               {login: says(404, ``), kind: innomaint.KindAuth, logins: 1},
		"HTML":               {login: says(200, `<!DOCTYPE html><title>Sign in</title>`), kind: innomaint.KindAuth, logins: 1},
		"cut JSON":           {login: says(200, `{"token":"eyJhbGciOi`), kind: innomaint.KindAuth, logins: 1},
		"no token":           {login: says(200, `{"status":"success","data":{}}`), kind: innomaint.KindAuth, logins: 1},
		"a token of no text": {login: says(200, `{"token":{"a":1},"access_token":17}`), kind: innomaint.KindAuth, logins: 1},
		"a header in it":     {login: says(200, `{"token":"x\r\nX-Admin: 1"}`), kind: innomaint.KindAuth, logins: 1},
		"a failure with 200": {login: says(200, `{"success":false,"message":"Password expired"}`), kind: innomaint.KindAuth, logins: 1},
		"nested":             {login: says(200, strings.Repeat(`{"data":`, 100_000)), kind: innomaint.KindAuth, logins: 1},
		"endless":            {login: endless("", " "), kind: innomaint.KindAuth, logins: 1},
		// Trouble that may pass: asked again, for each asset.
		"500":        {login: says(500, `oops`), kind: innomaint.KindUnavailable, logins: 2 * tries},
		"429":        {login: says(429, ``, "Retry-After", "-1"), kind: innomaint.KindRateLimited, logins: 2 * tries},
		"429, later": {login: says(429, ``, "Retry-After", "86400"), kind: innomaint.KindRateLimited, logins: 2},
		"resets":     {login: reset, kind: innomaint.KindUnavailable, logins: 2 * tries},
		"hangs":      {login: hang, kind: innomaint.KindTimeout, logins: 2, hangs: true},
		// A token that is worth nothing: the renewal is tried once an asset.
		"a dead token": {login: says(200, `{"token":"dead","expires_in":3600}`), kind: innomaint.KindAuth, logins: 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := freshWorld(t)
			w.Secret(password)
			cfg := w.config(&http.Client{Transport: &http.Transport{}})
			t.Cleanup(cfg.HTTPClient.CloseIdleConnections)
			cfg.Auth = innomaint.Login("sync", password)
			if tt.hangs {
				cfg.MaxTries, cfg.Timeout = 1, 3*time.Second // which has to be enough for the first asset
			}
			client, err := innomaint.New(cfg)
			must(t, err)
			refuse := says(401, `{"message":"Token expired"}`)
			w.tenant.script(map[string]http.HandlerFunc{w.Assets[1].CMMSAssetID: refuse, w.Assets[2].CMMSAssetID: refuse})

			opts := cmmsimport.Options{Client: client, OnAsset: func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
				if res.AssetID == w.Assets[0].RowID {
					w.tenant.login = tt.login
				}
			}}
			summary, err := w.Run(t.Context(), opts)
			must(t, err)
			w.check(t)
			if summary.Successful != 1 || summary.FailedByKind[tt.kind] != 2 || w.CountNew(t) != 1 {
				t.Errorf("want two failures of kind %s:\n%s", tt.kind, summary)
			}
			if n := w.tenant.count("login") - 1; n != tt.logins {
				t.Errorf("%d logins after the first, want %d", n, tt.logins)
			}

			// When the login works again, so does the run, with the same client but for the minute after a rejection.
			w.tenant.login = nil
			w.tenant.script(nil)
			client, err = innomaint.New(cfg)
			must(t, err)
			if summary, err = w.Run(t.Context(), cmmsimport.Options{Client: client, OnlyFailed: true}); err != nil || summary.Successful != 2 {
				t.Errorf("later: %v\n%s", err, summary)
			}
			w.check(t)
		})
	}
}

// TestTheLoginRecoversInMidRun gets a new token for the third asset, with the same client, and goes on.
func TestTheLoginRecoversInMidRun(t *testing.T) {
	t.Parallel()
	w := freshWorld(t)
	cfg := w.config(&http.Client{Transport: &http.Transport{}})
	t.Cleanup(cfg.HTTPClient.CloseIdleConnections)
	cfg.Auth = innomaint.Login("sync", password)
	client, err := innomaint.New(cfg)
	must(t, err)
	w.tenant.script(map[string]http.HandlerFunc{w.Assets[1].CMMSAssetID: says(401, ``)})
	summary, err := w.Run(t.Context(), cmmsimport.Options{Client: client, OnAsset: func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
		switch res.AssetID {
		case w.Assets[0].RowID:
			w.tenant.login = says(502, ``)
		case w.Assets[1].RowID:
			w.tenant.login = nil
		}
	}})
	must(t, err)
	if summary.Successful != 2 || summary.FailedByKind["unavailable"] != 1 {
		t.Errorf("%s", summary)
	}
	w.check(t)
}

// TestAbsurdLifetimesOfTokens holds that what a login says of its token's life can neither lock the client out nor make it
// log in for every asset.
func TestAbsurdLifetimesOfTokens(t *testing.T) {
	t.Parallel()
	for _, lifetime := range []string{`0`, `-1`, `-9223372036854775808`, `1e30`, `9223372036854775807`, `99999999999999999999`, `"soon"`, `null`, `{}`, `3600.9`, `"3600"`} {
		t.Run(lifetime, func(t *testing.T) {
			t.Parallel()
			w := freshWorld(t)
			w.tenant.login = says(200, `{"token":"`+invariant.Token+`","expires_in":`+lifetime+`}`)
			cfg := w.config(&http.Client{Transport: &http.Transport{}})
			t.Cleanup(cfg.HTTPClient.CloseIdleConnections)
			cfg.Auth = innomaint.Login("sync", password)
			client, err := innomaint.New(cfg)
			must(t, err)
			summary, err := w.Run(t.Context(), cmmsimport.Options{Client: client})
			must(t, err)
			if n := w.tenant.count("login"); summary.Successful != 3 || n != 1 {
				t.Errorf("%d logins\n%s", n, summary)
			}
			w.check(t)
		})
	}
}

// TestARejectedLoginIsTriedOnceAMinute asks for 600 assets, one a second, after the token has expired for good. The clock is
// a bubble's.
func TestARejectedLoginIsTriedOnceAMinute(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		logins := 0
		client, err := innomaint.New(innomaint.Config{
			BaseURL: "https://tenant.example.com", Auth: innomaint.Login("sync", password),
			HTTPClient: &http.Client{Transport: roundTrip(func(r *http.Request) *http.Response {
				if !strings.HasSuffix(r.URL.Path, "/login") {
					return response(r, 401, ``)
				}
				if logins++; logins == 1 {
					return response(r, 200, `{"token":"soon-expired"}`)
				}
				return response(r, 401, `{"message":"locked"}`)
			})},
		})
		must(t, err)
		for range 600 {
			if _, err := client.GetAsset(t.Context(), innomaint.AssetRef{CustomerID: 1, AssetID: "A-1"}); !errors.Is(err, innomaint.ErrAuth) {
				t.Fatalf("got error %v", err)
			}
			<-time.After(time.Second)
		}
		if logins != 1+10 {
			t.Errorf("%d logins in ten minutes, want the first and one a minute", logins)
		}
	})
}

type roundTrip func(r *http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r), nil }

func response(r *http.Request, status int, body string) *http.Response {
	return &http.Response{
		StatusCode: status, Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: http.Header{},
		Body: io.NopCloser(strings.NewReader(body)), ContentLength: int64(len(body)),
	}
}
