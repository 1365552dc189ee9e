package database_test

import (
	"os"
	"testing"

	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/examples/faults/stage"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) {
	stage.Setup()
	os.Exit(dbtest.Main(m))
}

// small is enough for each kind of statement: a success and a failure of one customer, two successes of another.
var small = invariant.Size{Customers: 2, Assets: 2}

// four are a customer's, so that there are assets before, in and behind a fault.
var four = invariant.Size{Customers: 1, Assets: 4}
