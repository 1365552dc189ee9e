package main

import (
	"context"
	"database/sql"
	"log/slog"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// openLibrary opens the library as a host does, its log output discarded.
func openLibrary(p pass, atomicLog bool) (runner, error) {
	db, err := openGorm(p.pool)
	if err != nil {
		return nil, err
	}
	client, err := newClient(p)
	if err != nil {
		return nil, err
	}
	opts := cmmsimport.Options{
		Client:    client,
		AtomicLog: atomicLog,
		Logger:    slog.New(slog.DiscardHandler),
		OnAsset:   func(cmmsimport.AssetResult, cmmsimport.Progress) { p.done() },
	}
	return func(ctx context.Context) error {
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, db, opts)
		return err
	}, nil
}

func newClient(p pass) (*innomaint.Client, error) {
	return innomaint.New(innomaint.Config{
		BaseURL: p.url, Auth: innomaint.BearerToken(tenantToken), HTTPClient: p.http, Logger: slog.New(slog.DiscardHandler),
	})
}

func openGorm(pool *sql.DB) (*gorm.DB, error) {
	return gorm.Open(mysql.New(mysql.Config{Conn: pool}), &gorm.Config{Logger: logger.Discard})
}
