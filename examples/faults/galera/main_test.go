package galera_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

// cluster is a Galera cluster with a database of the world's own.
type cluster struct {
	*dbtest.Cluster
	database string
}

// newDatabase makes a database on a cluster, which may have others.
func newDatabase(t *testing.T, nodes *dbtest.Cluster) cluster {
	t.Helper()
	dsn := nodes.Nodes[0].Database(t)
	return cluster{Cluster: nodes, database: dsn[strings.LastIndex(dsn, "/")+1:]}
}

// node opens a pool on one node.
func (c cluster) node(t *testing.T, i int) *gorm.DB {
	t.Helper()
	return dbtest.Open(t, c.Nodes[i].DSN(c.database))
}

// check holds the invariant on each of these nodes. wsrep_sync_wait makes a node apply first what others have committed.
func (c cluster) check(t *testing.T, w *invariant.World, nodes ...int) {
	t.Helper()
	usual := w.DB
	defer func() { w.DB = usual }()
	for _, i := range nodes {
		w.DB = dbtest.Open(t, c.Nodes[i].DSN(c.database)+"?wsrep_sync_wait=1")
		for _, violation := range w.Violations(t) {
			t.Errorf("on node %d: %s", i, violation)
		}
	}
}

// awaitApplied waits until a node has applied what the others have committed.
func (c cluster) awaitApplied(t *testing.T, i int) {
	t.Helper()
	exec(t, dbtest.Open(t, c.Nodes[i].DSN(c.database)+"?wsrep_sync_wait=1"), "SELECT 1")
}

// exec repeats a statement until it meets no conflict.
func exec(t *testing.T, db *gorm.DB, text string, args ...any) {
	t.Helper()
	for {
		err := db.Exec(text, args...).Error
		if !isConflict(err) {
			must(t, err)
			return
		}
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal[T comparable](t testing.TB, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// conflicts counts the transactions and statements that the sync repeated for a conflict with another node.
func conflicts(w *invariant.World) int {
	n := 0
	for line := range strings.SplitSeq(w.Output(), "\n") {
		if strings.Contains(line, "database error, retrying") && strings.Contains(line, "Error 1213") {
			n++
		}
	}
	return n
}

// edited tells the invariant of a text that somebody has written into an asset's description, of which Innomaint has none.
func edited(w *invariant.World, rowID uint64, text string) {
	for _, a := range w.Assets {
		if a.RowID == rowID {
			a.Old["description"], a.New["description"] = text, text
		}
	}
}

// bothLogs runs a test with the log row behind the commit and inside the transaction.
func bothLogs(t *testing.T, name string, test func(t *testing.T, atomicLog bool)) {
	t.Helper()
	for _, atomicLog := range []bool{false, true} {
		t.Run(fmt.Sprintf("%s, AtomicLog %v", name, atomicLog), func(t *testing.T) { test(t, atomicLog) })
	}
}
