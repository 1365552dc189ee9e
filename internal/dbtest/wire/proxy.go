package wire

import (
	"errors"
	"net"
	"sync"
	"testing"
)

// Statement is a statement that a client sends.
type Statement struct {
	Number   int    // of the statements since Watch, from 1
	Text     string // of an execution: the text that was prepared
	Prepare  bool   // it is only prepared
	ThreadID uint32 // the server's id of the connection, for KILL
}

// Verdict decides about a statement or its response.
type Verdict int

// The verdicts.
const (
	Pass Verdict = iota // forward it
	Cut                 // close the connection on both sides instead
)

// Taps are called while the client waits, from one goroutine per connection and direction. A nil function does nothing.
type Taps struct {
	// Request is called before the statement is sent to the server.
	Request func(Statement) Verdict
	// HalfSent is called when the first half of the statement has been sent.
	HalfSent func(Statement) Verdict
	// Sent is called when the statement has been sent. The response may arrive at the same time.
	Sent func(Statement)
	// Response is called when the server has executed the statement or refused it with this error (0: none), before the
	// response is forwarded to the client.
	Response func(s Statement, errorNumber uint16) Verdict
	// Responded is called when the first packet of the response has been forwarded to the client.
	Responded func(Statement)
	// Refused is called when the server is not running or accepts no more connections.
	Refused func()
	// Closed is called when a connection has been closed by either side or by a tap.
	Closed func()
}

// withDefaults returns taps without nil functions.
func (t Taps) withDefaults() Taps {
	pass, nothing := func(Statement) Verdict { return Pass }, func(Statement) {}
	if t.Request == nil {
		t.Request = pass
	}
	if t.HalfSent == nil {
		t.HalfSent = pass
	}
	if t.Sent == nil {
		t.Sent = nothing
	}
	if t.Response == nil {
		t.Response = func(Statement, uint16) Verdict { return Pass }
	}
	if t.Responded == nil {
		t.Responded = nothing
	}
	if t.Refused == nil {
		t.Refused = func() {}
	}
	if t.Closed == nil {
		t.Closed = func() {}
	}
	return t
}

// Proxy forwards the traffic between clients and a server.
type Proxy struct {
	socket   string
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	taps   Taps
	number int
	open   map[net.Conn]bool // nil after Close
}

// Start starts a proxy for the server at a Unix socket. The server may start later. The proxy ends with the test.
func Start(tb testing.TB, socket string) *Proxy {
	tb.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatalf("wire: %v", err)
	}
	p := &Proxy{socket: socket, listener: listener, open: map[net.Conn]bool{}}
	p.Watch(Taps{})
	p.running.Go(p.accept)
	tb.Cleanup(p.Close)
	return p
}

// DSN returns the connection string for a database as root, without parameters.
func (p *Proxy) DSN(database string) string { return p.UserDSN("root", database) }

// UserDSN is DSN for another account, without a password.
func (p *Proxy) UserDSN(user, database string) string {
	return user + "@tcp(" + p.listener.Addr().String() + ")/" + database
}

// Watch replaces the taps and restarts the numbering. The zero Taps forward everything.
func (p *Proxy) Watch(taps Taps) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taps, p.number = taps.withDefaults(), 0
}

// CutAll closes every connection.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close() // it may already be closed
	}
}

// Close closes every connection and waits until they have ended. It is also called when the test ends.
func (p *Proxy) Close() {
	_ = p.listener.Close() // it may already be closed
	p.CutAll()
	p.mu.Lock()
	p.open = nil
	p.mu.Unlock()
	p.running.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			p.running.Go(func() { p.serve(client) })
		}
	}
}

func (p *Proxy) serve(client net.Conn) {
	defer func() { _ = client.Close() }() // either side may already have closed it
	server, err := net.Dial("unix", p.socket)
	if err != nil {
		p.currentTaps().Refused()
		return
	}
	defer func() { _ = server.Close() }()
	if !p.add(client, server) {
		return
	}
	defer p.remove(client, server)
	c := &connection{proxy: p, client: client, server: server, texts: map[uint32]string{}}
	c.pass()
}

// add registers connections. It reports whether the proxy is still open.
func (p *Proxy) add(conns ...net.Conn) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.open == nil {
		return false
	}
	for _, c := range conns {
		p.open[c] = true
	}
	return true
}

func (p *Proxy) remove(conns ...net.Conn) {
	p.mu.Lock()
	for _, c := range conns {
		delete(p.open, c)
	}
	closed := p.taps.Closed
	p.mu.Unlock()
	closed()
}

func (p *Proxy) currentTaps() Taps {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taps
}

// count numbers a statement. It returns the taps that the number belongs to.
func (p *Proxy) count(s *Statement) Taps {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	s.Number = p.number
	return p.taps
}
