// Package prepared lets fixed statements go through GORM's cache of prepared statements, so that each is prepared once a
// connection, also where it is executed inside transactions.
package prepared

import (
	"context"

	"gorm.io/gorm"
)

// Handle returns a handle on db, a pool's handle or a transaction, with prepared statements. It is for texts that never
// vary: those with a varying list of columns would fill the cache.
func Handle(ctx context.Context, db *gorm.DB) *gorm.DB {
	return db.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, PrepareStmt: true, Context: ctx})
}

// Statement returns s ready to execute a fixed text, as s.Raw does. Raw reads through the text each time, for named
// arguments and for lists, and builds it anew.
func Statement(s *gorm.DB, text string, args ...any) *gorm.DB {
	tx := s.Clauses() // a statement of its own
	tx.Statement.SQL.WriteString(text)
	tx.Statement.Vars = args
	return tx
}

// Exec executes a statement as gorm's Exec does, with the callbacks that a host has registered.
func Exec(statement *gorm.DB) *gorm.DB { return statement.Callback().Raw().Execute(statement) }

// OnPool makes a statement known to the cache before a transaction needs it: one that is first prepared inside a
// transaction belongs to it, and would be prepared again in each that follows. db is a pool's handle.
func OnPool(ctx context.Context, db *gorm.DB, text string) error {
	cache, ok := Handle(ctx, db).Statement.ConnPool.(*gorm.PreparedStmtDB)
	if !ok {
		return nil
	}
	cache.Mux.Lock()
	if known, ok := cache.Stmts.Get(text); ok && !known.Transaction && known.Error() == nil {
		cache.Mux.Unlock()
		return nil
	}
	_, err := cache.Stmts.New(ctx, text, false, cache.ConnPool, cache.Mux) // unlocks Mux
	return err
}
