package cancellation_test

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"os"
	"testing"
	"time"

	mysqldriver "github.com/go-sql-driver/mysql"
	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// The three assets of the world, in the order in which they are synced.
const (
	first  = "C1-0000"
	second = "C1-0001"
	third  = "C1-0002"
)

var errMaintenance = errors.New("the maintenance window is over")

// world is a database with three assets of one customer. Each case is a round in it: Innomaint changes every asset, a run is
// cancelled, and the next one catches up.
type world struct {
	*invariant.World
	dsn   string
	clock time.Time       // when the last bubble ended
	known map[string]bool // violations that earlier rounds have brought
}

func newWorld(t *testing.T) *world {
	t.Helper()
	dsn := dbtest.Database(t)
	db := dbtest.Open(t, dsn)
	return &world{World: invariant.NewWorld(t, db, invariant.Size{Customers: 1, Assets: 3}), dsn: dsn, known: map[string]bool{}}
}

// bodies are what Innomaint answers in this round.
func (w *world) bodies(t *testing.T) map[string][]byte {
	t.Helper()
	bodies := map[string][]byte{}
	for _, a := range w.Assets {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.API.URL()+"/api/v1/assets/"+a.CMMSAssetID, nil)
		must(t, err)
		request.Header.Set("Authorization", "Bearer "+invariant.Token)
		response, err := http.DefaultClient.Do(request)
		must(t, err)
		bodies[a.CMMSAssetID], err = io.ReadAll(response.Body)
		must(t, errors.Join(err, response.Body.Close()))
	}
	return bodies
}

// scene is one run in a bubble, before it begins: a case alters it.
type scene struct {
	t         *testing.T
	ctx       context.Context
	end       context.CancelCauseFunc
	pool      *sql.DB // wired
	tenant    *tenant
	transport *http.Transport
	config    innomaint.Config
	opts      cmmsimport.Options
	atAPI     map[string]func() // called when the API is asked for that asset, before the request goes out

	canceled time.Time
}

// newScene opens what a host would: a pool, a transport, and here also the tenant. All of it ends with the bubble's test.
func newScene(t *testing.T, dsn string, bodies map[string][]byte, c connector) *scene {
	t.Helper()
	s := &scene{t: t, tenant: newTenant(bodies), atAPI: map[string]func(){}}
	s.transport = &http.Transport{DialContext: s.tenant.dial}
	s.ctx, s.end = context.WithCancelCause(t.Context())
	if c.wire != nil {
		c.wire.trip = s.cancel
	}
	// A lock that is left behind shows as an error soon, and not as a wait of the server's, which no clock here would see.
	config, err := mysqldriver.ParseDSN(dsn + "?interpolateParams=true&innodb_lock_wait_timeout=5")
	must(t, err)
	config.DialFunc = dial
	c.Connector, err = mysqldriver.NewConnector(config)
	must(t, err)
	s.pool = sql.OpenDB(&c)
	s.config = innomaint.Config{
		BaseURL: "http://tenant.test/path", Auth: innomaint.BearerToken(invariant.Token),
		HTTPClient: &http.Client{Transport: s.transport}, Logger: slog.New(slog.DiscardHandler),
	}
	t.Cleanup(func() {
		s.end(nil)
		s.transport.CloseIdleConnections()
		must(t, errors.Join(s.tenant.shutdown(), s.pool.Close()))
	})
	return s
}

// cancel ends the run's context.
func (s *scene) cancel() {
	s.canceled = time.Now()
	s.end(errMaintenance)
}

// run syncs.
func (s *scene) run(w *world) (cmmsimport.Summary, error) {
	db, err := gorm.Open(mysql.New(mysql.Config{Conn: s.pool}), &gorm.Config{Logger: logger.Discard})
	must(s.t, err)
	client, err := innomaint.New(s.config)
	must(s.t, err)
	if s.opts.Client == nil {
		s.opts.Client = cmmsimport.APIClientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
			if do := s.atAPI[ref.AssetID]; do != nil {
				do()
			}
			return client.GetAsset(ctx, ref)
		})
	}
	return w.RunOn(s.ctx, db, s.opts)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
