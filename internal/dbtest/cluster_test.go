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
	third := open(t, c.Nodes[2].DSN("t1"))
	mustExec(t, third, "SET GLOBAL wsrep_sync_wait = 1") // of new sessions: a read waits until the node has applied what came before
	if got := one[int](t, open(t, c.Nodes[2].DSN("t1")), "SELECT n FROM kept"); got != 1 {
		t.Errorf("n = %d before the kill, want 1", got) // a node that is killed within a DDL statement may need a full copy
	}
	c.Nodes[2].Kill(t)
	mustExec(t, first, "INSERT INTO kept VALUES (2)") // waits until the cluster has removed the node
	c.Rejoin(t, 2)
	if got := one[int](t, open(t, c.Nodes[2].DSN("t1")), "SELECT SUM(n) FROM kept"); got != 3 {
		t.Errorf("sum = %d, want 3, with the row that was committed while the node was down", got)
	}
}
