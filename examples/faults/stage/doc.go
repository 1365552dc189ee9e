// Package stage sets up what the tests of database faults play on: a MariaDB of the test's own, a proxy before it that
// fires at exactly one statement, and the world of package invariant.
//
//	s := stage.New(t, stage.Settings{})
//	for _, point := range s.Points(t, opts) {
//		once := stage.At(point, func(wire.Statement) wire.Verdict { return wire.Cut })
//		summary, err := s.Run(t, wire.Taps{Request: once.Request}, opts)
//		once.MustHaveFired(t)
//		…
//		s.Check(t)
//	}
package stage
