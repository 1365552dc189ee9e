package main

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
)

// What the contenders write, and what the library writes of its own beside it.
var (
	masterTables = []string{
		"ic3_category_master", "ic3_manufacturer_master", "ic3_model_master", "ic3_vendor_master",
		"ic3_location_master", "ic3_department_master", "ic3_status_master",
	}
	tables = append(slices.Clip(masterTables),
		"ic3_asset_master", "cmms_sync_log", "cmms_sync_run", "cmms_sync_lock")
)

// link makes a database with f's assets linked and never synced.
func (s *server) link(ctx context.Context, database string, f fleet) error {
	if err := s.exec(ctx, "CREATE DATABASE "+database+" CHARACTER SET utf8mb4"); err != nil {
		return err
	}
	db, err := gorm.Open(mysql.Open(s.dsn(database, "")), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return err
	}
	pool, err := db.DB()
	if err != nil {
		return err
	}
	defer pool.Close()
	if err := cmmsimport.Migrate(ctx, db); err != nil {
		return err
	}
	return db.WithContext(ctx).Exec(f.linkSQL()).Error
}

// copyState makes database to with the tables of from, ids and all, but no log.
func (s *server) copyState(ctx context.Context, from, to string) error {
	if err := s.exec(ctx, "CREATE DATABASE "+to+" CHARACTER SET utf8mb4"); err != nil {
		return err
	}
	for _, table := range tables {
		if err := s.exec(ctx, fmt.Sprintf("CREATE TABLE %s.%s LIKE %s.%s", to, table, from, table)); err != nil {
			return err
		}
	}
	for _, table := range append([]string{"ic3_asset_master"}, masterTables...) {
		if err := s.exec(ctx, fmt.Sprintf("INSERT INTO %s.%s SELECT * FROM %s.%s", to, table, from, table)); err != nil {
			return err
		}
	}
	return nil
}

func (s *server) drop(ctx context.Context, database string) error {
	return s.exec(ctx, "DROP DATABASE "+database)
}
