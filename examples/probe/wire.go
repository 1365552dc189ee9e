package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// recorder is a transport that keeps the last answer to a GET, and whatever we identified ourselves with.
type recorder struct {
	next http.RoundTripper

	mu      sync.Mutex
	status  int
	body    []byte
	secrets []string // the longest first
}

// secretParameter is what parameters of a query are called that identify us.
var secretParameter = regexp.MustCompile(`(?i)key|token|secret|pass|auth|sig`)

// wireLimit is more than the client reads of an answer by default.
const wireLimit = 9 << 20

func newRecorder() *recorder { return &recorder{next: http.DefaultTransport.(*http.Transport).Clone()} }

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.noteSecrets(request)
	response, err := r.next.RoundTrip(request)
	if err != nil || request.Method != http.MethodGet { // a login's answer is a secret
		return response, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, wireLimit))
	_ = response.Body.Close()
	response.Body = io.NopCloser(io.MultiReader(bytes.NewReader(body), failing{err}))
	r.mu.Lock()
	defer r.mu.Unlock()
	r.status, r.body = response.StatusCode, body
	return response, nil
}

// failing hands a broken answer's error on, and io.EOF where there is none.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, cmp.Or(f.err, io.EOF) }

// ownHeaders are what the client sends beside its credentials.
var ownHeaders = []string{"Accept", "Accept-Encoding", "Content-Type", "Content-Length", "User-Agent"}

func (r *recorder) noteSecrets(request *http.Request) {
	for name, values := range request.Header {
		if !slices.Contains(ownHeaders, name) {
			for _, value := range values {
				r.addSecret(strings.TrimPrefix(value, "Bearer "))
			}
		}
	}
	for name, values := range request.URL.Query() {
		for _, value := range values {
			if secretParameter.MatchString(name) {
				r.addSecret(value)
			}
		}
	}
	if request.GetBody == nil {
		return
	}
	body, err := request.GetBody()
	if err != nil {
		return
	}
	var login struct{ Password string }
	if json.NewDecoder(body).Decode(&login) == nil {
		r.addSecret(login.Password)
	}
}

// addSecret keeps what is long enough not to be part of ordinary words and ids, also as JSON spells it.
func (r *recorder) addSecret(secret string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	quoted, _ := json.Marshal(secret) // a string always marshals
	for _, spelling := range []string{secret, strings.Trim(string(quoted), `"`)} {
		if len(spelling) >= 6 && !slices.Contains(r.secrets, spelling) {
			r.secrets = append(r.secrets, spelling)
		}
	}
	slices.SortStableFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
}

func (r *recorder) answer() (status int, body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.status, r.body
}

// redact returns text without what we identified ourselves with: a tenant may well repeat a token in its answer.
func (r *recorder) redact(text string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, secret := range r.secrets {
		text = strings.ReplaceAll(text, secret, "[redacted]")
	}
	return text
}
