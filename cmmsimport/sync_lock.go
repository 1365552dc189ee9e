package cmmsimport

import "time"

// SyncLock is a row of cmms_sync_lock: a lease on one customer, or on whole runs.
type SyncLock struct {
	Name      string    `gorm:"column:name;type:varchar(64);not null;primaryKey"` // 'all' or 'customer:<id>'
	RunID     string    `gorm:"column:run_id;type:char(26);not null"`
	Holder    string    `gorm:"column:holder;type:varchar(255);not null"` // host and process id
	ExpiresAt time.Time `gorm:"column:expires_at;type:datetime(6);not null;serializer:utc"`
}

// TableName implements GORM's schema.Tabler.
func (SyncLock) TableName() string { return "cmms_sync_lock" }
