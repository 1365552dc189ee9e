package innomaint_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func TestFailure(t *testing.T) {
	t.Parallel()
	// Each kind of failure, against a real server: what the client sees, the kind, and the number of attempts.
	t.Run("HasKindStatusAndAttempts", func(t *testing.T) {
		t.Parallel()
		type answer = innomainttest.Answer
		html := "<html><body>Please log in</body></html>"
		tests := []struct {
			name     string
			answer   answer
			kind     innomaint.Kind
			status   int
			attempts int
		}{
			{"404", answer{Status: 404, Body: `{"message":"no"}`}, innomaint.KindNotFound, 404, 1},
			{"404 page", answer{Status: 404, Body: html}, innomaint.KindNotFound, 404, 1},
			{"410", answer{Status: 410}, innomaint.KindNotFound, 410, 1},
			{"401", answer{Status: 401}, innomaint.KindAuth, 401, 1},
			{"403", answer{Status: 403}, innomaint.KindAuth, 403, 1},
			{"429", answer{Status: 429}, innomaint.KindRateLimited, 429, 4},
			{"429 in the body", answer{Body: `{"status":"error","message":"Too many requests"}`}, innomaint.KindRateLimited, 200, 4},
			{"429 for longer than the longest wait", answer{Status: 429, RetryAfter: "3600"}, innomaint.KindRateLimited, 429, 1},
			{"500", answer{Status: 500}, innomaint.KindUnavailable, 500, 4},
			{"502", answer{Status: 502, Body: html}, innomaint.KindUnavailable, 502, 4},
			{"503", answer{Status: 503, Body: "down for maintenance"}, innomaint.KindUnavailable, 503, 4},
			{"504", answer{Status: 504}, innomaint.KindUnavailable, 504, 4},
			{"reset", answer{Drop: true}, innomaint.KindUnavailable, 0, 4},
			{"EOF within the body", answer{Body: `{"asset_id":"AST-1042"}`, Cut: true}, innomaint.KindUnavailable, 200, 4},
			{"no response within the request timeout", answer{Hold: make(chan struct{})}, innomaint.KindTimeout, 0, 4},
			{"400", answer{Status: 400, Body: `{"status":"error","message":"bad id"}`}, innomaint.KindBadResponse, 400, 1},
			{"422", answer{Status: 422}, innomaint.KindBadResponse, 422, 1},
			{"bad body", answer{Body: `{"asset_id":`}, innomaint.KindBadResponse, 200, 1},
			{"HTML with 200", answer{Body: html, Header: http.Header{"Content-Type": {"text/html"}}}, innomaint.KindBadResponse, 200, 1},
			{"no content", answer{Status: 204}, innomaint.KindBadResponse, 204, 1},
			{"body over the limit", answer{Body: `{"asset_id":"AST-1042","x":"` + strings.Repeat("x", 5000) + `"}`}, innomaint.KindBadResponse, 200, 1},
			{"body over the limit when decompressed", answer{Body: gzipped(t, `{"asset_id":"AST-1042","x":"`+strings.Repeat("x", 5000)+`"}`),
				Header: http.Header{"Content-Encoding": {"gzip"}}}, innomaint.KindBadResponse, 200, 1},
			{"no gzip after all", answer{Body: `{"asset_id":"AST-1042"}`, Header: http.Header{"Content-Encoding": {"gzip"}}}, innomaint.KindBadResponse, 200, 1},
			{"wrong asset", answer{Body: `{"asset_id":"AST-2"}`}, innomaint.KindBadResponse, 200, 1},
			{"redirect without an address", answer{Status: 302}, innomaint.KindBadResponse, 302, 1},
			{"identity missing", answer{Body: `{"asset_name":"Pump"}`}, innomaint.KindInvalidData, 200, 1},
			{"identity unusable", answer{Body: `{"asset_id":["AST-1042"],"asset_name":"Pump"}`}, innomaint.KindInvalidData, 200, 1},
		}
		for _, tt := range tests {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				server := newServer(t)
				server.ScriptAlways(ref.AssetID, tt.answer)
				client := newClient(t, server.URL(), func(cfg *innomaint.Config) {
					cfg.MaxBodyBytes = 4096
					if tt.kind == innomaint.KindTimeout {
						cfg.Timeout = 30 * time.Millisecond
					}
				})
				_, err := client.GetAsset(t.Context(), ref)
				failed := wantKind(t, err, tt.kind)
				if failed.StatusCode != tt.status || failed.Tries != tt.attempts || failed.AssetID != ref.AssetID {
					t.Errorf("status %d, %d attempts, asset %q, want %d, %d: %v",
						failed.StatusCode, failed.Tries, failed.AssetID, tt.status, tt.attempts, err)
				}
				if calls := server.CallsFor(ref.AssetID); calls != tt.attempts {
					t.Errorf("%d requests came in, want %d", calls, tt.attempts)
				}
				if server.MaxInFlight() > 1 && tt.kind != innomaint.KindTimeout {
					t.Errorf("%d requests at once", server.MaxInFlight())
				}
			})
		}
	})
	t.Run("ConnectionRefused", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		address := listener.Addr().String()
		if err := listener.Close(); err != nil {
			t.Fatal(err)
		}
		_, err = newClient(t, "http://"+address, nil).GetAsset(t.Context(), ref)
		if failed := wantKind(t, err, innomaint.KindUnavailable); failed.Tries != 4 || failed.Unwrap() == nil || strings.Contains(err.Error(), "http://") {
			t.Errorf("attempts %d, cause %v: %v", failed.Tries, failed.Err, err)
		}
	})
	t.Run("ConnectionClosedWithoutResponse", func(t *testing.T) {
		t.Parallel()
		listener, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			for {
				conn, err := listener.Accept()
				if err != nil {
					return
				}
				_, _ = conn.Read(make([]byte, 1))
				_ = conn.Close()
			}
		}()
		t.Cleanup(func() { _ = listener.Close(); <-done })
		_, err = newClient(t, "http://"+listener.Addr().String(), nil).GetAsset(t.Context(), ref)
		wantKind(t, err, innomaint.KindUnavailable)
	})
	t.Run("ContextEnds", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		server.ScriptAlways(ref.AssetID, innomainttest.Answer{Hold: make(chan struct{})})
		client := newClient(t, server.URL(), nil)

		t.Run("canceled", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, err := client.GetAsset(ctx, ref)
			var failed *innomaint.Error
			if !errors.Is(err, context.Canceled) || errors.As(err, &failed) || !strings.Contains(err.Error(), ref.AssetID) {
				t.Errorf("error is %v (%T)", err, err)
			}
		})
		t.Run("deadline", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
			defer cancel()
			_, err := client.GetAsset(ctx, ref)
			wantKind(t, err, innomaint.KindTimeout)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("error is %v", err)
			}
		})
	})
}

func TestAcceptsResponse(t *testing.T) {
	t.Parallel()
	t.Run("AlsoUnusual", func(t *testing.T) {
		t.Parallel()
		body := `{"asset_id":"AST-1042","asset_name":"Pump"}`
		for name, answer := range map[string]innomainttest.Answer{
			"another content type":   {Body: body, Header: http.Header{"Content-Type": {"text/html; charset=iso-8859-1"}}},
			"a byte-order mark":      {Body: "\xef\xbb\xbf" + body},
			"gzip":                   {Body: gzipped(t, body), Header: http.Header{"Content-Encoding": {"gzip"}}},
			"another 2xx":            {Status: 203, Body: body},
			"exactly at the limit":   {Body: body + strings.Repeat(" ", 4096-len(body))},
			"after a 503 and a drop": {Status: 503},
		} {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				server := newServer(t)
				server.SetAsset(ref.AssetID, body)
				server.Script(ref.AssetID, answer)
				if answer.Status == 503 {
					server.Script(ref.AssetID, innomainttest.Answer{Drop: true})
				}
				client := newClient(t, server.URL(), func(cfg *innomaint.Config) { cfg.MaxBodyBytes = 4096 })
				asset, err := client.GetAsset(t.Context(), ref)
				if err != nil || asset.Name != "Pump" {
					t.Fatalf("asset %v, error %v", asset, err)
				}
			})
		}
	})
}

func TestRedirect(t *testing.T) {
	t.Parallel()
	t.Run("StaysOnHostAndScheme", func(t *testing.T) {
		t.Parallel()
		to := func(url string) innomainttest.Answer {
			return innomainttest.Answer{Status: http.StatusTemporaryRedirect, Header: http.Header{"Location": {url}}}
		}
		t.Run("same host", func(t *testing.T) {
			t.Parallel()
			server := newServer(t, innomainttest.WithBearerToken("test-token"))
			server.SetAsset("moved", `{"asset_id":"AST-1042"}`)
			server.Script(ref.AssetID, to("moved?signature=abc"))
			if _, err := newClient(t, server.URL(), nil).GetAsset(t.Context(), ref); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("another host", func(t *testing.T) {
			t.Parallel()
			server, other := newServer(t), newServer(t)
			server.Script(ref.AssetID, to(other.URL()+"/api/v1/assets/x?secret=abc"))
			_, err := newClient(t, server.URL(), nil).GetAsset(t.Context(), ref)
			wantKind(t, err, innomaint.KindBadResponse)
			if len(other.Requests()) != 0 {
				t.Error("the redirect to another host was followed")
			}
			if strings.Contains(err.Error(), "abc") {
				t.Errorf("the error contains the query: %v", err)
			}
		})
		t.Run("another scheme", func(t *testing.T) {
			t.Parallel()
			server := newServer(t)
			server.Script(ref.AssetID, to(strings.Replace(server.URL(), "http:", "https:", 1)))
			_, err := newClient(t, server.URL(), nil).GetAsset(t.Context(), ref)
			wantKind(t, err, innomaint.KindBadResponse)
		})
		t.Run("in a circle", func(t *testing.T) {
			t.Parallel()
			server := newServer(t)
			server.ScriptAlways(ref.AssetID, to(ref.AssetID))
			_, err := newClient(t, server.URL(), nil).GetAsset(t.Context(), ref)
			wantKind(t, err, innomaint.KindBadResponse)
			if server.Calls() != 11 {
				t.Errorf("%d requests, want the first and 10 redirects", server.Calls())
			}
		})
	})
}

func gzipped(t *testing.T, s string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}
