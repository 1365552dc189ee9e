package cmmsimport_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	"ic3.internal/innomaintsync/cmmsimport"
)

func TestHandle(t *testing.T) {
	t.Parallel()
	t.Run("InsideATransactionIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "A-1")
		for name, session := range map[string]*gorm.Session{"plain": {}, "prepared": {PrepareStmt: true}} {
			err := w.db.Session(session).Transaction(func(tx *gorm.DB) error {
				_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), tx, w.options())
				return err
			})
			equal(t, name+": is ErrOptions", errors.Is(err, cmmsimport.ErrOptions), true)
		}
		equal(t, "requests", w.api.Calls(), 0)
	})
	t.Run("WithGORMsDryRunIsRefused", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.link(7, "A-1")
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db.Session(&gorm.Session{DryRun: true}), w.options())
		equal(t, "is ErrOptions", errors.Is(err, cmmsimport.ErrOptions), true)
		equal(t, "requests", w.api.Calls(), 0)
	})
	t.Run("WithoutAServer", func(t *testing.T) {
		t.Parallel()
		db, err := gorm.Open(mysql.New(mysql.Config{DSN: "root:s3cret@tcp(127.0.0.1:1)/none", SkipInitializeWithVersion: true}),
			&gorm.Config{Logger: logger.Discard, DisableAutomaticPing: true})
		must(t, err)
		opts := (&world{}).options()
		opts.Client = bareClient
		_, err = cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), db, opts)
		if err == nil || !strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("got %v", err)
		}
	})
	// The handle has a condition chained on it, which the sync ignores.
	t.Run("IsNotChanged", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("A-1")
		host := w.db.Session(&gorm.Session{PrepareStmt: true}).Where("customer_id = ?", 99)
		config, pool := *host.Config, host.Statement.ConnPool
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), host, w.options())
		must(t, err)
		equal(t, "log rows", len(w.entries()), 1)
		equal(t, "same pool", host.Statement.ConnPool == pool, true)
		equal(t, "TranslateError", host.TranslateError, config.TranslateError)
		equal(t, "SkipDefaultTransaction", host.SkipDefaultTransaction, config.SkipDefaultTransaction)
		equal(t, "PrepareStmt", host.PrepareStmt, config.PrepareStmt)
	})
}

// TestHandle_WritesTheSame syncs with handles of many configurations: the rows are the same, and their times are UTC.
func TestHandle_WritesTheSame(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		parameters string
		isolation  string
		dialect    mysql.Config
		config     gorm.Config
		single     bool // a pool of one connection
	}{
		"Default":                     {},
		"WithoutReturning":            {dialect: mysql.Config{DisableWithReturning: true}},
		"TranslateError":              {config: gorm.Config{TranslateError: true}},
		"PrepareStmt":                 {config: gorm.Config{PrepareStmt: true}},
		"ParseTimeInKolkata":          {parameters: "?parseTime=true&loc=Asia%2FKolkata"},
		"ParseTimeInUTC":              {parameters: "?parseTime=true"},
		"NoParseTimeInKolkata":        {parameters: "?parseTime=false&loc=Asia%2FKolkata"},
		"SessionTimeZone":             {parameters: "?parseTime=true&loc=Asia%2FKolkata&time_zone=%27%2B05%3A30%27"},
		"InterpolateParams":           {parameters: "?interpolateParams=true"},
		"ClientFoundRows":             {parameters: "?clientFoundRows=true"},
		"OneConnection":               {single: true},
		"OneConnectionAndPrepareStmt": {single: true, config: gorm.Config{PrepareStmt: true, SkipDefaultTransaction: true}},
		"NamingStrategy":              {config: gorm.Config{NamingStrategy: schema.NamingStrategy{TablePrefix: "x_", SingularTable: true, NoLowerCase: true}}},
		"FullSaveAssociations":        {config: gorm.Config{FullSaveAssociations: true, CreateBatchSize: 1, AllowGlobalUpdate: true}},
		"ReadCommitted":               {isolation: "READ-COMMITTED"},
		"LenientSQLMode":              {parameters: "?sql_mode=%27%27"},
		"NoBackslashEscapes":          {parameters: "?sql_mode=%27NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES%27"},
		"ConnectionCollation":         {parameters: "?charset=utf8mb4&collation=utf8mb4_unicode_ci"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			if tc.isolation != "" {
				tc.parameters = "?" + w.transactionVariable("isolation") + "=%27" + tc.isolation + "%27"
			}
			tc.dialect.DSN = w.dsn + tc.parameters
			tc.config.Logger = logger.Discard
			host, err := gorm.Open(mysql.New(tc.dialect), &tc.config)
			must(t, err)
			pool, err := host.DB()
			must(t, err)
			t.Cleanup(func() { _ = pool.Close() })
			if tc.single {
				pool.SetMaxOpenConns(1)
			}
			plain := w.db
			id := w.link(7, "AST-1")
			other := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-2", "asset_name": "Old", "purchase_date": "2020-02-02", "cmms_updated_at": "2020-02-02 02:02:02.000002"})
			w.serve("AST-1")
			w.serve("AST-2", map[string]any{"asset_name": nil, "purchase_date": "soon", "custom_fields": map[string]any{"quote": `it's "\n`}})

			w.db = host
			summary := w.sync(w.options())
			w.checkStable(w.options())
			equal(t, "changed", summary.Changed, 2)
			equal(t, "masters created", summary.MastersCreated, len(sampleMasters))
			w.serve("AST-1", field("vendor", ref(9, `O'Brien \ "Söhne"`)))
			equal(t, "changed by a rename", w.sync(w.options()).Changed, 1)

			w.db = plain
			masters := slices.Clone(sampleMasters)
			masters[4] = `vendor 1 cmms_id=9 name=O'Brien \ "Söhne" email=sales@acme.example phone=+91 44 5550 0100`
			sameLines(t, "masters", w.masters(masterTables...), masters)
			equal(t, "references", w.references(id), sampleReferences)
			sameLines(t, "asset", w.rows("SELECT asset_name, purchase_date, purchase_cost, custom_fields, cmms_updated_at FROM ic3_asset_master WHERE id = ?", other), []string{
				`asset_name=Old purchase_date=2020-02-02 purchase_cost=125000.50 custom_fields={"quote":"it's \"\\n"} cmms_updated_at=2026-10-01 08:30:00.000000`,
			})
			for _, column := range []string{"ic3_asset_master.updated_at", "ic3_asset_master.cmms_synced_at", "ic3_asset_master.cmms_attempted_at",
				"ic3_vendor_master.created_at", "ic3_vendor_master.updated_at", "ic3_location_master.updated_at", "cmms_sync_log.synced_at", "cmms_sync_run.started_at", "cmms_sync_run.finished_at"} {
				table, _, _ := strings.Cut(column, ".")
				equal(t, "rows whose "+column+" is not the current time in UTC", w.count(table, "NOT COALESCE(ABS(TIMESTAMPDIFF(SECOND, "+column+", UTC_TIMESTAMP())) < 120, 0)"), 0)
			}
		})
	}
}
