package register

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// ErrGone is returned by Update if the row was unlinked, linked to another asset or deleted since it was read.
var ErrGone = errors.New("the asset was unlinked or deleted while it was synced; nothing was written")

// Mark is what an attempt leaves on the row besides the asset's data.
type Mark struct {
	RunID string
	At    time.Time // when the attempt began to write, UTC
}

const (
	// where finds the row of an attempt, if it is still linked and not deleted.
	where = " WHERE id = ? AND cmms_asset_id = ? AND deleted_at IS NULL"

	// markSynced updates a row in which nothing changed, the usual case: one fixed text, prepared once. A host's updated_at may be
	// ON UPDATE CURRENT_TIMESTAMP: marks alone do not move it.
	markSynced = "UPDATE %s SET cmms_sync_status = 'Success', cmms_synced_at = ?, cmms_attempted_at = ?, cmms_run_id = ?, " +
		"updated_at = updated_at%s"

	// markFailed leaves a later attempt's mark alone: a statement whose connection was given up may still wait for a lock, and be
	// executed much later. The second is for columns of whole seconds.
	markFailed = "UPDATE %s SET cmms_sync_status = 'Failed', cmms_attempted_at = ?, cmms_run_id = ?, updated_at = updated_at%s" +
		" AND (cmms_attempted_at IS NULL OR cmms_attempted_at <= ? + INTERVAL 1 SECOND)"

	// emptyValues are what hosts keep for "none" besides NULL, as text: no text, no reference, no date, no JSON.
	emptyValues = "'', '0', '0000-00-00', '0000-00-00 00:00:00', '0000-00-00 00:00:00.000', '0000-00-00 00:00:00.000000', 'null'"
)

// Update writes the changed columns, updated_at if there are any, and the marks of a success.
func (t *Table[A]) Update(ctx context.Context, tx *gorm.DB, id uint64, cmmsAssetID string, changes []Change, mark Mark) error {
	now := utc.Format(mark.At)
	var updated int64
	if len(changes) == 0 {
		result, err := prepared.Exec(ctx, tx, t.markSynced, now, now, mark.RunID, id, cmmsAssetID)
		if err != nil {
			return err
		}
		updated, _ = result.RowsAffected()
	} else {
		text, args := t.updateOf(changes) // the column list varies, so the statement is not kept
		result := tx.WithContext(ctx).Exec(text, append(args, now, now, now, mark.RunID, id, cmmsAssetID)...)
		if result.Error != nil {
			return result.Error
		}
		updated = result.RowsAffected
	}
	if updated > 0 {
		return nil
	}

	// No row was changed. If the same update was committed before (the response to its COMMIT was lost), the row still
	// exists.
	var found []uint64
	err := tx.WithContext(ctx).Raw("SELECT id FROM "+t.name+where+" FOR UPDATE", id, cmmsAssetID).Scan(&found).Error
	if err == nil && len(found) == 0 {
		err = ErrGone
	}
	return err
}

func (t *Table[A]) updateOf(changes []Change) (text string, args []any) {
	var b strings.Builder
	b.WriteString("UPDATE " + t.name + " SET ")
	for _, c := range changes {
		if c.OnlyIfEmpty {
			fmt.Fprintf(&b, "`%s` = IF(COALESCE(CAST(`%s` AS CHAR), '') IN (%s), ?, `%s`), ", c.Column, c.Column, emptyValues, c.Column)
		} else {
			fmt.Fprintf(&b, "`%s` = ?, ", c.Column)
		}
		args = append(args, c.To)
	}
	b.WriteString("updated_at = ?, cmms_sync_status = 'Success', cmms_synced_at = ?, cmms_attempted_at = ?, cmms_run_id = ?" + where)
	return b.String(), args
}

// MarkFailed sets cmms_sync_status, cmms_attempted_at and cmms_run_id; cmms_synced_at keeps the last success.
func (t *Table[A]) MarkFailed(ctx context.Context, db *gorm.DB, id uint64, cmmsAssetID string, mark Mark) error {
	attempted := utc.Format(mark.At)
	_, err := prepared.Exec(ctx, db, t.markFailed, attempted, mark.RunID, id, cmmsAssetID, attempted)
	return err
}
