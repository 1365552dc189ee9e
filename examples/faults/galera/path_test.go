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
)

// path is how a host reaches the cluster: a new connection goes to the first of these nodes that takes it. It counts the
// answers with error 1047.
type path struct {
	sockets []string
	refused atomic.Int64
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
				return &watched{Conn: conn, refused: &p.refused}, nil
			}
			reasons = append(reasons, err)
		}
		return nil, errors.Join(reasons...)
	})
	t.Cleanup(func() { mysql.DeregisterDialContext(network) })
	return open(t, "root@"+network+"(first)/"+database)
}

type watched struct {
	net.Conn
	refused *atomic.Int64
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	if bytes.Contains(p[:n], []byte("WSREP has not yet prepared node")) {
		w.refused.Add(1)
	}
	return n, err
}
