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

// movedLease is a server, and a proxy at which a run stands still for longer than its leases last.
type movedLease struct {
	t      *testing.T
	proxy  *wire.Proxy
	direct *gorm.DB
	atomic bool
	round  int
}

func newMovedLease(t *testing.T, atomic bool) *movedLease {
	t.Helper()
	server := dbtest.Start(t)
	server.Database(t) // t1
	m := &movedLease{t: t, proxy: wire.Start(t, server.Socket()), direct: dbtest.Open(t, server.DSN("t1")), atomic: atomic}
	if err := Migrate(t.Context(), m.direct); err != nil {
		t.Fatal(err)
	}
	m.exec("INSERT INTO ic3_asset_master (customer_id, cmms_asset_id) VALUES (7, 'A-1'), (7, 'A-2'), (7, 'A-3'), (8, 'A-4')")
	return m
}

func (m *movedLease) exec(text string) {
	m.t.Helper()
	if err := m.direct.Exec(text).Error; err != nil {
		m.t.Error(err)
	}
}

func (m *movedLease) count(query string, args ...any) (n int) {
	m.t.Helper()
	if err := m.direct.Raw(query, args...).Scan(&n).Error; err != nil {
		m.t.Error(err)
	}
	return n
}

// sync runs over the four assets, one of which the API fails. At statement number moveAt behind the run's start, or at
// the end of fetch number fetchAt, another run takes every lease, as if this one had stood still until they ran out.
func (m *movedLease) sync(moveAt, fetchAt int) (sent []string, summary Summary, err error) {
	m.t.Helper()
	m.round++
	m.exec("DELETE FROM cmms_sync_lock")
	var clock *leaseClock
	move := func() {
		m.exec(takenOver)
		clock.expire()
	}
	fetches := 0
	client := APIClientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if fetches++; fetches == fetchAt {
			move()
		}
		if ref.AssetID == "A-2" {
			return nil, &innomaint.Error{Kind: innomaint.KindNotFound, AssetID: ref.AssetID}
		}
		return &innomaint.Asset{ID: ref.AssetID, Name: fmt.Sprint("round ", m.round), Vendor: innomaint.Reference{Name: fmt.Sprint("vendor ", m.round)}}, nil
	})
	r := newRun(handle.Plain(dbtest.Open(m.t, m.proxy.DSN("t1"))), Options{Client: client, AtomicLog: m.atomic, Logger: slog.New(slog.DiscardHandler)}.withDefaults())
	clock = r.setLeaseClock()
	if err := r.start(m.t.Context()); err != nil {
		m.t.Fatal(err)
	}
	var mu sync.Mutex
	m.proxy.Watch(wire.Taps{Request: func(s wire.Statement) wire.Verdict {
		mu.Lock()
		defer mu.Unlock()
		if s.Prepare {
			s.Text = "prepare " + s.Text
		}
		sent = append(sent, s.Text)
		if s.Number == moveAt {
			move()
		}
		return wire.Pass
	}})
	defer m.proxy.Watch(wire.Taps{})
	err = r.syncCustomers(m.t.Context())
	summary, err = r.finish(m.t.Context(), err)
	mu.Lock()
	defer mu.Unlock()
	return sent, summary, err
}

// checkStopped holds a run that lost its leases to what it may still do: nothing to assets and masters, all of the audit.
func (m *movedLease) checkStopped(behind []string, summary Summary, err error) {
	t := m.t
	t.Helper()
	if !errors.Is(err, ErrSyncInProgress) || !strings.Contains(err.Error(), "another host") {
		t.Errorf("error %v", err)
	}
	for _, text := range behind {
		if text == "START TRANSACTION" || text == "COMMIT" || strings.HasPrefix(text, "UPDATE ic3_asset_master") && strings.Contains(text, "'Failed'") {
			t.Errorf("sent after the lease was lost: %s", text)
		}
	}
	attempts := summary.Successful + summary.Failed
	if summary.Total != 4 || summary.Skipped != 4-attempts {
		t.Errorf("%+v", summary)
	}
	for what, query := range map[string]string{
		"log rows":   "SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = ?",
		"run's rows": "SELECT successful + failed FROM cmms_sync_run WHERE status = 'Interrupted' AND id = ?",
	} {
		if n := m.count(query, summary.RunID); n != attempts {
			t.Errorf("%d %s of %d attempts", n, what, attempts)
		}
	}
	if n := m.count("SELECT COUNT(*) FROM ic3_asset_master WHERE asset_name = ?", fmt.Sprint("round ", m.round)); n != summary.Successful {
		t.Errorf("%d assets were written, and %d attempts succeeded", n, summary.Successful)
	}
	if n := m.count("SELECT COUNT(*) FROM cmms_sync_lock WHERE run_id <> 'another run'"); n != 0 {
		t.Errorf("%d leases are this run's", n)
	}
}

// TestALeaseIsLostAtEachStatement: wherever the run stands when its leases go to another, the transaction at hand is its
// last if its COMMIT is on its way, and is rolled back otherwise.
func TestALeaseIsLostAtEachStatement(t *testing.T) {
	t.Parallel()
	for _, atomic := range []bool{false, true} {
		t.Run(fmt.Sprint("AtomicLog ", atomic), func(t *testing.T) {
			t.Parallel()
			m := newMovedLease(t, atomic)
			m.sync(0, 0)
			all, summary, err := m.sync(0, 0) // everything that a run prepares only once and for new rows is behind it
			if err != nil || summary.Successful != 3 || summary.Failed != 1 {
				t.Fatalf("error %v, %+v", err, summary)
			}
			last := lastWork(all)
			for n := 1; n <= last; n++ {
				sent, summary, err := m.sync(n, 0)
				if n > len(sent) {
					t.Errorf("the run has no statement %d", n)
					continue
				}
				behind := sent[n:]
				if sent[n-1] == "prepare "+behind[0] {
					behind = behind[1:] // one statement to the run: it was under way
				}
				m.checkStopped(behind, summary, err)
				if t.Failed() {
					t.Fatalf("lost at statement %d: %s; then it sent %q", n, sent[n-1], sent[n:])
				}
			}
			for n := 1; n <= 4; n++ {
				_, summary, err := m.sync(0, n)
				m.checkStopped(nil, summary, err)
				if summary.Successful+summary.Failed != n || summary.FailedByKind[KindCanceled] != 1 && n != 2 {
					t.Errorf("lost during fetch %d: %+v", n, summary)
				}
			}
		})
	}
}

// lastWork is the number of the last statement behind which an asset is still to come: with the last asset's transaction
// the run is as good as done.
func lastWork(sent []string) (last int) {
	for i, text := range sent {
		if text == "START TRANSACTION" {
			last = i + 1
		}
	}
	return last
}
