package innomaint_test

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

const user, password = "sync@example.com", "pa\"ss w?rd=&é"

func useLogin(cfg *innomaint.Config) { cfg.Auth = innomaint.Login(user, password) }

func newLoginServer(t *testing.T) *innomainttest.Server {
	t.Helper()
	server := newServer(t, innomainttest.WithLogin(user, password))
	server.SetAsset(ref.AssetID, innomainttest.SampleAsset(ref.AssetID))
	return server
}

func TestLogin(t *testing.T) {
	t.Parallel()
	t.Run("KeepsTokenUntil401", func(t *testing.T) {
		t.Parallel()
		server := newLoginServer(t)
		client := newClient(t, server.URL(), useLogin)
		for range 3 {
			if _, err := client.GetAsset(t.Context(), ref); err != nil {
				t.Fatal(err)
			}
		}
		if server.LoginCalls() != 1 {
			t.Fatalf("%d logins for three assets, want 1", server.LoginCalls())
		}
		server.ExpireTokens()
		if _, err := client.GetAsset(t.Context(), ref); err != nil {
			t.Fatalf("after the token was revoked: %v", err)
		}
		if server.LoginCalls() != 2 || server.Calls() != 5 {
			t.Errorf("%d logins and %d calls, want 2 and 5", server.LoginCalls(), server.Calls())
		}
	})
	t.Run("RenewsOnlyOnce", func(t *testing.T) {
		t.Parallel()
		server := newLoginServer(t)
		server.ScriptAlways(ref.AssetID, innomainttest.Answer{Status: 401})
		_, err := newClient(t, server.URL(), useLogin).GetAsset(t.Context(), ref)
		if failed := wantKind(t, err, innomaint.KindAuth); failed.Tries != 2 || server.LoginCalls() != 2 {
			t.Errorf("%d attempts, %d logins, want 2 and 2", failed.Tries, server.LoginCalls())
		}
	})
	t.Run("RenewsAfterExpiryInBody", func(t *testing.T) {
		t.Parallel()
		server := newLoginServer(t)
		server.Script(ref.AssetID, innomainttest.Answer{Body: `{"success":false,"message":"Token has expired"}`})
		if _, err := newClient(t, server.URL(), useLogin).GetAsset(t.Context(), ref); err != nil || server.LoginCalls() != 2 {
			t.Errorf("error %v after %d logins, want none after 2", err, server.LoginCalls())
		}
	})
	t.Run("AddsAnAttemptForRenewal", func(t *testing.T) {
		t.Parallel()
		server := newLoginServer(t)
		server.Script(ref.AssetID, innomainttest.Answer{Status: 401}, innomainttest.Answer{Status: 503})
		client := newClient(t, server.URL(), func(cfg *innomaint.Config) { useLogin(cfg); cfg.MaxTries = 2 })
		if _, err := client.GetAsset(t.Context(), ref); err != nil || server.CallsFor(ref.AssetID) != 3 {
			t.Errorf("error %v after %d calls, want none after 3", err, server.CallsFor(ref.AssetID))
		}
	})
	t.Run("DoesNotRenewAfter403", func(t *testing.T) {
		t.Parallel()
		server := newLoginServer(t)
		server.ScriptAlways(ref.AssetID, innomainttest.Answer{Status: 403})
		_, err := newClient(t, server.URL(), useLogin).GetAsset(t.Context(), ref)
		if wantKind(t, err, innomaint.KindAuth); server.LoginCalls() != 1 || server.Calls() != 1 {
			t.Errorf("%d logins, %d calls, want 1 and 1", server.LoginCalls(), server.Calls())
		}
	})
	t.Run("ReadsResponse", func(t *testing.T) {
		t.Parallel()
		tests := []struct {
			name, body string
			kind       innomaint.Kind // "": accepted
		}{
			{"token", `{"token":"tok","expires_in":3600}`, ""},
			{"expires_in as a text", `{"token":"tok","expires_in":"3600"}`, ""},
			{"no expires_in", `{"token":"tok"}`, ""},
			{"access_token", `{"access_token":"tok","token_type":"Bearer"}`, ""},
			{"in an envelope", `{"status":"success","data":{"token":"tok"}}`, ""},
			{"with its scheme", "\xef\xbb\xbf" + `{"token":"Bearer tok"}`, ""},
			{"no token", `{"status":"success"}`, innomaint.KindAuth},
			{"token with a line break", `{"token":"a\nb"}`, innomaint.KindAuth},
			{"error with 200", `{"status":"error","message":"Wrong password"}`, innomaint.KindAuth},
			{"HTML", `<html>`, innomaint.KindAuth},
			{"cut JSON", `{"token":"tok`, innomaint.KindAuth},
			{"throttled with 200", `{"success":false,"message":"Too many requests"}`, innomaint.KindRateLimited},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				server := newServer(t, innomainttest.WithBearerToken("tok"))
				server.SetAsset(ref.AssetID, innomainttest.SampleAsset(ref.AssetID))
				answer := innomainttest.Answer{Body: tt.body}
				server.ScriptLogin(answer, answer, answer, answer)
				_, err := newClient(t, server.URL(), useLogin).GetAsset(t.Context(), ref)
				if tt.kind != "" {
					wantKind(t, err, tt.kind)
				} else if err != nil {
					t.Fatal(err)
				}
			})
		}
	})
	t.Run("WaitsAMinuteAfterRejection", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			api := &loginAPI{login: func(r *http.Request) (*http.Response, error) {
				return respond(r, 401, nil, `{"message":"locked soon"}`), nil
			}}
			client := withDefaultWaits(t, api, useLogin)
			for i, id := range []string{"A", "B", "C"} {
				_, err := client.GetAsset(t.Context(), innomaint.AssetRef{AssetID: id})
				if failed := wantKind(t, err, innomaint.KindAuth); failed.AssetID != id || failed.Tries != 0 || api.logins != 1 {
					t.Errorf("asset %d: error %v after %d logins", i, err, api.logins)
				}
			}
			<-time.After(time.Minute)
			api.login = func(r *http.Request) (*http.Response, error) { return respond(r, 200, nil, `{"token":"t"}`), nil }
			if _, err := client.GetAsset(t.Context(), ref); err != nil || api.logins != 2 {
				t.Errorf("a minute later: error %v after %d logins", err, api.logins)
			}
		})
	})
	t.Run("DoesNotKeepOtherFailures", func(t *testing.T) {
		t.Parallel()
		tests := []struct {
			name   string
			status int
			err    error
			kind   innomaint.Kind
			logins int // for one asset
		}{
			{"unreachable", 0, io.EOF, innomaint.KindUnavailable, 4},
			{"untrusted certificate", 0, &tls.CertificateVerificationError{Err: io.EOF}, innomaint.KindUnavailable, 1},
			{"503", 503, nil, innomaint.KindUnavailable, 4},
			{"429", 429, nil, innomaint.KindRateLimited, 4},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					api := &loginAPI{login: func(r *http.Request) (*http.Response, error) {
						if tt.err != nil {
							return nil, tt.err
						}
						return respond(r, tt.status, nil, ``), nil
					}}
					client := withDefaultWaits(t, api, useLogin)
					for i := 1; i <= 2; i++ {
						_, err := client.GetAsset(t.Context(), ref)
						wantKind(t, err, tt.kind)
						if api.logins != tt.logins*i {
							t.Errorf("%d logins after asset %d, want %d", api.logins, i, tt.logins*i)
						}
					}
				})
			})
		}
	})
	t.Run("RenewsBeforeExpiry", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			api := &loginAPI{login: func(r *http.Request) (*http.Response, error) {
				return respond(r, 200, nil, `{"token":"t","expires_in":"600"}`), nil
			}}
			client := withDefaultWaits(t, api, useLogin)
			for _, step := range []struct {
				wait   time.Duration
				logins int
			}{{0, 1}, {569 * time.Second, 1}, {time.Second, 2}, {time.Second, 2}} {
				<-time.After(step.wait)
				if _, err := client.GetAsset(t.Context(), ref); err != nil || api.logins != step.logins {
					t.Errorf("after another %v: error %v, %d logins, want %d", step.wait, err, api.logins, step.logins)
				}
			}
		})
	})
	t.Run("LogsInOnceForConcurrentCalls", func(t *testing.T) {
		t.Parallel()
		server := newLoginServer(t)
		client := newClient(t, server.URL(), useLogin)
		var all sync.WaitGroup
		failures := make(chan error, 20)
		for range 20 {
			all.Go(func() {
				_, err := client.GetAsset(t.Context(), ref)
				failures <- err
			})
		}
		all.Wait()
		close(failures)
		for err := range failures {
			if err != nil {
				t.Error(err)
			}
		}
		if server.LoginCalls() != 1 {
			t.Errorf("%d logins for 20 assets at once", server.LoginCalls())
		}
	})
	t.Run("DoesNotKeepCancellation", func(t *testing.T) {
		t.Parallel()
		synctest.Test(t, func(t *testing.T) {
			api := &loginAPI{login: func(r *http.Request) (*http.Response, error) { return nil, io.EOF }}
			client := withDefaultWaits(t, api, useLogin)
			ctx, cancel := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, cancel)
			if _, err := client.GetAsset(ctx, ref); !errors.Is(err, context.Canceled) {
				t.Errorf("error %v", err)
			}
			api.login = func(r *http.Request) (*http.Response, error) { return respond(r, 200, nil, `{"token":"t"}`), nil }
			if _, err := client.GetAsset(t.Context(), ref); err != nil {
				t.Errorf("a canceled login was remembered: %v", err)
			}
		})
	})
}

// loginAPI is a fake transport: login responds to logins, and every token is accepted for any asset.
type loginAPI struct {
	login  func(r *http.Request) (*http.Response, error)
	logins int
	assets int
}

func (a *loginAPI) RoundTrip(r *http.Request) (*http.Response, error) {
	if strings.HasSuffix(r.URL.Path, "/auth/login") {
		a.logins++
		return a.login(r)
	}
	a.assets++
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	return respond(r, 200, nil, `{"asset_id":"`+id+`"}`), nil
}
