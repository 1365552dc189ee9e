package main

import (
	"context"
	"database/sql/driver"
	"time"
)

// mysqlConn is what the driver's connections can do, so that a watched one can do the same.
type mysqlConn interface {
	driver.Conn
	driver.ConnPrepareContext
	driver.ConnBeginTx
	driver.ExecerContext
	driver.QueryerContext
	driver.Pinger
	driver.SessionResetter
	driver.Validator
	driver.NamedValueChecker
}

type watchedConn struct {
	mysqlConn
	watch *watch
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *watchedConn) PrepareContext(ctx context.Context, text string) (driver.Stmt, error) {
	p := partOf(text)
	defer c.watch.spend(p, time.Now())
	c.watch.notePrepared(c, text)
	statement, err := c.mysqlConn.PrepareContext(ctx, text)
	if err != nil {
		return nil, err
	}
	return &watchedStmt{statement.(mysqlStmt), c.watch, p}, nil
}

// BeginTx implements driver.ConnBeginTx.
func (c *watchedConn) BeginTx(ctx context.Context, opts driver.TxOptions) (driver.Tx, error) {
	defer c.watch.spend(partBegin, time.Now())
	tx, err := c.mysqlConn.BeginTx(ctx, opts)
	return &watchedTx{tx, c.watch}, err
}

// ExecContext implements driver.ExecerContext.
func (c *watchedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	defer c.watch.spend(partOf(text), time.Now())
	return c.mysqlConn.ExecContext(ctx, text, args)
}

// QueryContext implements driver.QueryerContext.
func (c *watchedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	defer c.watch.spend(partOf(text), time.Now())
	return c.mysqlConn.QueryContext(ctx, text, args)
}

type watchedTx struct {
	driver.Tx
	watch *watch
}

// Commit implements driver.Tx.
func (t *watchedTx) Commit() error {
	defer t.watch.spend(partCommit, time.Now())
	return t.Tx.Commit()
}

// mysqlStmt is what the driver's statements can do.
type mysqlStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

type watchedStmt struct {
	mysqlStmt
	watch *watch
	part  part
}

// ExecContext implements driver.StmtExecContext.
func (s *watchedStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (driver.Result, error) {
	defer s.watch.spend(s.part, time.Now())
	return s.mysqlStmt.ExecContext(ctx, args)
}

// QueryContext implements driver.StmtQueryContext.
func (s *watchedStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (driver.Rows, error) {
	defer s.watch.spend(s.part, time.Now())
	return s.mysqlStmt.QueryContext(ctx, args)
}
