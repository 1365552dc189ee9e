package database_test

import (
	"fmt"
	"testing"

	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest/wire"
)

// TestTheConnectionBreaksAtEachStatement breaks it before the server has the statement, when the server has carried it out
// and the run does not know, and has the server break it with KILL. Whichever it is, every asset comes through.
func TestTheConnectionBreaksAtEachStatement(t *testing.T) {
	t.Parallel()
	cut := func(*stage.Stage) func(wire.Statement) wire.Verdict {
		return func(wire.Statement) wire.Verdict { return wire.Cut }
	}
	kill := func(s *stage.Stage) func(wire.Statement) wire.Verdict {
		return func(sent wire.Statement) wire.Verdict {
			s.Exec(t, fmt.Sprintf("KILL %d", sent.ThreadID))
			return wire.Pass
		}
	}
	for name, fault := range map[string]struct {
		do     func(*stage.Stage) func(wire.Statement) wire.Verdict
		answer bool
	}{
		"lost request": {do: cut},
		"lost answer":  {do: cut, answer: true},
		"KILL":         {do: kill},
	} {
		for _, atomic := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, AtomicLog %v", name, atomic), func(t *testing.T) {
				t.Parallel()
				s := stage.New(t, stage.Settings{Size: small})
				points := stage.Usual(s.Points(t, s.Options(atomic)))
				for _, point := range points {
					once := stage.At(point, fault.do(s))
					taps := wire.Taps{Request: once.Request}
					if fault.answer {
						taps = wire.Taps{Response: once.Response}
					}
					t.Run(point.String(), func(t *testing.T) { //nolint:paralleltest // one world
						summary, err := s.Run(t, taps, s.Options(atomic))
						once.MustHaveFired(t)
						s.MustSucceed(t, summary, err)
						s.Check(t)
					})
				}
			})
		}
	}
}
