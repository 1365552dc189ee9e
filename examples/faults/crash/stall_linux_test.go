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

// A process stands still (SIGSTOP) for longer than its lease lasts. Another run takes it for dead, closes it, adds what its log
// lacks and syncs everything. Then the process wakes up, in the middle of what it did, and must neither write an asset nor
// leave a log row twice: its own row takes the place of an added one.
func TestStall(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		moment moment
		atomic bool
		added  int // log rows, before the process wakes up
	}{
		"between COMMIT and the log row":             {moment: moment{target: atCommit, point: beforeAnswer, n: 3}, added: 1},
		"with the log row half sent":                 {moment: moment{target: atLogRow, point: halfSent, n: 3}, added: 1},
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
			if n := p.added(stalled); n != tc.added {
				t.Errorf("%d log rows were added, want %d", n, tc.added)
			}

			close(woken)
			must(t, c.cmd.Process.Signal(syscall.SIGCONT))
			if c.wait(t, p.World) {
				t.Error("the stalled process was killed")
			}
			proxy.Close()
			p.awaitDisconnected()
			if n := p.added(stalled); n != 0 {
				t.Errorf("%d added log rows are left", n)
			}
			p.equal("stalled run's row", 1, "SELECT COUNT(*) FROM cmms_sync_run WHERE id = ? AND status = ?", stalled, synclog.Interrupted)
			p.Check(t)
			if n := p.CountNew(t); n != len(p.Assets) {
				t.Errorf("%d assets are new", n)
			}
		})
	}
}

// A stalled process wakes up after another run has added its log row, writes its own row and is killed at that moment. One row is
// left, its own.
func TestStallThenKill(t *testing.T) {
	t.Parallel()
	server := dbtest.Start(t)
	for _, end := range []point{beforeAnswer, answered} {
		t.Run("own row "+string(end), func(t *testing.T) {
			t.Parallel()
			p := newPlace(t, server)
			proxy := wire.Start(t, server.Socket())
			process, stopped, woken := make(chan *os.Process, 1), make(chan struct{}), make(chan struct{})
			stall := strike{counter: counter{moment: moment{target: atCommit, point: beforeAnswer, n: 3}}, act: func() {
				_ = (<-process).Signal(syscall.SIGSTOP)
				close(stopped)
				<-woken
			}}
			proxy.Watch(stall.taps())
			c := start(t, p.order(proxy))
			process <- c.cmd.Process
			<-stopped
			stalled := p.dead()
			p.endLeases()
			summary, err := p.Run(t.Context(), p.Options())
			must(t, err)
			if n := p.added(stalled); n != 1 || summary.Successful != len(p.Assets) {
				t.Errorf("%d log rows were added; %v", n, summary)
			}

			kill := strike{counter: counter{moment: moment{target: atLogRow, point: end, n: 1}}, act: func() { _ = c.cmd.Process.Kill() }}
			proxy.Watch(kill.taps())
			close(woken)
			must(t, c.cmd.Process.Signal(syscall.SIGCONT))
			if !c.wait(t, p.World) {
				t.Error("the process was not killed")
			}
			proxy.Close()
			p.awaitDisconnected()
			p.oneOwnRow(stalled, p.Assets[2])
			p.Check(t)
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
