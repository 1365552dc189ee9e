package contention_test

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/examples/faults/stage"
)

// rival is another session with a transaction in the run's way.
type rival struct {
	t  *testing.T
	s  *stage.Stage
	tx *sql.Tx
}

func newRival(t *testing.T, s *stage.Stage) *rival {
	t.Helper()
	tx, err := s.Host.BeginTx(t.Context(), nil)
	if err != nil {
		t.Error(err)
		return nil
	}
	return &rival{t: t, s: s, tx: tx}
}

func (r *rival) exec(text string) {
	r.t.Helper()
	if _, err := r.tx.ExecContext(r.t.Context(), text); err != nil {
		r.t.Errorf("the rival's %s: %v", text, err)
	}
}

// lock locks every row of a table, and every gap between them.
func (r *rival) lock(table string) {
	r.t.Helper()
	r.exec("SELECT * FROM " + table + " FOR UPDATE")
}

func (r *rival) leave() {
	r.t.Helper()
	if err := r.tx.Rollback(); err != nil {
		r.t.Error(err)
	}
}

// tableOf is the table that a point's statement writes.
func tableOf(p stage.Point) string {
	_, table, _ := strings.Cut(strings.TrimSuffix(p.Kind, " (mark)"), " ")
	return table
}

// awaitLockWait returns when the server has the connection wait for a lock.
func awaitLockWait(t *testing.T, s *stage.Stage, threadID uint32) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	query := fmt.Sprintf("SELECT COUNT(*) FROM information_schema.innodb_trx WHERE trx_state = 'LOCK WAIT' AND trx_mysql_thread_id = %d", threadID)
	for n := 0; n == 0; {
		if err := s.Admin.QueryRowContext(ctx, query).Scan(&n); err != nil {
			t.Errorf("thread %d did not come to wait for a lock: %v", threadID, err)
			return
		}
	}
}
