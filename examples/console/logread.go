package console

import (
	"context"
	"math"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

const (
	// windowRows is how many of the newest rows of cmms_sync_log a page looks at to find what it is after: there is no
	// index on what failed.
	windowRows = 100_000
	// customerWindowRows is the same where it looks at one customer's, which lie apart from each other.
	customerWindowRows = 50_000
	// runWindowRows is the same for a page of a run's rows, which can go on from there.
	runWindowRows = 20_000
	// maxTroubled is how many of the rows that it finds are taken.
	maxTroubled = 10_000

	entryColumns = "l.id, l.run_id, l.customer_id, l.cmms_asset_id, l.status, l.error_kind, LEFT(l.error_message, 700) AS error_message, l.warnings, CAST(l.synced_at AS CHAR) AS synced_at, l.duration_ms"
)

// wanted is which rows of the log are looked for.
type wanted string

const (
	wantedFailed  wanted = "l.status = 'Failed'"
	wantedWarned  wanted = "l.warnings IS NOT NULL"
	wantedChanged wanted = "l.changes IS NOT NULL"
	wantedAll     wanted = "TRUE"
)

// troubled returns the wanted rows among the newest of the log, of one customer or all, newest first and without what
// they changed. reach is since when it has looked, zero for the whole log.
func (c *Console) troubled(ctx context.Context, customerID *uint64, what wanted) (entries []synclog.Entry, reach time.Time, err error) {
	if customerID != nil {
		return c.troubledOf(ctx, *customerID, what)
	}
	var newest []uint64
	if err := c.session(ctx).Raw("SELECT id FROM cmms_sync_log ORDER BY id DESC LIMIT 1").Scan(&newest).Error; err != nil || len(newest) == 0 {
		return nil, reach, err
	}
	above := newest[0] - min(newest[0], windowRows)
	err = c.session(ctx).Raw("SELECT "+entryColumns+" FROM cmms_sync_log l WHERE l.id > ? AND "+string(what)+" ORDER BY l.id DESC LIMIT ?",
		above, maxTroubled).Scan(&entries).Error
	if err != nil {
		return nil, reach, err
	}
	reach, err = c.moment(ctx, "SELECT CAST(synced_at AS CHAR) AS at FROM cmms_sync_log WHERE id <= ? ORDER BY id DESC LIMIT 1", above)
	return entries, reach, err
}

func (c *Console) troubledOf(ctx context.Context, customerID uint64, what wanted) (entries []synclog.Entry, reach time.Time, err error) {
	err = c.session(ctx).Raw("SELECT "+entryColumns+" FROM (SELECT id FROM cmms_sync_log WHERE customer_id = ? ORDER BY synced_at DESC LIMIT ?) w "+
		"JOIN cmms_sync_log l ON l.id = w.id WHERE "+string(what)+" ORDER BY w.id DESC LIMIT ?",
		customerID, customerWindowRows, maxTroubled).Scan(&entries).Error
	if err != nil {
		return nil, reach, err
	}
	reach, err = c.moment(ctx, "SELECT CAST(synced_at AS CHAR) AS at FROM cmms_sync_log WHERE customer_id = ? ORDER BY synced_at DESC LIMIT 1 OFFSET ?", customerID, customerWindowRows)
	return entries, reach, err
}

// runEntries returns a page of a run's wanted rows below an id, newest first. next is where the following page begins, 0
// where there is none; a page may be short, or empty, and still have a next one.
func (c *Console) runEntries(ctx context.Context, runID string, what wanted, before uint64, limit int) (entries []synclog.Entry, next uint64, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	const window = "SELECT id FROM cmms_sync_log WHERE run_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
	err = c.session(ctx).Raw("SELECT "+entryColumns+", l.changes FROM ("+window+") w JOIN cmms_sync_log l ON l.id = w.id WHERE "+string(what)+
		" ORDER BY w.id DESC LIMIT ?", runID, before, runWindowRows, limit+1).Scan(&entries).Error
	if err != nil {
		return nil, 0, err
	}
	if len(entries) > limit {
		entries = entries[:limit]
		return entries, entries[limit-1].ID, nil
	}
	var last []uint64
	err = c.session(ctx).Raw(window+" OFFSET ?", runID, before, 1, runWindowRows-1).Scan(&last).Error
	if err != nil || len(last) == 0 {
		return entries, 0, err
	}
	return entries, last[0], nil
}

// session is the host's handle without what the host has chained on it.
func (c *Console) session(ctx context.Context) *gorm.DB {
	return c.db.Session(&gorm.Session{NewDB: true, Context: ctx})
}

// moment runs a query for one time, called at. Zero where there is none.
func (c *Console) moment(ctx context.Context, query string, args ...any) (time.Time, error) {
	var found []struct {
		At time.Time `gorm:"column:at;serializer:utc"`
	}
	err := c.session(ctx).Raw(query, args...).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	return found[0].At, nil
}
