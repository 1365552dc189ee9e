package main

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"time"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
)

// openDatabase opens the pool, with limits where the DSN has none: nothing else ends the wait for a server that hangs.
func openDatabase(dsn secret, t *traces, log *slog.Logger) (db *gorm.DB, closeDB func(), err error) {
	settings, err := driver.ParseDSN(string(dsn))
	if err != nil {
		return nil, nil, err
	}
	settings.Timeout = cmp.Or(settings.Timeout, 10*time.Second)
	settings.ReadTimeout = cmp.Or(settings.ReadTimeout, time.Minute)
	settings.WriteTimeout = cmp.Or(settings.WriteTimeout, time.Minute)
	settings.InterpolateParams = true // the library prepares statements on a plain *sql.DB only; this saves the same round trips
	settings.Logger = driverLog{log}
	connector, err := driver.NewConnector(settings)
	if err != nil {
		return nil, nil, err
	}
	pool := sql.OpenDB(connector)
	pool.SetConnMaxIdleTime(time.Minute)                                                           // with -schedule it idles all day, and servers drop what does
	db, err = gorm.Open(mysql.New(mysql.Config{Conn: pool}), &gorm.Config{Logger: logger.Discard}) // the sync logs what matters
	if err == nil {
		err = db.Use(databaseSpans{t.tracer})
	}
	if err != nil {
		_ = pool.Close()
		return nil, nil, fmt.Errorf("database %s at %s: %w", settings.DBName, settings.Addr, err)
	}
	return db, func() { _ = pool.Close() }, nil
}

func migrate(ctx context.Context, db *gorm.DB, log *slog.Logger) int {
	if err := cmmsimport.Migrate(ctx, db); err != nil {
		log.LogAttrs(ctx, slog.LevelError, "the tables could not be made", slog.String("error", err.Error()))
		return exitBroken
	}
	log.LogAttrs(ctx, slog.LevelInfo, "the tables are there")
	return exitOK
}

// driverLog takes what the driver would print on standard error.
type driverLog struct{ log *slog.Logger }

// Print implements the driver's Logger.
func (d driverLog) Print(v ...any) {
	d.log.LogAttrs(context.Background(), slog.LevelWarn, "database driver", slog.String("message", fmt.Sprint(v...)))
}
