package contention_test

import (
	"os"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) {
	if os.Getenv(childVariable) != "" {
		os.Exit(child())
	}
	stage.Setup()
	os.Exit(dbtest.Main(m))
}

// small is enough for each kind of statement: a success and a failure of one customer, two successes of another.
var small = invariant.Size{Customers: 2, Assets: 2}

// writes are the first points of each kind of statement that writes, and so may meet a lock.
func writes(t *testing.T, s *stage.Stage, atomicLog bool) (points []stage.Point) {
	t.Helper()
	for _, p := range stage.FirstOfKinds(stage.Executions(s.Points(t, s.Options(atomicLog)))) {
		if verb, _, _ := strings.Cut(p.Kind, " "); verb == "INSERT" || verb == "UPDATE" || verb == "DELETE" {
			points = append(points, p)
		}
	}
	return points
}
