package cmmsimport_test

import (
	"errors"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestCheckSchemaListsAllThatIsMissing(t *testing.T) {
	t.Parallel()
	w := setup(t)
	must(t, cmmsimport.CheckSchema(t.Context(), w.db))
	id := w.link(7, "AST-1")
	w.serve("AST-1")
	w.exec("DROP TABLE cmms_sync_lock")
	w.exec("RENAME TABLE ic3_model_master TO ic3_models")
	w.exec("ALTER TABLE ic3_asset_master DROP COLUMN amc_end, DROP KEY idx_asset_attempted, DROP COLUMN cmms_attempted_at")
	w.exec("ALTER TABLE ic3_vendor_master DROP COLUMN email")
	w.exec("ALTER TABLE cmms_sync_log DROP COLUMN changes")

	err := cmmsimport.CheckSchema(t.Context(), w.db)
	if !errors.Is(err, cmmsimport.ErrSchema) {
		t.Fatalf("got %v, want ErrSchema", err)
	}
	sameLines(t, "missing", strings.Split(err.Error(), "\n"), []string{
		"database schema is not ready for the sync: call cmmsimport.Migrate, or apply what MigrationSQL returns:",
		"column ic3_asset_master.amc_end is missing",
		"column ic3_asset_master.cmms_attempted_at is missing",
		"table ic3_model_master is missing",
		"column ic3_vendor_master.email is missing",
		"column cmms_sync_log.changes is missing",
		"table cmms_sync_lock is missing",
	})

	before := w.dump()
	for _, dry := range []bool{true, false} {
		opts := w.options()
		opts.DryRun = dry
		summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
		if !errors.Is(err, cmmsimport.ErrSchema) || !strings.Contains(err.Error(), "cmms_sync_log.changes") {
			t.Errorf("run (dry: %v): got %v, want ErrSchema with the list", dry, err)
		}
		checkSums(t, summary)
	}
	equal(t, "API calls", w.api.Calls(), 0)
	sameLines(t, "rows", w.dump(), before)

	must(t, cmmsimport.Migrate(t.Context(), w.db))
	must(t, cmmsimport.CheckSchema(t.Context(), w.db))
	w.sync(w.options())
	equal(t, "status", w.asset(id).CMMSSyncStatus, "Success")
}

func TestCheckSchemaOfAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	db := dbtest.Open(t, dbtest.Database(t))
	err := cmmsimport.CheckSchema(t.Context(), db)
	if !errors.Is(err, cmmsimport.ErrSchema) {
		t.Fatalf("got %v, want ErrSchema", err)
	}
	equal(t, "missing tables", strings.Count(err.Error(), "\ntable "), len(masterTables)+4)
}

func TestCheckSchemaRefusesWhatItCannotAsk(t *testing.T) {
	t.Parallel()
	w := setup(t)
	tx := w.db.Begin()
	defer tx.Rollback()
	for name, check := range map[string]error{
		"CheckSchema": cmmsimport.CheckSchema(t.Context(), tx),
		"Migrate":     cmmsimport.Migrate(t.Context(), tx),
		"nil":         cmmsimport.CheckSchema(t.Context(), nil),
	} {
		if !errors.Is(check, cmmsimport.ErrOptions) {
			t.Errorf("%s: got %v, want ErrOptions", name, check)
		}
	}
	must(t, tx.Error)

	closed := dbtest.Open(t, w.dsn)
	pool, err := closed.DB()
	must(t, err)
	must(t, pool.Close())
	if err := cmmsimport.CheckSchema(t.Context(), closed); err == nil || errors.Is(err, cmmsimport.ErrSchema) {
		t.Errorf("without a database: got %v, want the pool's error", err)
	}
}
