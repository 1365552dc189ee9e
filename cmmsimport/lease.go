package cmmsimport

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/internal/prepared"
)

// wholeRun is the lease that a run over every customer holds until its end; each customer has one of its own besides,
// held while that customer is worked on.
const wholeRun = "all"

func customerLease(customerID uint64) string { return "customer:" + strconv.FormatUint(customerID, 10) }

// errLeaseLost is ErrSyncInProgress in mid-run: the lease ran out and another run took it.
var errLeaseLost = fmt.Errorf("%w: the lease ran out and was taken", ErrSyncInProgress)

// lease is a row of cmms_sync_lock that this run holds. Its end is reckoned on the database's clock, which all runs
// share. A run that crashed stops renewing, and so its lease ends by itself.
type lease struct {
	name, runID, holder string
	duration            time.Duration
	renewed             time.Time // on this process's clock, before the statement that renewed it
	takenFrom           string    // the run that held it when it ran out; empty: none
}

// leaseDuration leaves room for one more whole attempt with the writes that settle it, at any moment up to the next
// renewal.
func leaseDuration(assetTimeout time.Duration) time.Duration {
	return (assetTimeout + settleTimeLimit + 5*time.Second) * 4 / 3
}

const (
	insertLease  = "INSERT INTO cmms_sync_lock (name, run_id, holder, expires_at) VALUES (?, ?, ?, UTC_TIMESTAMP(6) + INTERVAL ? SECOND)"
	ranOut       = "SELECT run_id FROM cmms_sync_lock WHERE name = ? AND run_id <> ? AND expires_at <= UTC_TIMESTAMP(6)"
	takeLease    = "UPDATE cmms_sync_lock SET run_id = ?, holder = ?, expires_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND WHERE name = ? AND (run_id = ? OR expires_at <= UTC_TIMESTAMP(6))"
	renewLease   = "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND WHERE name = ? AND run_id = ?"
	releaseLease = "DELETE FROM cmms_sync_lock WHERE name = ? AND run_id = ?"
)

// acquire takes the lease, also one that has run out. The error is ErrSyncInProgress where somebody holds it.
func (l *lease) acquire(ctx context.Context, db *gorm.DB) error {
	for range 3 { // between two of these statements another run may release the lease
		l.renewed = time.Now()
		_, err := prepared.Exec(ctx, db, insertLease, l.name, l.runID, l.holder, l.seconds())
		if err == nil || !mysqlerr.Duplicate(err) {
			return err
		}
		l.takenFrom = ""
		if err := prepared.Query(ctx, db, ranOut, l.name, l.runID).Scan(&l.takenFrom).Error; err != nil {
			return err
		}
		taken, err := changed(prepared.Exec(ctx, db, takeLease, l.runID, l.holder, l.seconds(), l.name, l.runID))
		if err != nil || taken {
			return err
		}
		if err := l.heldBy(ctx, db, ErrSyncInProgress); err != nil {
			return err
		}
	}
	return fmt.Errorf("%w: %s changes hands all the time; try again", ErrSyncInProgress, l.name)
}

// due reports whether the lease has to be renewed before another attempt.
func (l *lease) due() bool { return l.age() >= l.duration/4 }

// expired reports whether the lease may have ended by now.
func (l *lease) expired() bool { return l.age() >= l.duration }

// age is the time since the last renewal, by the clock on the wall where that says more: the monotonic one stands still
// while a machine is suspended.
func (l *lease) age() time.Duration {
	now := time.Now()
	return max(now.Sub(l.renewed), now.Round(0).Sub(l.renewed.Round(0)))
}

// renew prolongs the lease in the table. The error is errLeaseLost where it is another's by now, or gone.
func (l *lease) renew(ctx context.Context, db *gorm.DB) error {
	renewed, err := changed(prepared.Exec(ctx, db, renewLease, l.seconds(), l.name, l.runID))
	if err != nil || renewed {
		return err
	}
	if err := l.heldBy(ctx, db, errLeaseLost); err != nil {
		return err
	}
	return fmt.Errorf("%w: its row in cmms_sync_lock is gone", errLeaseLost)
}

// release gives the lease back, if it is still this run's.
func (l *lease) release(ctx context.Context, db *gorm.DB) error {
	_, err := prepared.Exec(ctx, db, releaseLease, l.name, l.runID)
	return err
}

// changed reports whether a statement changed a row.
func changed(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// heldBy says who holds the lease, as an error of the given kind; nil where nobody does. It reads past a transaction's
// snapshot, in which the lease may still be this run's.
func (l *lease) heldBy(ctx context.Context, db *gorm.DB, kind error) error {
	var rows []SyncLock
	if err := db.WithContext(ctx).Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate}).Where("name = ?", l.name).Limit(1).Find(&rows).Error; err != nil {
		return err
	}
	if len(rows) == 0 || rows[0].RunID == l.runID {
		return nil
	}
	return fmt.Errorf("%w: run %s on %s holds %q until %s (UTC) unless it renews; try again when it is done",
		kind, rows[0].RunID, rows[0].Holder, l.name, rows[0].ExpiresAt.Format(time.DateTime))
}

func (l *lease) seconds() int64 { return int64((l.duration + time.Second - 1) / time.Second) }
