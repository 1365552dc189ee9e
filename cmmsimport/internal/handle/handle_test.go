package handle_test

import (
	"os"
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/handle"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

func TestCheck(t *testing.T) {
	t.Parallel()
	t.Run("PlainHandle", func(t *testing.T) {
		t.Parallel()
		if err := handle.Check(dbtest.Open(t, dbtest.Database(t))); err != nil {
			t.Error(err)
		}
	})
	t.Run("TransactionBehindAStatementCache", func(t *testing.T) {
		t.Parallel()
		pool, err := dbtest.Open(t, dbtest.Database(t)).DB()
		if err != nil {
			t.Fatal(err)
		}
		tx, err := pool.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer tx.Rollback()
		db, err := gorm.Open(mysql.New(mysql.Config{Conn: tx}), &gorm.Config{PrepareStmt: true, DisableAutomaticPing: true})
		if err != nil {
			t.Fatal(err)
		}
		if err := handle.Check(db); err == nil || !strings.Contains(err.Error(), "inside a transaction") {
			t.Errorf("error %v", err)
		}
	})
}

func TestPlain_KeepsTheConnection(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t, dbtest.Database(t)).Session(&gorm.Session{PrepareStmt: true})
	err := db.Connection(func(one *gorm.DB) error {
		var pinned, used int
		if err := one.Raw("SELECT CONNECTION_ID()").Scan(&pinned).Error; err != nil {
			return err
		}
		if err := handle.Plain(one).Raw("SELECT CONNECTION_ID()").Scan(&used).Error; err != nil {
			return err
		}
		if pinned != used {
			t.Errorf("connection %d is used, the handle is pinned to %d", used, pinned)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
