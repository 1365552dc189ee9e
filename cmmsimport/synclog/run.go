package synclog

import "time"

// RunStatus is how far a run has come.
type RunStatus string

// The values of cmms_sync_run.status.
const (
	Running     RunStatus = "Running"
	Completed   RunStatus = "Completed"   // every asset was attempted or skipped for a reason of its own
	Interrupted RunStatus = "Interrupted" // its context ended, the database went away, or its process died and a later run closed it
	Aborted     RunStatus = "Aborted"     // it stopped itself
)

// Run is a row of cmms_sync_run: a run's progress during it, its summary afterwards. "" and nil stand for NULL.
type Run struct {
	ID           string     `gorm:"column:id;type:CHAR(26);primaryKey" json:"id"`                         // a ULID
	CustomerID   *uint64    `gorm:"column:customer_id;type:BIGINT UNSIGNED" json:"customer_id,omitempty"` // nil: every customer
	Status       RunStatus  `gorm:"column:status;type:VARCHAR(16);not null" json:"status"`
	Total        int64      `gorm:"column:total;type:BIGINT;not null;default:0" json:"total"`
	Successful   int64      `gorm:"column:successful;type:BIGINT;not null;default:0" json:"successful"`
	Failed       int64      `gorm:"column:failed;type:BIGINT;not null;default:0" json:"failed"`
	Skipped      int64      `gorm:"column:skipped;type:BIGINT;not null;default:0" json:"skipped"`
	Warnings     int64      `gorm:"column:warnings;type:BIGINT;not null;default:0" json:"warnings"`
	CurrentAsset string     `gorm:"column:current_asset;type:VARCHAR(64)" json:"current_asset,omitempty"` // at the last heartbeat
	Host         string     `gorm:"column:host;type:VARCHAR(255)" json:"host,omitempty"`
	ErrorMessage string     `gorm:"column:error_message;type:TEXT" json:"error_message,omitempty"`
	StartedAt    time.Time  `gorm:"column:started_at;type:DATETIME(6);serializer:utc;not null;index:idx_run_started" json:"started_at"`
	HeartbeatAt  time.Time  `gorm:"column:heartbeat_at;type:DATETIME(6);serializer:utc;not null" json:"heartbeat_at"`
	FinishedAt   *time.Time `gorm:"column:finished_at;type:DATETIME(6);serializer:utc" json:"finished_at,omitempty"`
	DurationMS   *int64     `gorm:"column:duration_ms;type:BIGINT" json:"duration_ms,omitempty"`
}

// TableName implements GORM's schema.Tabler.
func (Run) TableName() string { return "cmms_sync_run" }
