package cmmsimport

import (
	"context"
	"time"

	"gorm.io/gorm"
)

// AssetRepository reads and writes ic3_asset_master for a run. It keeps no state: each method takes the handle, or the
// asset's transaction. Embed GormRepository to override one method.
type AssetRepository interface {
	// Plan returns the customers that have assets of the query, in the order in which the run takes them, each with the
	// bounds that Page keeps to.
	Plan(ctx context.Context, db *gorm.DB, q AssetQuery) ([]CustomerPlan, error)
	// Page returns the next assets of one customer behind the cursor, at most limit; none means that there are no more.
	Page(ctx context.Context, db *gorm.DB, q AssetQuery, customer CustomerPlan, after Cursor, limit int) ([]AssetMaster, error)
	// Update writes the changed columns and marks the asset synced at the given time, in one statement inside its
	// transaction. It finds the row by id, cmms_asset_id and deleted_at; where that matches no row, the error is
	// ErrAssetGone.
	Update(ctx context.Context, tx *gorm.DB, asset *AssetMaster, changes []ColumnChange, at time.Time) error
	// MarkFailed marks the attempt on the asset as failed, unless a later attempt has been marked. A row that is gone is no
	// error.
	MarkFailed(ctx context.Context, db *gorm.DB, id uint64, cmmsAssetID string, at time.Time) error
}

// AssetQuery says which assets a run covers: those with a cmms_asset_id that are not deleted, and of them the ones that
// the options of the same names leave.
type AssetQuery struct {
	CustomerID     *uint64
	CMMSAssetIDs   []string
	OnlyFailed     bool
	NotSyncedSince time.Time
	OldestFirst    bool
}

// CustomerPlan is what a run found of one customer before its first asset.
type CustomerPlan struct {
	CustomerID uint64
	Assets     int
	MaxID      uint64 // the highest id: rows that come later are the next run's
	// NewestAttempt is the latest cmms_attempted_at: with OldestFirst, rows that the run itself has attempted lie behind
	// it and do not come round again.
	NewestAttempt time.Time
}

// Cursor is the last asset that was read; its zero value stands before the first one.
type Cursor struct {
	ID          uint64
	AttemptedAt time.Time // zero: never attempted. Counts with OldestFirst only.
}

func cursorAt(a AssetMaster) Cursor { return Cursor{ID: a.ID, AttemptedAt: a.CMMSAttemptedAt} }
