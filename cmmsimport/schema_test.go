package cmmsimport_test

import (
	"errors"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestCheckSchema(t *testing.T) {
	t.Parallel()
	t.Run("ListsAllThatIsMissing", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		must(t, cmmsimport.CheckSchema(t.Context(), w.db))
		w.damageSchema()
		err := cmmsimport.CheckSchema(t.Context(), w.db)
		if !errors.Is(err, cmmsimport.ErrSchema) {
			t.Fatalf("got %v, want ErrSchema", err)
		}
		sameLines(t, "error", strings.Split(err.Error(), "\n"), []string{
			"database schema is not ready for the sync: call cmmsimport.Migrate, or apply what MigrationSQL returns:",
			"column ic3_asset_master.amc_end is missing",
			"column ic3_asset_master.cmms_attempted_at is missing",
			"table ic3_model_master is missing",
			"column ic3_vendor_master.email is missing",
			"column cmms_sync_log.changes is missing",
			"table cmms_sync_lock is missing",
		})
		must(t, cmmsimport.Migrate(t.Context(), w.db))
		must(t, cmmsimport.CheckSchema(t.Context(), w.db))
	})
	t.Run("RunStopsBeforeItsFirstRequest", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		w.add("AST-1")
		w.damageSchema()
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
		equal(t, "requests", w.api.Calls(), 0)
		sameLines(t, "rows", w.dump(), before)

		must(t, cmmsimport.Migrate(t.Context(), w.db))
		equal(t, "successful after Migrate", w.sync(w.options()).Successful, 1)
	})
	t.Run("EmptyDatabase", func(t *testing.T) {
		t.Parallel()
		err := cmmsimport.CheckSchema(t.Context(), setupEmpty(t).db)
		if !errors.Is(err, cmmsimport.ErrSchema) {
			t.Fatalf("got %v, want ErrSchema", err)
		}
		equal(t, "missing tables", strings.Count(err.Error(), "\ntable "), len(masterTables)+4)
	})
	t.Run("HandleInsideATransaction", func(t *testing.T) {
		t.Parallel()
		tx := setup(t).db.Begin()
		defer tx.Rollback()
		equal(t, "CheckSchema: is ErrOptions", errors.Is(cmmsimport.CheckSchema(t.Context(), tx), cmmsimport.ErrOptions), true)
		equal(t, "Migrate: is ErrOptions", errors.Is(cmmsimport.Migrate(t.Context(), tx), cmmsimport.ErrOptions), true)
		must(t, tx.Error)
	})
	t.Run("NoHandle", func(t *testing.T) {
		t.Parallel()
		equal(t, "is ErrOptions", errors.Is(cmmsimport.CheckSchema(t.Context(), nil), cmmsimport.ErrOptions), true)
	})
	t.Run("ClosedHandle", func(t *testing.T) {
		t.Parallel()
		closed := dbtest.Open(t, dbtest.Database(t))
		pool, err := closed.DB()
		must(t, err)
		must(t, pool.Close())
		if err := cmmsimport.CheckSchema(t.Context(), closed); err == nil || errors.Is(err, cmmsimport.ErrSchema) {
			t.Errorf("got %v, want the pool's error", err)
		}
	})
}

// damageSchema drops tables and columns.
func (w *world) damageSchema() {
	w.t.Helper()
	w.exec("DROP TABLE cmms_sync_lock")
	w.exec("RENAME TABLE ic3_model_master TO ic3_models")
	w.exec("ALTER TABLE ic3_asset_master DROP COLUMN amc_end, DROP KEY idx_asset_attempted, DROP COLUMN cmms_attempted_at")
	w.exec("ALTER TABLE ic3_vendor_master DROP COLUMN email")
	w.exec("ALTER TABLE cmms_sync_log DROP COLUMN changes")
}
