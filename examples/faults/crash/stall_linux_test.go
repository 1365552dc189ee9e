package crash_test

import (
	"os"
	"syscall"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/dbtest"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// A process stands still (SIGSTOP) for longer than its lease lasts. Another run takes it for dead, closes it, reconstructs
// what its log lacks and syncs everything. Then the process wakes up, in the middle of what it did, and must neither write an
// asset nor leave a log row twice.
func TestStall(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		moment        moment
		atomic        bool
		reconstructed int // rows, before the process wakes up
	}{
		"between COMMIT and the log row":             {moment: moment{target: atCommit, point: beforeAnswer, n: 3}, reconstructed: 1},
		"with the log row half sent":                 {moment: moment{target: atLogRow, point: halfSent, n: 3}, reconstructed: 1},
		"with the log row stored, the answer not":    {moment: moment{target: atLogRow, point: beforeAnswer, n: 3}},
		"behind a COMMIT that holds the log row":     {moment: moment{target: atCommit, point: beforeAnswer, n: 3}, atomic: true},
		"before the first statement of an asset":     {moment: moment{target: atBegin, point: beforeSent, n: 3}},
		"before the first statement, with AtomicLog": {moment: moment{target: atBegin, point: beforeSent, n: 3}, atomic: true},
	}
	server := dbtest.Start(t)
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, server)
			proxy := wire.Start(t, server.Socket())
			o := p.order(proxy)
			o.AtomicLog, o.AssetTimeout = tc.atomic, 2*time.Second // a lease of 23 s
			p.AllowLease(o.AssetTimeout)
			process, stopped, woken := make(chan *os.Process, 1), make(chan struct{}), make(chan struct{})
			stall := strike{counter: counter{moment: tc.moment}, resume: true, act: func() {
				_ = (<-process).Signal(syscall.SIGSTOP)
				close(stopped)
				<-woken
			}}
			proxy.Watch(stall.taps())
			c := start(t, o)
			process <- c.cmd.Process
			<-stopped
			stalled := p.dead()
			p.leasesEnd()

			opts := p.Options()
			opts.AtomicLog = tc.atomic
			other, err := p.Run(t.Context(), opts)
			if err != nil || other.Successful != len(p.Assets) {
				t.Errorf("the other run: error %v, %v", err, other)
			}
			p.equal("Interrupted", 1, "SELECT COUNT(*) FROM cmms_sync_run WHERE id = ? AND status = 'Interrupted'", stalled)
			p.equal("reconstructed rows", tc.reconstructed, "SELECT COUNT(*) FROM cmms_sync_log WHERE run_id = ? AND warnings LIKE '%reconstructed%'", stalled)

			close(woken)
			must(t, c.cmd.Process.Signal(syscall.SIGCONT))
			if c.wait(t, p.World) {
				t.Error("the stalled process was killed")
			}
			proxy.Close()
			p.settled()
			p.equal("reconstructed rows in the end", 0, "SELECT COUNT(*) FROM cmms_sync_log WHERE warnings LIKE '%reconstructed%'")
			p.equal("stalled run's row", 1, "SELECT COUNT(*) FROM cmms_sync_run WHERE id = ? AND status = ?", stalled, synclog.Interrupted)
			p.Check(t)
			if n := p.CountNew(t); n != len(p.Assets) {
				t.Errorf("%d assets are new", n)
			}
		})
	}
}

// leasesEnd waits until every lease has run out, by the database's clock.
func (p *place) leasesEnd() {
	p.t.Helper()
	p.awaitNone("SELECT COUNT(*) FROM cmms_sync_lock WHERE expires_at > UTC_TIMESTAMP(6)")
}

func (p *place) equal(what string, want int, query string, args ...any) {
	p.t.Helper()
	if n := p.count(query, args...); n != want {
		p.t.Errorf("%s: got %d, want %d", what, n, want)
	}
}
