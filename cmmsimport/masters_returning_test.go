package cmmsimport_test

import (
	"strings"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
)

// Whatever handle a host has, the same rows come of a sync, and their times are UTC.
func TestAnyHandleWritesTheSame(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		parameters string
		dialect    mysql.Config
		config     gorm.Config
		oneOnly    bool
	}{
		"plain":                      {},
		"without RETURNING":          {dialect: mysql.Config{DisableWithReturning: true}},
		"TranslateError":             {config: gorm.Config{TranslateError: true}},
		"PrepareStmt":                {config: gorm.Config{PrepareStmt: true}},
		"parseTime in Kolkata":       {parameters: "?parseTime=true&loc=Asia%2FKolkata"},
		"parseTime in UTC":           {parameters: "?parseTime=true"},
		"no parseTime in Kolkata":    {parameters: "?parseTime=false&loc=Asia%2FKolkata"},
		"the session's time zone":    {parameters: "?parseTime=true&loc=Asia%2FKolkata&time_zone=%27%2B05%3A30%27"},
		"interpolateParams":          {parameters: "?interpolateParams=true"},
		"clientFoundRows":            {parameters: "?clientFoundRows=true"},
		"one connection":             {oneOnly: true},
		"one connection, prepared":   {oneOnly: true, config: gorm.Config{PrepareStmt: true, SkipDefaultTransaction: true}},
		"other naming":               {config: gorm.Config{NamingStrategy: schema.NamingStrategy{TablePrefix: "x_", SingularTable: true, NoLowerCase: true}}},
		"everything saved":           {config: gorm.Config{FullSaveAssociations: true, CreateBatchSize: 1, AllowGlobalUpdate: true}},
		"READ COMMITTED":             {parameters: "?tx_isolation=%27READ-COMMITTED%27"},
		"a lenient sql_mode":         {parameters: "?sql_mode=%27%27"},
		"ANSI quotes":                {parameters: "?sql_mode=%27NO_BACKSLASH_ESCAPES,STRICT_TRANS_TABLES%27"},
		"older letters on this link": {parameters: "?charset=utf8mb4&collation=utf8mb4_unicode_ci"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			tc.dialect.DSN = w.dsn + tc.parameters
			tc.config.Logger = logger.Discard
			host, err := gorm.Open(mysql.New(tc.dialect), &tc.config)
			must(t, err)
			pool, err := host.DB()
			must(t, err)
			t.Cleanup(func() { _ = pool.Close() })
			if tc.oneOnly {
				pool.SetMaxOpenConns(1)
			}
			plain := w.db
			id := w.link(7, "AST-1")
			other := w.row(map[string]any{"customer_id": 7, "cmms_asset_id": "AST-2", "asset_name": "Old", "purchase_date": "2020-02-02", "cmms_updated_at": "2020-02-02 02:02:02.000002"})
			w.serve("AST-1")
			w.serve("AST-2", map[string]any{"asset_name": nil, "purchase_date": "soon", "custom_fields": map[string]any{"quote": `it's "\n`}})

			w.db = host
			summary := w.sync(w.options())
			w.settled(w.options())
			equal(t, "changed", summary.Changed, 2)
			equal(t, "masters created", summary.MastersCreated, len(sampleMasters))
			w.serve("AST-1", field("vendor", ref(9, `O'Brien \ "Söhne"`)))
			equal(t, "changed by a rename", w.sync(w.options()).Changed, 1)

			w.db = plain
			masters := append([]string{}, sampleMasters...)
			masters[4] = `vendor 1 cmms_id=9 name=O'Brien \ "Söhne" email=sales@acme.example phone=+91 44 5550 0100`
			sameLines(t, "masters", w.masters(masterTables...), masters)
			equal(t, "references", w.references(id), sampleReferences)
			sameLines(t, "asset", w.rows("SELECT asset_name, purchase_date, purchase_cost, custom_fields, cmms_updated_at FROM ic3_asset_master WHERE id = ?", other), []string{
				`asset_name=Old purchase_date=2020-02-02 purchase_cost=125000.50 custom_fields={"quote":"it's \"\\n"} cmms_updated_at=2026-10-01 08:30:00.000000`,
			})
			for _, column := range []string{"ic3_asset_master.updated_at", "ic3_asset_master.cmms_synced_at", "ic3_asset_master.cmms_attempted_at",
				"ic3_vendor_master.created_at", "ic3_vendor_master.updated_at", "ic3_location_master.updated_at", "cmms_sync_log.synced_at", "cmms_sync_run.started_at", "cmms_sync_run.finished_at"} {
				var late int64
				table, _, _ := strings.Cut(column, ".")
				must(t, w.db.Raw("SELECT COUNT(*) FROM "+table+" WHERE NOT COALESCE(ABS(TIMESTAMPDIFF(SECOND, "+column+", UTC_TIMESTAMP())) < 120, 0)").Scan(&late).Error)
				equal(t, "rows in which "+column+" is not now in UTC", late, 0)
			}
		})
	}
}
