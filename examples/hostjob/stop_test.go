package main

import (
	"bytes"
	"context"
	"errors"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// TestSIGTERMLetsTheAssetAtHandSettle sends the signal to a process while the API still thinks about the second asset.
func TestSIGTERMLetsTheAssetAtHandSettle(t *testing.T) {
	t.Parallel()
	w := setup(t)
	for _, id := range []string{"A-1", "A-2", "A-3"} {
		w.link(7, id)
	}
	hold := make(chan struct{})
	w.api.Script("A-2", innomainttest.Answer{Hold: hold})
	var stdout bytes.Buffer
	stderr := &lockedBuffer{}
	cmd := w.child(nil)
	cmd.Stdout, cmd.Stderr = &stdout, stderr
	must(t, cmd.Start())
	until(t, "the API is asked for A-2", func() bool { return w.api.CallsFor("A-2") == 1 })
	must(t, cmd.Process.Signal(syscall.SIGTERM))
	until(t, "the process says that it will stop", func() bool {
		return stderr.field("asked to stop: the current asset is finished first; a second signal ends the process at once", "level") == "INFO"
	})
	close(hold)

	code := exitOf(t, cmd.Wait())
	output{code, stdout.String(), stderr.all.String()}.expect(t, exitInterrupted, "successful       2", "skipped          1", `"result":"interrupted"`)
	run := w.runs()[0]
	equal(t, "run", run.Status, synclog.Interrupted)
	equal(t, "run finished", run.FinishedAt != nil, true)
	var leases int64
	must(t, w.db.Table("cmms_sync_lock").Count(&leases).Error)
	equal(t, "leases that are left", leases, 0)

	w.job().expect(t, exitOK) // goes on where the other process ended
	equal(t, "calls", w.calls("A-1", "A-2", "A-3"), "A-1:1 A-2:1 A-3:1")
	for _, entry := range w.entries() {
		equal(t, entry.CMMSAssetID, entry.Status, synclog.Success)
	}
}

// TestAnAssetThatTakesLongerThanTheGraceIsRolledBack has an API that never answers.
func TestAnAssetThatTakesLongerThanTheGraceIsRolledBack(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.link(7, "A-2")
	w.api.Script("A-1", innomainttest.Answer{Hold: make(chan struct{})})
	j, _ := w.newJob()
	j.grace = time.Millisecond
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		until(t, "the API is asked for A-1", func() bool { return w.api.CallsFor("A-1") == 1 })
		stop()
	}()
	summary, err := j.run(ctx, scope{})
	equal(t, "result", resultOf(summary, err), resultInterrupted)
	equal(t, "failed", summary.FailedByKind["canceled"], 1)
	equal(t, "skipped", summary.Skipped, 1)
	equal(t, "log row", w.entries()[0].ErrorKind, "canceled")
}

// TestASecondSignalEndsTheProcessAtOnce goes on sending signals, since the process may not have seen the first yet.
func TestASecondSignalEndsTheProcessAtOnce(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	w.api.Script("A-1", innomainttest.Answer{Hold: make(chan struct{})})
	cmd := w.child(nil)
	must(t, cmd.Start())
	until(t, "the API is asked for A-1", func() bool { return w.api.CallsFor("A-1") == 1 })
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	until(t, "the process ends", func() bool {
		_ = cmd.Process.Signal(syscall.SIGTERM) // an error when it has ended
		return len(ended) > 0
	})
	equal(t, "exit code", exitOf(t, <-ended), -1) // by a signal
}

func TestAProcessThatIsAskedToStopBeginsNoRun(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.link(7, "A-1")
	j, _ := w.newJob()
	ctx, stop := context.WithCancel(t.Context())
	stop()
	summary, err := j.run(ctx, scope{customerID: to(uint64(7))})
	if !errors.Is(err, errStopped) {
		t.Errorf("error %v", err)
	}
	equal(t, "run id given", summary.RunID != "", true)
	equal(t, "calls", w.api.Calls(), 0)
}

// until waits for something that another process does.
func until(t *testing.T, what string, is func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	limit := time.After(time.Minute)
	for !is() {
		select {
		case <-tick.C:
		case <-limit:
			t.Errorf("in vain: %s", what)
			return
		}
	}
}

func exitOf(t *testing.T, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return 0
}
