package synclog_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

func TestRecord_SameAttempt(t *testing.T) {
	t.Parallel()
	t.Run("RepeatedWritesOneRow", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		first, again := failedEntry(), failedEntry() // the response to the first was lost
		mustRecord(t, db, first)
		mustRecord(t, db, again)
		if again.ID != first.ID || one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log") != 1 {
			t.Errorf("ids %d and %d, want one row", first.ID, again.ID)
		}
	})
	t.Run("LastOutcomeWins", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		e := successEntry()
		mustRecord(t, db, e)
		e.Status, e.ErrorKind, e.ErrorMessage, e.Changes = synclog.Failed, "panic", "OnAsset panicked", nil
		mustRecord(t, db, e)
		got := mustEntries(t, db, synclog.Filter{})
		if diff := cmp.Diff([]synclog.Entry{*e}, got); diff != "" {
			t.Errorf("(-want +got)\n%s", diff)
		}
	})
	t.Run("RolledBackIsWrittenAgain", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		e := failedEntry()
		_ = db.Transaction(func(tx *gorm.DB) error {
			mustRecord(t, tx, e)
			return context.Canceled
		})
		mustRecord(t, db, e)
		if n := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log"); n != 1 {
			t.Errorf("%d rows", n)
		}
	})
	t.Run("WithoutKeyEachIsARow", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		e := failedEntry()
		e.AttemptKey = ""
		mustRecord(t, db, e)
		mustRecord(t, db, e)
		if n := one[int](t, db, "SELECT COUNT(*) FROM cmms_sync_log"); n != 2 {
			t.Errorf("%d rows", n)
		}
	})
	t.Run("WithoutKeyThroughGORM", func(t *testing.T) {
		t.Parallel()
		db := setup(t)
		entries := []*synclog.Entry{failedEntry(), failedEntry()}
		for _, e := range entries {
			e.AttemptKey = "" // which stands for NULL, as everywhere
		}
		if err := db.Create(entries).Error; err != nil {
			t.Error(err)
		}
	})
}
