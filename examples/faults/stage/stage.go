package stage

import (
	"database/sql"
	"flag"
	"io"
	"log"
	"slices"
	"testing"

	driver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// account is the host's: it may do all in its database, and nothing to the server.
const account = "host"

// Settings vary a stage. Zero fields take their default.
type Settings struct {
	Size   invariant.Size
	Params string   // of the connection string of a run, with its "?"
	Flags  []string // of mariadbd
}

// Stage is a world behind a proxy.
type Stage struct {
	Server *dbtest.Server
	Proxy  *wire.Proxy
	World  *invariant.World
	Admin  *sql.DB // straight to the server, without a default database
	Host   *sql.DB // straight to the database, for what a host's own code does

	database, params string
}

// New makes a stage whose second asset Innomaint does not know, so that each run has a failure to mark.
func New(t testing.TB, set Settings) *Stage {
	t.Helper()
	// flush 2: what is committed is with the kernel, which outlives the server, if not a power cut
	server := dbtest.Start(t, append(set.Flags, "--innodb-flush-log-at-trx-commit=2")...)
	server.Database(t) // t1
	s := &Stage{Server: server, Proxy: wire.Start(t, server.Socket()), Admin: server.Admin(t), database: "t1", params: set.Params}
	for _, text := range []string{
		"CREATE USER " + account + "@localhost", "GRANT ALL ON t1.* TO " + account + "@localhost",
	} {
		s.Exec(t, text)
	}
	s.World = invariant.NewWorld(t, open(t, server.DSN(s.database)), set.Size)
	s.World.API.ScriptAlways(s.Failing(), innomainttest.Answer{Status: 404, Body: "{}"})
	s.Host = Pool(t, s.World.DB)
	return s
}

// Failing is the id of the asset that Innomaint does not know.
func (s *Stage) Failing() string { return s.World.Assets[1].CMMSAssetID }

// Exec has the server's administrator run a statement.
func (s *Stage) Exec(t testing.TB, text string, args ...any) {
	t.Helper()
	if _, err := s.Admin.ExecContext(t.Context(), text, args...); err != nil {
		t.Errorf("%s: %v", text, err)
	}
}

// Open returns a new handle through the proxy, as a host's process would have it.
func (s *Stage) Open(t testing.TB) *gorm.DB {
	t.Helper()
	return open(t, s.Proxy.UserDSN(account, s.database)+s.params)
}

// Run has Innomaint change every asset, and syncs through a new handle while the taps watch. What it returned is the
// caller's to judge.
func (s *Stage) Run(t testing.TB, taps wire.Taps, opts cmmsimport.Options) (cmmsimport.Summary, error) {
	t.Helper()
	s.World.Advance(t)
	// one customer's vendor is there by name, so that it takes Innomaint's id; the other's is created
	known := s.World.Assets[0]
	if _, err := s.Host.ExecContext(t.Context(), "INSERT IGNORE INTO ic3_vendor_master (customer_id, name) VALUES (?, ?)", known.CustomerID, known.New["vendor_id"]); err != nil {
		t.Error(err)
	}
	db := s.Open(t)
	s.Proxy.Watch(taps)
	defer s.Proxy.Watch(wire.Taps{})
	defer Pool(t, db).Close()
	return s.World.RunOn(t.Context(), db, opts)
}

// Options are what a run starts from.
func (s *Stage) Options(atomic bool) cmmsimport.Options {
	opts := s.World.Options()
	opts.AtomicLog = atomic
	return opts
}

// MustSucceed holds a run to what it comes to where nothing was lost: every asset synced but the one that fails.
func (s *Stage) MustSucceed(t testing.TB, summary cmmsimport.Summary, err error) {
	t.Helper()
	if err != nil || summary.Successful != len(s.World.Assets)-1 || summary.FailedByKind["not_found"] != 1 {
		t.Errorf("error %v\n%v", err, summary)
	}
}

// Check holds the invariant, and that the log's rows went out in the order of their attempts.
func (s *Stage) Check(t testing.TB) {
	t.Helper()
	s.World.Check(t)
	var ids []uint64
	if err := s.World.DB.WithContext(t.Context()).Raw("SELECT id FROM cmms_sync_log ORDER BY synced_at, id").Scan(&ids).Error; err != nil {
		t.Error(err)
	}
	if !slices.IsSorted(ids) {
		t.Errorf("the log rows in the order of their attempts: %v", ids)
	}
}

// Pool is the handle's pool.
func Pool(t testing.TB, db *gorm.DB) *sql.DB {
	t.Helper()
	pool, err := db.DB()
	if err != nil {
		t.Fatal(err)
	}
	return pool
}

func open(t testing.TB, dsn string) *gorm.DB {
	t.Helper()
	db, err := gorm.Open(mysql.New(mysql.Config{DSN: dsn, SkipInitializeWithVersion: true}), &gorm.Config{Logger: logger.Discard})
	if err != nil {
		t.Fatal(err)
	}
	pool := Pool(t, db)
	t.Cleanup(func() { _ = pool.Close() })
	return db
}

// Setup is for TestMain. These tests wait most of their time, so that more of them go side by side than there are cores;
// and the driver is not to write each connection that breaks to stderr.
func Setup() {
	flag.Parse()
	_ = flag.Set("test.parallel", "6")               // fails for what is no number only
	_ = driver.SetLogger(log.New(io.Discard, "", 0)) // fails for nil only
}
