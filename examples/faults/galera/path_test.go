package galera_test

import (
	"bytes"
	"context"
	"errors"
	"net"
	"sync/atomic"
	"testing"

	"github.com/go-sql-driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/dbtest"
)

// path is how a host reaches the cluster: a new connection goes to the first of these nodes that takes it. It counts the
// answers with error 1047.
type path struct {
	sockets []string
	refused atomic.Int64
	event   atomic.Pointer[event]
}

var paths atomic.Int64

// pool opens a pool that takes the path.
func (p *path) pool(t *testing.T, database string) *gorm.DB {
	t.Helper()
	network := "galera" + string(rune('a'+paths.Add(1)))
	mysql.RegisterDialContext(network, func(ctx context.Context, _ string) (net.Conn, error) {
		var reasons []error
		for _, socket := range p.sockets {
			conn, err := new(net.Dialer).DialContext(ctx, "unix", socket)
			if err == nil {
				return &watched{Conn: conn, path: p}, nil
			}
			reasons = append(reasons, err)
		}
		return nil, errors.Join(reasons...)
	})
	t.Cleanup(func() { mysql.DeregisterDialContext(network) })
	return dbtest.Open(t, "root@"+network+"(first)/"+database)
}

// event is something to do when a statement of this text, or with an argument of this text, is on its way to the server.
type event struct {
	text          string
	before, after func()
}

type watched struct {
	net.Conn
	path *path
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if bytes.Contains(p[:n], []byte("WSREP has not yet prepared node")) {
		w.path.refused.Add(1)
	}
	return n, err
}

func (w *watched) Write(p []byte) (int, error) {
	if e := w.path.event.Load(); e != nil && bytes.Contains(p, []byte(e.text)) && w.path.event.CompareAndSwap(e, nil) {
		e.before()
		n, err := w.Conn.Write(p)
		e.after()
		return n, err
	}
	return w.Conn.Write(p)
}
