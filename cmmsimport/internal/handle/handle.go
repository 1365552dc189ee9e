// Package handle says whether a host's *gorm.DB suits a sync, and makes a handle on its pool without the host's GORM settings.
package handle

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Check refuses a handle on which a commit per asset is not possible.
func Check(db *gorm.DB) error {
	switch {
	case db == nil || db.Config == nil || db.Statement == nil:
		return errors.New("db is nil: pass the handle that gorm.Open returned")
	case db.Error != nil:
		return fmt.Errorf("db carries an error already: %w", db.Error)
	case db.DryRun:
		return errors.New("db is in GORM's DryRun mode, in which nothing is read: use Options.DryRun instead")
	}
	if _, ok := poolOf(db.Statement.ConnPool).(gorm.TxCommitter); ok {
		return errors.New("db is inside a transaction, so that commits would be savepoints only: pass the plain handle")
	}
	return nil
}

// Plain returns a handle on the same pool that the host's GORM settings do not touch: no clause of the caller's,
// no transaction around single writes, the driver's own errors, no cache of prepared statements.
func Plain(db *gorm.DB) *gorm.DB {
	s := db.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true})
	s.TranslateError = false
	s.DefaultTransactionTimeout = 0
	s.PrepareStmt = false
	s.ConnPool = poolOf(db.Statement.ConnPool)
	s.Statement = &gorm.Statement{DB: s, ConnPool: s.ConnPool, Context: context.Background(), Clauses: map[string]clause.Clause{}}
	return s
}

// poolOf returns what the handle's statements run on, without the cache of prepared statements: the pool, or the one connection
// that the handle is pinned to.
func poolOf(pool gorm.ConnPool) gorm.ConnPool {
	if cached, ok := pool.(*gorm.PreparedStmtDB); ok {
		return poolOf(cached.ConnPool)
	}
	return pool
}
