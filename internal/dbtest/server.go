package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver "mysql"
)

const (
	startLimit    = 60 * time.Second // a loaded machine included; from a copied template it takes 0.2 s
	logFileSize   = "16M"            // the default of 96M would be copied for every server
	maxSocketPath = 107              // sun_path holds 108 bytes with the closing NUL
)

// Server is a running mariadbd. Its methods are for one goroutine at a time, but for Database, DSN, Socket and Admin.
type Server struct {
	dir       string
	flags     []string
	env       []string // of the process; nil: this one's
	process   *exec.Cmd
	exited    chan struct{} // closed when process is gone
	databases atomic.Int64
}

// Run starts a server for a program that is no test, on a fresh data directory in dir, which is created if missing.
// flags are further flags of mariadbd. Close ends it; the files in dir are the caller's.
func Run(dir string, flags ...string) (*Server, error) {
	s := &Server{dir: dir, flags: flags}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := install(s.datadir()); err != nil {
		return nil, err
	}
	return s, s.start()
}

// Close kills the server and waits for its end. Closing a server that is not running does nothing.
func (s *Server) Close() error {
	if s.process == nil {
		return nil
	}
	if err := s.process.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("kill mariadbd: %w", err)
	}
	<-s.exited
	s.process = nil
	return nil
}

// DSN is the connection string for a database ("" for none) as root, without any parameter: append "?parseTime=true" or
// what else is needed.
func (s *Server) DSN(database string) string { return "root@unix(" + s.Socket() + ")/" + database }

// Socket is the path of the server's Unix socket, the same after a restart.
func (s *Server) Socket() string { return filepath.Join(s.dir, "sock") }

// PID is the server's process id; another one after a restart, 0 when it is not running.
func (s *Server) PID() int {
	if s.process == nil {
		return 0
	}
	return s.process.Process.Pid
}

func (s *Server) datadir() string  { return filepath.Join(s.dir, "data") }
func (s *Server) errorLog() string { return filepath.Join(s.dir, "error.log") }

// start starts mariadbd and waits until it answers.
func (s *Server) start() error {
	if len(s.Socket()) > maxSocketPath {
		return fmt.Errorf("the socket's path is longer than %d bytes: set TMPDIR to a shorter path than %s", maxSocketPath, s.dir)
	}
	program, err := findProgram("mariadbd")
	if err != nil {
		return err
	}
	cmd := exec.Command(program, s.arguments()...)
	cmd.Env = s.env
	exited, err := startBound(cmd)
	if err != nil {
		return fmt.Errorf("start mariadbd: %w", err)
	}
	s.process, s.exited = cmd, exited
	if err := s.awaitReady(); err != nil {
		tail := s.errorLogTail()
		_ = s.Close() // the server's own failure is the one to report
		return fmt.Errorf("%w\nend of its error log:\n%s", err, tail)
	}
	return nil
}

func (s *Server) arguments() []string {
	args := []string{
		"--no-defaults", "--datadir=" + s.datadir(), "--socket=" + s.Socket(), "--skip-networking",
		"--pid-file=" + filepath.Join(s.dir, "pid"), "--log-error=" + s.errorLog(), "--tmpdir=" + s.dir,
		"--skip-log-bin", "--character-set-server=utf8mb4",
		"--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M", "--innodb-log-file-size=" + logFileSize,
	}
	return slices.Concat(args, asRoot(), s.flags)
}

// awaitReady waits until the server answers.
func (s *Server) awaitReady() error {
	return s.await("answer", startLimit, func(ctx context.Context, db *sql.DB) error {
		if _, err := os.Stat(s.Socket()); err != nil { // the driver would log every refused attempt
			return err
		}
		return db.PingContext(ctx)
	})
}

// await asks again and again until the server is as it has to be, ends, or has had its time.
func (s *Server) await(what string, limit time.Duration, ask func(context.Context, *sql.DB) error) error {
	db, err := sql.Open("mysql", s.DSN(""))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		last := ask(ctx, db)
		if last == nil {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("mariadbd ended before it could %s: %s", what, s.process.ProcessState)
		case <-ctx.Done():
			return fmt.Errorf("mariadbd did not %s within %s: %w", what, limit, last)
		case <-again.C:
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
