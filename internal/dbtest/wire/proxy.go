package wire

import (
	"errors"
	"net"
	"sync"
	"testing"
)

// Statement is a statement on its way.
type Statement struct {
	Number   int    // counts the statements of a proxy since Watch, from 1
	Text     string // of an execution the text that was prepared
	Prepare  bool   // it is only prepared
	ThreadID uint32 // the server's id of the connection, for KILL
}

// Verdict says what comes of a statement or its answer.
type Verdict int

// The verdicts.
const (
	Pass Verdict = iota // let it through
	Cut                 // break the connection instead, on both sides
)

// Taps are called while the client waits, by one goroutine a connection and direction. A nil one does nothing.
type Taps struct {
	// Request has a statement that the server does not have yet.
	Request func(Statement) Verdict
	// HalfSent has a statement of which the server has the first half.
	HalfSent func(Statement) Verdict
	// Sent has a statement that the server has been given. Its answer may be on its way.
	Sent func(Statement)
	// Answer has a statement that the server has carried out or refused with this error, 0 for none, before the client
	// hears of it.
	Answer func(s Statement, errorNumber uint16) Verdict
	// Answered has a statement whose answer the client has been given; of a query, its first packet.
	Answered func(Statement)
	// Refused is called when a client is turned away: the server is not there, or takes no more connections.
	Refused func()
	// Left is called when a connection has ended, whoever ended it.
	Left func()
}

// withDefaults returns taps none of which is nil.
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
	if t.Answer == nil {
		t.Answer = func(Statement, uint16) Verdict { return Pass }
	}
	if t.Answered == nil {
		t.Answered = nothing
	}
	if t.Refused == nil {
		t.Refused = func() {}
	}
	if t.Left == nil {
		t.Left = func() {}
	}
	return t
}

// Proxy passes on what clients and a server say to each other.
type Proxy struct {
	socket   string
	listener net.Listener
	running  sync.WaitGroup

	mu     sync.Mutex
	taps   Taps
	number int
	open   map[net.Conn]bool // nil when closed
}

// Start starts a proxy in front of the server at a Unix socket, which need not be there yet. It ends with the test.
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

// DSN is the connection string for a database as root, without any parameter.
func (p *Proxy) DSN(database string) string { return p.UserDSN("root", database) }

// UserDSN is DSN for another account without a password.
func (p *Proxy) UserDSN(user, database string) string {
	return user + "@tcp(" + p.listener.Addr().String() + ")/" + database
}

// Watch replaces the taps and begins to count anew. The zero Taps let everything pass.
func (p *Proxy) Watch(taps Taps) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.taps, p.number = taps.withDefaults(), 0
}

// CutAll breaks every connection.
func (p *Proxy) CutAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close() // it may have ended already
	}
}

// Close breaks every connection and waits for their ends. The test's end does it too.
func (p *Proxy) Close() {
	_ = p.listener.Close() // it may be closed already
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
	defer func() { _ = client.Close() }() // either side may have closed it
	server, err := net.Dial("unix", p.socket)
	if err != nil {
		p.tapped().Refused()
		return
	}
	defer func() { _ = server.Close() }()
	if !p.enter(client, server) {
		return
	}
	defer p.leave(client, server)
	c := &connection{proxy: p, client: client, server: server, texts: map[uint32]string{}}
	c.pass()
}

// enter reports whether the proxy is still open.
func (p *Proxy) enter(conns ...net.Conn) bool {
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

func (p *Proxy) leave(conns ...net.Conn) {
	p.mu.Lock()
	for _, c := range conns {
		delete(p.open, c)
	}
	left := p.taps.Left
	p.mu.Unlock()
	left()
}

func (p *Proxy) tapped() Taps {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.taps
}

// count numbers a statement, and returns the taps that it is counted for.
func (p *Proxy) count(s *Statement) Taps {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.number++
	s.Number = p.number
	return p.taps
}
