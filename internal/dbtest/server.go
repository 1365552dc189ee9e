package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
)

const (
	startLimit    = 60 * time.Second // for a loaded machine; a start from a copied template takes 0.2 s
	maxSocketPath = 107              // sun_path has 108 bytes, including the terminating NUL
)

// Server is a database server. Only Database, DSN, Socket and Admin may be called from several goroutines at once.
type Server struct {
	dir       string
	flags     []string
	env       []string // nil: the environment of this process
	process   *exec.Cmd
	exited    chan struct{} // closed when the process has ended
	databases atomic.Int64
}

// Run starts a server for a program that is not a test. It creates dir if needed and a new data directory in it. flags are
// additional flags of the server. Close ends the server; the caller removes dir.
func Run(dir string, flags ...string) (*Server, error) {
	s := &Server{dir: dir, flags: flags}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	from, err := template(dir)
	if err == nil {
		err = copyData(s.datadir(), from)
	}
	if err != nil {
		return nil, err
	}
	return s, s.start()
}

// Close kills the server and waits until it has ended. It does nothing if the server is not running.
func (s *Server) Close() error {
	if s.process == nil {
		return nil
	}
	if err := s.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill the server: %w", err)
	}
	<-s.exited
	s.process = nil
	return nil
}

// DSN returns the connection string for a database ("" for none) as root. It has no parameters: append "?parseTime=true" or
// others.
func (s *Server) DSN(database string) string { return "root@unix(" + s.Socket() + ")/" + database }

// Socket returns the path of the server's Unix socket. A restart does not change it.
func (s *Server) Socket() string { return filepath.Join(s.dir, "sock") }

// PID returns the server's process id, 0 if it is not running. A restart changes it.
func (s *Server) PID() int {
	if s.process == nil {
		return 0
	}
	return s.process.Process.Pid
}

func (s *Server) datadir() string  { return filepath.Join(s.dir, "data") }
func (s *Server) errorLog() string { return filepath.Join(s.dir, "error.log") }

// start starts the server and waits until it responds.
func (s *Server) start() error {
	if len(s.Socket()) > maxSocketPath {
		return fmt.Errorf("the path of the socket is longer than %d bytes: set TMPDIR to a path shorter than %s", maxSocketPath, s.dir)
	}
	program, err := findServer()
	if err != nil {
		return err
	}
	cmd := exec.Command(program, s.arguments()...)
	cmd.Env = s.env
	exited, err := startBound(cmd)
	if err != nil {
		return fmt.Errorf("start the server: %w", err)
	}
	s.process, s.exited = cmd, exited
	if err := s.awaitReady(); err != nil {
		tail := s.errorLogTail()
		_ = s.Close() // the server's failure is the one to report
		return fmt.Errorf("%w\nlast lines of its error log:\n%s", err, tail)
	}
	return nil
}

// awaitReady waits until the server responds.
func (s *Server) awaitReady() error {
	return s.await("respond", startLimit, func(ctx context.Context, db *sql.DB) error {
		if _, err := os.Stat(s.Socket()); err != nil { // without a socket the driver would log each failed attempt
			return err
		}
		return db.PingContext(ctx)
	})
}

// await polls until check succeeds, the server ends or the limit has passed.
func (s *Server) await(what string, limit time.Duration, check func(context.Context, *sql.DB) error) error {
	db, err := sql.Open("mysql", s.DSN(""))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		last := check(ctx, db)
		if last == nil {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("the server ended before it was able to %s: %s", what, s.process.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("the server did not %s within %s: %w", what, limit, last)
		case <-ticker.C:
		}
	}
}

func (s *Server) errorLogTail() string {
	text, err := os.ReadFile(s.errorLog())
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	return strings.Join(lines[max(0, len(lines)-30):], "\n")
}
