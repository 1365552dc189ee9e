package cancellation_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"path"
	"sync"
)

// tenant is an Innomaint over net.Pipe. A goroutine that waits for a real socket is never "durably blocked" to
// testing/synctest, so that no bubble with one would see its clock move; one that waits for a pipe is.
type tenant struct {
	http  *http.Server
	conns chan net.Conn
	done  chan struct{}
	once  sync.Once

	bodies map[string][]byte           // by asset id
	serve  map[string]http.HandlerFunc // instead; also of "login"
}

func newTenant(bodies map[string][]byte) *tenant {
	t := &tenant{conns: make(chan net.Conn), done: make(chan struct{}), bodies: bodies, serve: map[string]http.HandlerFunc{}}
	t.http = &http.Server{Handler: http.HandlerFunc(t.answer)}
	go func() { _ = t.http.Serve(t) }() // ends with Close
	return t
}

func (t *tenant) answer(w http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // until then, net/http does not notice that the caller is gone
	id := path.Base(r.URL.Path)
	if serve := t.serve[id]; serve != nil {
		serve(w, r)
		return
	}
	_, _ = w.Write(t.bodies[id]) // to a client that may be gone
}

func (t *tenant) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case t.conns <- server:
		return client, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-t.done:
		return nil, net.ErrClosed
	}
}

// Accept implements net.Listener.
func (t *tenant) Accept() (net.Conn, error) {
	select {
	case c := <-t.conns:
		return c, nil
	case <-t.done:
		return nil, net.ErrClosed
	}
}

// Close implements net.Listener.
func (t *tenant) Close() error {
	t.once.Do(func() { close(t.done) })
	return nil
}

// Addr implements net.Listener.
func (t *tenant) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (t *tenant) shutdown() error { return errors.Join(t.http.Close(), t.Close()) }

// hold answers nothing until the caller is gone.
func hold(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

// halfABody sends the beginning of an answer, and then nothing until the caller is gone.
func halfABody(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Length", "1000")
	_, _ = w.Write([]byte(`{"asset_id":"` + path.Base(r.URL.Path) + `","asset_name":"Chilled wat`))
	_ = http.NewResponseController(w).Flush()
	hold(w, r)
}

func status(code int, header ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		for i := 0; i < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

// loginThen lets the first login pass, and answers the later ones with then.
func loginThen(then http.HandlerFunc) http.HandlerFunc {
	logins := 0 // never two at once
	return func(w http.ResponseWriter, r *http.Request) {
		if logins++; logins > 1 {
			then(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"token":"issued-by-the-tenant"}`))
	}
}
