// Package lease keeps named leases in cmms_sync_lock, on the database's clock, and fences a transaction whose lease is lost.
// A run that crashes stops renewing, so its leases expire by themselves.
package lease

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/prepared"
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

// NewSet returns an empty set for a run. Its leases last for duration after each renewal, by now, which is time.Now but in tests.
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
