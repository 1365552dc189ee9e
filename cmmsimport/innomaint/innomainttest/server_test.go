package innomainttest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
)

func newServer(t *testing.T, opts ...innomainttest.Option) *innomainttest.Server {
	t.Helper()
	server := innomainttest.NewServer(opts...)
	t.Cleanup(server.Close)
	return server
}

// call makes a request and returns its status and body; without a complete response, 0 and the error's text.
func call(t *testing.T, method, url, body string, header ...string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	return response.StatusCode, string(text)
}

func get(t *testing.T, server *innomainttest.Server, escapedID string, header ...string) (int, string) {
	t.Helper()
	return call(t, http.MethodGet, server.URL()+"/api/v1/assets/"+escapedID, "", header...)
}

func want(t *testing.T, what string, status int, body string, wantStatus int, wantBody string) {
	t.Helper()
	if status != wantStatus || !strings.Contains(body, wantBody) {
		t.Errorf("%s: %d %q, want %d with %q", what, status, body, wantStatus, wantBody)
	}
}

func TestServer(t *testing.T) {
	t.Parallel()
	t.Run("ServesAssets", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		server.SetAsset("text", `{"a":1}`)
		server.SetAsset("bytes", []byte(`{"a":2}`))
		server.SetAsset("A/B #%", map[string]int{"a": 3})
		server.SetTemplate(func(id string) []byte {
			if strings.HasPrefix(id, "t-") {
				return []byte("template " + id)
			}
			return nil
		})
		for id, body := range map[string]string{"text": `{"a":1}`, "bytes": `{"a":2}`, "A%2FB%20%23%25": `{"a":3}`, "t-7": "template t-7"} {
			status, got := get(t, server, id)
			want(t, id, status, got, 200, body)
		}
		server.RemoveAsset("text")
		for _, id := range []string{"text", "missing", "A/B"} {
			status, got := get(t, server, id)
			want(t, id, status, got, 404, `"status":"error"`)
		}
		root := server.URL()[:strings.Index(server.URL()[len("http://"):], "/")+len("http://")]
		status, body := call(t, http.MethodGet, root+"/api/v1/assets/bytes", "")
		want(t, "without the base path", status, body, 404, "")
		status, body = call(t, http.MethodDelete, server.URL()+"/api/v1/assets/bytes", "")
		want(t, "another method", status, body, 405, "")
	})
	t.Run("FollowsScript", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		server.SetAsset("A", "the asset")
		server.Script("A", innomainttest.Answer{Status: 503, RetryAfter: "7", Header: http.Header{"x-more": {"1"}}, Body: "busy"})
		server.Script("A", innomainttest.Answer{Drop: true}, innomainttest.Answer{Body: "0123456789", Cut: true},
			innomainttest.Answer{Delay: time.Millisecond})
		response, err := http.Get(server.URL() + "/api/v1/assets/A")
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != 503 || response.Header.Get("Retry-After") != "7" || response.Header.Get("X-More") != "1" {
			t.Errorf("first response: %d %v", response.StatusCode, response.Header)
		}
		status, body := get(t, server, "A")
		want(t, "drop", status, body, 0, "unexpected EOF")
		status, body = get(t, server, "A")
		want(t, "cut", status, body, 0, "unexpected EOF")
		status, body = get(t, server, "A")
		want(t, "delayed", status, body, 200, "the asset")
		status, body = get(t, server, "A")
		want(t, "used up", status, body, 200, "the asset")
		server.ScriptAlways("A", innomainttest.Answer{Status: 500})
		server.Script("A", innomainttest.Answer{Status: 429})
		for _, code := range []int{429, 500, 500} {
			status, body = get(t, server, "A")
			want(t, "always", status, body, code, "")
		}
		if server.CallsFor("A") != 8 || server.Calls() != 8 {
			t.Errorf("%d calls, %d for A, want 8", server.Calls(), server.CallsFor("A"))
		}
	})
	t.Run("HoldsResponses", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		release := make(chan struct{})
		server.SetAsset("A", "the asset")
		server.ScriptAlways("A", innomainttest.Answer{Hold: release})
		var calls sync.WaitGroup
		for range 3 {
			calls.Go(func() {
				status, body := get(t, server, "A")
				want(t, "held", status, body, 200, "the asset")
			})
		}
		for server.InFlight() < 3 {
			runtime.Gosched()
		}
		close(release)
		calls.Wait()
		server.Close()
		if server.MaxInFlight() != 3 || server.InFlight() != 0 {
			t.Errorf("in flight: at most %d, now %d, want 3 and 0", server.MaxInFlight(), server.InFlight())
		}
	})
	t.Run("CloseEndsHeldRequests", func(t *testing.T) {
		t.Parallel()
		server := innomainttest.NewServer()
		server.ScriptAlways("A", innomainttest.Answer{Hold: make(chan struct{})})
		failed := make(chan error, 1)
		go func() {
			response, err := http.Get(server.URL() + "/api/v1/assets/A")
			if err == nil {
				err = errors.Join(errors.New("answered"), response.Body.Close())
			}
			failed <- err
		}()
		for server.InFlight() == 0 {
			runtime.Gosched()
		}
		server.Close()
		server.Close()
		if err := <-failed; err == nil || strings.Contains(err.Error(), "answered") {
			t.Errorf("the held call ended with %v", err)
		}
		if server.InFlight() != 0 {
			t.Error("Close returned before the handlers did")
		}
	})
	t.Run("RequiresCredentials", func(t *testing.T) {
		t.Parallel()
		bearer, key := newServer(t, innomainttest.WithBearerToken("b")), newServer(t, innomainttest.WithAPIKey("X-Key", "k"))
		for header, server := range map[string]*innomainttest.Server{"Authorization": bearer, "X-Key": key} {
			server.SetAsset("A", "the asset")
			server.Script("A", innomainttest.Answer{Body: "scripted"})
			status, body := get(t, server, "A")
			want(t, "nothing", status, body, 401, "")
			status, body = get(t, server, "A", header, "Bearer wrong")
			want(t, "wrong", status, body, 401, "")
			status, body = get(t, server, "A", "Authorization", "Bearer b", "X-Key", "k")
			want(t, "right", status, body, 200, "scripted")
			for _, request := range server.Requests() {
				if request.Header.Get(header) != "" || request.Header.Get("User-Agent") == "" {
					t.Errorf("noted headers %v", request.Header)
				}
			}
		}
	})
	t.Run("IssuesTokens", func(t *testing.T) {
		t.Parallel()
		server := newServer(t, innomainttest.WithLogin("u", "p"))
		server.SetAsset("A", "the asset")
		login := func(body string) (int, string) {
			return call(t, http.MethodPost, server.URL()+"/api/v1/auth/login", body)
		}
		status, body := login(`{"username":"u","password":"wrong"}`)
		want(t, "wrong password", status, body, 401, "Invalid")
		server.ScriptLogin(innomainttest.Answer{Status: 503})
		status, body = login(`{"username":"u","password":"p"}`)
		want(t, "scripted", status, body, 503, "")
		for i := 1; i <= 2; i++ {
			token := fmt.Sprintf("issued-token-%d", i)
			status, body = login(`{"username":"u","password":"p"}`)
			want(t, "right", status, body, 200, `{"token":"`+token+`","expires_in":3600}`)
			status, body = get(t, server, "A", "Authorization", "Bearer "+token)
			want(t, "with the token", status, body, 200, "the asset")
			server.ExpireTokens()
			status, body = get(t, server, "A", "Authorization", "Bearer "+token)
			want(t, "with an expired token", status, body, 401, "")
		}
		if server.LoginCalls() != 4 {
			t.Errorf("%d logins, want 4", server.LoginCalls())
		}
	})
	t.Run("CountsInBoundedMemory", func(t *testing.T) {
		t.Parallel()
		server := newServer(t)
		server.SetTemplate(func(string) []byte { return []byte("{}") })
		for i := range 1100 {
			get(t, server, fmt.Sprint("id-", i))
		}
		requests := server.Requests()
		if len(requests) != 1000 || !strings.HasSuffix(requests[0].Path, "/id-100") || !strings.HasSuffix(requests[999].Path, "/id-1099") {
			t.Errorf("%d requests noted, from %s to %s", len(requests), requests[0].Path, requests[len(requests)-1].Path)
		}
		if server.Calls() != 1100 || server.CallsFor("id-1099") != 1 {
			t.Errorf("%d calls, %d for the last", server.Calls(), server.CallsFor("id-1099"))
		}
	})
}
