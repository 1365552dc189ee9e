package innomainttest

import (
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// basePath precedes every path of the API, as behind a tenant's gateway.
const basePath = "/tenant/innomaint"

const (
	assetsPath = basePath + "/api/v1/assets/"
	loginPath  = basePath + "/api/v1/auth/login"
)

// Server is a fake Innomaint server. All methods are safe for concurrent use, also during requests.
type Server struct {
	url      string
	http     *http.Server
	closing  chan struct{}
	handlers sync.WaitGroup

	mu       sync.Mutex
	closed   bool // no handler begins any more
	assets   map[string][]byte
	template func(id string) []byte
	scripts  map[string]*script
	auth     auth
	traffic  traffic
}

// Option sets the credentials that a server requires. Without one it requires none.
type Option func(*Server)

// NewServer starts a server. It panics if there is no free port on 127.0.0.1. Call Close when done.
func NewServer(opts ...Option) *Server {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(fmt.Sprintf("innomainttest: no port to listen on: %v", err))
	}
	s := &Server{
		url:     "http://" + listener.Addr().String() + basePath,
		closing: make(chan struct{}),
		assets:  map[string][]byte{},
		scripts: map[string]*script{},
		traffic: traffic{perID: map[string]int{}},
	}
	for _, opt := range opts {
		opt(s)
	}
	s.http = &http.Server{Handler: http.HandlerFunc(s.serve)}
	s.handlers.Go(func() {
		_ = s.http.Serve(listener) // always http.ErrServerClosed
	})
	return s
}

// URL returns the BaseURL for a client: it has a path.
func (s *Server) URL() string { return s.url }

// Close ends the server and every request under way, and returns when they have ended.
func (s *Server) Close() {
	s.mu.Lock()
	first := !s.closed
	s.closed = true
	s.mu.Unlock()
	if first {
		close(s.closing)
		_ = s.http.Close()
	}
	s.handlers.Wait()
}

// begin counts a handler in, unless the server is closed.
func (s *Server) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.handlers.Add(1)
	}
	return !s.closed
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if !s.begin() {
		panic(http.ErrAbortHandler)
	}
	defer s.handlers.Done()
	path := r.URL.EscapedPath()
	defer s.note(r, path)()

	switch {
	case path == loginPath:
		s.serveLogin(w, r)
	case strings.HasPrefix(path, assetsPath):
		s.serveAsset(w, r, strings.TrimPrefix(path, assetsPath))
	default:
		fail(w, http.StatusNotFound, "no such path")
	}
}

func (s *Server) serveAsset(w http.ResponseWriter, r *http.Request, escapedID string) {
	id, err := url.PathUnescape(escapedID)
	switch {
	case err != nil || strings.Contains(escapedID, "/"):
		fail(w, http.StatusNotFound, "no such path")
		return
	case r.Method != http.MethodGet:
		fail(w, http.StatusMethodNotAllowed, "method not allowed")
		return
	}
	s.countAsset(id)
	if !s.authorized(r) {
		fail(w, http.StatusUnauthorized, "Unauthorized")
		return
	}
	answer := s.nextAnswer(id)
	if answer.Status == 0 && answer.Body == "" {
		body, ok := s.asset(id)
		if ok {
			answer.Body = string(body)
		} else {
			answer.Status, answer.Body = http.StatusNotFound, errorBody("Asset not found")
		}
	}
	s.write(w, r, answer)
}
