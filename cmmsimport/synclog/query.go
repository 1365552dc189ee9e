package synclog

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/utc"
)

// Filter says which entries or runs are wanted; zero fields do not restrict. The next page of a listing is the same Filter
// with BeforeID (BeforeRunID) set to the id of the last row seen.
type Filter struct {
	CustomerID  *uint64
	CMMSAssetID string    // entries only
	RunID       string    // of a run: that one
	Status      Status    // entries only
	ErrorKind   string    // entries only
	RunStatus   RunStatus // runs only
	Since       time.Time // synced_at (started_at) from here on
	Until       time.Time // and before here
	BeforeID    uint64    // entries only: ids below it
	BeforeRunID string    // runs only: ids below it
	Limit       int       // at most so many rows; default 100, at most 1,000
}

// A DATETIME that is selected as text is not shifted by the connection's loc.
const (
	selectEntries = `SELECT l.id, l.run_id, l.customer_id, l.cmms_asset_id, l.status, l.error_kind, l.error_message, l.warnings,
		l.changes, CAST(l.synced_at AS CHAR) AS synced_at, l.duration_ms, l.attempt_key FROM (SELECT id FROM cmms_sync_log`

	selectRuns = `SELECT id, customer_id, status, total, successful, failed, skipped, warnings, current_asset, host, error_message,
		CAST(started_at AS CHAR) AS started_at, CAST(heartbeat_at AS CHAR) AS heartbeat_at,
		CAST(finished_at AS CHAR) AS finished_at, duration_ms FROM cmms_sync_run`
)

// Entries returns entries, newest first: by id, descending. A Filter that names a customer, an asset or a run is served
// from an index and reads at most the rows of the one it names; for a customer of many entries, Since bounds that
// further. A Filter without any of these goes back through the table from its end until the page is full.
func Entries(ctx context.Context, db *gorm.DB, f Filter) ([]Entry, error) {
	sql, args := f.entriesSQL()
	var entries []Entry
	if err := session(ctx, db).Raw(sql, args...).Scan(&entries).Error; err != nil {
		return nil, fmt.Errorf("synclog: read cmms_sync_log: %w", explain(err))
	}
	return entries, nil
}

// Runs returns runs, newest first: by id, descending, which for ULIDs is the order of their start.
func Runs(ctx context.Context, db *gorm.DB, f Filter) ([]Run, error) {
	sql, args := f.runsSQL()
	var runs []Run
	if err := session(ctx, db).Raw(sql, args...).Scan(&runs).Error; err != nil {
		return nil, fmt.Errorf("synclog: read cmms_sync_run: %w", explain(err))
	}
	return runs, nil
}

// entriesSQL finds the page's ids first, from an index alone if it covers the Filter, and then reads those rows only.
func (f Filter) entriesSQL() (string, []any) {
	var w where
	if f.CustomerID != nil {
		w.add("customer_id = ?", *f.CustomerID)
	}
	if f.CMMSAssetID != "" {
		w.add("cmms_asset_id = ?", f.CMMSAssetID)
	}
	if f.RunID != "" {
		w.add("run_id = ?", f.RunID)
	}
	if f.Status != "" {
		w.add("status = ?", string(f.Status))
	}
	if f.ErrorKind != "" {
		w.add("error_kind = ?", f.ErrorKind)
	}
	w.between("synced_at", f.Since, f.Until)
	if f.BeforeID != 0 {
		w.add("id < ?", f.BeforeID)
	}
	order := "id"
	if f.RunID == "" && (f.CustomerID != nil || f.CMMSAssetID != "") {
		// An expression: for ORDER BY id with a LIMIT the optimizer may read the primary key backwards, which scans the whole
		// table if the customer's last entries are old.
		order = "id + 0"
	}
	page := selectEntries + w.String() + " ORDER BY " + order + " DESC LIMIT ?) p"
	return page + " JOIN cmms_sync_log l ON l.id = p.id ORDER BY l.id DESC", append(w.args, f.limit())
}

func (f Filter) runsSQL() (string, []any) {
	var w where
	if f.CustomerID != nil {
		w.add("customer_id = ?", *f.CustomerID)
	}
	if f.RunID != "" {
		w.add("id = ?", f.RunID)
	}
	if f.RunStatus != "" {
		w.add("status = ?", string(f.RunStatus))
	}
	w.between("started_at", f.Since, f.Until)
	if f.BeforeRunID != "" {
		w.add("id < ?", f.BeforeRunID)
	}
	return selectRuns + w.String() + " ORDER BY id DESC LIMIT ?", append(w.args, f.limit())
}

func (f Filter) limit() int {
	if f.Limit <= 0 {
		return 100
	}
	return min(f.Limit, 1000)
}

type where struct {
	conditions []string
	args       []any
}

func (w *where) add(condition string, arg any) {
	w.conditions = append(w.conditions, condition)
	w.args = append(w.args, arg)
}

func (w *where) between(column string, since, until time.Time) {
	if !since.IsZero() {
		w.add(column+" >= ?", utc.Format(since))
	}
	if !until.IsZero() {
		w.add(column+" < ?", utc.Format(until))
	}
}

func (w *where) String() string {
	if len(w.conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(w.conditions, " AND ")
}
