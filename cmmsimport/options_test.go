package cmmsimport_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func TestUnusableOptionsAreAllNamedAtOnce(t *testing.T) {
	t.Parallel()
	zero := uint64(0)
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), nil, cmmsimport.Options{
		CustomerID: &zero, Limit: -1, AssetTimeout: -time.Second, MaxConsecutiveFailures: -1,
		Policies: map[string]cmmsimport.FieldPolicy{"asset_nam": cmmsimport.Mirror, "asset_code": "overwite"},
	})
	equal(t, "is ErrOptions", errors.Is(err, cmmsimport.ErrOptions), true)
	for _, name := range []string{"db is nil", "Client", "CustomerID", "Limit", "AssetTimeout", "MaxConsecutiveFailures", `"asset_nam"`, `"overwite"`} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("the error does not name %s:\n%v", name, err)
		}
	}
	checkSums(t, summary)
}

func TestAHandleInsideATransactionIsRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	for name, config := range map[string]*gorm.Session{"plain": {}, "prepared": {PrepareStmt: true}} {
		err := w.db.Session(config).Transaction(func(tx *gorm.DB) error {
			_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), tx, w.options())
			return err
		})
		equal(t, name+": refused", errors.Is(err, cmmsimport.ErrOptions), true)
	}
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db.Session(&gorm.Session{DryRun: true}), w.options())
	equal(t, "GORM's DryRun: refused", errors.Is(err, cmmsimport.ErrOptions), true)
	equal(t, "calls", w.api.Calls(), 0)
}

func TestAMissingTableIsFoundBeforeAnyCall(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.exec("DROP TABLE ic3_vendor_master")
	w.exec("ALTER TABLE cmms_sync_log DROP COLUMN warnings")
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, w.options())
	equal(t, "is ErrSchema", errors.Is(err, cmmsimport.ErrSchema), true)
	for _, name := range []string{"ic3_vendor_master", "cmms_sync_log.warnings", "Migrate"} {
		equal(t, "names "+name, strings.Contains(err.Error(), name), true)
	}
	checkSums(t, summary)
	equal(t, "calls", w.api.Calls(), 0)
	equal(t, "leases left", w.count("cmms_sync_lock", "1 = 1"), 0)
}

func TestAnUnreachableDatabase(t *testing.T) {
	t.Parallel()
	db, err := gorm.Open(mysql.New(mysql.Config{DSN: "root:s3cret@tcp(127.0.0.1:1)/none", SkipInitializeWithVersion: true}),
		&gorm.Config{Logger: logger.Discard, DisableAutomaticPing: true})
	must(t, err)
	_, err = cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), db, cmmsimport.Options{
		Client: clientFunc(func(context.Context, innomaint.AssetRef) (*innomaint.Asset, error) { return nil, nil }),
		Logger: slog.New(slog.DiscardHandler),
	})
	if err == nil || !strings.Contains(err.Error(), "connection refused") || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

func TestACustomerWithoutAssets(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	opts, customer := w.options(), uint64(8)
	opts.CustomerID = &customer
	summary := w.sync(opts)
	equal(t, "total", summary.Total, 0)
	equal(t, "run", w.count("cmms_sync_run", "status = 'Completed' AND customer_id = 8 AND total = 0"), 1)
	equal(t, "calls", w.api.Calls(), 0)
}

func TestTheHostsHandleStaysAsItIs(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.serve("A-1")
	host := w.db.Session(&gorm.Session{PrepareStmt: true}).Where("customer_id = ?", 99) // a handle with something chained on it
	config, pool := *host.Config, host.Statement.ConnPool
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), host, w.options())
	must(t, err)
	equal(t, "synced in spite of the host's condition", len(w.entries()), 1)
	equal(t, "pool", host.Statement.ConnPool == pool, true)
	equal(t, "TranslateError", host.TranslateError, config.TranslateError)
	equal(t, "SkipDefaultTransaction", host.SkipDefaultTransaction, config.SkipDefaultTransaction)
	equal(t, "PrepareStmt", host.PrepareStmt, config.PrepareStmt)
}

func TestANilClientIsFoundWhateverItsType(t *testing.T) {
	t.Parallel()
	for name, client := range map[string]cmmsimport.APIClient{
		"none": nil, "*Client": (*innomaint.Client)(nil), "*Tenants": (*innomaint.Tenants)(nil), "APIClientFunc": clientFunc(nil),
	} {
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), nil, cmmsimport.Options{Client: client})
		equal(t, name+" is refused", strings.Contains(err.Error(), "Client is nil"), true)
	}
}

func TestMoreAssetIDsThanAStatementTakesAreRefused(t *testing.T) {
	t.Parallel()
	w := setup(t)
	opts := w.options()
	opts.CMMSAssetIDs = make([]string, 10_001)
	_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
	equal(t, "is ErrOptions", errors.Is(err, cmmsimport.ErrOptions), true)
	opts.CMMSAssetIDs = opts.CMMSAssetIDs[1:]
	equal(t, "total", w.sync(opts).Total, 0)
}
