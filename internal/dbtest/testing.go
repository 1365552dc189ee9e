package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is what the tests of this binary have in common; Main sets it up and takes it down.
var shared struct {
	space  *workspace
	server func() (*Server, error)

	mu      sync.Mutex
	servers []*Server // all that were started, to be killed at the end
}

// Main runs the tests and then kills their servers and removes their files. A package whose tests use Database or Start
// needs it: func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }
func Main(m *testing.M) int {
	shared.space = newWorkspace()
	shared.server = sync.OnceValues(func() (*Server, error) { return launch(nil) })
	defer func() {
		for _, s := range shared.servers {
			_ = s.Close() // it dies with this process at the latest
		}
		shared.space.remove()
	}()
	return m.Run()
}

func launch(flags []string) (*Server, error) {
	s, err := shared.space.newServer(flags)
	if err != nil {
		return nil, err
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.servers = append(shared.servers, s)
	return s, nil
}

// Database returns the DSN, without parameters, of a new utf8mb4 database on the server that this test binary shares. It
// is dropped when the test ends. Skips the test with -short.
func Database(tb testing.TB) string {
	tb.Helper()
	require(tb)
	s, err := shared.server()
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	name := s.create(tb)
	tb.Cleanup(func() { s.drop(tb, name) })
	return s.DSN(name)
}

// Start starts a server of the test's own, which is killed when the test ends. flags are further flags of mariadbd.
// Skips the test with -short.
func Start(tb testing.TB, flags ...string) *Server {
	tb.Helper()
	require(tb)
	s, err := launch(flags)
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("dbtest: %v", err)
		}
		if err := os.RemoveAll(s.dir); err != nil {
			tb.Errorf("dbtest: %v", err)
		}
	})
	return s
}

func require(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("needs MariaDB; run without -short")
	}
	if shared.space == nil {
		tb.Fatal("dbtest: the package needs func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }")
	}
}

// Database returns the DSN, without parameters, of a new utf8mb4 database on s. It lives as long as the server does.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	return s.DSN(s.create(tb))
}

// Admin returns a handle without a default database, for looking and provoking (general_log, KILL, SET GLOBAL …). It is
// closed when the test ends.
func (s *Server) Admin(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("mysql", s.DSN(""))
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	tb.Cleanup(func() { _ = db.Close() }) // its connections may be dead already
	return db
}

// Kill ends the server with SIGKILL, as a power cut would, and waits for its end.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	if err := s.Close(); err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
}

// Restart kills the server if it runs and starts it again on the same files and socket.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	s.Kill(tb)
	if err := s.start(); err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
}

// Freeze stops the server with SIGSTOP: connections stay open, answers stay away.
func (s *Server) Freeze(tb testing.TB) {
	tb.Helper()
	if err := freeze(s.process.Process); err != nil {
		tb.Fatalf("dbtest: freeze: %v", err)
	}
}

// Thaw lets a frozen server go on.
func (s *Server) Thaw(tb testing.TB) {
	tb.Helper()
	if err := thaw(s.process.Process); err != nil {
		tb.Fatalf("dbtest: thaw: %v", err)
	}
}

func (s *Server) create(tb testing.TB) string {
	tb.Helper()
	name := fmt.Sprintf("t%d", s.databases.Add(1))
	if err := s.exec("CREATE DATABASE " + name + " CHARACTER SET utf8mb4"); err != nil {
		tb.Fatalf("dbtest: create a database: %v", err)
	}
	return name
}

func (s *Server) drop(tb testing.TB, name string) {
	tb.Helper()
	if err := s.exec("DROP DATABASE IF EXISTS " + name); err != nil {
		tb.Errorf("dbtest: drop the test's database (did the test leave a transaction open?): %v", err)
	}
}

// exec runs one statement; it does not wait long for tables that a test has left locked.
func (s *Server) exec(statement string) error {
	db, err := sql.Open("mysql", s.DSN("")+"?lock_wait_timeout=10")
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	_, err = db.ExecContext(ctx, statement)
	return err
}
