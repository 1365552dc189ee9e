package synclog

import (
	"bytes"
	"encoding/json"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
	"ic3.internal/innomaintsync/internal/utc" // the serializer "utc" of the tags below, too
)

// Status is how an attempt on an asset ended.
type Status string

// The values of cmms_sync_log.status.
const (
	Success Status = "Success"
	Failed  Status = "Failed"
)

// Entry is a row of cmms_sync_log: one attempt on one asset. [Recorder] writes it, [Entries] reads it; GORM may migrate
// and read it too. "", nil and empty mean NULL if the column is nullable.
type Entry struct {
	ID           uint64   `gorm:"column:id;type:BIGINT UNSIGNED;primaryKey;autoIncrement;index:idx_log_run,priority:2" json:"id"`
	RunID        string   `gorm:"column:run_id;type:CHAR(26);index:idx_log_run,priority:1" json:"run_id"` // cmms_sync_run.id
	CustomerID   uint64   `gorm:"column:customer_id;type:BIGINT UNSIGNED;not null;index:idx_log_customer,priority:1" json:"customer_id"`
	CMMSAssetID  string   `gorm:"column:cmms_asset_id;type:VARCHAR(64);not null;index:idx_log_asset,priority:1" json:"cmms_asset_id"`
	Status       Status   `gorm:"column:status;type:VARCHAR(16);not null" json:"status"`
	ErrorKind    string   `gorm:"column:error_kind;type:VARCHAR(32)" json:"error_kind,omitempty"`
	ErrorMessage string   `gorm:"column:error_message;type:TEXT" json:"error_message,omitempty"`
	Warnings     []string `gorm:"column:warnings;type:JSON;serializer:json" json:"warnings,omitempty"`
	Changes      Changes  `gorm:"column:changes;type:JSON;serializer:json" json:"changes,omitempty"`
	// SyncedAt is when the attempt ended, UTC.
	SyncedAt time.Time `gorm:"column:synced_at;type:DATETIME(6);serializer:utc;not null;index:idx_log_customer,priority:2;index:idx_log_asset,priority:2" json:"synced_at"`
	// DurationMS is that of the whole attempt: API call to commit or rollback.
	DurationMS int64 `gorm:"column:duration_ms;type:BIGINT;not null" json:"duration_ms"`
	// AttemptKey is run and asset row: an attempt has one row, however often it is written.
	AttemptKey string `gorm:"column:attempt_key;type:VARCHAR(64);default:null;uniqueIndex:uq_log_attempt" json:"attempt_key,omitempty"`

	// AssetID is ic3_asset_master.id of the attempt. Not stored.
	AssetID uint64 `gorm:"-" json:"-"`
}

// TableName implements GORM's schema.Tabler.
func (Entry) TableName() string { return "cmms_sync_log" }

// Changes is what an attempt changed, by column of ic3_asset_master; in an existing master row by the master and its column, such
// as "vendor.name".
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

// writeEntry writes a row once, however often it is sent: a row of the same attempt_key is replaced. The text is fixed, with
// NULLs as arguments, so that it is prepared once. MariaDB has no other word for VALUES().
const writeEntry = `INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, attempt_key, status, error_kind, error_message,
	warnings, changes, synced_at, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), status = VALUES(status), error_kind = VALUES(error_kind),
	error_message = VALUES(error_message), warnings = VALUES(warnings), changes = VALUES(changes),
	synced_at = VALUES(synced_at), duration_ms = VALUES(duration_ms)`

// row returns the arguments of writeEntry. The numbers are lengths in our schema.
func (e *Entry) row(s rowfit.Shape) []any {
	var kind, text any
	if e.Status != Success {
		kind, text = rowfit.Nullable(s.Text(e.ErrorKind, 32)), s.Message(e.ErrorMessage)
	}
	return []any{
		rowfit.Nullable(s.Text(e.RunID, 26)), e.CustomerID, s.Text(e.CMMSAssetID, 64),
		rowfit.Nullable(s.Text(e.AttemptKey, 64)), s.Text(string(e.Status), 16), kind, text,
		warningsJSON(s, e.Warnings), changesJSON(s, e.Changes), utc.Format(e.SyncedAt), e.DurationMS,
	}
}

func warningsJSON(s rowfit.Shape, list []string) any {
	if len(list) == 0 {
		return nil
	}
	short := make([]string, len(list))
	for i := range list {
		short[i] = s.Short(list[i])
	}
	return s.JSON(short)
}

// changesJSON encodes changes. A value that cannot be encoded or has to be cut becomes a text.
func changesJSON(s rowfit.Shape, c Changes) any {
	if len(c) == 0 {
		return nil
	}
	if !s.Shortens() {
		if text := s.JSON(c); text != nil {
			return text
		}
	}
	plain := make(Changes, len(c))
	for column, change := range c {
		plain[column] = Change{From: s.Value(change.From), To: s.Value(change.To)}
	}
	return s.JSON(plain)
}
