// Package prepared lets fixed statements go through GORM's cache of prepared statements, so that each is prepared once a
// connection, also where it is executed inside transactions.
package prepared

import (
	"context"

	"gorm.io/gorm"
)

// Handle returns db, a pool's handle or a transaction, with prepared statements. It is for texts that never vary: those
// with a varying list of columns would fill the cache.
func Handle(ctx context.Context, db *gorm.DB) *gorm.DB {
	return db.Session(&gorm.Session{PrepareStmt: true, Context: ctx})
}

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
