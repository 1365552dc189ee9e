package cancellation_test

import (
	"context"
	"database/sql/driver"
)

// mysqlConn is what the driver's connections can do, so that a wired one can do the same.
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

type conn struct {
	mysqlConn
	wired *connector
	net   *wiredConn
}

// PrepareContext implements driver.ConnPrepareContext.
func (c *conn) PrepareContext(ctx context.Context, text string) (statement driver.Stmt, err error) {
	err = c.around("PREPARE "+text, func() error {
		statement, err = c.mysqlConn.PrepareContext(ctx, text)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &stmt{statement.(mysqlStmt), c, "EXECUTE " + text}, nil
}

// BeginTx implements driver.ConnBeginTx.
func (c *conn) BeginTx(ctx context.Context, opts driver.TxOptions) (begun driver.Tx, err error) {
	err = c.around("BEGIN", func() error {
		begun, err = c.mysqlConn.BeginTx(ctx, opts)
		return err
	})
	if err != nil {
		return nil, err
	}
	return &tx{begun, c}, nil
}

// ExecContext implements driver.ExecerContext.
func (c *conn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (result driver.Result, err error) {
	err = c.around("EXECUTE "+text, func() error {
		result, err = c.mysqlConn.ExecContext(ctx, text, args)
		return err
	})
	return result, err
}

// QueryContext implements driver.QueryerContext.
func (c *conn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = c.around("EXECUTE "+text, func() error {
		rows, err = c.mysqlConn.QueryContext(ctx, text, args)
		return err
	})
	return rows, err
}

type tx struct {
	driver.Tx
	conn *conn
}

// Commit implements driver.Tx.
func (t *tx) Commit() error {
	err := t.conn.around("COMMIT", t.Tx.Commit)
	if err != nil {
		_ = t.Rollback() // as the server does when it answers COMMIT with a conflict
	}
	return err
}

// mysqlStmt is what the driver's statements can do.
type mysqlStmt interface {
	driver.Stmt
	driver.StmtExecContext
	driver.StmtQueryContext
	driver.NamedValueChecker
}

type stmt struct {
	mysqlStmt
	conn *conn
	text string
}

// ExecContext implements driver.StmtExecContext.
func (s *stmt) ExecContext(ctx context.Context, args []driver.NamedValue) (result driver.Result, err error) {
	err = s.conn.around(s.text, func() error {
		result, err = s.mysqlStmt.ExecContext(ctx, args)
		return err
	})
	return result, err
}

// QueryContext implements driver.StmtQueryContext.
func (s *stmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = s.conn.around(s.text, func() error {
		rows, err = s.mysqlStmt.QueryContext(ctx, args)
		return err
	})
	return rows, err
}
