package dbtest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"
)

// joinLimit limits the time until all nodes are synced. It is long enough for a loaded machine.
const joinLimit = 2 * time.Minute

// awaitSynced waits until the node is synced and its cluster has this size. Size 0 means any.
func awaitSynced(s *Server, size int) error {
	err := s.await("sync", joinLimit, func(ctx context.Context, db *sql.DB) error {
		var name, state, members string
		err := errors.Join(
			db.QueryRowContext(ctx, "SHOW STATUS LIKE 'wsrep_local_state_comment'").Scan(&name, &state),
			db.QueryRowContext(ctx, "SHOW STATUS LIKE 'wsrep_cluster_size'").Scan(&name, &members))
		if err == nil && (state != "Synced" || size != 0 && members != fmt.Sprint(size)) {
			err = fmt.Errorf("state %q, %s members", state, members)
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("%w\n%s", err, s.errorLogTail())
	}
	return nil
}

// shutDown ends the server cleanly.
func (s *Server) shutDown() error {
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.exited:
		s.process = nil
		return nil
	case <-time.After(startLimit):
		return fmt.Errorf("the server did not shut down within %s", startLimit)
	}
}

var positionLine = regexp.MustCompile(`Recovered position: *(\S+)`)

// recoveredPosition recovers a killed node's data and returns its position in the cluster's history.
func recoveredPosition(s *Server) (string, error) {
	program, err := findServer()
	if err != nil {
		return "", err
	}
	logFile := filepath.Join(s.dir, "recover.log")
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, append(s.arguments(), "--wsrep-recover", "--log-error="+logFile)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("mariadbd --wsrep-recover: %w\n%s", err, out)
	}
	text, err := os.ReadFile(logFile)
	if err != nil {
		return "", err
	}
	found := positionLine.FindAllSubmatch(text, -1)
	if found == nil {
		return "", fmt.Errorf("mariadbd --wsrep-recover printed no position:\n%s", text)
	}
	return string(found[len(found)-1][1]), nil // the log may contain earlier recoveries
}
