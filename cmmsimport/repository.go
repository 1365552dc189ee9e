package cmmsimport

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/register"
)

// AssetRepository reads and writes ic3_asset_master for a run. It keeps no state: each method takes the handle, or the
// asset's transaction. Embed GormRepository to override one method.
type AssetRepository interface {
	// Plan returns the customers that have assets of the query, in the order in which the run takes them, each with the
	// bounds that Page keeps to.
	Plan(ctx context.Context, db *gorm.DB, q AssetQuery) ([]CustomerPlan, error)
	// Page returns the next assets of one customer after the cursor, at most limit; none means that there are no more.
	Page(ctx context.Context, db *gorm.DB, q AssetQuery, customer CustomerPlan, after Cursor, limit int) ([]AssetMaster, error)
	// Update writes the changed columns and marks the asset as synced, in one statement inside its transaction. It finds the
	// row by id, cmms_asset_id and deleted_at; if that matches no row, the error is ErrAssetGone.
	Update(ctx context.Context, tx *gorm.DB, asset *AssetMaster, changes []ColumnChange, mark Mark) error
	// MarkFailed marks the asset as failed, unless a later attempt has marked it. A row that is gone is no error.
	MarkFailed(ctx context.Context, db *gorm.DB, id uint64, cmmsAssetID string, mark Mark) error
}

// ErrAssetGone is returned by AssetRepository.Update if the row was unlinked, linked to another asset of Innomaint or
// deleted since its page was read.
var ErrAssetGone = register.ErrGone

// AssetQuery says which assets a run covers: those with a cmms_asset_id that are not deleted, and of them the ones that
// the options of the same names select.
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
	MaxID      uint64 // the highest id: later rows belong to the next run
	// NewestAttempt is the latest cmms_attempted_at: with OldestFirst, rows that the run itself has attempted come after it
	// and are not read again.
	NewestAttempt time.Time
}

// Cursor is the last asset that was read; its zero value is before the first one.
type Cursor struct {
	ID          uint64
	AttemptedAt time.Time // zero: never attempted. Counts with OldestFirst only.
}

// ColumnChange is one column that an UPDATE of ic3_asset_master sets.
type ColumnChange struct {
	Column   string
	From, To any // SQL arguments, nil for NULL
	// OnlyIfEmpty sets the column only while it is still empty: the policy FillIfEmpty must not overwrite what somebody
	// filled in since the row was read.
	OnlyIfEmpty bool
}

// Mark is what an attempt leaves on the asset row beside the data: cmms_run_id, and the time for cmms_attempted_at and, on a
// success, cmms_synced_at.
type Mark struct {
	RunID string    // cmms_sync_run.id
	At    time.Time // UTC
}

// GormRepository is the AssetRepository on ic3_asset_master. The zero value is ready.
type GormRepository struct{}

var _ AssetRepository = GormRepository{}

// Plan counts the assets of each customer.
func (GormRepository) Plan(ctx context.Context, db *gorm.DB, q AssetQuery) ([]CustomerPlan, error) {
	customers, err := assets.Plan(ctx, db, register.Query(q))
	if err != nil {
		return nil, err
	}
	plan := make([]CustomerPlan, len(customers))
	for i, customer := range customers {
		plan[i] = CustomerPlan(customer)
	}
	return plan, nil
}

// Page reads by keyset, so that a page costs the same wherever it is.
func (GormRepository) Page(ctx context.Context, db *gorm.DB, q AssetQuery, customer CustomerPlan, after Cursor, limit int) ([]AssetMaster, error) {
	return assets.Page(ctx, db, register.Query(q), register.Customer(customer), register.Cursor(after), limit)
}

// Update writes the changed columns, updated_at if there are any, and the marks of a success.
func (GormRepository) Update(ctx context.Context, tx *gorm.DB, asset *AssetMaster, changes []ColumnChange, mark Mark) error {
	set := make([]register.Change, len(changes))
	for i, change := range changes {
		set[i] = register.Change(change)
	}
	return assets.Update(ctx, tx, asset.ID, asset.CMMSAssetID, set, register.Mark(mark))
}

// MarkFailed sets cmms_sync_status, cmms_attempted_at and cmms_run_id; cmms_synced_at keeps the last success.
func (GormRepository) MarkFailed(ctx context.Context, db *gorm.DB, id uint64, cmmsAssetID string, mark Mark) error {
	return assets.MarkFailed(ctx, db, id, cmmsAssetID, register.Mark(mark))
}
