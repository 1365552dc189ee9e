// Package rescue closes runs whose process died or lost its database, and adds the log rows that they could not write.
//
// The marks on an asset row name the run of its last attempt, so what a dead run attempted is known exactly. One statement
// adds what the log lacks, for all dead runs together. A row that a run has written itself is never touched. If a process was
// only stalled, its own row replaces the one added here.
package rescue

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// budget limits one rescue: the rest is left to the next run.
const budget = 30 * time.Second

// Rescuer is a run that rescues others.
type Rescuer struct {
	DB    *gorm.DB
	Log   *slog.Logger
	RunID string // of the run that rescues
	// InTable says that log rows are in cmms_sync_log. Otherwise only the rows of the dead runs are closed.
	InTable bool
}

// Rescue closes every dead run: those that are Running and hold no live lease, and takenFrom (unless it is ""), whose expired
// lease the caller has just taken over. Call it before the first attempt on the same assets: that attempt would overwrite the
// marks by which a missing log row is found. A transient error is returned. Any other is logged, and must not stop the caller.
func (r Rescuer) Rescue(ctx context.Context, takenFrom string) error {
	limited, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	err := r.rescue(limited, takenFrom)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil, mysqlerr.Transient(err):
		return err
	}
	r.Log.LogAttrs(ctx, slog.LevelError, "runs whose process died could not be closed; the next run tries again",
		slog.String("error", synclog.ErrorMessage(err)))
	return nil
}

func (r Rescuer) rescue(ctx context.Context, takenFrom string) error {
	var dead []string
	err := r.DB.WithContext(ctx).Raw(findDead, recentRuns, r.RunID, takenFrom, maxDead).Scan(&dead).Error
	if err != nil || len(dead) == 0 {
		return err
	}
	added, err := r.closeAll(ctx, dead, takenFrom, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	if mysqlerr.StatementFormatOnly(err) { // the server's binary log does not allow READ COMMITTED
		added, err = r.closeAll(ctx, dead, takenFrom)
	}
	if err != nil {
		return err
	}
	r.Log.LogAttrs(ctx, slog.LevelWarn, "closed runs whose process died",
		slog.Any("dead_runs", dead), slog.Int64("log_rows_added", added))
	return nil
}

const (
	// recentRuns is how far back, by number of runs, dead ones are looked for: a read of some milliseconds.
	recentRuns = 20_000
	// maxDead is how many runs one rescue closes, the newest first.
	maxDead = 1_000
)

// findDead compares the two tables' ids in one collation, since theirs may differ.
const findDead = `SELECT id FROM (SELECT id, status FROM cmms_sync_run ORDER BY id DESC LIMIT ?) recent
	WHERE id <> ? AND (id = ? OR status = 'Running' AND NOT EXISTS (
		SELECT 1 FROM cmms_sync_lock WHERE expires_at > UTC_TIMESTAMP(6)
			AND CONVERT(cmms_sync_lock.run_id USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(recent.id USING utf8mb4) COLLATE utf8mb4_bin))
	ORDER BY id DESC LIMIT ?`

// closeAll rescues the runs in one transaction. The locks on their rows keep two rescuers apart. READ COMMITTED keeps
// INSERT … SELECT from locking asset rows.
func (r Rescuer) closeAll(ctx context.Context, dead []string, takenFrom string, opts ...*sql.TxOptions) (added int64, err error) {
	err = r.DB.WithContext(ctx).Transaction(func(tx *gorm.DB) error {
		still, err := r.lock(tx, dead, takenFrom)
		if err != nil || len(still) == 0 {
			return err
		}
		if r.InTable {
			if added, err = r.addLogRows(tx, still); err != nil {
				return err
			}
		}
		return r.closeRows(tx, still)
	}, opts...)
	return added, err
}

const (
	lockRuns  = "SELECT id FROM cmms_sync_run WHERE id IN ? ORDER BY id FOR UPDATE"
	endLeases = "DELETE FROM cmms_sync_lock WHERE run_id IN ? AND (expires_at <= UTC_TIMESTAMP(6) OR run_id = ?)"
	leased    = "SELECT DISTINCT run_id FROM cmms_sync_lock WHERE run_id IN ?"
)

// lock locks the rows of the runs and ends their leases, so that a process that is only stalled cannot continue. It returns the
// runs that are still dead: one may have renewed its lease meanwhile.
func (r Rescuer) lock(tx *gorm.DB, dead []string, takenFrom string) (still []string, err error) {
	var locked, alive []string
	if err := tx.Raw(lockRuns, dead).Scan(&locked).Error; err != nil {
		return nil, err
	}
	if err := tx.Exec(endLeases, dead, takenFrom).Error; err != nil {
		return nil, err
	}
	if err := tx.Raw(leased, dead).Scan(&alive).Error; err != nil {
		return nil, err
	}
	return slices.DeleteFunc(locked, func(id string) bool { return slices.Contains(alive, id) }), nil
}

// addLogRows adds a row for each attempt that left a mark on its asset row but no log row. What the mark does not contain (what
// changed, the duration, the reason of a failure) stays unknown, and the row says so.
func (r Rescuer) addLogRows(tx *gorm.DB, dead []string) (int64, error) {
	key, err := attemptKey(tx)
	if err != nil {
		return 0, err
	}
	var since string
	if err := tx.Raw(earliestMark, dead).Scan(&since).Error; err != nil {
		return 0, err
	}
	text := fmt.Sprintf("added by run %s: the process died before it wrote this row, so what changed, the duration and", r.RunID)
	warning, err := rowfit.Encode([]string{text + " the warnings are unknown"})
	if err != nil {
		return 0, err
	}
	added := tx.Exec(fmt.Sprintf(addLogRows, key, key), text+" the reason of the failure are unknown", warning, since, dead)
	return added.RowsAffected, added.Error
}

// earliestMark leaves room for columns of whole seconds: MySQL rounds the run's start up, MariaDB truncates the marks.
const earliestMark = "SELECT CAST(MIN(started_at) - INTERVAL 2 SECOND AS CHAR) FROM cmms_sync_run WHERE id IN ?"

// addLogRows finds the rows by idx_asset_attempted: the LIMIT keeps the derived table from being merged into the rest, which
// would be a scan of the whole table. Without CONVERT, MySQL takes a text within IF for binary, which a JSON column refuses.
const addLogRows = `INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, error_message, warnings, synced_at,
		duration_ms, attempt_key)
	SELECT asset.cmms_run_id, asset.customer_id, asset.cmms_asset_id, asset.cmms_sync_status,
		IF(asset.cmms_sync_status = 'Success', NULL, CONVERT(? USING utf8mb4)),
		IF(asset.cmms_sync_status = 'Success', CONVERT(? USING utf8mb4), NULL), asset.cmms_attempted_at, 0, %s
	FROM (SELECT id FROM ic3_asset_master WHERE cmms_attempted_at >= ? LIMIT 1000000000) recent
	JOIN ic3_asset_master asset ON asset.id = recent.id
	LEFT JOIN cmms_sync_log logged ON logged.attempt_key = %s
	WHERE asset.cmms_run_id IN ? AND asset.cmms_asset_id <> '' AND logged.id IS NULL
	ON DUPLICATE KEY UPDATE cmms_sync_log.id = cmms_sync_log.id`

// attemptKey returns the expression of an asset row's attempt_key, in the character set and collation of the log's column:
// otherwise its index cannot be used if the two tables differ in them.
func attemptKey(tx *gorm.DB) (string, error) {
	var column struct {
		Charset   string `gorm:"column:charset"`
		Collation string `gorm:"column:collation"`
	}
	err := tx.Raw(`SELECT character_set_name AS charset, collation_name AS collation FROM information_schema.columns
		WHERE table_schema = DATABASE() AND table_name = 'cmms_sync_log' AND column_name = 'attempt_key'`).Scan(&column).Error
	if err != nil {
		return "", err
	}
	key := "CONVERT(CONCAT(asset.cmms_run_id, ':', asset.id) USING "
	if column.Charset == "" { // VARBINARY
		return key + "binary)", nil
	}
	return key + column.Charset + ") COLLATE " + column.Collation, nil
}

// closeRows counts the log rows of the runs, and closes the runs' rows. A row that its run has closed stays as it is. The counts
// of the last heartbeat stay if the log has fewer rows: it was purged, or is kept elsewhere. The text fits a VARCHAR(255).
func (r Rescuer) closeRows(tx *gorm.DB, dead []string) error {
	text := fmt.Sprintf("the process died or lost its database; run %s closed this row, and finished_at is the last sign of life",
		r.RunID)
	return tx.Exec(closeRows, dead, text, dead).Error
}

// The two tables may differ in collation, and joining a few rows by an expression costs nothing.
const closeRows = `UPDATE cmms_sync_run run LEFT JOIN (
		SELECT run_id, SUM(status = 'Success') AS successful, SUM(status <> 'Success') AS failed,
			SUM(COALESCE(JSON_LENGTH(warnings), 0)) AS warnings, MAX(synced_at) AS latest
		FROM cmms_sync_log WHERE run_id IN ? GROUP BY run_id
	) logged ON CONVERT(logged.run_id USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(run.id USING utf8mb4) COLLATE utf8mb4_bin
		AND logged.successful + logged.failed >= run.successful + run.failed
	SET run.status = 'Interrupted',
		run.successful = COALESCE(logged.successful, run.successful),
		run.failed = COALESCE(logged.failed, run.failed),
		run.warnings = COALESCE(logged.warnings, run.warnings),
		run.skipped = GREATEST(run.total - COALESCE(logged.successful + logged.failed, run.successful + run.failed), 0),
		run.total = GREATEST(run.total, COALESCE(logged.successful + logged.failed, run.successful + run.failed)),
		run.finished_at = GREATEST(run.heartbeat_at, COALESCE(logged.latest, run.heartbeat_at)),
		run.duration_ms = TIMESTAMPDIFF(MICROSECOND, run.started_at,
			GREATEST(run.heartbeat_at, COALESCE(logged.latest, run.heartbeat_at))) DIV 1000,
		run.error_message = CONCAT(?, COALESCE(CONCAT('; at its last heartbeat it was at asset "', run.current_asset, '"'), ''))
	WHERE run.id IN ? AND run.status = 'Running'`
