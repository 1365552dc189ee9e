package database_test

import (
	"fmt"
	"sync"
	"testing"

	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// TestTheServerDiesAtEachStatement kills it with SIGKILL, before it has the statement and when it has carried it out, and
// starts it again once the run has knocked in vain: the run waits, repeats and goes on.
func TestTheServerDiesAtEachStatement(t *testing.T) {
	t.Parallel()
	for _, moment := range []string{"before it has the statement", "when it has carried it out"} {
		for _, atomicLog := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, AtomicLog %v", moment, atomicLog), func(t *testing.T) {
				t.Parallel()
				s := stage.New(t, stage.Settings{Size: small})
				points := stage.Usual(stage.Executions(s.Points(t, s.Options(atomicLog))))
				for _, point := range points {
					t.Run(point.String(), func(t *testing.T) { //nolint:paralleltest // one world
						var mu sync.Mutex // a new connection may be refused before Kill returns
						once := stage.At(point, func(wire.Statement) wire.Verdict {
							mu.Lock()
							defer mu.Unlock()
							s.Server.Kill(t)
							return wire.Cut
						})
						taps := wire.Taps{Refused: after(2, func() {
							mu.Lock()
							defer mu.Unlock()
							s.Server.Restart(t)
						})}
						if moment == "when it has carried it out" {
							taps.Response = once.Response
						} else {
							taps.Request = once.Request
						}
						summary, err := s.Run(t, taps, s.Options(atomicLog))
						once.MustHaveFired(t)
						s.MustSucceed(t, summary, err)
						s.Check(t)
					})
				}
			})
		}
	}
}
