package cancellation_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"strings"
	"sync"
)

// moment is when, around one round trip to the database, a tripwire goes off.
type moment int

const (
	before     moment = iota // nothing has been sent yet
	unanswered               // the server has done it, and its answer never comes
	answered                 // it was sent, its answer is awaited and comes
	after                    // the answer is there; of a query, its rows are not read yet
)

func (m moment) String() string {
	return [...]string{"before it is sent", "while the answer stays away", "while the answer is awaited", "after the answer"}[m]
}

// tripwire goes off at the first round trip whose text holds its own, once it is armed.
type tripwire struct {
	text   string
	behind string // a round trip whose text holds this has to come first; "": none
	when   moment
	trip   func()

	mu    sync.Mutex
	armed bool
}

func (w *tripwire) arm() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = true
}

// take reports whether this round trip is the one.
func (w *tripwire) take(text string) bool {
	if w == nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case !w.armed:
		return false
	case w.behind != "":
		if strings.Contains(text, w.behind) {
			w.behind = ""
		}
		return false
	case !strings.Contains(text, w.text):
		return false
	}
	w.armed = false
	return true
}

// wiredConn is a connection to the database whose next Read can be made to trip, and to get nothing.
type wiredConn struct {
	net.Conn
	closed chan struct{}
	once   sync.Once
	next   chan *tripwire // holds at most one
}

func (c *wiredConn) Read(p []byte) (int, error) {
	var wire *tripwire
	select {
	case wire = <-c.next:
	default:
		return c.Conn.Read(p)
	}
	if wire.when == answered {
		wire.trip()
		return c.Conn.Read(p)
	}
	_, err := c.Conn.Read(p) // the server has done it, and nobody hears of it
	wire.trip()
	<-c.closed
	return 0, errors.Join(err, net.ErrClosed)
}

func (c *wiredConn) Close() error {
	c.once.Do(func() { close(c.closed) })
	return c.Conn.Close()
}

// around makes one round trip. fail, where it is not nil, is asked for an error to give instead.
func (c *conn) around(text string, send func() error) error {
	if c.wired.fail != nil {
		if err := c.wired.fail(text); err != nil {
			return err
		}
	}
	wire := c.wired.wire
	if !wire.take(text) {
		return send()
	}
	switch wire.when {
	case before:
		wire.trip()
	case unanswered, answered:
		c.net.next <- wire
	}
	err := send()
	if wire.when == after {
		wire.trip()
	}
	return err
}

// connector opens connections to the database that report each round trip.
type connector struct {
	driver.Connector
	wire *tripwire               // may be nil
	fail func(text string) error // may be nil
}

// netKey is where Connect's context holds what the dialer has to fill in.
type netKey struct{}

// dial is mysql.Config.DialFunc.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	raw, err := new(net.Dialer).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	wired := &wiredConn{Conn: raw, closed: make(chan struct{}), next: make(chan *tripwire, 1)}
	if to, ok := ctx.Value(netKey{}).(**wiredConn); ok {
		*to = wired
	}
	return wired, nil
}

// Connect implements driver.Connector.
func (c *connector) Connect(ctx context.Context) (driver.Conn, error) {
	var wired *wiredConn
	raw, err := c.Connector.Connect(context.WithValue(ctx, netKey{}, &wired))
	if err != nil {
		return nil, err
	}
	return &conn{mysqlConn: raw.(mysqlConn), wired: c, net: wired}, nil
}
