package wire

import (
	"net"
	"sync"
)

// connection is the connection of one client.
type connection struct {
	proxy          *Proxy
	client, server net.Conn

	mu        sync.Mutex
	greeted   bool
	commanded bool // the login is over
	threadID  uint32
	waiting   *Statement        // sent, no response yet
	texts     map[uint32]string // of prepared statements
}

// pass forwards packets until either side closes the connection or a tap cuts it.
func (c *connection) pass() {
	var responses sync.WaitGroup
	responses.Go(func() {
		forward(c.server, c.fromServer)
		_ = c.client.Close() // ends the other direction; serve closes it again
	})
	forward(c.client, c.fromClient)
	_ = c.server.Close()
	responses.Wait()
}

// forward reads packets as long as deliver returns true.
func forward(from net.Conn, deliver func(packet) bool) {
	for {
		p, err := readPacket(from)
		if err != nil || !deliver(p) {
			return
		}
	}
}

// fromClient forwards a packet of the client. It reports whether the connection continues.
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

// statement returns the statement in a packet of the client, nil if there is none. A command begins with sequence number 0.
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

// fromServer forwards a packet of the server. It reports whether the connection continues. The first packet of a response means
// that the server has executed the statement.
func (c *connection) fromServer(p packet) bool {
	c.mu.Lock()
	s := c.waiting
	c.waiting = nil
	refused := !c.commanded && errorNumber(p) != 0 // instead of a greeting, or in response to the login
	if !c.greeted {
		c.greeted = true
		c.threadID = threadID(p)
	}
	if id, ok := statementID(p); s != nil && s.Prepare && ok && p.payload()[0] == okPacket {
		c.texts[id] = s.Text
	}
	c.mu.Unlock()
	taps := c.proxy.currentTaps()
	if refused {
		taps.Refused()
	}
	if s == nil {
		return write(c.client, p)
	}
	if taps.Response(*s, errorNumber(p)) == Cut || !write(c.client, p) {
		return false
	}
	taps.Responded(*s)
	return true
}

func write(to net.Conn, p []byte) bool {
	_, err := to.Write(p)
	return err == nil
}

// command records that a command was sent. It returns the server's id of the connection.
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
