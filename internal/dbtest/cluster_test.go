package dbtest_test

import (
	"testing"

	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestClusterKilledNodeCatchesUp(t *testing.T) {
	t.Parallel()
	c := dbtest.StartCluster(t, 3)
	dsn := c.Nodes[0].Database(t)
	first := open(t, dsn)
	mustExec(t, first, "CREATE TABLE kept (n INT PRIMARY KEY)")
	mustExec(t, first, "INSERT INTO kept VALUES (1)")
	c.Nodes[2].Kill(t)
	mustExec(t, first, "INSERT INTO kept VALUES (2)") // waits until the cluster has removed the node
	c.Rejoin(t, 2)
	if got := one[int](t, open(t, c.Nodes[2].DSN("t1")), "SELECT SUM(n) FROM kept"); got != 3 {
		t.Errorf("sum = %d, want 3, with the row that was committed while the node was down", got)
	}
}
