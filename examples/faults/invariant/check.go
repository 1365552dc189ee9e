package invariant

import (
	"fmt"
	"testing"
)

// Check fails the test with every violation of the invariant. No run may be under way.
func (w *World) Check(tb testing.TB) {
	tb.Helper()
	for _, violation := range w.Violations(tb) {
		tb.Error(violation)
	}
}

// Violations is what Check reports, for a test that wants to say more about it.
func (w *World) Violations(tb testing.TB) []string {
	tb.Helper()
	var v violations
	for _, check := range []func(*violations) error{
		w.checkAssets, w.checkMasters, w.checkLog, w.checkMarks, w.checkRuns, w.checkLeases, w.checkSecrets,
	} {
		must(tb, check(&v))
	}
	return v
}

type violations []string

func (v *violations) add(format string, args ...any) {
	*v = append(*v, fmt.Sprintf(format, args...))
}
