package contention_test

import (
	"context"
	"database/sql"
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

// awaitLockWait returns when somebody waits for a row lock; nobody but the run is to. Not information_schema.innodb_trx: who
// reads that more often than every 100 ms is shown the same for ever.
func awaitLockWait(t *testing.T, s *stage.Stage) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	const query = "SELECT variable_value FROM information_schema.global_status WHERE variable_name = 'INNODB_ROW_LOCK_CURRENT_WAITS'"
	for n := 0; n == 0; {
		if err := s.Admin.QueryRowContext(ctx, query).Scan(&n); err != nil {
			t.Errorf("nobody waits for a lock: %v", err)
			return
		}
	}
}
