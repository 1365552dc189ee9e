package prepared_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/internal/dbtest"
	"ic3.internal/innomaintsync/internal/prepared"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

const (
	insert = "INSERT INTO numbers (n) VALUES (?)"
	sum    = "SELECT COALESCE(SUM(n), 0) FROM numbers WHERE n > ?"
)

// open returns a handle on a table of numbers, with one connection, and a function that counts what the server prepared and
// executed on it since.
func open(t *testing.T, config *gorm.Config) (handle *gorm.DB, counts func() (prepares, executes int)) {
	t.Helper()
	config.Logger = logger.Discard
	db, err := gorm.Open(mysql.Open(dbtest.Database(t)), config)
	if err != nil {
		t.Fatal(err)
	}
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { pool.Close() })
	pool.SetMaxOpenConns(1)
	if _, err := pool.Exec("CREATE TABLE numbers (n BIGINT NOT NULL)"); err != nil {
		t.Fatal(err)
	}
	counter := func(name string) (n int) {
		var ignored string
		if err := pool.QueryRow("SHOW SESSION STATUS LIKE '"+name+"'").Scan(&ignored, &n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	handle, closeAll := prepared.Open(db)
	t.Cleanup(closeAll)
	p, e := counter("Com_stmt_prepare"), counter("Com_stmt_execute")
	return handle, func() (int, int) { return counter("Com_stmt_prepare") - p, counter("Com_stmt_execute") - e }
}

func add(t *testing.T, db *gorm.DB, n int) {
	t.Helper()
	if _, err := prepared.Exec(t.Context(), db, insert, n); err != nil {
		t.Fatal(err)
	}
}

func total(t *testing.T, db *gorm.DB) (n int) {
	t.Helper()
	if err := prepared.Query(t.Context(), db, sum, 0).Scan(&n).Error; err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFixedText(t *testing.T) {
	t.Parallel()
	t.Run("PreparedOnceOutsideOfTransactions", func(t *testing.T) {
		t.Parallel()
		db, counts := open(t, &gorm.Config{})
		for n := range 5 {
			add(t, db, n)
		}
		if prepares, executes := counts(); prepares != 1 || executes != 5 {
			t.Errorf("%d prepares and %d executes", prepares, executes)
		}
	})
	t.Run("PreparedOnceForAllTransactions", func(t *testing.T) {
		t.Parallel()
		db, counts := open(t, &gorm.Config{})
		for n := range 5 {
			err := db.Transaction(func(tx *gorm.DB) error {
				add(t, tx, n)
				total(t, tx)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		// The first transaction executes both texts unprepared: the driver prepares each for one execution.
		if prepares, executes := counts(); prepares != 2+2 || executes != 10 {
			t.Errorf("%d prepares and %d executes", prepares, executes)
		}
		if got := total(t, db); got != 0+1+2+3+4 {
			t.Errorf("total %d", got)
		}
	})
	t.Run("RolledBack", func(t *testing.T) {
		t.Parallel()
		db, _ := open(t, &gorm.Config{})
		add(t, db, 1)
		undone := errors.New("undone")
		err := db.Transaction(func(tx *gorm.DB) error {
			add(t, tx, 2)
			return undone
		})
		if got := total(t, db); !errors.Is(err, undone) || got != 1 {
			t.Errorf("total %d, %v", got, err)
		}
	})
	t.Run("HostsCallbacksSeeIt", func(t *testing.T) {
		t.Parallel()
		db, _ := open(t, &gorm.Config{})
		var seen []string
		err := db.Callback().Raw().Before("gorm:raw").Register("test:seen", func(tx *gorm.DB) { seen = append(seen, tx.Statement.SQL.String()) })
		if err != nil {
			t.Fatal(err)
		}
		add(t, db, 1)
		if strings.Join(seen, ";") != insert {
			t.Errorf("seen %q", seen)
		}
	})
	t.Run("ResultAndError", func(t *testing.T) {
		t.Parallel()
		db, _ := open(t, &gorm.Config{})
		result, err := prepared.Exec(t.Context(), db, insert, 1)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := result.RowsAffected(); n != 1 || err != nil {
			t.Errorf("%d rows, %v", n, err)
		}
		if _, err := prepared.Exec(t.Context(), db, "INSERT INTO nothing (n) VALUES (?)", 1); err == nil {
			t.Error("no error for a table that is not there")
		}
		add(t, db, 2) // the pool still works
	})
}

// Texts of others pass through, and GORM's own features work on the handle and in its transactions.
func TestOtherStatements(t *testing.T) {
	t.Parallel()
	db, _ := open(t, &gorm.Config{})
	type number struct{ N int }
	err := db.Transaction(func(tx *gorm.DB) error {
		for _, session := range []*gorm.DB{tx, tx.Session(&gorm.Session{PrepareStmt: true}), tx.Session(&gorm.Session{SkipDefaultTransaction: true})} {
			if err := session.Table("numbers").Create(map[string]any{"n": 1}).Error; err != nil {
				return err
			}
		}
		return tx.Transaction(func(nested *gorm.DB) error { return nested.Exec(insert, 1).Error })
	})
	if err != nil {
		t.Fatal(err)
	}
	var rows []number
	if err := db.Table("numbers").Find(&rows).Error; err != nil || len(rows) != 4 {
		t.Errorf("%d rows, %v", len(rows), err)
	}
	if pool, err := db.DB(); err != nil || pool.Stats().InUse != 0 {
		t.Errorf("the pool is in use, or not there: %v", err)
	}
	if _, isTransaction := db.Statement.ConnPool.(gorm.TxCommitter); isTransaction {
		t.Error("the handle looks like a transaction")
	}
}

func TestOpen_OtherPools(t *testing.T) {
	t.Parallel()
	db, _ := open(t, &gorm.Config{})
	err := db.Connection(func(one *gorm.DB) error {
		handle, closeAll := prepared.Open(one)
		defer closeAll()
		add(t, handle, 3)
		if got := total(t, handle); got != 3 {
			t.Errorf("total %d", got)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
