package synclog

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// A host's synced_at may hold whole seconds, cut or rounded.
const syncedAtTolerance = time.Second

// Recorder writes entries to cmms_sync_log. The zero value is ready to use.
type Recorder struct{}

// Record writes e through db, which may be a pool handle or a transaction, with PrepareStmt or without, and in one round
// trip where the statement is prepared.
//
// An entry without ID is inserted and e.ID set. One with an ID replaces all of that row but its run, customer and asset;
// where the row is gone (its transaction was rolled back) it is inserted anew. An Uncertain entry without ID is first
// looked for, by asset, customer, run, duration and synced_at (within a second where the column is that coarse); if it is
// found, e.ID is set and the row brought up to date. After success e.Uncertain is false. A zero e.SyncedAt is set to now.
//
// ErrorMessage is stored as [ErrorMessage] makes it, ErrorKind and ErrorMessage only where Status is not Success. Where the
// table refuses the row because a column is narrower than in our schema, messages are cut to 250 characters, then they and
// each JSON value to 60, then JSON is left out; where its character set lacks something, characters beyond U+FFFF become
// U+FFFD, then all that is not ASCII "?", while JSON keeps them as \u escapes. e itself is not changed by any of this.
//
// Other errors come wrapped, with the asset's id.
func (Recorder) Record(ctx context.Context, db *gorm.DB, e *Entry) error {
	if e.SyncedAt.IsZero() {
		e.SyncedAt = utc.Now()
	}
	s := session(ctx, db)
	err := fit(func(sh shape) error { return record(s, e, sh) })
	if err != nil {
		return fmt.Errorf("synclog: write the entry of asset %q of customer %d: %w", e.CMMSAssetID, e.CustomerID, explain(err))
	}
	e.Uncertain = false
	return nil
}

func record(s *gorm.DB, e *Entry, sh shape) error {
	if e.ID != 0 {
		found, err := update(s, e, sh)
		if err != nil || found {
			return err
		}
	} else if e.Uncertain {
		id, err := find(s, e, sh)
		if err != nil {
			return err
		}
		if id != 0 {
			e.ID = id
			_, err := update(s, e, sh) // the entry may have changed since
			return err
		}
	}
	_, id, err := exec(s, insertEntry, append(sh.identity(e), sh.outcome(e)...)...)
	if err != nil {
		return err
	}
	e.ID = id
	return nil
}

// update reports whether the row is there.
func update(s *gorm.DB, e *Entry, sh shape) (bool, error) {
	affected, _, err := exec(s, updateEntry, append(sh.outcome(e), e.ID, e.CustomerID)...)
	if err != nil || affected > 0 {
		return affected > 0, err
	}
	// without clientFoundRows, a row that holds all of this already counts as not affected
	id, err := firstID(s, entryExists, e.ID, e.CustomerID)
	return id != 0, err
}

// find returns the id of the row that an earlier insert of e has left, or 0.
func find(s *gorm.DB, e *Entry, sh shape) (uint64, error) {
	return firstID(s, findEntry,
		sh.text(e.CMMSAssetID, assetIDLength),
		utc.Format(e.SyncedAt.Add(-syncedAtTolerance)), utc.Format(e.SyncedAt.Add(syncedAtTolerance)), utc.Format(e.SyncedAt),
		e.CustomerID, e.DurationMS, nullable(sh.text(e.RunID, runIDLength)))
}

func firstID(s *gorm.DB, sql string, args ...any) (uint64, error) {
	var ids []uint64
	if err := prepared.Query(s.Statement.Context, s, sql, args...).Scan(&ids).Error; err != nil || len(ids) == 0 {
		return 0, err
	}
	return ids[0], nil
}

// InTable reports that entries are rows of cmms_sync_log. A Recorder that embeds this one and keeps its log elsewhere
// overrides it to return false: then log rows of a process that died are not added to the table.
func (Recorder) InTable() bool { return true }
