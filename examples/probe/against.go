package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// database returns the DSN that -against-db means, checked and with a limit on how long connecting takes.
func database(dsn string, getenv func(string) string) (string, error) {
	if dsn == "" {
		return "", nil
	}
	if name, ok := strings.CutPrefix(dsn, "$"); ok {
		if dsn = getenv(name); dsn == "" {
			return "", fmt.Errorf("-against-db: $%s is empty", name)
		}
	}
	cfg, err := mysqldriver.ParseDSN(dsn)
	if err != nil || cfg.DBName == "" { // the error might repeat the password
		return "", errors.New("-against-db is not understood: it looks like user:password@tcp(127.0.0.1:3306)/database")
	}
	cfg.Timeout = cmp.Or(cfg.Timeout, 10*time.Second)
	return cfg.FormatDSN(), nil
}

// showChanges makes a dry run over the rows that are linked to the asset, with the answer that is here already.
func showChanges(ctx context.Context, s settings, asset *innomaint.Asset, out io.Writer) error {
	db, err := gorm.Open(mysql.Open(s.dsn), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		return fmt.Errorf("the database cannot be opened: %w", err)
	}
	if pool, err := db.DB(); err == nil {
		defer func() { _ = pool.Close() }() // nothing was written
	}
	heading(out, "What a sync would change in the database")
	opts := cmmsimport.Options{
		Client:       cmmsimport.APIClientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) { return asset, nil }),
		CMMSAssetIDs: []string{s.asset},
		DryRun:       true,
		OnAsset:      func(r cmmsimport.AssetResult, _ cmmsimport.Progress) { printChanges(out, r) },
	}
	if s.customer != 0 {
		opts.CustomerID = &s.customer
	}
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(ctx, db, opts)
	switch {
	case err != nil:
		return fmt.Errorf("the dry run: %w", err)
	case summary.Total == 0:
		fmt.Fprintf(out, "No row of ic3_asset_master has cmms_asset_id %q%s.\n", s.asset, ofCustomer(s.customer))
	case summary.Failed > 0:
		return errors.New("the dry run failed, as shown")
	case summary.MastersCreated > 0:
		fmt.Fprintf(out, "Master rows that a sync would create: %d\n", summary.MastersCreated)
	}
	return nil
}

func ofCustomer(id uint64) string {
	if id == 0 {
		return ""
	}
	return fmt.Sprintf(" and customer_id %d", id)
}

func printChanges(out io.Writer, r cmmsimport.AssetResult) {
	fmt.Fprintf(out, "Row %d of customer %d:\n", r.AssetID, r.CustomerID)
	if r.Err != nil {
		fmt.Fprintf(out, "  would fail: %v\n\n", r.Err)
		return
	}
	if len(r.Changes) == 0 {
		fmt.Fprintln(out, "  nothing")
	}
	table := tabwriter.NewWriter(out, 2, 0, 2, ' ', 0)
	for _, column := range slices.Sorted(maps.Keys(r.Changes)) {
		change := r.Changes[column]
		fmt.Fprintf(table, "  %s\t%s\t->\t%s\n", column, cell(change.From), cell(change.To))
	}
	_ = table.Flush() // into memory
	for _, w := range r.Warnings {
		fmt.Fprintln(out, "  warning:", w)
	}
	fmt.Fprintln(out)
}

func cell(value any) string {
	if value == nil {
		return "NULL"
	}
	return shown(fmt.Sprint(value))
}
