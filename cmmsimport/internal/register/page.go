package register

import (
	"context"
	"database/sql"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/utc"
)

// Query says which assets a run covers: rows that are linked and not deleted, and of them those that the fields leave.
type Query struct {
	CustomerID     *uint64
	CMMSAssetIDs   []string
	OnlyFailed     bool
	NotSyncedSince time.Time
	OldestFirst    bool
}

// Customer is what a run found of one customer before its first asset.
type Customer struct {
	CustomerID    uint64
	Assets        int
	MaxID         uint64    // the highest id: rows that come later are the next run's
	NewestAttempt time.Time // the latest cmms_attempted_at
}

// Cursor is the last row that was read; its zero value is before the first one.
type Cursor struct {
	ID          uint64
	AttemptedAt time.Time // zero: never attempted. Counts with OldestFirst only.
}

// Plan counts the assets of each customer, in the order in which a run takes them.
func (t *Table[A]) Plan(ctx context.Context, db *gorm.DB, q Query) ([]Customer, error) {
	var rows []struct {
		CustomerID uint64 `gorm:"column:customer_id"`
		Assets     int    `gorm:"column:assets"`
		MaxID      uint64 `gorm:"column:max_id"`
		Newest     []byte `gorm:"column:newest"` // text: MAX of a DATETIME, whatever the connection makes of times
	}
	s := q.narrow(db.WithContext(ctx).Table(t.name)).
		Select("customer_id, COUNT(*) AS assets, MAX(id) AS max_id, CAST(MAX(cmms_attempted_at) AS CHAR) AS newest").
		Group("customer_id")
	if q.OldestFirst {
		// By each customer's oldest attempt; an asset that was never attempted is the oldest, and NULL comes first.
		s = s.Order("IF(MAX(cmms_attempted_at IS NULL), NULL, MIN(cmms_attempted_at)), customer_id")
	} else {
		s = s.Order("customer_id")
	}
	if err := s.Scan(&rows).Error; err != nil {
		return nil, err
	}

	plan := make([]Customer, len(rows))
	for i, row := range rows {
		newest, err := utc.Parse(row.Newest)
		if err != nil {
			return nil, err
		}
		plan[i] = Customer{CustomerID: row.CustomerID, Assets: row.Assets, MaxID: row.MaxID, NewestAttempt: newest}
	}
	return plan, nil
}

// Page reads the next rows of one customer, by keyset, so that a page costs the same wherever it is.
func (t *Table[A]) Page(ctx context.Context, db *gorm.DB, q Query, customer Customer, after Cursor, limit int) ([]A, error) {
	s := q.narrow(db.WithContext(ctx)). // whatever a host has narrowed db by stays
						Select(t.selects).
						Where("customer_id = ? AND id <= ?", customer.CustomerID, customer.MaxID).
						Limit(limit)
	if q.OldestFirst {
		s = t.oldestFirst(s, customer, after)
	} else {
		s = s.Where("id > ?", after.ID).Order("id")
	}
	rows, err := s.Model(new(A)).Unscoped().Rows() // Unscoped: narrow says deleted_at IS NULL itself
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return t.readPage(rows, limit)
}

func (t *Table[A]) readPage(rows *sql.Rows, limit int) ([]A, error) {
	selected, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	page, scanner := make([]A, 0, limit), t.newScanner(selected)
	for rows.Next() {
		row, err := scanner.scan(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, row)
	}
	return page, rows.Err()
}

// oldestFirst continues after the cursor in the order of idx_asset_attempted, in which NULL comes first.
func (t *Table[A]) oldestFirst(s *gorm.DB, customer Customer, after Cursor) *gorm.DB {
	newest := utc.Format(customer.NewestAttempt)
	s = s.Order(t.name + ".cmms_attempted_at, id") // the column, not the text that is selected
	if after.AttemptedAt.IsZero() {
		return s.Where("((cmms_attempted_at IS NULL AND id > ?) OR cmms_attempted_at <= ?)", after.ID, newest)
	}
	at := utc.Format(after.AttemptedAt)
	return s.Where("cmms_attempted_at <= ? AND (cmms_attempted_at > ? OR (cmms_attempted_at = ? AND id > ?))", newest, at, at, after.ID)
}

// narrow adds the conditions of the query. REGEXP finds a character that is no space: TRIM would leave tabs.
func (q Query) narrow(s *gorm.DB) *gorm.DB {
	s = s.Where("deleted_at IS NULL AND cmms_asset_id REGEXP '[^[:space:]]'")
	if q.CustomerID != nil {
		s = s.Where("customer_id = ?", *q.CustomerID)
	}
	if q.CMMSAssetIDs != nil {
		s = s.Where("cmms_asset_id IN ?", q.CMMSAssetIDs)
	}
	if q.OnlyFailed {
		s = s.Where("cmms_sync_status = 'Failed'")
	}
	if !q.NotSyncedSince.IsZero() {
		s = s.Where("(cmms_synced_at IS NULL OR cmms_synced_at < ?)", utc.Format(q.NotSyncedSince))
	}
	return s
}
