package synclog

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/internal/prepared"
)

// session returns a handle on db's pool or transaction that carries nothing of what the host has set or chained on db.
func session(ctx context.Context, db *gorm.DB) *gorm.DB {
	s := db.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: ctx})
	s.Error = nil            // of an earlier statement; ours is another
	s.DryRun = false         // Session can only turn these two on; the configuration is s's own copy
	s.TranslateError = false // the error numbers decide below
	return s
}

// exec runs one statement. Unlike gorm's Create it adds no RETURNING on MariaDB, and it gives the last insert id.
func exec(ctx context.Context, s *gorm.DB, sql string, args ...any) (affected int64, insertID uint64, err error) {
	result, err := prepared.Exec(ctx, s, sql, args...)
	if err != nil {
		return 0, 0, err
	}
	if id, err := result.LastInsertId(); err == nil {
		insertID = uint64(id)
	}
	affected, _ = result.RowsAffected()
	return affected, insertID, nil
}

// explain adds what to do about a schema that is not ours.
func explain(err error) error {
	if mysqlerr.SchemaMissing(err) {
		return fmt.Errorf("%w (cmmsimport.Migrate creates what is missing)", err)
	}
	return err
}
