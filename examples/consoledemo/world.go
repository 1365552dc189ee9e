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

const token = "demo-token" // what the fake asks for

// settings are how much there is to see.
type settings struct {
	dsn    string // "": a database in this process
	pace   time.Duration
	assets int
	nights int
}

// world is what the pages show: a database with a past, and a fake Innomaint.
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
	if cfg, err := mysqldriver.ParseDSN(s.dsn); err != nil || cfg.DBName == "" { // the error might repeat the password
		return errors.New("-dsn is not understood: it looks like user:password@tcp(127.0.0.1:3306)/database")
	}
	db, err := gorm.Open(mysql.Open(s.dsn), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return fmt.Errorf("the database cannot be opened: %w", err)
	}
	w.db = db
	pool, err := db.DB()
	if err != nil {
		return err
	}
	pool.SetMaxOpenConns(1) // the engine takes no more, and the pages need no more
	if err := cmmsimport.Migrate(ctx, db); err != nil {
		return err
	}
	before, err := synclog.Runs(ctx, db, synclog.Filter{Limit: 1})
	if err != nil {
		return err
	}
	if len(before) > 0 {
		return errors.New("this database is in use: there are runs in cmms_sync_run. Name an empty one")
	}
	fleet := showcase.NewFleet(s.assets)
	if err := showcase.Past(ctx, db, fleet, s.nights, time.Now()); err != nil {
		return err
	}
	w.serve(fleet, s.pace)
	w.client, err = innomaint.New(innomaint.Config{BaseURL: w.api.URL(), Auth: innomaint.BearerToken(token)})
	return err
}

// serve makes the fake answer late and, for some assets, as badly as in the nights before.
func (w *world) serve(fleet []showcase.Asset, pace time.Duration) {
	for i, asset := range fleet {
		w.api.SetAsset(asset.ID, asset.Body)
		late := innomainttest.Answer{Delay: pace}
		switch showcase.TroubleOf(i) {
		case string(innomaint.KindNotFound):
			w.api.RemoveAsset(asset.ID)
		case string(innomaint.KindBadResponse):
			late.Header, late.Body = http.Header{"Content-Type": {"text/html"}}, "<html><body>Please sign in</body></html>"
		}
		w.api.ScriptAlways(asset.ID, late)
	}
}

// options keep the log output quiet: the pages tell it all.
func (w *world) options() cmmsimport.Options {
	return cmmsimport.Options{Client: w.client, Logger: slog.New(slog.DiscardHandler)}
}
