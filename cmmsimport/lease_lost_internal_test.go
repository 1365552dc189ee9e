package cmmsimport

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/handle"
	"ic3.internal/innomaintsync/internal/dbtest"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// TestLostLease lets another run take all leases of a run, as if the run had stalled until they expired. Whatever the run was doing, a
// transaction whose COMMIT was already sent is its last, and any other is rolled back.
func TestLostLease(t *testing.T) {
	t.Parallel()
	for _, atomic := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog=", atomic), func(t *testing.T) {
			t.Parallel()
			w := newLeaseWorld(t, atomic)
			w.sync(t, nowhere) // prepares the statements that only a first run needs
			normal := w.sync(t, nowhere)
			if normal.err != nil || normal.summary.Successful != 3 || normal.summary.Failed != 1 {
				t.Fatalf("error %v, %+v", normal.err, normal.summary)
			}
			t.Run("AtEachStatement", func(t *testing.T) { //nolint:paralleltest // one database
				for n := 1; n <= lastBegin(normal.sent); n++ {
					lost := w.sync(t, moment{statement: n})
					if n > len(lost.sent) {
						t.Fatalf("the run sent only %d statements", len(lost.sent))
					}
					after := lost.sent[n:]
					if lost.sent[n-1] == "prepare "+after[0] {
						after = after[1:] // the run sees one statement: it was already being sent
					}
					w.checkStopped(t, lost, after, 0)
					if t.Failed() {
						t.Fatalf("lost at statement %d: %s; then the run sent %q", n, lost.sent[n-1], lost.sent[n:])
					}
				}
			})
			t.Run("DuringEachRequest", func(t *testing.T) { //nolint:paralleltest // one database
				for n := 1; n <= 4; n++ {
					lost := w.sync(t, moment{request: n})
					w.checkStopped(t, lost, lost.sent[lost.sentBefore:], 1)
					if lost.summary.Successful+lost.summary.Failed != n || lost.summary.FailedByKind[KindCanceled] != 1 && n != 2 {
						t.Errorf("lost during request %d: %+v", n, lost.summary)
					}
				}
			})
		})
	}
}

// leaseWorld is a database with four assets behind a proxy. Innomaint has all of them except A-2.
type leaseWorld struct {
	proxy  *wire.Proxy
	direct *gorm.DB
	atomic bool
	round  int
}

func newLeaseWorld(t *testing.T, atomic bool) *leaseWorld {
	t.Helper()
	server := dbtest.Start(t)
	server.Database(t) // t1
	w := &leaseWorld{proxy: wire.Start(t, server.Socket()), direct: dbtest.Open(t, server.DSN("t1")), atomic: atomic}
	must(t, Migrate(t.Context(), w.direct))
	mustExec(t, w.direct, "INSERT INTO ic3_asset_master (customer_id, cmms_asset_id) VALUES (7, 'A-1'), (7, 'A-2'), (7, 'A-3'), (8, 'A-4')")
	return w
}

// moment is when the leases are lost: at a statement, counted from the run's start, or at the end of a request to the API.
type moment struct{ statement, request int }

var nowhere moment

// round is what happened in one run.
type round struct {
	sent       []string // statements
	sentBefore int      // before the leases were lost
	summary    Summary
	err        error
}

// sync runs over the four assets, and loses the leases at a moment.
func (w *leaseWorld) sync(t *testing.T, at moment) (r round) {
	t.Helper()
	w.round++
	mustExec(t, w.direct, "DELETE FROM cmms_sync_lock")
	var clock *leaseClock
	var mu sync.Mutex
	lose := func() {
		r.sentBefore = len(r.sent)
		if err := w.direct.Exec(takeLeases).Error; err != nil {
			t.Error(err) // this may be the proxy's goroutine
		}
		clock.expire()
	}
	requests := 0
	client := APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if requests++; requests == at.request {
			mu.Lock()
			defer mu.Unlock()
			lose()
		}
		if ref.AssetID == "A-2" {
			return nil, &innomaint.Error{Kind: innomaint.KindNotFound, AssetID: ref.AssetID}
		}
		return &innomaint.Asset{ID: ref.AssetID, Name: w.name(), Vendor: innomaint.Reference{Name: "vendor of " + w.name()}}, nil
	})
	run := newRun(handle.Plain(dbtest.Open(t, w.proxy.DSN("t1"))), Options{Client: client, AtomicLog: w.atomic, Logger: slog.New(slog.DiscardHandler)}.withDefaults())
	clock = run.setLeaseClock()
	must(t, run.start(t.Context()))
	w.proxy.Watch(wire.Taps{Request: func(s wire.Statement) wire.Verdict {
		mu.Lock()
		defer mu.Unlock()
		if s.Prepare {
			s.Text = "prepare " + s.Text
		}
		r.sent = append(r.sent, s.Text)
		if s.Number == at.statement {
			lose()
		}
		return wire.Pass
	}})
	defer w.proxy.Watch(wire.Taps{})
	err := run.syncCustomers(t.Context())
	r.summary, r.err = run.finish(t.Context(), err)
	mu.Lock()
	defer mu.Unlock()
	return r
}

// name is what Innomaint calls every asset in this round.
func (w *leaseWorld) name() string { return fmt.Sprint("round ", w.round) }

// checkStopped checks what a run did after it lost its leases: nothing to assets and masters, and everything to the audit.
// begun is how many transactions may still begin, only to be rolled back.
func (w *leaseWorld) checkStopped(t *testing.T, r round, after []string, begun int) {
	t.Helper()
	var held *InProgressError
	if !errors.Is(r.err, ErrSyncInProgress) || !errors.As(r.err, &held) || held.RunID != "another run" || !strings.Contains(r.err.Error(), "another host") {
		t.Errorf("error %v", r.err)
	}
	begins := 0
	for _, text := range after {
		if text == "START TRANSACTION" {
			begins++
		}
		if begins > begun || text == "COMMIT" || strings.HasPrefix(text, "UPDATE ic3_asset_master") && strings.Contains(text, "'Failed'") {
			t.Errorf("sent after the lease was lost: %s", text)
		}
	}
	attempts := r.summary.Successful + r.summary.Failed
	if r.summary.Total != 4 || r.summary.Skipped != 4-attempts {
		t.Errorf("%+v", r.summary)
	}
	for what, check := range map[string]struct {
		query string
		arg   any
		want  int
	}{
		"log rows":              {"SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = ?", r.summary.RunID, attempts},
		"attempts in run's row": {"SELECT successful + failed FROM cmms_sync_run WHERE status = 'Interrupted' AND id = ?", r.summary.RunID, attempts},
		"assets written":        {"SELECT COUNT(*) FROM ic3_asset_master WHERE asset_name = ?", w.name(), r.summary.Successful},
		"leases taken back":     {"SELECT COUNT(*) FROM cmms_sync_lock WHERE run_id <> ?", "another run", 0},
	} {
		if n := mustCount(t, w.direct, check.query, check.arg); n != check.want {
			t.Errorf("%s: got %d, want %d", what, n, check.want)
		}
	}
}

// lastBegin is the number of the statement that begins the last transaction. After it the run has no other asset to stop at.
func lastBegin(sent []string) (last int) {
	for i, text := range sent {
		if text == "START TRANSACTION" {
			last = i + 1
		}
	}
	return last
}
