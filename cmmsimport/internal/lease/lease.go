package lease

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// lease is a row of cmms_sync_lock that a run holds.
type lease struct {
	*Set
	name      string
	renewed   time.Time // on this process's clock, before the statement that renewed it
	takenFrom string    // the run whose lease had expired
}

const (
	insertLease = "INSERT INTO cmms_sync_lock (name, run_id, holder, expires_at)" +
		" VALUES (?, ?, ?, UTC_TIMESTAMP(6) + INTERVAL ? SECOND)"
	takeLease = "UPDATE cmms_sync_lock SET run_id = ?, holder = ?, expires_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND" +
		" WHERE name = ? AND (run_id = ? OR expires_at <= UTC_TIMESTAMP(6))"
	renewLease   = "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL ? SECOND WHERE name = ? AND run_id = ?"
	releaseLease = "DELETE FROM cmms_sync_lock WHERE name = ? AND run_id = ?"

	// FOR UPDATE reads past a transaction's snapshot, in which the lease may still be this run's.
	currentOwner = "SELECT run_id, holder, CAST(expires_at AS CHAR) AS expires FROM cmms_sync_lock WHERE name = ? FOR UPDATE"
)

// acquire takes the lease, also one that has expired; takenFrom is then the run that held it. A repeated call keeps takenFrom:
// the response to the first one may have been lost. The error is a *HeldError if another run holds the lease.
func (l *lease) acquire(ctx context.Context) error {
	held := &HeldError{Name: l.name}
	for range 3 {
		l.renewed = l.now()
		_, err := prepared.Exec(ctx, l.db, insertLease, l.name, l.runID, l.holder, l.seconds())
		if err == nil {
			l.takenFrom = ""
			return nil
		}
		if !mysqlerr.Duplicate(err) {
			return err
		}
		owner, err := l.owner(ctx, l.db)
		if err != nil {
			return err
		}
		if owner == nil { // released meanwhile
			continue
		}
		mine := owner.RunID == l.runID
		if !mine {
			l.takenFrom = owner.RunID // read before it is taken: the lease may expire just now
		}
		taken, err := changed(prepared.Exec(ctx, l.db, takeLease, l.runID, l.holder, l.seconds(), l.name, l.runID))
		if err != nil || taken || mine { // in a column of whole seconds, the same second is no change
			return err
		}
		if held.RunID == owner.RunID {
			break
		}
		held = owner
	}
	return held
}

// due reports whether the lease has to be renewed before another attempt.
func (l *lease) due() bool { return l.age() >= l.duration/4 }

// expired reports whether the lease may have ended by now, also in a column of whole seconds, which may truncate it.
func (l *lease) expired() bool { return l.age() >= l.duration-time.Second }

// age is the time since the last renewal, by the wall clock if that shows more: the monotonic clock stops while a machine is
// suspended.
func (l *lease) age() time.Duration {
	now := l.now()
	return max(now.Sub(l.renewed), now.Round(0).Sub(l.renewed.Round(0)))
}

// renew extends the lease in the table. If another run has it now, or nobody, it is lost, and the error is a *HeldError.
func (l *lease) renew(ctx context.Context, db *gorm.DB) error {
	renewed, err := changed(prepared.Exec(ctx, db, renewLease, l.seconds(), l.name, l.runID))
	if err != nil || renewed {
		return err
	}
	held, err := l.owner(ctx, db)
	switch {
	case err != nil:
		return err
	case held == nil:
		held = &HeldError{Name: l.name}
	case held.RunID == l.runID: // in a column of whole seconds, the same second is no change
		return nil
	}
	l.lost, held.Lost = true, true
	return held
}

// owner says which run has the lease, this one or another; nil if none has.
func (l *lease) owner(ctx context.Context, db *gorm.DB) (*HeldError, error) {
	var owner struct {
		RunID   string `gorm:"column:run_id"`
		Holder  string `gorm:"column:holder"`
		Expires []byte `gorm:"column:expires"`
	}
	if err := db.WithContext(ctx).Raw(currentOwner, l.name).Scan(&owner).Error; err != nil {
		return nil, err
	}
	if owner.RunID == "" {
		return nil, nil
	}
	until, err := utc.Parse(owner.Expires)
	if err != nil {
		return nil, fmt.Errorf("reading the lease %q: %w", l.name, err)
	}
	return &HeldError{Name: l.name, RunID: owner.RunID, Holder: owner.Holder, Until: until}, nil
}

func (l *lease) seconds() int64 { return int64((l.duration + time.Second - 1) / time.Second) }

// changed reports whether a statement changed a row.
func changed(result sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := result.RowsAffected()
	return n > 0, err
}
