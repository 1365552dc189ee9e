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

// MaxEngineAssets is the maximum number of assets in the engine. There, each row makes an UPDATE slower.
const MaxEngineAssets = 1000

// StartEngine serves an empty in-memory database on a free port of 127.0.0.1 until stop is called. The engine is
// go-mysql-server. It is for demos only: it supports one connection and does not lock as a real server does.
func StartEngine() (dsn string, stop func(), err error) {
	const database = "quickstart"
	logrus.SetOutput(io.Discard) // the engine logs each connection

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("listen for the database: %w", err)
	}
	provider := memory.NewDBProvider(memory.NewDatabase(database))
	engine := sqle.NewDefault(provider)
	s, err := server.NewServer(server.Config{Protocol: "tcp", Listener: listener}, engine, sql.NewContext, memory.NewSessionBuilder(provider), nil)
	if err != nil {
		_ = listener.Close()
		return "", nil, fmt.Errorf("start the in-process database: %w", err)
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
