package showcase

import (
	"fmt"
	"io"
	"net"

	sqle "github.com/dolthub/go-mysql-server"
	"github.com/dolthub/go-mysql-server/memory"
	"github.com/dolthub/go-mysql-server/server"
	"github.com/dolthub/go-mysql-server/sql"
	"github.com/sirupsen/logrus"
)

// MaxEngineAssets is how many assets the engine takes: an UPDATE in it costs more with every row of the table.
const MaxEngineAssets = 1000

// StartEngine serves an empty database from memory on a free port of 127.0.0.1 until stop is called. The engine is
// go-mysql-server: good for showing, with one connection and without the locks of a real server.
func StartEngine() (dsn string, stop func(), err error) {
	const database = "quickstart"
	logrus.SetOutput(io.Discard) // the engine reports each connection

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("no port for the database: %w", err)
	}
	provider := memory.NewDBProvider(memory.NewDatabase(database))
	engine := sqle.NewDefault(provider)
	s, err := server.NewServer(server.Config{Protocol: "tcp", Listener: listener}, engine, sql.NewContext, memory.NewSessionBuilder(provider), nil)
	if err != nil {
		_ = listener.Close()
		return "", nil, fmt.Errorf("the database in this process does not start: %w", err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = s.Start() // returns when the listener is closed, always nil
	}()
	stop = func() {
		_ = s.Close() // always nil
		<-ended
		_ = engine.Close()
	}
	return fmt.Sprintf("root@tcp(%s)/%s", listener.Addr(), database), stop, nil
}
