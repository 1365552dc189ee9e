package innomainttest

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// auth is what the server requires: a header with one value, or a token that it issued.
type auth struct {
	header, value      string          // "" for none
	username, password string          // "" without logins
	issued             int             // tokens so far
	valid              map[string]bool // those still accepted
	script             script          // of logins
}

// WithBearerToken requires "Authorization: Bearer t".
func WithBearerToken(t string) Option {
	return func(s *Server) { s.auth.header, s.auth.value = "Authorization", "Bearer "+t }
}

// WithAPIKey requires the key in the header of that name.
func WithAPIKey(header, key string) Option {
	return func(s *Server) { s.auth.header, s.auth.value = header, key }
}

// WithLogin requires a token from POST /api/v1/auth/login. A login with this username and password issues one, which is
// valid for an hour, or until [Server.ExpireTokens].
func WithLogin(username, password string) Option {
	return func(s *Server) {
		s.auth.username, s.auth.password = username, password
		s.auth.valid = map[string]bool{}
	}
}

// ExpireTokens revokes every token that a login issued so far: calls with it get 401.
func (s *Server) ExpireTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.auth.valid)
}

// ScriptLogin queues responses for the next logins, one each, in order; after them logins work again. Status 0 without a
// Body means the usual response, for example after a Delay.
func (s *Server) ScriptLogin(answers ...Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.auth.script.queue = append(s.auth.script.queue, answers...)
}

func (s *Server) authorized(r *http.Request) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.auth.header != "":
		return subtle.ConstantTimeCompare([]byte(r.Header.Get(s.auth.header)), []byte(s.auth.value)) == 1
	case s.auth.valid != nil:
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		return ok && s.auth.valid[token]
	}
	return true
}

func (s *Server) serveLogin(w http.ResponseWriter, r *http.Request) {
	var sent struct{ Username, Password string }
	err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&sent)

	s.mu.Lock()
	s.traffic.logins++
	answer := s.auth.script.next()
	switch {
	case answer.Status != 0 || answer.Body != "": // scripted
	case s.auth.valid == nil:
		answer.Status, answer.Body = http.StatusNotFound, errorBody("no such path")
	case r.Method != http.MethodPost:
		answer.Status, answer.Body = http.StatusMethodNotAllowed, errorBody("method not allowed")
	case err != nil || sent.Username != s.auth.username || sent.Password != s.auth.password:
		answer.Status, answer.Body = http.StatusUnauthorized, errorBody("Invalid username or password")
	default:
		s.auth.issued++
		token := fmt.Sprintf("issued-token-%d", s.auth.issued)
		s.auth.valid[token] = true
		answer.Body = fmt.Sprintf(`{"token":%q,"expires_in":3600}`, token)
	}
	s.mu.Unlock()
	s.write(w, r, answer)
}
