package dbtest

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"sync"
	"testing"
)

// shared is the state of this test binary. Main sets it up and cleans it up.
var shared struct {
	space  *workspace
	server func() (*Server, error)

	mu      sync.Mutex
	servers []*Server // all servers that were started; Main kills them
	version string    // of the first one
}

// Main runs the tests, lists those that Only left out, kills their servers and removes their files. A package whose tests use this package needs
//
//	func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }
func Main(m *testing.M) int {
	shared.space = newWorkspace()
	shared.server = sync.OnceValues(func() (*Server, error) { return launch(nil) })
	defer func() {
		for _, s := range shared.servers {
			_ = s.Close() // the server ends with this process anyway
		}
		shared.space.remove()
	}()
	code := m.Run()
	if err := report(shared.version); err != nil {
		fmt.Fprintln(os.Stderr, "dbtest:", err)
		return max(code, 1)
	}
	return code
}

func launch(flags []string) (*Server, error) {
	s, err := shared.space.newServer(flags)
	if err != nil {
		return nil, err
	}
	shared.mu.Lock()
	defer shared.mu.Unlock()
	shared.servers = append(shared.servers, s)
	if shared.version == "" {
		shared.version, err = s.version()
	}
	return s, err
}

// Database creates a utf8mb4 database on the shared server of this test binary and returns its DSN, without parameters. The
// database is dropped when the test ends. With -short the test is skipped.
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

// Start starts a server for this test only and kills it when the test ends. flags are additional flags of the server. With
// -short the test is skipped.
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
		tb.Skip("needs a database server; run without -short")
	}
	if shared.space == nil {
		tb.Fatal("dbtest: the package needs func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }")
	}
}

// Database creates a utf8mb4 database on s and returns its DSN, without parameters. The database is not dropped.
func (s *Server) Database(tb testing.TB) string {
	tb.Helper()
	return s.DSN(s.create(tb))
}

// Admin returns a handle without a default database, for statements such as KILL and SET GLOBAL. It is closed when the test
// ends.
func (s *Server) Admin(tb testing.TB) *sql.DB {
	tb.Helper()
	db, err := sql.Open("mysql", s.DSN(""))
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	tb.Cleanup(func() { _ = db.Close() }) // its connections may already be broken
	return db
}

// Kill ends the server with SIGKILL, as a power failure does, and waits until it has ended.
func (s *Server) Kill(tb testing.TB) {
	tb.Helper()
	if err := s.Close(); err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
}

// Restart kills the server if it is running, and starts it with the same files and socket.
func (s *Server) Restart(tb testing.TB) {
	tb.Helper()
	s.Kill(tb)
	if err := s.start(); err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
}

// Freeze stops the server with SIGSTOP: connections stay open, but the server does not respond.
func (s *Server) Freeze(tb testing.TB) {
	tb.Helper()
	if err := freeze(s.process.Process); err != nil {
		tb.Fatalf("dbtest: freeze: %v", err)
	}
}

// Thaw lets a frozen server continue.
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
		tb.Errorf("dbtest: drop the test's database (a transaction may still be open): %v", err)
	}
}

func (s *Server) version() (version string, err error) {
	db, err := sql.Open("mysql", s.DSN(""))
	if err != nil {
		return "", err
	}
	defer db.Close()
	err = db.QueryRow("SELECT VERSION()").Scan(&version)
	return version, err
}

// exec runs one statement. It does not wait long for tables that a test has left locked.
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
