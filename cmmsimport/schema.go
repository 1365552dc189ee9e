package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/internal/handle"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// tables are the tables of the sync, as their models define them.
var tables = sync.OnceValue(func() (tables []dbschema.Table) {
	for _, model := range []schema.Tabler{
		AssetMaster{},
		CategoryMaster{}, ManufacturerMaster{}, ModelMaster{}, VendorMaster{}, LocationMaster{}, DepartmentMaster{}, StatusMaster{},
		synclog.Entry{}, synclog.Run{}, SyncLock{},
	} {
		tables = append(tables, dbschema.TableOf(model))
	}
	return tables
})

// CheckSchema looks whether the database has every table and column that the sync uses, as tables or as views. All that
// is missing is listed in one error that is ErrSchema. Any other error is the database's. A run does this by itself,
// before its first API call.
func CheckSchema(ctx context.Context, db *gorm.DB) error {
	if err := handle.Check(db); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	_, err := readSchema(ctx, handle.Plain(db))
	return err
}

// readSchema reads the columns of the sync's tables; one that is missing is ErrSchema.
func readSchema(ctx context.Context, db *gorm.DB) (dbschema.Catalog, error) {
	found, err := dbschema.Read(ctx, db, tables())
	if err != nil {
		return nil, err
	}
	if missing := found.Check(tables()); missing != nil {
		return nil, fmt.Errorf("%w: call cmmsimport.Migrate, or apply what MigrationSQL returns:\n%w", ErrSchema, missing)
	}
	return found, nil
}

// Migrate creates the tables, columns and indexes that the sync needs and the database lacks. It is safe on a host's own
// tables: it drops, renames and narrows nothing, it leaves a column alone whatever its type, and what it adds is nullable or
// has a default, so that the host's own INSERTs work as before. Each table is one statement. Called again it does nothing,
// and a call that failed half way can be repeated, since DDL commits by itself.
//
// The library never calls it: a host does, once at deployment, or applies the statements by its own means. To print them:
//
//	statements, err := cmmsimport.MigrationSQL(ctx, db)
//	for _, s := range statements { fmt.Println(s + ";") }
//
// What it cannot do is an error that is ErrSchema and says what to do: a unique index on rows that are duplicates, a view
// that lacks columns, a table with another AUTO_INCREMENT column than id, a table whose rows would need a value in a new
// column. All but the first are found before anything is changed.
func Migrate(ctx context.Context, db *gorm.DB) error {
	var lost error // to another process that migrates, too
	for range maxMigrationRounds {
		statements, err := MigrationSQL(ctx, db)
		if err != nil {
			return err
		}
		if lost, err = dbschema.Apply(ctx, handle.Plain(db), statements); err != nil {
			return fmt.Errorf("%w: %w", ErrSchema, err)
		}
		if lost == nil {
			return nil
		}
	}
	return fmt.Errorf("%w: %w", ErrSchema, lost)
}

// maxMigrationRounds ends the contest with other processes that migrate at the same time: in each round, one of them finishes.
const maxMigrationRounds = 10

// MigrationSQL returns the statements that Migrate would run on this database now, in order; none where the schema is
// complete.
func MigrationSQL(ctx context.Context, db *gorm.DB) ([]string, error) {
	if err := handle.Check(db); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	statements, problems, err := dbschema.Statements(ctx, handle.Plain(db), tables())
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrSchema, errors.Join(problems...))
	}
	return statements, nil
}

// SyncLock is a row of cmms_sync_lock: a lease on one customer, or on whole runs.
type SyncLock struct {
	Name      string    `gorm:"column:name;type:varchar(64);not null;primaryKey"` // 'all' or 'customer:<id>'
	RunID     string    `gorm:"column:run_id;type:char(26);not null"`
	Holder    string    `gorm:"column:holder;type:varchar(255);not null"` // host and process id
	ExpiresAt time.Time `gorm:"column:expires_at;type:datetime(6);not null;serializer:utc"`
}

// TableName implements GORM's schema.Tabler.
func (SyncLock) TableName() string { return "cmms_sync_lock" }
