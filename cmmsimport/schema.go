package cmmsimport

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// models are the tables of the sync.
var models = []schema.Tabler{
	AssetMaster{},
	CategoryMaster{}, ManufacturerMaster{}, ModelMaster{}, VendorMaster{}, LocationMaster{}, DepartmentMaster{}, StatusMaster{},
	synclog.Entry{}, synclog.Run{}, SyncLock{},
}

// CheckSchema looks whether the database has every table and column that the sync uses, as tables or as views. All that
// is missing is listed in one error that is ErrSchema. Any other error is the database's. A run does this by itself,
// before its first API call.
func CheckSchema(ctx context.Context, db *gorm.DB) error {
	if err := checkHandle(db); err != nil {
		return fmt.Errorf("%w: %w", ErrOptions, err)
	}
	_, err := readSchema(ctx, plainSession(db))
	return err
}

// readSchema reads the columns of the sync's tables; one that is missing is ErrSchema.
func readSchema(ctx context.Context, db *gorm.DB) (dbschema.Catalog, error) {
	found, err := dbschema.Read(ctx, db, models)
	if err != nil {
		return nil, err
	}
	if missing := found.Check(models); missing != nil {
		return nil, fmt.Errorf("%w: call cmmsimport.Migrate, or apply what MigrationSQL returns:\n%w", ErrSchema, missing)
	}
	return found, nil
}

// Migrate creates the tables, columns and indexes that the sync needs and the database lacks. It is safe on a host's own
// tables: it drops, renames and narrows nothing, and leaves a column alone whatever its type. Called again it does
// nothing. DDL commits by itself, so a call that fails half way is simply repeated.
//
// The library never calls it: a host does, once at deployment, or applies the statements by its own means. To print them:
//
//	statements, err := cmmsimport.MigrationSQL(ctx, db)
//	for _, s := range statements { fmt.Println(s + ";") }
//
// What it cannot do is an error that is ErrSchema and says what to do: a unique index that existing rows contradict, a
// view that lacks columns, a table without the column id that counts another one up by itself.
func Migrate(ctx context.Context, db *gorm.DB) error {
	statements, err := MigrationSQL(ctx, db)
	if err != nil {
		return err
	}
	s := plainSession(db).WithContext(ctx)
	for _, statement := range statements {
		err := s.Exec(statement).Error
		switch {
		case err == nil, mysqlerr.AlreadyExists(err): // another process that migrates too was first: table, column or index exists
		case mysqlerr.Duplicate(err):
			return fmt.Errorf("%w: rows contradict an index: make one of those that are alike, then migrate again: %s: %w", ErrSchema, statement, err)
		default:
			return fmt.Errorf("%w: %s: %w", ErrSchema, statement, err)
		}
	}
	return nil
}

// MigrationSQL returns the statements that Migrate would run on this database now, in order; none where the schema is
// complete.
func MigrationSQL(ctx context.Context, db *gorm.DB) ([]string, error) {
	if err := checkHandle(db); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	statements, problems, err := dbschema.Statements(ctx, plainSession(db), models)
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return nil, fmt.Errorf("%w: %w", ErrSchema, errors.Join(problems...))
	}
	return statements, nil
}
