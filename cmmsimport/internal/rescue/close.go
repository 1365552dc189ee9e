package rescue

import (
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
)

// closeRows brings the rows of the runs to what their log says. A run that has closed its own row keeps it. The text fits a
// VARCHAR(255).
func (r Rescuer) closeRows(tx *gorm.DB, dead []string) error {
	text := fmt.Sprintf("the process died or lost its database; run %s closed this row, and finished_at is the last sign of life", r.RunID)
	return tx.Exec(closeRows, dead, text, dead).Error
}

// The two tables may differ in collation, and joining a few rows by an expression costs nothing.
const closeRows = `UPDATE cmms_sync_run run LEFT JOIN (
		SELECT run_id, SUM(status = 'Success') AS successful, SUM(status <> 'Success') AS failed,
			SUM(COALESCE(JSON_LENGTH(warnings), 0)) AS warnings, MAX(synced_at) AS last
		FROM cmms_sync_log WHERE run_id IN ? GROUP BY run_id
	) logged ON CONVERT(logged.run_id USING utf8mb4) COLLATE utf8mb4_bin = CONVERT(run.id USING utf8mb4) COLLATE utf8mb4_bin
	SET run.status = 'Interrupted',
		run.successful = COALESCE(logged.successful, 0),
		run.failed = COALESCE(logged.failed, 0),
		run.warnings = COALESCE(logged.warnings, 0),
		run.skipped = GREATEST(run.total - COALESCE(logged.successful + logged.failed, 0), 0),
		run.total = GREATEST(run.total, COALESCE(logged.successful + logged.failed, 0)),
		run.finished_at = GREATEST(run.heartbeat_at, COALESCE(logged.last, run.heartbeat_at)),
		run.duration_ms = TIMESTAMPDIFF(MICROSECOND, run.started_at, GREATEST(run.heartbeat_at, COALESCE(logged.last, run.heartbeat_at))) DIV 1000,
		run.error_message = CONCAT(?, IF(run.current_asset IS NULL, '', CONCAT('; at its last heartbeat it was at asset "', run.current_asset, '"')))
	WHERE run.id IN ? AND run.status = 'Running'`

// encodeList returns a JSON list of one text.
func encodeList(text string) (string, error) {
	encoded, err := json.Marshal([]string{text})
	return string(encoded), err
}
