package lease

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const lasts = 3 * time.Minute

// setup returns two runs on a database with the lease table.
func setup(t *testing.T) (db *gorm.DB, one, two *Set) {
	t.Helper()
	db = dbtest.Open(t, dbtest.Database(t))
	mustExec(t, db, "CREATE TABLE cmms_sync_lock (name VARCHAR(64) NOT NULL PRIMARY KEY, run_id CHAR(26) NOT NULL, holder VARCHAR(255) NOT NULL, expires_at DATETIME(6) NOT NULL)")
	log := slog.New(slog.DiscardHandler)
	return db, NewSet(db, log, "run 1", "host 1", lasts, time.Now), NewSet(db, log, "run 2", "host 2", lasts, time.Now)
}

func mustExec(t *testing.T, db *gorm.DB, text string) {
	t.Helper()
	if err := db.Exec(text).Error; err != nil {
		t.Fatal(err)
	}
}

func mustTake(t *testing.T, s *Set, name string) (takenFrom string) {
	t.Helper()
	takenFrom, err := s.Take(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return takenFrom
}

// age makes the leases look as if they had not been renewed for d.
func (s *Set) age(d time.Duration) {
	for _, l := range s.held {
		l.renewed = time.Now().Add(-d)
	}
}

const expire = "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6)"

func isHeldBy(t *testing.T, err error, holder string, lost bool) {
	t.Helper()
	var held *HeldError
	if !errors.As(err, &held) || held.Holder != holder || held.Lost != lost || holder != "" && !strings.Contains(err.Error(), holder) {
		t.Errorf("error %v, want one that names %q, lost %v", err, holder, lost)
	}
}

func TestTake(t *testing.T) {
	t.Parallel()
	t.Run("FreeLease", func(t *testing.T) {
		t.Parallel()
		_, one, two := setup(t)
		if from := mustTake(t, one, "all"); from != "" {
			t.Errorf("taken from %q", from)
		}
		mustTake(t, two, "customer:7")
		mustTake(t, one, "all") // repeated after an unknown outcome
		if len(one.held) != 1 {
			t.Errorf("%d leases are held", len(one.held))
		}
	})
	t.Run("HeldByAnotherRun", func(t *testing.T) {
		t.Parallel()
		_, one, two := setup(t)
		mustTake(t, one, "all")
		_, err := two.Take(t.Context(), "all")
		isHeldBy(t, err, "host 1", false)
		if two.Lost() || len(two.held) != 0 {
			t.Error("the second run holds or lost something")
		}
	})
	t.Run("ExpiredLeaseNamesItsRun", func(t *testing.T) {
		t.Parallel()
		db, one, two := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, expire)
		if from := mustTake(t, two, "all"); from != "run 1" {
			t.Errorf("taken from %q", from)
		}
	})
	t.Run("RepeatedTakeNamesTheExpiredRunAgain", func(t *testing.T) {
		t.Parallel()
		db, one, two := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, expire)
		mustTake(t, two, "all") // its response was lost, or what came after it failed
		if from := mustTake(t, two, "all"); from != "run 1" {
			t.Errorf("taken from %q", from)
		}
	})
	t.Run("ReleasedLeaseIsTakenFromNobody", func(t *testing.T) {
		t.Parallel()
		db, one, two := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, expire)
		mustTake(t, two, "all")
		mustExec(t, db, "DELETE FROM cmms_sync_lock")
		if from := mustTake(t, two, "all"); from != "" {
			t.Errorf("taken from %q", from)
		}
	})
	t.Run("DatabaseErrorKeepsItForRelease", func(t *testing.T) {
		t.Parallel()
		db, one, _ := setup(t)
		mustExec(t, db, "DROP TABLE cmms_sync_lock")
		if _, err := one.Take(t.Context(), "all"); err == nil || len(one.held) != 1 {
			t.Errorf("error %v, %d leases", err, len(one.held))
		}
	})
}

func TestRenewDue(t *testing.T) {
	t.Parallel()
	t.Run("NotDue", func(t *testing.T) {
		t.Parallel()
		db, one, _ := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, "DROP TABLE cmms_sync_lock") // any statement would fail
		if err := one.RenewDue(t.Context()); err != nil {
			t.Error(err)
		}
	})
	t.Run("ExtendsALeaseThatIsDue", func(t *testing.T) {
		t.Parallel()
		db, one, _ := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) + INTERVAL 1 SECOND")
		one.age(lasts / 3)
		if err := one.RenewDue(t.Context()); err != nil {
			t.Fatal(err)
		}
		var left int
		if err := db.Raw("SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(6), expires_at) FROM cmms_sync_lock").Scan(&left).Error; err != nil || left < 100 {
			t.Errorf("%d seconds are left, %v", left, err)
		}
		if one.held[0].due() {
			t.Error("it is still due")
		}
	})
	t.Run("LostLeaseEndsTheRun", func(t *testing.T) {
		t.Parallel()
		db, one, two := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, expire)
		mustTake(t, two, "all")
		one.age(lasts / 3)
		isHeldBy(t, one.RenewDue(t.Context()), "host 2", true)
		if !one.Lost() {
			t.Error("not lost")
		}
	})
	t.Run("DeletedLeaseIsLost", func(t *testing.T) {
		t.Parallel()
		db, one, _ := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, "DELETE FROM cmms_sync_lock")
		one.age(lasts / 3)
		isHeldBy(t, one.RenewDue(t.Context()), "", true)
	})
	t.Run("DatabaseErrorWaitsUntilTheLeaseMayHaveExpired", func(t *testing.T) {
		t.Parallel()
		db, one, _ := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, "DROP TABLE cmms_sync_lock")
		one.age(lasts / 3)
		if err := one.RenewDue(t.Context()); err != nil {
			t.Error(err)
		}
		one.age(lasts)
		if err := one.RenewDue(t.Context()); err == nil || one.Lost() {
			t.Errorf("error %v, lost %v", err, one.Lost())
		}
	})
}

func TestFence(t *testing.T) {
	t.Parallel()
	t.Run("LetsAYoungLeasePass", func(t *testing.T) {
		t.Parallel()
		db, one, _ := setup(t)
		mustTake(t, one, "all")
		mustExec(t, db, "DROP TABLE cmms_sync_lock") // any statement would fail
		if err := one.Fence(t.Context(), db); err != nil {
			t.Error(err)
		}
	})
	t.Run("StopsATransactionOfALostLease", func(t *testing.T) {
		t.Parallel()
		db, one, two := setup(t)
		mustTake(t, one, "all")
		err := db.Transaction(func(tx *gorm.DB) error {
			var snapshot []string // the transaction still sees the lease as its run's
			if err := tx.Raw("SELECT name FROM cmms_sync_lock").Scan(&snapshot).Error; err != nil {
				return err
			}
			mustExec(t, db, expire)
			mustTake(t, two, "all")
			one.age(lasts)
			return one.Fence(t.Context(), tx)
		})
		isHeldBy(t, err, "host 2", true)
	})
	t.Run("RenewalEndsWithTheTransaction", func(t *testing.T) {
		t.Parallel()
		db, one, _ := setup(t)
		mustTake(t, one, "all")
		one.age(lasts)
		if err := db.Transaction(func(tx *gorm.DB) error { return one.Fence(t.Context(), tx) }); err != nil {
			t.Fatal(err)
		}
		if !one.held[0].due() {
			t.Error("the lease has to be renewed outside of the transaction")
		}
	})
}

// A host's column may hold whole seconds: MariaDB cuts them, and an UPDATE within the same second changes no row.
func TestSet_WholeSeconds(t *testing.T) {
	t.Parallel()
	db, one, _ := setup(t)
	mustExec(t, db, "ALTER TABLE cmms_sync_lock MODIFY expires_at DATETIME NOT NULL")
	for range 3 {
		mustTake(t, one, "all")
	}
	for range 3 {
		one.age(lasts / 3)
		if err := one.RenewDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	mustExec(t, db, "SET @@timestamp = UNIX_TIMESTAMP() + 0.9")
	one.age(lasts / 3)
	if err := one.RenewDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left time.Duration
	err := db.Raw("SELECT TIMESTAMPDIFF(MICROSECOND, UTC_TIMESTAMP(6), expires_at) * 1000 FROM cmms_sync_lock").Scan(&left).Error
	if one.age(left); err != nil || !one.held[0].expired() {
		t.Errorf("the lease ends after %s, and this process still relies on it, %v", left, err)
	}
}

func TestReleaseLast(t *testing.T) {
	t.Parallel()
	db, one, two := setup(t)
	mustTake(t, one, "all")
	mustTake(t, one, "customer:7")
	mustExec(t, db, "UPDATE cmms_sync_lock SET expires_at = UTC_TIMESTAMP(6) WHERE name = 'all'")
	mustTake(t, two, "all")
	once := func(ctx context.Context, _ string, do func(context.Context) error) error { return do(ctx) }
	for one.ReleaseLast(t.Context(), once) {
	}
	var left []string
	if err := db.Raw("SELECT run_id FROM cmms_sync_lock").Scan(&left).Error; err != nil || len(left) != 1 || left[0] != "run 2" {
		t.Errorf("left are the leases of %v, %v; want only the other run's", left, err)
	}
}
