package innomainttest

import "net/http"

const (
	maxRequests = 1000
	maxIDs      = 10_000 // of those that only a template answers
)

// Request is one request as it came in. Header lacks what the caller identified itself with, as a log would.
type Request struct {
	Method string
	Path   string // escaped, with the base path, without a query
	Header http.Header
}

// traffic counts in bounded memory.
type traffic struct {
	calls, logins         int
	perID                 map[string]int
	inFlight, maxInFlight int
	last                  []Request // a ring of maxRequests
	next                  int       // where its oldest is, once it is full
}

// Calls returns how many requests for assets came in, repeated and rejected ones included.
func (s *Server) Calls() int { return s.read(func(t *traffic) int { return t.calls }) }

// CallsFor returns how many of them were for id. Ids with neither an asset nor a script of their own are counted up to the
// first 10,000 different ones.
func (s *Server) CallsFor(id string) int { return s.read(func(t *traffic) int { return t.perID[id] }) }

// LoginCalls returns how many logins were tried.
func (s *Server) LoginCalls() int { return s.read(func(t *traffic) int { return t.logins }) }

// InFlight returns how many requests, logins included, are being answered now.
func (s *Server) InFlight() int { return s.read(func(t *traffic) int { return t.inFlight }) }

// MaxInFlight returns the most that were ever being answered at once.
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

// note counts a request in, and returns what counts it out.
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
