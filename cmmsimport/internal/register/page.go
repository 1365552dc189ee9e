package register

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/utc"
)

// Query says which assets a run covers: rows that are linked and not deleted, narrowed by the fields.
type Query struct {
	CustomerID     *uint64
	CMMSAssetIDs   []string
	OnlyFailed     bool
	NotSyncedSince time.Time
	OldestFirst    bool
}

// Customer is what a run found of one customer before its first asset.
type Customer struct {
	CustomerID    uint64    `gorm:"column:customer_id"`
	Assets        int       `gorm:"column:assets"`
	MaxID         uint64    `gorm:"column:max_id"`                // the highest id: later rows belong to the next run
	NewestAttempt time.Time `gorm:"column:newest;serializer:utc"` // the latest cmms_attempted_at
}

// Cursor is the last row that was read; its zero value is before the first one.
type Cursor struct {
	ID          uint64
	AttemptedAt time.Time // zero: never attempted. Counts with OldestFirst only.
}

// Plan counts the assets of each customer, in the order in which a run takes them.
func (t *Table[A]) Plan(ctx context.Context, db *gorm.DB, q Query) (plan []Customer, err error) {
	order := "customer_id"
	if q.OldestFirst {
		// By each customer's oldest attempt; an asset that was never attempted is the oldest, and NULL comes first.
		order = "IF(MAX(cmms_attempted_at IS NULL), NULL, MIN(cmms_attempted_at)), customer_id"
	}
	err = q.narrow(db.WithContext(ctx).Table(t.name)).
		Select("customer_id, COUNT(*) AS assets, MAX(id) AS max_id, CAST(MAX(cmms_attempted_at) AS CHAR) AS newest").
		Group("customer_id").Order(order).Scan(&plan).Error
	return plan, err
}

// Page reads the next rows of one customer, by keyset, so that a page costs the same wherever it is.
func (t *Table[A]) Page(ctx context.Context, db *gorm.DB, q Query, customer Customer, after Cursor, limit int) ([]A, error) {
	s := q.narrow(db.WithContext(ctx)).Select(t.selects). // a host's own conditions on db stay
								Where("customer_id = ? AND id <= ?", customer.CustomerID, customer.MaxID).Limit(limit)
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
	selected, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var row A // one row after the other, without reflection on the hot path
	into, page := t.targets(&row, selected), make([]A, 0, limit)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
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
	return s.Where("cmms_attempted_at <= ? AND (cmms_attempted_at > ? OR (cmms_attempted_at = ? AND id > ?))",
		newest, at, at, after.ID)
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
