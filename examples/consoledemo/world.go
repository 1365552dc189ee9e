package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/examples/internal/showcase"
)

const token = "demo-token" // the fake's bearer token

// settings are the size and pace of the demo.
type settings struct {
	dsn    string // "": an in-process database
	pace   time.Duration
	assets int
	nights int
}

// world is a database with past runs and a fake Innomaint.
type world struct {
	db     *gorm.DB
	api    *innomainttest.Server
	client *innomaint.Client
	close  func()
}

func newWorld(ctx context.Context, s settings) (w *world, err error) {
	closeEngine := func() {}
	if s.dsn == "" {
		if s.dsn, closeEngine, err = showcase.StartEngine(); err != nil {
			return nil, err
		}
	}
	w = &world{api: innomainttest.NewServer(innomainttest.WithBearerToken(token))}
	w.close = func() {
		w.api.Close()
		if w.db != nil {
			if pool, err := w.db.DB(); err == nil {
				_ = pool.Close()
			}
		}
		closeEngine()
	}
	if err := w.prepare(ctx, s); err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

func (w *world) prepare(ctx context.Context, s settings) error {
	if cfg, err := mysqldriver.ParseDSN(s.dsn); err != nil || cfg.DBName == "" { // err is not shown: it may contain the password
		return errors.New("-dsn must look like user:password@tcp(127.0.0.1:3306)/database")
	}
	db, err := gorm.Open(mysql.Open(s.dsn), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	w.db = db
	pool, err := db.DB()
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1) // the engine allows only one
	if err := cmmsimport.Migrate(ctx, db); err != nil {
		return err
	}
	before, err := synclog.Runs(ctx, db, synclog.Filter{Limit: 1})
	if err != nil {
		return err
	}
	if len(before) > 0 {
		return errors.New("this database is in use: cmms_sync_run has rows; use an empty database")
	}
	fleet := showcase.NewFleet(s.assets)
	if err := showcase.Past(ctx, db, fleet, s.nights, time.Now()); err != nil {
		return err
	}
	w.serve(fleet, s.pace)
	w.client, err = innomaint.New(innomaint.Config{BaseURL: w.api.URL(), Auth: innomaint.BearerToken(token)})
	return err
}

// serve makes the fake respond slowly. Some assets fail as they did in the past runs.
func (w *world) serve(fleet []showcase.Asset, pace time.Duration) {
	for i, asset := range fleet {
		w.api.SetAsset(asset.ID, asset.Body)
		slow := innomainttest.Answer{Delay: pace}
		switch showcase.TroubleOf(i) {
		case innomaint.KindNotFound:
			w.api.RemoveAsset(asset.ID)
		case innomaint.KindBadResponse:
			slow.Header, slow.Body = http.Header{"Content-Type": {"text/html"}}, "<html><body>Please sign in</body></html>"
		}
		w.api.ScriptAlways(asset.ID, slow)
	}
}

// options discard the log output: the pages show the same.
func (w *world) options() cmmsimport.Options {
	return cmmsimport.Options{Client: w.client, Logger: slog.New(slog.DiscardHandler)}
}
