package synclog

import (
	"bytes"
	"encoding/json"
	"time"

	_ "ic3.internal/innomaintsync/internal/utc" // the serializer "utc" of the tags below
)

// Status is how an attempt on an asset ended.
type Status string

// The values of cmms_sync_log.status.
const (
	Success Status = "Success"
	Failed  Status = "Failed"
)

// Entry is a row of cmms_sync_log: one attempt on one asset. [Recorder] writes it, [Entries] reads it; GORM may migrate
// and read it too. "", nil and empty stand for NULL where the column is nullable.
type Entry struct {
	ID           uint64    `gorm:"column:id;type:BIGINT UNSIGNED;primaryKey;autoIncrement;index:idx_log_run,priority:2" json:"id"`
	RunID        string    `gorm:"column:run_id;type:CHAR(26);index:idx_log_run,priority:1" json:"run_id"` // cmms_sync_run.id
	CustomerID   uint64    `gorm:"column:customer_id;type:BIGINT UNSIGNED;not null;index:idx_log_customer,priority:1" json:"customer_id"`
	CMMSAssetID  string    `gorm:"column:cmms_asset_id;type:VARCHAR(64);not null;index:idx_log_asset,priority:1" json:"cmms_asset_id"`
	Status       Status    `gorm:"column:status;type:VARCHAR(16);not null" json:"status"`
	ErrorKind    string    `gorm:"column:error_kind;type:VARCHAR(32)" json:"error_kind,omitempty"`
	ErrorMessage string    `gorm:"column:error_message;type:TEXT" json:"error_message,omitempty"`
	Warnings     []string  `gorm:"column:warnings;type:JSON;serializer:json" json:"warnings,omitempty"`
	Changes      Changes   `gorm:"column:changes;type:JSON;serializer:json" json:"changes,omitempty"`
	SyncedAt     time.Time `gorm:"column:synced_at;type:DATETIME(6);serializer:utc;not null;index:idx_log_customer,priority:2;index:idx_log_asset,priority:2" json:"synced_at"` // when the attempt ended, UTC
	DurationMS   int64     `gorm:"column:duration_ms;type:BIGINT;not null" json:"duration_ms"`                                                                                  // the whole attempt: API call to commit or rollback
	AttemptKey   string    `gorm:"column:attempt_key;type:VARCHAR(64);default:null;uniqueIndex:uq_log_attempt" json:"attempt_key,omitempty"`                                    // run and asset row: an attempt has one row, however often it is written

	// AssetID is ic3_asset_master.id of the attempt. Not stored.
	AssetID uint64 `gorm:"-" json:"-"`
}

// TableName implements GORM's schema.Tabler.
func (Entry) TableName() string { return "cmms_sync_log" }

// Changes is what an attempt changed, by column of ic3_asset_master; in a master row that was there already, by the master
// and its column, such as "vendor.name".
type Changes map[string]Change

// Change is one column's value before and after; nil is NULL.
type Change struct {
	From any `json:"from"`
	To   any `json:"to"`
}

// UnmarshalJSON reads numbers as [json.Number]: ids beyond 2^53 and decimals would not survive a float64.
func (c *Change) UnmarshalJSON(data []byte) error {
	type plain Change
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	return d.Decode((*plain)(c))
}
