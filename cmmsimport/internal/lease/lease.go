// Package lease keeps named leases in cmms_sync_lock, on the database's clock, and fences a transaction whose lease is lost.
// A run that crashes stops renewing, so its leases expire by themselves.
package lease

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// renewTimeout limits one renewal, so that a database that hangs does not hold up the run.
const renewTimeout = 10 * time.Second

// HeldError says which other run holds a lease. RunID is empty if no run holds it.
type HeldError struct {
	Name, RunID, Holder string
	Until               time.Time // UTC; unless the run renews the lease
	Lost                bool      // it was this run's before
}

// Error says who holds the lease, and what to do.
func (e *HeldError) Error() string {
	what := fmt.Sprintf("run %s on %s holds %q until %s (UTC) unless it renews; try again when it has finished",
		e.RunID, e.Holder, e.Name, e.Until.Format(time.DateTime))
	switch {
	case e.RunID == "" && !e.Lost:
		return fmt.Sprintf("the lease %q changes hands too often; try again", e.Name)
	case e.RunID == "":
		what = fmt.Sprintf("the row %q of cmms_sync_lock is gone", e.Name)
	}
	if e.Lost {
		what = "the lease expired and was taken: " + what
	}
	return what
}

// Set is the leases that one run holds. An empty Set, as in a dry run, renews and fences nothing.
type Set struct {
	db            *gorm.DB
	log           *slog.Logger
	runID, holder string
	duration      time.Duration
	now           func() time.Time
	held          []*lease
	lost          bool
}

// NewSet returns an empty set for a run. Its leases last for duration after each renewal. now is the clock: time.Now, except in tests.
func NewSet(db *gorm.DB, log *slog.Logger, runID, holder string, duration time.Duration, now func() time.Time) *Set {
	return &Set{db: db, log: log, runID: runID, holder: holder, duration: duration, now: now}
}

// Take takes a lease, and returns the run that held it when it expired, "" for none. The error is a *HeldError if another run
// holds it. After any other error, and if what the caller does with takenFrom fails, Take may be called again and returns the
// same. ReleaseLast must be called: the lease may have been taken.
func (s *Set) Take(ctx context.Context, name string) (takenFrom string, err error) {
	l := &lease{Set: s, name: name}
	if i := slices.IndexFunc(s.held, func(earlier *lease) bool { return earlier.name == name }); i >= 0 {
		l = s.held[i]
		s.held = slices.Delete(s.held, i, i+1)
	}
	err = l.acquire(ctx)
	var held *HeldError
	if errors.As(err, &held) {
		return "", err
	}
	s.held = append(s.held, l)
	return l.takenFrom, err
}

// RenewDue renews what is due before another attempt. An error ends the run: a lease is lost (a *HeldError), or may be.
func (s *Set) RenewDue(ctx context.Context) error {
	for _, l := range s.held {
		if !l.due() {
			continue
		}
		now := s.now()
		limited, cancel := context.WithTimeout(ctx, renewTimeout)
		err := l.renew(limited, s.db)
		cancel()
		switch {
		case err == nil:
			l.renewed = now
		case s.lost:
			return err
		case l.expired():
			return fmt.Errorf("the lease %q expired and could not be renewed: %w", l.name, err)
		default:
			s.log.LogAttrs(ctx, slog.LevelWarn, "lease not renewed yet",
				slog.String("lease", l.name), slog.String("error", synclog.ErrorMessage(err)))
		}
	}
	return nil
}

// Fence keeps an attempt that took longer than its lease from writing at the same time as the lease's next holder: call it
// inside the transaction, before COMMIT. The renewal lasts only if the transaction commits, so the lease stays due.
func (s *Set) Fence(ctx context.Context, tx *gorm.DB) error {
	for _, l := range s.held {
		if l.expired() {
			if err := l.renew(ctx, tx); err != nil {
				return err
			}
		}
	}
	return nil
}

// Lost reports whether another run has taken a lease of this one: nothing more may be written to its assets.
func (s *Set) Lost() bool { return s.lost }

// ReleaseLast gives back the lease that was taken last, and reports whether there was one. A lease that cannot be given back
// expires by itself.
func (s *Set) ReleaseLast(ctx context.Context, retry func(context.Context, string, func(context.Context) error) error) bool {
	if len(s.held) == 0 {
		return false
	}
	last := s.held[len(s.held)-1]
	s.held = s.held[:len(s.held)-1]
	err := retry(ctx, "releasing the lease", func(ctx context.Context) error {
		_, err := prepared.Exec(ctx, s.db, releaseLease, last.name, s.runID)
		return err
	})
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "lease not released; it expires by itself",
			slog.String("lease", last.name), slog.Duration("within", last.duration), slog.String("error", synclog.ErrorMessage(err)))
	}
	return true
}

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

// expired reports whether the lease may have ended already, also in a column of whole seconds, which may truncate it.
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
