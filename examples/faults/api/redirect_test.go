package api_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/invariant"
)

// TestTenThousandRedirects leads the client on and on.
func TestTenThousandRedirects(t *testing.T) {
	t.Parallel()
	w := freshWorld(t)
	hops := 0
	w.round(t, fault{
		answer: func(answer http.ResponseWriter, r *http.Request) {
			n, _ := strconv.Atoi(r.URL.Query().Get("hop"))
			hops = n
			if n == 10_000 {
				_, _ = io.WriteString(answer, w.tenant.body(t, path.Base(r.URL.Path)))
				return
			}
			http.Redirect(answer, r, fmt.Sprint(r.URL.Path, "?hop=", n+1), http.StatusFound)
		},
		kind: innomaint.KindBadResponse, text: "more than 10 redirects", requests: 11,
	})
	if hops != 10 {
		t.Errorf("followed %d redirects", hops)
	}
}

// elsewhere is a server of somebody else that takes down whatever comes.
type elsewhere struct {
	*httptest.Server
	mu  sync.Mutex
	got []string
}

func newElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	e := &elsewhere{}
	e.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		e.mu.Lock()
		defer e.mu.Unlock()
		e.got = append(e.got, fmt.Sprint(r.Method, r.URL, r.Header, string(body)))
		_, _ = io.WriteString(w, `{"token":"of-somebody-else"}`)
	}))
	t.Cleanup(e.Close)
	return e
}

// TestRedirectsToAnotherHost holds that neither the request nor what identifies the caller travels, whatever the scheme of
// authentication, the status and the spelling of the address.
func TestRedirectsToAnotherHost(t *testing.T) {
	t.Parallel()
	const password = "pa55word-of-the-redirect"
	schemes := map[string]innomaint.Auth{
		"bearer token": innomaint.BearerToken(invariant.Token),
		"API key":      innomaint.APIKey("X-Api-Key", invariant.Token),
		"login":        innomaint.Login("sync", password),
	}
	addresses := map[string]func(e *elsewhere) string{
		"absolute":            func(e *elsewhere) string { return e.URL + "/api/v1/assets/C1-0001?token=x" },
		"relative to scheme":  func(e *elsewhere) string { return strings.TrimPrefix(e.URL, "http:") + "/" },
		"with another's name": func(e *elsewhere) string { return strings.Replace(e.URL, "127.0.0.1", "localhost", 1) + "/" },
		"with user":           func(e *elsewhere) string { return strings.Replace(e.URL, "//", "//127.0.0.1@", 1) + "/" },
	}
	for scheme, auth := range schemes {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			w, e := freshWorld(t), newElsewhere(t)
			w.Secret(password)
			use := func(cfg *innomaint.Config) { cfg.Auth = auth }
			for _, status := range []int{301, 302, 303, 307, 308} {
				for name, address := range addresses {
					t.Run(fmt.Sprintf("%d, %s", status, name), func(t *testing.T) { //nolint:paralleltest // rounds of one world
						w.Advance(t)
						away := http.RedirectHandler(address(e), status).ServeHTTP
						if scheme != "login" {
							w.round(t, fault{answer: away, config: use, kind: innomaint.KindBadResponse, text: "must not go", requests: 1})
							return
						}
						w.tenant.login = away // with the password in the request's body
						w.round(t, fault{config: use, kind: innomaint.KindAuth, text: "must not go"})
					})
				}
			}
			if len(e.got) != 0 {
				t.Errorf("the other host was sent %q", e.got)
			}
		})
	}
}
