package cmmsimporttest

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"io"
	"strings"
	"sync/atomic"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// openDB returns a handle on a database that takes every statement as done.
func openDB(r *Register) *gorm.DB {
	pool := sql.OpenDB(&connector{register: r})
	db, err := gorm.Open(mysql.New(mysql.Config{Conn: pool, SkipInitializeWithVersion: true}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		panic(fmt.Sprintf("cmmsimporttest: %v", err)) // nothing that could fail is asked
	}
	return db
}

// connector is the driver. It holds nothing that has to be closed.
type connector struct {
	register *Register
	lastID   atomic.Int64
}

func (c *connector) Connect(context.Context) (driver.Conn, error) { return &conn{c}, nil }
func (c *connector) Driver() driver.Driver                        { return c }
func (c *connector) Open(string) (driver.Conn, error)             { return &conn{c}, nil }

type conn struct{ *connector }

func (c *conn) Begin() (driver.Tx, error) { return transaction{}, nil }
func (c *conn) BeginTx(context.Context, driver.TxOptions) (driver.Tx, error) {
	return transaction{}, nil
}
func (c *conn) Close() error                             { return nil }
func (c *conn) Prepare(text string) (driver.Stmt, error) { return &statement{c, text}, nil }

// CheckNamedValue takes every argument as it is: the ids that a dry run invents are more than database/sql allows by itself.
func (c *conn) CheckNamedValue(*driver.NamedValue) error { return nil }

type transaction struct{}

func (transaction) Commit() error   { return nil }
func (transaction) Rollback() error { return nil }

type statement struct {
	*conn
	text string
}

func (s *statement) Close() error  { return nil }
func (s *statement) NumInput() int { return -1 } // any

// Exec says that one row was changed, or inserted with a new id.
func (s *statement) Exec([]driver.Value) (driver.Result, error) {
	if !s.ofLibrary() {
		s.register.mu.Lock()
		defer s.register.mu.Unlock()
		s.register.statements = append(s.register.statements, s.text)
	}
	return result{s.lastID.Add(1)}, nil
}

// ofLibrary reports whether a statement is on one of the library's tables.
func (s *statement) ofLibrary() bool {
	for _, table := range tables {
		if strings.Contains(s.text, table.TableName()) {
			return true
		}
	}
	return false
}

type result struct{ id int64 }

func (r result) LastInsertId() (int64, error) { return r.id, nil }
func (r result) RowsAffected() (int64, error) { return 1, nil }

// Query finds nothing, but the columns of every table where it is asked for them.
func (s *statement) Query([]driver.Value) (driver.Rows, error) {
	r := &rows{names: []string{"in_table", "in_column"}}
	if strings.Contains(s.text, "information_schema.columns") {
		for _, table := range tables {
			for _, column := range parse(table).DBNames {
				r.left = append(r.left, [2]string{table.TableName(), column})
			}
		}
	}
	return r, nil
}

type rows struct {
	names []string
	left  [][2]string
}

func (r *rows) Columns() []string { return r.names }
func (r *rows) Close() error      { return nil }

func (r *rows) Next(row []driver.Value) error {
	if len(r.left) == 0 {
		return io.EOF
	}
	row[0], row[1] = r.left[0][0], r.left[0][1]
	r.left = r.left[1:]
	return nil
}
