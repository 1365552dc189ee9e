package cancellation_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// longest is what a run may still take once it is cancelled, on the clock of a synctest bubble. That clock stands still while
// anything runs or talks to the database, and moves only when everything waits for a timer. So it counts what the library
// chooses to wait (backoffs, pacing, limits of time), exactly, and none of the machine's load.
const longest = time.Second

// want is what must come of a cancelled run over three assets.
type want struct {
	successful, failed int
	kind               innomaint.Kind // of the failures; default canceled
	uncounted          bool           // the run did not get as far as to know how many assets there are
	completes          bool           // the cancellation came too late to end anything early
}

// round cancels one run and checks what is left of it; then the next run must catch up.
func (w *world) round(t *testing.T, c connector, set func(s *scene), want want) {
	t.Helper()
	must(t, w.DB.Exec("DELETE FROM cmms_sync_lock").Error) // what an earlier round has left is that round's failure
	w.Advance(t)
	bodies := w.bodies(t)

	w.bubble(t, func(t *testing.T) {
		s := newScene(t, w.dsn, bodies, c)
		set(s)
		summary, err := s.run(w)
		want.check(s, summary, err)
	})
	w.check(t)
	w.bubble(t, func(t *testing.T) {
		summary, err := newScene(t, w.dsn, bodies, connector{}).run(w)
		if err != nil || summary.Successful != len(w.Assets) {
			t.Errorf("the next run did not catch up: %v\n%s", err, summary)
		}
	})
	w.check(t)
	if n := w.CountNew(t); n != len(w.Assets) {
		t.Errorf("%d assets are up to date after the next run", n)
	}
}

// bubble runs do in a bubble that begins when the last one ended: no attempt may lie before those of earlier rounds. It
// leaves no goroutine behind.
func (w *world) bubble(t *testing.T, do func(t *testing.T)) {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	synctest.Test(t, func(t *testing.T) {
		<-time.After(time.Until(w.clock) + time.Second)
		do(t)
		w.clock = time.Now().Round(0)
	})
	if err := goleak.Find(leaks); err != nil {
		t.Error(err)
	}
}

// check fails the test with the violations that no earlier round has brought.
func (w *world) check(t *testing.T) {
	t.Helper()
	for _, violation := range w.Violations(t) {
		if !w.known[violation] {
			w.known[violation] = true
			t.Error(violation)
		}
	}
}

func (want want) check(s *scene, summary cmmsimport.Summary, err error) {
	s.t.Helper()
	if s.canceled.IsZero() {
		s.t.Fatalf("the run was never cancelled: %v\n%s", err, summary)
	}
	if took := time.Since(s.canceled); took > longest {
		s.t.Errorf("returned %s after the cancellation", took)
	}
	switch {
	case want.completes && err != nil:
		s.t.Errorf("error %v, although everything was done", err)
	case !want.completes && (!errors.Is(err, context.Canceled) || !errors.Is(err, errMaintenance)):
		s.t.Errorf("the error does not say that the run was cancelled, and why: %v", err)
	}
	if want.kind == "" {
		want.kind = cmmsimport.KindCanceled
	}
	total := 3
	if want.uncounted {
		total = 0
	}
	if summary.Total != total || summary.Successful != want.successful || summary.Failed != want.failed ||
		summary.FailedByKind[want.kind] != want.failed || summary.Skipped != total-want.successful-want.failed {
		s.t.Errorf("got, beside error %v,\n%swant %+v", err, summary, want)
	}
}

// onceItWaits calls do as soon as everything else in the bubble waits: for an answer that stays away, or for a timer.
func onceItWaits(do func()) {
	go func() {
		synctest.Wait()
		do()
	}()
}
