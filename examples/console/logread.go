package console

import (
	"context"
	"math"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

const (
	// windowRows is the number of newest rows of cmms_sync_log that a page searches: there is no index on failures.
	windowRows = 100_000
	// customerWindowRows is the same for one customer. It is smaller: one customer's rows are scattered over the table.
	customerWindowRows = 50_000
	// runWindowRows is the same for one page of a run's rows. The next page continues from there.
	runWindowRows = 20_000
	// maxEntries is the maximum number of rows that a search returns.
	maxEntries = 10_000

	entryColumns = "l.id, l.run_id, l.customer_id, l.cmms_asset_id, l.status, l.error_kind, LEFT(l.error_message, 700) AS error_message, l.warnings, CAST(l.synced_at AS CHAR) AS synced_at, l.duration_ms"
)

// condition selects rows of the log.
type condition string

const (
	whereFailed  condition = "l.status = 'Failed'"
	whereWarned  condition = "l.warnings IS NOT NULL"
	whereChanged condition = "l.changes IS NOT NULL"
	whereAll     condition = "TRUE"
)

// recentEntries returns the matching rows among the newest of the log, of one customer or all, newest first and without their
// changes. Older rows than oldest were not searched; it is zero if all were.
func (c *Console) recentEntries(ctx context.Context, customerID *uint64, where condition) (entries []synclog.Entry, oldest time.Time, err error) {
	if customerID != nil {
		return c.customerEntries(ctx, *customerID, where)
	}
	var newest []uint64
	if err := c.session(ctx).Raw("SELECT id FROM cmms_sync_log ORDER BY id DESC LIMIT 1").Scan(&newest).Error; err != nil || len(newest) == 0 {
		return nil, oldest, err
	}
	above := newest[0] - min(newest[0], windowRows)
	err = c.session(ctx).Raw("SELECT "+entryColumns+" FROM cmms_sync_log l WHERE l.id > ? AND "+string(where)+" ORDER BY l.id DESC LIMIT ?",
		above, maxEntries).Scan(&entries).Error
	if err != nil {
		return nil, oldest, err
	}
	oldest, err = c.queryTime(ctx, "SELECT CAST(synced_at AS CHAR) AS at FROM cmms_sync_log WHERE id <= ? ORDER BY id DESC LIMIT 1", above)
	return entries, oldest, err
}

func (c *Console) customerEntries(ctx context.Context, customerID uint64, where condition) (entries []synclog.Entry, oldest time.Time, err error) {
	err = c.session(ctx).Raw("SELECT "+entryColumns+" FROM (SELECT id FROM cmms_sync_log WHERE customer_id = ? ORDER BY synced_at DESC LIMIT ?) w "+
		"JOIN cmms_sync_log l ON l.id = w.id WHERE "+string(where)+" ORDER BY w.id DESC LIMIT ?",
		customerID, customerWindowRows, maxEntries).Scan(&entries).Error
	if err != nil {
		return nil, oldest, err
	}
	oldest, err = c.queryTime(ctx, "SELECT CAST(synced_at AS CHAR) AS at FROM cmms_sync_log WHERE customer_id = ? ORDER BY synced_at DESC LIMIT 1 OFFSET ?", customerID, customerWindowRows)
	return entries, oldest, err
}

// runEntries returns a page of a run's matching rows below an id, newest first. next is the start of the next page, 0 if there
// is none. A page may be short or empty and still have a next page.
func (c *Console) runEntries(ctx context.Context, runID string, where condition, before uint64, limit int) (entries []synclog.Entry, next uint64, err error) {
	if before == 0 {
		before = math.MaxInt64
	}
	const window = "SELECT id FROM cmms_sync_log WHERE run_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
	err = c.session(ctx).Raw("SELECT "+entryColumns+", l.changes FROM ("+window+") w JOIN cmms_sync_log l ON l.id = w.id WHERE "+string(where)+
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

// session is the host's handle without conditions that the host has chained on it.
func (c *Console) session(ctx context.Context) *gorm.DB {
	return c.db.Session(&gorm.Session{NewDB: true, Context: ctx})
}

// queryTime runs a query that returns one time, in column at. It returns zero if there is no row.
func (c *Console) queryTime(ctx context.Context, query string, args ...any) (time.Time, error) {
	var found []struct {
		At time.Time `gorm:"column:at;serializer:utc"`
	}
	err := c.session(ctx).Raw(query, args...).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return time.Time{}, err
	}
	return found[0].At, nil
}
