package synclog

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

const (
	purgeBatch = 5000 // rows a statement: locks for some tens of milliseconds, and a small transaction for replicas

	nextCustomer = "SELECT customer_id FROM cmms_sync_log WHERE customer_id >= ? ORDER BY customer_id LIMIT 1"
	purgeEntries = "DELETE FROM cmms_sync_log WHERE customer_id = ? AND synced_at < ? ORDER BY customer_id, synced_at LIMIT 5000"
	purgeRuns    = "DELETE FROM cmms_sync_run WHERE started_at < ? AND (status <> 'Running' OR heartbeat_at < ?)" +
		" ORDER BY started_at LIMIT 5000"
)

// Purge deletes the entries whose synced_at is before the given time, and the runs that started before it, unless they are
// Running with a heartbeat since. It returns how many entries it has deleted, also with an error.
//
// It goes customer by customer in batches of at most 5,000 rows, each committed by itself, so that no statement scans the
// table or locks much of it; db must therefore not be inside a transaction. It may run during a sync. A canceled ctx ends
// it after a batch or rolls the current one back; a later call continues from there.
func Purge(ctx context.Context, db *gorm.DB, before time.Time) (int64, error) {
	s := session(ctx, db)
	if _, inside := s.Statement.ConnPool.(gorm.TxCommitter); inside {
		return 0, errors.New("synclog: Purge commits batch by batch: give it a handle that is not inside a transaction")
	}
	deleted, err := purge(ctx, s, utc.Format(before))
	if err != nil {
		return deleted, fmt.Errorf("synclog: purge what is older than %s (%d entries deleted so far; call again to continue): %w",
			utc.Format(before), deleted, explain(err))
	}
	return deleted, nil
}

func purge(ctx context.Context, s *gorm.DB, before string) (deleted int64, err error) {
	for from := uint64(0); ; {
		var customers []uint64
		if err := s.Raw(nextCustomer, from).Scan(&customers).Error; err != nil {
			return deleted, err
		}
		if len(customers) == 0 {
			break
		}
		n, err := inBatches(ctx, s, purgeEntries, customers[0], before)
		deleted += n
		if err != nil {
			return deleted, err
		}
		if customers[0] == math.MaxUint64 {
			break
		}
		from = customers[0] + 1
	}
	_, err = inBatches(ctx, s, purgeRuns, before, before)
	return deleted, err
}

func inBatches(ctx context.Context, s *gorm.DB, sql string, args ...any) (deleted int64, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return deleted, err
		}
		result, err := prepared.Exec(ctx, s, sql, args...)
		if err != nil {
			return deleted, err
		}
		n, err := result.RowsAffected()
		if err != nil {
			return deleted, err
		}
		deleted += n
		if n < purgeBatch {
			return deleted, nil
		}
	}
}
