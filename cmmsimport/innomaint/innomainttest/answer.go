package innomainttest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"
)

// Answer is one scripted response. Status 0 without a Body means the usual response, the asset itself or a 404, so that
// Answer{Delay: …} is the usual response, late.
type Answer struct {
	Status     int         // default 200
	Header     http.Header // added to, and before, the server's own: Content-Type application/json
	RetryAfter string      // value of a Retry-After header
	Body       string

	Delay time.Duration   // wait so long first, or until the request is gone
	Hold  <-chan struct{} // wait until it is closed, or the request is gone
	Cut   bool            // announce the whole body, send half of it, close the connection
	Drop  bool            // close the connection without a response
}

// write waits as a says, and sends the response.
func (s *Server) write(w http.ResponseWriter, r *http.Request, a Answer) {
	if !s.wait(r, a) {
		panic(http.ErrAbortHandler) // closes the connection
	}
	if a.Drop {
		drop(w)
		return
	}
	header := w.Header()
	for name, values := range a.Header {
		header[http.CanonicalHeaderKey(name)] = values
	}
	if header.Get("Content-Type") == "" {
		header.Set("Content-Type", "application/json")
	}
	if a.RetryAfter != "" {
		header.Set("Retry-After", a.RetryAfter)
	}
	header.Set("Content-Length", strconv.Itoa(len(a.Body)))
	if a.Status == 0 {
		a.Status = http.StatusOK
	}
	w.WriteHeader(a.Status)
	if a.Cut {
		_, _ = w.Write([]byte(a.Body[:len(a.Body)/2]))
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write([]byte(a.Body))
}

// wait reports whether the request still waits for a response.
func (s *Server) wait(r *http.Request, a Answer) bool {
	if a.Delay > 0 {
		timer := time.NewTimer(a.Delay)
		defer timer.Stop()
		if !waitFor(s, r, timer.C) {
			return false
		}
	}
	return a.Hold == nil || waitFor(s, r, a.Hold)
}

// waitFor reports whether an event came before the end of the request or of the server.
func waitFor[T any](s *Server, r *http.Request, event <-chan T) bool {
	select {
	case <-event:
		return true
	case <-r.Context().Done():
		return false
	case <-s.closing:
		return false
	}
}

func drop(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_, _ = conn.Write([]byte("HTTP/1.1 200 OK\r\n")) // why: see the package comment
	_ = conn.Close()
}

func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(errorBody(message)))
}

func errorBody(message string) string {
	body, err := json.Marshal(map[string]string{"status": "error", "message": message})
	if err != nil {
		panic(err) // a map of strings always marshals
	}
	return string(body)
}
