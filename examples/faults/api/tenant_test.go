package api_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path"
	"sync"
	"testing"

	"ic3.internal/innomaintsync/examples/faults/invariant"
)

// tenant is a gateway before the world's Innomaint. It answers by itself where a case says so.
type tenant struct {
	*httptest.Server
	usual http.Handler // the world's Innomaint

	login http.HandlerFunc // nil: every login gets a token

	mu       sync.Mutex
	serve    map[string]http.HandlerFunc // by asset id
	requests map[string]int              // likewise, and "login"
}

func newTenant(t *testing.T, w *invariant.World) *tenant {
	t.Helper()
	behind, err := url.Parse(w.API.URL())
	must(t, err)
	g := &tenant{requests: map[string]int{}, usual: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Header.Set("Authorization", "Bearer "+invariant.Token) // whatever the caller has shown to the gateway
	}}}
	g.Server = httptest.NewServer(http.HandlerFunc(g.answer))
	t.Cleanup(g.Close)
	return g
}

func (g *tenant) answer(w http.ResponseWriter, r *http.Request) {
	id := path.Base(r.URL.Path)
	g.mu.Lock()
	g.requests[id]++
	serve := g.serve[id]
	g.mu.Unlock()
	switch {
	case id == "login" && g.login != nil:
		serve = g.login
	case id == "login":
		serve = says(http.StatusOK, `{"token":"`+invariant.Token+`","expires_in":3600}`)
	case serve == nil:
		serve = g.usual.ServeHTTP
	}
	serve(w, r)
}

// script sets what is answered from now on, and counts anew.
func (g *tenant) script(serve map[string]http.HandlerFunc) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.serve, g.requests = serve, map[string]int{}
}

// count returns how many requests for the asset, or logins, came in since.
func (g *tenant) count(id string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.requests[id]
}

// body is what the world's Innomaint answers for the asset.
func (g *tenant) body(t *testing.T, id string) string {
	t.Helper()
	response := httptest.NewRecorder()
	g.usual.ServeHTTP(response, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/assets/"+url.PathEscape(id), nil))
	return response.Body.String()
}

// says answers with a body, and headers as name and value in turn.
func says(status int, body string, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Add(header[i], header[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body) // to a client that may have seen enough
	}
}
