package cmmsimport_test

import (
	"fmt"
	"log/slog"
	"maps"
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
)

const apiToken = "t0ken-of-the-tests"

// world is a database with the sync's tables, a fake Innomaint and a client for it.
type world struct {
	t      testing.TB
	dsn    string
	db     *gorm.DB
	api    *innomainttest.Server
	client *innomaint.Client
}

// setup returns a world with a database of its own.
func setup(t testing.TB) *world {
	t.Helper()
	return setupOn(t, dbtest.Database(t))
}

// setupOn returns a world on the given database, which it migrates.
func setupOn(t testing.TB, dsn string) *world {
	t.Helper()
	w := &world{t: t, dsn: dsn, db: dbtest.Open(t, dsn)}
	must(t, cmmsimport.Migrate(t.Context(), w.db))
	w.api = innomainttest.NewServer(innomainttest.WithBearerToken(apiToken))
	t.Cleanup(w.api.Close)
	client, err := innomaint.New(innomaint.Config{
		BaseURL: w.api.URL(), Auth: innomaint.BearerToken(apiToken), MaxTries: 2,
		RetryWait: time.Millisecond, RetryMaxWait: 2 * time.Millisecond,
		Logger: slog.New(slog.DiscardHandler),
	})
	must(t, err)
	w.client = client
	return w
}

// setupEmpty returns a world whose database has no tables, and that has no API.
func setupEmpty(t testing.TB) *world {
	t.Helper()
	dsn := dbtest.Database(t)
	return &world{t: t, dsn: dsn, db: dbtest.Open(t, dsn)}
}

// options are what a test starts from.
func (w *world) options() cmmsimport.Options {
	return cmmsimport.Options{Client: w.client, Logger: slog.New(slog.DiscardHandler)}
}

// sync runs with the options. The run must not end with an error.
func (w *world) sync(opts cmmsimport.Options) cmmsimport.Summary {
	w.t.Helper()
	summary, err := cmmsimport.SyncAllAssetsFromInnomaint(w.t.Context(), w.db, opts)
	must(w.t, err)
	checkSums(w.t, summary)
	return summary
}

// add adds assets of customer 7 that Innomaint has, too.
func (w *world) add(ids ...string) {
	w.t.Helper()
	for _, id := range ids {
		w.link(7, id)
		w.serve(id)
	}
}

// numbered returns the ids, and so on.
func numbered(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint("A-", i)
	}
	return ids
}

// fill adds n rows to ic3_asset_master, in large batches. Asset number i has the id A-<i>.
func (w *world) fill(n int, columns func(i int) map[string]any) {
	w.t.Helper()
	rows := make([]map[string]any, n)
	for i := range rows {
		rows[i] = columns(i)
		rows[i]["cmms_asset_id"] = fmt.Sprint("A-", i)
	}
	must(w.t, w.db.Table("ic3_asset_master").CreateInBatches(rows, 2000).Error)
}

// link adds a row of ic3_asset_master that is linked to an asset of Innomaint.
func (w *world) link(customerID uint64, cmmsAssetID string) (id uint64) {
	w.t.Helper()
	return w.row(map[string]any{"customer_id": customerID, "cmms_asset_id": cmmsAssetID})
}

// row adds a row of ic3_asset_master.
func (w *world) row(columns map[string]any) (id uint64) {
	w.t.Helper()
	must(w.t, w.db.Table("ic3_asset_master").Create(columns).Error)
	must(w.t, w.db.Raw("SELECT MAX(id) FROM ic3_asset_master").Scan(&id).Error)
	return id
}

// serve makes Innomaint respond with the sample asset, varied.
func (w *world) serve(id string, vary ...map[string]any) {
	asset := innomainttest.SampleAsset(id)
	for _, fields := range vary {
		maps.Copy(asset, fields)
	}
	w.api.SetAsset(id, asset)
}

// respond makes Innomaint respond with an asset that has only these fields.
func (w *world) respond(id string, fields map[string]any) {
	asset := map[string]any{"asset_id": id}
	maps.Copy(asset, fields)
	w.api.SetAsset(id, asset)
}

func (w *world) exec(text string, args ...any) {
	w.t.Helper()
	must(w.t, w.db.Exec(text, args...).Error)
}

// intrude executes a statement on a connection of its own, once, just before the run's first statement with this prefix.
func (w *world) intrude(prefix, statement string) {
	w.t.Helper()
	other, done := dbtest.Open(w.t, w.dsn), false
	intruder := func(text string) {
		if !done && strings.HasPrefix(text, prefix) {
			done = true
			must(w.t, other.Exec(statement).Error)
		}
	}
	must(w.t, w.db.Callback().Raw().Before("gorm:raw").Register("test:intrude", func(s *gorm.DB) { intruder(s.Statement.SQL.String()) }))
	must(w.t, w.db.Callback().Update().Before("gorm:update").Register("test:intrude", func(s *gorm.DB) { intruder("UPDATE " + s.Statement.Table) }))
	w.t.Cleanup(func() {
		if !done {
			w.t.Errorf("the run sent no statement %q", prefix)
		}
	})
}

// lenient returns a handle on a session that is not strict: it cuts values that do not fit.
func (w *world) lenient() *gorm.DB {
	w.t.Helper()
	return dbtest.Open(w.t, w.dsn+"?sql_mode=%27%27")
}

// transactionVariable returns the name of a session variable, such as "isolation": it is transaction_isolation in MySQL 8, and tx_isolation
// in MariaDB before 11.1.
func (w *world) transactionVariable(name string) string {
	w.t.Helper()
	if len(w.rows("SHOW VARIABLES LIKE 'tx_"+name+"'")) > 0 {
		return "tx_" + name
	}
	return "transaction_" + name
}

// refuseLogRows makes cmms_sync_log refuse every row, until acceptLogRows.
func (w *world) refuseLogRows() {
	w.t.Helper()
	w.exec(`CREATE TRIGGER refuse BEFORE INSERT ON cmms_sync_log FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'disk full'`)
}

func (w *world) acceptLogRows() {
	w.t.Helper()
	w.exec("DROP TRIGGER refuse")
}

// asset reads a row of ic3_asset_master.
func (w *world) asset(id uint64) cmmsimport.AssetMaster {
	w.t.Helper()
	var a cmmsimport.AssetMaster
	must(w.t, w.db.Unscoped().Omit("deleted_at").First(&a, id).Error)
	return a
}

// entries reads cmms_sync_log, oldest first.
func (w *world) entries() []synclog.Entry {
	w.t.Helper()
	var entries []synclog.Entry
	must(w.t, w.db.Order("id").Find(&entries).Error)
	return entries
}

// count counts the rows of a table that meet a condition.
func (w *world) count(table, where string, args ...any) (n int64) {
	w.t.Helper()
	must(w.t, w.db.Table(table).Where(where, args...).Count(&n).Error)
	return n
}

func customer(id uint64) *uint64 { return &id }
