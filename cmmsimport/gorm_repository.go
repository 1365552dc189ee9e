package cmmsimport

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// ErrAssetGone is returned by AssetRepository.Update where the row was unlinked, linked to another asset of Innomaint or
// deleted since its page was read.
var ErrAssetGone = errors.New("the asset was unlinked or deleted while it was synced; nothing was written")

// GormRepository is the AssetRepository on ic3_asset_master. The zero value is ready.
type GormRepository struct{}

var _ AssetRepository = GormRepository{}

// pageColumns are what a run reads of an asset; times as text, since the loc of a connection string may have no such hour.
var pageColumns = func() []string {
	asText := func(column string) string { return "CAST(" + column + " AS CHAR) AS " + column }
	columns := []string{"id", "customer_id", "cmms_asset_id", "cmms_sync_status", asText("cmms_synced_at"), asText("cmms_attempted_at")}
	for _, c := range assetColumns {
		if c.name == cmmsUpdatedAt.name {
			c.name = asText(c.name)
		}
		columns = append(columns, c.name)
	}
	return columns
}()

// Plan counts the assets of each customer.
func (GormRepository) Plan(ctx context.Context, db *gorm.DB, q AssetQuery) ([]CustomerPlan, error) {
	var rows []struct {
		CustomerID uint64 `gorm:"column:customer_id"`
		Assets     int    `gorm:"column:assets"`
		MaxID      uint64 `gorm:"column:max_id"`
		Newest     []byte `gorm:"column:newest"` // text: MAX of a DATETIME, whatever the connection makes of times
	}
	s := q.narrow(db.WithContext(ctx).Table(AssetMaster{}.TableName())).
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

	plan := make([]CustomerPlan, len(rows))
	for i, row := range rows {
		newest, err := utc.Parse(row.Newest)
		if err != nil {
			return nil, err
		}
		plan[i] = CustomerPlan{CustomerID: row.CustomerID, Assets: row.Assets, MaxID: row.MaxID, NewestAttempt: newest}
	}
	return plan, nil
}

// Page reads by keyset, so that a page costs the same wherever it stands.
func (GormRepository) Page(ctx context.Context, db *gorm.DB, q AssetQuery, customer CustomerPlan, after Cursor, limit int) ([]AssetMaster, error) {
	s := q.narrow(db.WithContext(ctx)). // whatever a host has narrowed db by stays
						Select(pageColumns).
						Where("customer_id = ? AND id <= ?", customer.CustomerID, customer.MaxID).
						Limit(limit)
	if q.OldestFirst {
		s = oldestFirst(s, customer, after)
	} else {
		s = s.Where("id > ?", after.ID).Order("id")
	}
	rows, err := s.Model(&AssetMaster{}).Unscoped().Rows() // Unscoped: narrow says deleted_at IS NULL itself
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	return readPage(rows, limit)
}

func readPage(rows *sql.Rows, limit int) ([]AssetMaster, error) {
	selected, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	page, scanner := make([]AssetMaster, 0, limit), newAssetScanner(selected)
	for rows.Next() {
		asset, err := scanner.scan(rows)
		if err != nil {
			return nil, err
		}
		page = append(page, asset)
	}
	return page, rows.Err()
}

// oldestFirst continues behind the cursor in the order of idx_asset_attempted, in which NULL comes first.
func oldestFirst(s *gorm.DB, customer CustomerPlan, after Cursor) *gorm.DB {
	newest := utc.Format(customer.NewestAttempt)
	s = s.Order("ic3_asset_master.cmms_attempted_at, id") // the column, not the text of pageColumns
	if after.AttemptedAt.IsZero() {
		return s.Where("((cmms_attempted_at IS NULL AND id > ?) OR cmms_attempted_at <= ?)", after.ID, newest)
	}
	at := utc.Format(after.AttemptedAt)
	return s.Where("cmms_attempted_at <= ? AND (cmms_attempted_at > ? OR (cmms_attempted_at = ? AND id > ?))", newest, at, at, after.ID)
}

// narrow adds the conditions of the query. REGEXP finds a character that is no space: TRIM would leave tabs.
func (q AssetQuery) narrow(s *gorm.DB) *gorm.DB {
	s = s.Where("deleted_at IS NULL AND cmms_asset_id REGEXP '[^[:space:]]'")
	if q.CustomerID != nil {
		s = s.Where("customer_id = ?", *q.CustomerID)
	}
	if q.CMMSAssetIDs != nil {
		s = s.Where("cmms_asset_id IN ?", q.CMMSAssetIDs)
	}
	if q.OnlyFailed {
		s = s.Where("cmms_sync_status = ?", synclog.Failed)
	}
	if !q.NotSyncedSince.IsZero() {
		s = s.Where("(cmms_synced_at IS NULL OR cmms_synced_at < ?)", utc.Format(q.NotSyncedSince))
	}
	return s
}

const (
	findAsset = " WHERE id = ? AND cmms_asset_id = ? AND deleted_at IS NULL"

	// markSynced is the UPDATE of an asset in which nothing changed, the usual case: one fixed text, prepared once.
	markSynced = "UPDATE ic3_asset_master SET cmms_sync_status = 'Success', cmms_synced_at = ?, cmms_attempted_at = ?" + findAsset
	// markFailed leaves a later attempt's mark alone: a statement whose connection was given up may still wait for a lock, and
	// come through long after. The second is for columns of whole seconds.
	markFailed = "UPDATE ic3_asset_master SET cmms_sync_status = 'Failed', cmms_attempted_at = ?" + findAsset +
		" AND (cmms_attempted_at IS NULL OR cmms_attempted_at <= ? + INTERVAL 1 SECOND)"
)

// Update writes the changed columns, updated_at where there are any, and the marks of a success.
func (GormRepository) Update(ctx context.Context, tx *gorm.DB, asset *AssetMaster, changes []ColumnChange, at time.Time) error {
	now := utc.Format(at)
	var updated bool
	var err error
	if len(changes) == 0 {
		updated, err = changed(prepared.Exec(ctx, tx, markSynced, now, now, asset.ID, asset.CMMSAssetID))
	} else {
		text, args := updateOf(changes, now) // the column list varies: not to be prepared and kept
		result := tx.WithContext(ctx).Exec(text, append(args, asset.ID, asset.CMMSAssetID)...)
		updated, err = result.RowsAffected > 0, result.Error
	}
	if err != nil || updated {
		return err
	}

	// No row was changed. Where this very update has been made before (the answer to its COMMIT was lost) the row is
	// there all the same.
	var found []uint64
	err = tx.WithContext(ctx).Raw("SELECT id FROM ic3_asset_master"+findAsset+" FOR UPDATE", asset.ID, asset.CMMSAssetID).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = ErrAssetGone
	}
	return err
}

// emptyValues are what hosts keep for "none" beside NULL, as text: no text, no reference, no date, no JSON.
const emptyValues = "'', '0', '0000-00-00', '0000-00-00 00:00:00.000000', 'null'"

func updateOf(changes []ColumnChange, now string) (text string, args []any) {
	var b strings.Builder
	b.WriteString("UPDATE ic3_asset_master SET ")
	for _, c := range changes {
		if c.OnlyIfEmpty {
			fmt.Fprintf(&b, "`%s` = IF(COALESCE(CAST(`%s` AS CHAR), '') IN (%s), ?, `%s`), ", c.Column, c.Column, emptyValues, c.Column)
		} else {
			fmt.Fprintf(&b, "`%s` = ?, ", c.Column)
		}
		args = append(args, c.To)
	}
	b.WriteString("updated_at = ?, cmms_sync_status = 'Success', cmms_synced_at = ?, cmms_attempted_at = ?" + findAsset)
	return b.String(), append(args, now, now, now)
}

// MarkFailed sets cmms_sync_status and cmms_attempted_at; cmms_synced_at keeps the last success.
func (GormRepository) MarkFailed(ctx context.Context, db *gorm.DB, id uint64, cmmsAssetID string, at time.Time) error {
	attempted := utc.Format(at)
	_, err := prepared.Exec(ctx, db, markFailed, attempted, id, cmmsAssetID, attempted)
	return err
}
