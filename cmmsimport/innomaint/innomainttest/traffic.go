package innomainttest

import "net/http"

const (
	maxRequests = 1000
	maxIDs      = 10_000 // of those that only a template responds for
)

// Request is one received request. Header has no credentials, as in a log.
type Request struct {
	Method string
	Path   string // escaped, with the base path, without a query
	Header http.Header
}

// traffic counts requests in bounded memory.
type traffic struct {
	calls, logins         int
	perID                 map[string]int
	inFlight, maxInFlight int
	last                  []Request // a ring of maxRequests
	next                  int       // where its oldest is, once it is full
}

// Calls returns the number of requests for assets, repeated and rejected ones included.
func (s *Server) Calls() int { return s.read(func(t *traffic) int { return t.calls }) }

// CallsFor returns the number of requests for id. Of the ids with neither an asset nor a script of their own, the first
// 10,000 are counted.
func (s *Server) CallsFor(id string) int { return s.read(func(t *traffic) int { return t.perID[id] }) }

// LoginCalls returns the number of attempted logins.
func (s *Server) LoginCalls() int { return s.read(func(t *traffic) int { return t.logins }) }

// InFlight returns the number of requests in progress, logins included.
func (s *Server) InFlight() int { return s.read(func(t *traffic) int { return t.inFlight }) }

// MaxInFlight returns the largest number of requests that were ever in progress at the same time.
func (s *Server) MaxInFlight() int { return s.read(func(t *traffic) int { return t.maxInFlight }) }

// Requests returns the last 1,000 requests, oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.traffic
	return append(append(make([]Request, 0, len(t.last)), t.last[t.next:]...), t.last[:t.next]...)
}

func (s *Server) read(count func(*traffic) int) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return count(&s.traffic)
}

// note counts a request in, and returns the function that counts it out.
func (s *Server) note(r *http.Request, path string) (done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	header := r.Header.Clone()
	header.Del("Authorization")
	header.Del("Cookie")
	header.Del(s.auth.header)
	request := Request{Method: r.Method, Path: path, Header: header}

	t := &s.traffic
	if len(t.last) < maxRequests {
		t.last = append(t.last, request)
	} else {
		t.last[t.next] = request
		t.next = (t.next + 1) % maxRequests
	}
	t.inFlight++
	t.maxInFlight = max(t.maxInFlight, t.inFlight)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		t.inFlight--
	}
}

func (s *Server) countAsset(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := &s.traffic
	t.calls++
	_, known := t.perID[id]
	_, own := s.assets[id]
	if known || own || s.scripts[id] != nil || len(t.perID) < maxIDs {
		t.perID[id]++
	}
}
