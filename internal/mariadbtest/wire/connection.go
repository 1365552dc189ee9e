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
		c.forward(c.server, c.client, c.fromServer)
		_ = c.client.Close() // wakes the other direction; serve closes it once more
	})
	c.forward(c.client, c.server, c.fromClient)
	_ = c.server.Close()
	answers.Wait()
}

func (c *connection) forward(from, to net.Conn, judge func(packet) Verdict) {
	for {
		p, err := readPacket(from)
		if err != nil || judge(p) == Cut {
			return
		}
		if _, err := to.Write(p); err != nil {
			return
		}
	}
}

// fromClient judges what the client sends. Number 0 begins a command.
func (c *connection) fromClient(p packet) Verdict {
	if p.sequence() != 0 || len(p.payload()) == 0 {
		return Pass
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
		return Pass
	}
	if c.proxy.request(s) == Cut {
		return Cut
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.waiting = s
	return Pass
}

// fromServer judges what the server sends: the first packet of an answer says that the statement is done with.
func (c *connection) fromServer(p packet) Verdict {
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
	if turnedAway {
		c.proxy.refuse()
	}
	if s == nil {
		return Pass
	}
	return c.proxy.answer(*s, errorNumber(p))
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
