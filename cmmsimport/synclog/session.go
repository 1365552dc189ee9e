package synclog

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

// session returns a handle on db's pool or transaction that carries nothing of what the host has set or chained on db.
func session(ctx context.Context, db *gorm.DB) *gorm.DB {
	s := db.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: ctx})
	s.Error = nil            // of an earlier statement; ours is another
	s.DryRun = false         // Session can only turn these two on; the configuration is s's own copy
	s.TranslateError = false // the error numbers decide below
	return s
}

// explain adds what to do about a schema that is not ours.
func explain(err error) error {
	if mysqlerr.SchemaMissing(err) {
		return fmt.Errorf("%w (cmmsimport.Migrate creates what is missing)", err)
	}
	return err
}
