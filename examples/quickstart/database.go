package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/examples/internal/showcase"
)

// openDatabase returns a handle on the user's database, or on one in this process, with the sync's tables in it.
func openDatabase(ctx context.Context, s settings, out io.Writer) (db *gorm.DB, closeDB func(), err error) {
	dsn, stopEngine := s.dsn, func() {}
	if dsn == "" {
		if dsn, stopEngine, err = showcase.StartEngine(); err != nil {
			return nil, nil, err
		}
	}
	db, err = connect(dsn, out)
	if err != nil {
		stopEngine()
		return nil, nil, err
	}
	closeDB = func() {
		if pool, err := db.DB(); err == nil {
			_ = pool.Close()
		}
		stopEngine()
	}
	if err := migrate(ctx, db.WithContext(ctx), s.force, out); err != nil {
		closeDB()
		return nil, nil, err
	}
	return db, closeDB, nil
}

// connect opens the handle. The library never needs more than one connection.
func connect(dsn string, out io.Writer) (*gorm.DB, error) {
	cfg, err := mysqldriver.ParseDSN(dsn)
	if err != nil || cfg.DBName == "" { // the error might repeat the password
		return nil, errors.New("-dsn is not understood: it looks like user:password@tcp(127.0.0.1:3306)/database")
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, 10*time.Second)
	fmt.Fprintf(out, "Database: %s on %s\n", cfg.DBName, cfg.Addr)

	db, err := gorm.Open(mysql.Open(cfg.FormatDSN()), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return nil, fmt.Errorf("the database %s on %s cannot be opened: %w", cfg.DBName, cfg.Addr, err)
	}
	pool, err := db.DB()
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(1)
	return db, nil
}

// migrate creates the sync's tables, unless rows of somebody else's are in them.
func migrate(ctx context.Context, db *gorm.DB, force bool, out io.Writer) error {
	if filled, err := tablesWithRows(db); err != nil {
		return err
	} else if len(filled) > 0 && !force {
		return fmt.Errorf("this database is in use: there are rows in %s. Name an empty one, or add -force: it creates what "+
			"is missing, adds some customers' assets beside those that are there, and syncs these only", strings.Join(filled, ", "))
	}
	statements, err := cmmsimport.MigrationSQL(ctx, db)
	if err != nil {
		return err
	}
	printStatements(out, statements)
	return cmmsimport.Migrate(ctx, db)
}

// tablesWithRows names those of the sync's tables that exist and are not empty.
func tablesWithRows(db *gorm.DB) (filled []string, err error) {
	for _, model := range []schema.Tabler{
		cmmsimport.AssetMaster{}, cmmsimport.CategoryMaster{}, cmmsimport.ManufacturerMaster{}, cmmsimport.ModelMaster{},
		cmmsimport.VendorMaster{}, cmmsimport.LocationMaster{}, cmmsimport.DepartmentMaster{}, cmmsimport.StatusMaster{},
		synclog.Entry{}, synclog.Run{}, cmmsimport.SyncLock{},
	} {
		table := model.TableName()
		if !db.Migrator().HasTable(table) {
			continue
		}
		var one []int
		if err := db.Raw("SELECT 1 FROM " + table + " LIMIT 1").Scan(&one).Error; err != nil {
			return nil, fmt.Errorf("looking into %s: %w", table, err)
		}
		if len(one) > 0 {
			filled = append(filled, table)
		}
	}
	return filled, nil
}

// linkAssets adds the rows that a host has before its first sync: customer and Innomaint's id, nothing else.
func linkAssets(ctx context.Context, db *gorm.DB, t *tenant) error {
	var linked []string
	err := db.WithContext(ctx).Model(&cmmsimport.AssetMaster{}).Where("cmms_asset_id IN ?", t.ids()).Pluck("cmms_asset_id", &linked).Error
	if err != nil {
		return fmt.Errorf("looking for linked assets: %w", err)
	}
	var rows []cmmsimport.AssetMaster
	for _, a := range t.assets {
		if !slices.Contains(linked, a.ID) {
			rows = append(rows, cmmsimport.AssetMaster{CustomerID: a.CustomerID, CMMSAssetID: a.ID})
		}
	}
	if err := db.WithContext(ctx).CreateInBatches(rows, 100).Error; err != nil {
		return fmt.Errorf("adding assets: %w", err)
	}
	return nil
}
