// Package prepared executes fixed SQL texts as prepared statements through a GORM handle, so that each text is prepared once
// a connection and costs one round trip afterwards, inside transactions too.
//
// A statement that is first prepared inside a transaction belongs to that transaction, and database/sql would prepare it
// again in the next one. So a text that a transaction uses is prepared on the pool before the next transaction begins.
package prepared

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"maps"
	"sync"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Open returns a handle on db's pool that keeps prepared statements, and a function that closes them. Where db's pool is no
// *sql.DB (one connection, or a pool of the host's own), the handle is db and nothing is prepared.
func Open(db *gorm.DB) (handle *gorm.DB, closeAll func()) {
	shared, ok := db.Statement.ConnPool.(*sql.DB)
	if !ok {
		return db, func() {}
	}
	p := &pool{DB: shared, statements: map[string]*sql.Stmt{}, wanted: map[string]bool{}}
	handle = db.Session(&gorm.Session{})
	handle.ConnPool = p
	handle.Statement = &gorm.Statement{DB: handle, ConnPool: p, Context: db.Statement.Context, Clauses: map[string]clause.Clause{}}
	return handle, p.closeAll
}

// Exec executes a text that never varies, with the callbacks that a host has registered.
func Exec(ctx context.Context, db *gorm.DB, text string, args ...any) (sql.Result, error) {
	result := gorm.WithResult()
	statement := fixed(ctx, db, text, args).Clauses(result)
	if err := statement.Callback().Raw().Execute(statement).Error; err != nil {
		return nil, err
	}
	if result.Result == nil {
		return driver.ResultNoRows, nil
	}
	return result.Result, nil
}

// Query prepares to read what a text that never varies selects: call Rows or Scan on the result.
func Query(ctx context.Context, db *gorm.DB, text string, args ...any) *gorm.DB {
	return fixed(ctx, db, text, args)
}

// fixed returns a GORM statement for the text. Unlike GORM's Raw it does not search the text for named arguments and lists.
func fixed(ctx context.Context, db *gorm.DB, text string, args []any) *gorm.DB {
	s := db.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: ctx}).Clauses()
	if keeper, ok := s.Statement.ConnPool.(interface{ want(text string) }); ok {
		keeper.want(text)
	}
	s.Statement.SQL.WriteString(text)
	s.Statement.Vars = args
	return s
}

// pool is a gorm.ConnPool on a *sql.DB. A text that is not among statements is sent unprepared.
type pool struct {
	*sql.DB

	mu         sync.RWMutex
	statements map[string]*sql.Stmt
	wanted     map[string]bool // to be prepared before the next transaction begins
}

var (
	_ gorm.ConnPool         = (*pool)(nil)
	_ gorm.ConnPoolBeginner = (*pool)(nil)
	_ gorm.GetDBConnector   = (*pool)(nil)
	_ gorm.Tx               = (*transaction)(nil)
)

func (p *pool) want(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.statements[text] == nil {
		p.wanted[text] = true
	}
}

// of returns the statement for a text, nil where it is not prepared.
func (p *pool) of(text string) *sql.Stmt {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.statements[text]
}

// prepare prepares what is wanted. A text that cannot be prepared now is executed unprepared. It must not be called inside a
// transaction: it may need a second connection.
func (p *pool) prepare(ctx context.Context) {
	p.mu.Lock()
	wanted := p.wanted
	if len(wanted) > 0 {
		p.wanted = map[string]bool{}
	}
	p.mu.Unlock()
	for text := range maps.Keys(wanted) {
		if statement, err := p.PrepareContext(ctx, text); err == nil {
			p.mu.Lock()
			p.statements[text] = statement
			p.mu.Unlock()
		}
	}
}

func (p *pool) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, statement := range p.statements {
		_ = statement.Close()
	}
	clear(p.statements)
}

// BeginTx implements gorm.ConnPoolBeginner.
func (p *pool) BeginTx(ctx context.Context, opts *sql.TxOptions) (gorm.ConnPool, error) {
	p.prepare(ctx)
	tx, err := p.DB.BeginTx(ctx, opts)
	if err != nil {
		return nil, err
	}
	return &transaction{tx, p}, nil
}

// ExecContext implements gorm.ConnPool.
func (p *pool) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	p.prepare(ctx)
	if statement := p.of(text); statement != nil {
		return statement.ExecContext(ctx, args...)
	}
	return p.DB.ExecContext(ctx, text, args...)
}

// QueryContext implements gorm.ConnPool.
func (p *pool) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	p.prepare(ctx)
	if statement := p.of(text); statement != nil {
		return statement.QueryContext(ctx, args...)
	}
	return p.DB.QueryContext(ctx, text, args...)
}

// GetDBConn implements gorm.GetDBConnector.
func (p *pool) GetDBConn() (*sql.DB, error) { return p.DB, nil }

// transaction is a gorm.Tx that uses its pool's statements.
type transaction struct {
	*sql.Tx
	pool *pool
}

func (t *transaction) want(text string) { t.pool.want(text) }

// ExecContext implements gorm.ConnPool.
func (t *transaction) ExecContext(ctx context.Context, text string, args ...any) (sql.Result, error) {
	if statement := t.pool.of(text); statement != nil {
		return t.StmtContext(ctx, statement).ExecContext(ctx, args...)
	}
	return t.Tx.ExecContext(ctx, text, args...)
}

// QueryContext implements gorm.ConnPool.
func (t *transaction) QueryContext(ctx context.Context, text string, args ...any) (*sql.Rows, error) {
	if statement := t.pool.of(text); statement != nil {
		return t.StmtContext(ctx, statement).QueryContext(ctx, args...)
	}
	return t.Tx.QueryContext(ctx, text, args...)
}

// GetDBConn implements gorm.GetDBConnector.
func (t *transaction) GetDBConn() (*sql.DB, error) { return t.pool.DB, nil }
