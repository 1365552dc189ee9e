package dbtest

import (
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// Open returns a handle on a database and closes its pool when the test ends. The handle logs nothing. Open itself connects
// once, to ask for the server's version.
func Open(tb testing.TB, dsn string) *gorm.DB {
	tb.Helper()
	db, err := gorm.Open(mysql.Open(dsn), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	pool, err := db.DB()
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	tb.Cleanup(func() { _ = pool.Close() })
	return db
}
