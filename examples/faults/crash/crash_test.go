// Package crash_test kills and stalls processes that sync, and looks at what they leave.
package crash_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// place is a world on a server, seen by the test over one connection, so that every other one is a child's.
type place struct {
	*invariant.World
	t        *testing.T
	server   *dbtest.Server
	database string
}

func newPlace(t *testing.T, server *dbtest.Server) *place {
	t.Helper()
	dsn := server.Database(t)
	db := dbtest.Open(t, dsn)
	pool, err := db.DB()
	must(t, err)
	pool.SetMaxOpenConns(1)
	database := dsn[strings.LastIndex(dsn, "/")+1:]
	return &place{World: invariant.NewWorld(t, db, invariant.Size{Customers: 2, Assets: 5}), t: t, server: server, database: database}
}

// order is for a child behind the proxy.
func (p *place) order(proxy *wire.Proxy) order {
	return order{DSN: proxy.DSN(p.database), URL: p.API.URL()}
}

// awaitDisconnected waits until the server has executed what the connections of a child left, and closed them.
func (p *place) awaitDisconnected() {
	p.t.Helper()
	p.awaitNone("SELECT COUNT(*) FROM information_schema.processlist WHERE db = DATABASE() AND id <> CONNECTION_ID()")
}

// awaitNone waits until a query counts nothing.
func (p *place) awaitNone(query string) {
	p.t.Helper()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for p.count(query) > 0 {
		<-again.C
	}
}

func (p *place) count(query string, args ...any) (n int) {
	p.t.Helper()
	must(p.t, p.DB.Raw(query, args...).Scan(&n).Error)
	return n
}

// dead returns the id of the run that is Running; "" where there is none.
func (p *place) dead() (id string) {
	p.t.Helper()
	must(p.t, p.DB.Raw("SELECT id FROM cmms_sync_run WHERE status = 'Running'").Scan(&id).Error)
	return id
}

// unlogged counts the assets that a run has marked with this status, and whose log row is missing.
func (p *place) unlogged(runID string, status synclog.Status) int {
	p.t.Helper()
	return p.count(`SELECT COUNT(*) FROM ic3_asset_master a LEFT JOIN cmms_sync_log l ON l.attempt_key = CONCAT(a.cmms_run_id, ':', a.id)
		WHERE a.cmms_run_id = ? AND a.cmms_sync_status = ? AND l.id IS NULL`, runID, status)
}

// added counts the log rows of a run that another run has added.
func (p *place) added(runID string) int {
	p.t.Helper()
	return p.count(`SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = ? AND CONCAT(COALESCE(warnings, ''), COALESCE(error_message, '')) LIKE '%added by run%'`, runID)
}

// A process that syncs is killed at a moment that chance picks, hundreds of times in one database, and the next run takes up
// what it left.
func TestKill(t *testing.T) {
	t.Parallel()
	for name, atomic := range map[string]bool{"log row after the commit": false, "AtomicLog": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			seed := invariant.Seed(t)
			p := newPlace(t, dbtest.Start(t))
			var tally tally
			rounds := invariant.Rounds(20, 220)
			for round := range rounds {
				r := rand.New(rand.NewPCG(seed, uint64(round)))
				m := draw(r, atomic)
				if round == 0 {
					m = moment{target: atCommit, point: beforeAnswer, n: 2} // one missing row, whatever chance picks later
				}
				tally.add(p.kill(r, m, atomic))
				if t.Failed() {
					t.Fatalf("in round %d", round)
				}
			}
			t.Logf("%d rounds, AtomicLog %v\n%s", rounds, atomic, &tally)
			if tally.killed < rounds/4 || !atomic && tally.added == 0 {
				t.Errorf("the moments miss: %s", &tally)
			}
		})
	}
}

// outcome is what came of a round.
type outcome struct {
	moment   moment
	killed   bool // else it had finished before its moment came
	begun    bool // it had its row in cmms_sync_run
	attempts int  // committed before it died
	added    int  // log rows that the next run added
}

// kill is one round.
func (p *place) kill(r *rand.Rand, m moment, atomic bool) outcome {
	p.t.Helper()
	p.Advance(p.t)
	failing := p.Assets[r.IntN(len(p.Assets))]
	p.API.Script(failing.CMMSAssetID, innomainttest.Answer{Status: 404, Body: "gone"})

	out := outcome{moment: m}
	proxy := wire.Start(p.t, p.server.Socket())
	o := p.order(proxy)
	o.AtomicLog = atomic
	if r.IntN(3) == 0 {
		o.CustomerID = &failing.CustomerID
	}
	process := make(chan *os.Process, 1)
	kill := strike{counter: counter{moment: m}, act: func() { _ = (<-process).Kill() }}
	proxy.Watch(kill.taps())
	c := start(p.t, o)
	process <- c.cmd.Process
	out.killed = c.wait(p.t, p.World)
	proxy.Close()
	p.awaitDisconnected()

	dead := p.dead()
	successes, failures := p.unlogged(dead, synclog.Success), p.unlogged(dead, synclog.Failed)
	out.begun, out.attempts = dead != "", p.count("SELECT COUNT(*) FROM ic3_asset_master WHERE cmms_run_id = ?", dead)
	if atomic && successes > 0 || successes+failures > 1 {
		p.t.Errorf("%s: %d committed assets and %d failures lack their log row", out.moment, successes, failures)
	}
	p.next(r, o, dead)
	if out.added = p.added(dead); out.added != successes+failures {
		p.t.Errorf("%s: %d log rows were missing, %d were added", out.moment, successes+failures, out.added)
	}
	p.Check(p.t)
	return out
}

// next is the run that comes after a crash: refused as long as the lease lives, and whole afterwards.
func (p *place) next(r *rand.Rand, o order, dead string) {
	p.t.Helper()
	opts := p.Options()
	opts.AtomicLog = o.AtomicLog
	if leased := p.count("SELECT COUNT(*) FROM cmms_sync_lock") > 0; leased {
		opts.CustomerID = o.CustomerID
		if summary, err := p.Run(p.t.Context(), opts); err == nil {
			p.t.Errorf("a run began beside the dead one's lease: %v", summary)
		}
		p.endLeases()
	}
	if opts.CustomerID = nil; r.IntN(3) == 0 {
		customer := p.Assets[r.IntN(len(p.Assets))].CustomerID
		opts.CustomerID = &customer
		if _, err := p.Run(p.t.Context(), opts); err != nil {
			p.t.Error(err)
		}
		opts.CustomerID = nil
	}
	summary, err := p.Run(p.t.Context(), opts)
	if err != nil || summary.Skipped > 0 {
		p.t.Errorf("the next run: error %v, %v", err, summary)
	}
	if n := p.count("SELECT COUNT(*) FROM cmms_sync_run WHERE id = ? AND status <> 'Interrupted'", dead); n > 0 {
		p.t.Errorf("run %s died and is not Interrupted", dead)
	}
	if n := p.CountNew(p.t); n < len(p.Assets)-1 { // the failing one may have failed only now
		p.t.Errorf("%d of %d assets are new", n, len(p.Assets))
	}
}

// tally counts outcomes.
type tally struct {
	killed, begun, finished, added int
	moments                        map[string][2]int // rounds, and log rows that were added
	attempts                       map[int]int
}

func (t *tally) add(o outcome) {
	if t.moments == nil {
		t.moments, t.attempts = map[string][2]int{}, map[int]int{}
	}
	if !o.killed {
		t.finished++
		return
	}
	t.killed++
	if o.begun {
		t.begun++
	}
	t.added += o.added
	t.attempts[o.attempts]++
	m := t.moments[o.moment.String()]
	t.moments[o.moment.String()] = [2]int{m[0] + 1, m[1] + o.added}
}

func (t *tally) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d killed (%d of them in mid-run), %d had finished; %d log rows were added\n", t.killed, t.begun, t.finished, t.added)
	for _, m := range slices.Sorted(maps.Keys(t.moments)) {
		fmt.Fprintf(&b, "  killed at %-45s %3d rounds, %3d rows added\n", m, t.moments[m][0], t.moments[m][1])
	}
	fmt.Fprintf(&b, "  rounds by assets attempted before the end: %v", t.attempts)
	return b.String()
}
