package wire

import (
	"net"
	"sync"
)

// connection is one client's.
type connection struct {
	proxy          *Proxy
	client, server net.Conn

	mu        sync.Mutex
	greeted   bool
	commanded bool // the login is over
	threadID  uint32
	waiting   *Statement        // its answer has not begun
	texts     map[uint32]string // of prepared statements
}

// pass passes packets on until either side is gone or a tap cuts.
func (c *connection) pass() {
	var answers sync.WaitGroup
	answers.Go(func() {
		forward(c.server, c.fromServer)
		_ = c.client.Close() // wakes the other direction; serve closes it once more
	})
	forward(c.client, c.fromClient)
	_ = c.server.Close()
	answers.Wait()
}

// forward reads packets for as long as they are delivered.
func forward(from net.Conn, deliver func(packet) bool) {
	for {
		p, err := readPacket(from)
		if err != nil || !deliver(p) {
			return
		}
	}
}

// fromClient delivers what the client sends, and reports whether the connection goes on.
func (c *connection) fromClient(p packet) bool {
	s := c.statement(p)
	if s == nil {
		return write(c.server, p)
	}
	taps := c.proxy.count(s)
	if taps.Request(*s) == Cut {
		return false
	}
	c.mu.Lock()
	c.waiting = s
	c.mu.Unlock()
	half := len(p) / 2
	if !write(c.server, p[:half]) || taps.HalfSent(*s) == Cut || !write(c.server, p[half:]) {
		return false
	}
	taps.Sent(*s)
	return true
}

// statement is what a packet of the client's carries; nil for none. Number 0 begins a command.
func (c *connection) statement(p packet) *Statement {
	if p.sequence() != 0 || len(p.payload()) == 0 {
		return nil
	}
	s := &Statement{ThreadID: c.command()}
	switch p.payload()[0] {
	case comQuery:
		s.Text = string(p.payload()[1:])
	case comPrepare:
		s.Text, s.Prepare = string(p.payload()[1:]), true
	case comExecute:
		s.Text = c.prepared(p)
	default:
		return nil
	}
	return s
}

// fromServer delivers what the server sends, and reports whether the connection goes on. The first packet of an answer says
// that the statement is done with.
func (c *connection) fromServer(p packet) bool {
	c.mu.Lock()
	s := c.waiting
	c.waiting = nil
	turnedAway := !c.commanded && errorNumber(p) != 0 // instead of a greeting, or as the answer to the login
	if !c.greeted {
		c.greeted = true
		c.threadID = threadID(p)
	}
	if id, ok := statementID(p); s != nil && s.Prepare && ok && p.payload()[0] == okPacket {
		c.texts[id] = s.Text
	}
	c.mu.Unlock()
	taps := c.proxy.tapped()
	if turnedAway {
		taps.Refused()
	}
	if s == nil {
		return write(c.client, p)
	}
	if taps.Answer(*s, errorNumber(p)) == Cut || !write(c.client, p) {
		return false
	}
	taps.Answered(*s)
	return true
}

func write(to net.Conn, p []byte) bool {
	_, err := to.Write(p)
	return err == nil
}

// command notes that a command came, and returns the server's id of the connection.
func (c *connection) command() uint32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.commanded = true
	return c.threadID
}

func (c *connection) prepared(execution packet) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	id, _ := statementID(execution) // the driver sends whole packets
	return c.texts[id]
}
