package dbtest

import (
	"errors"
	"os"
	"slices"
	"testing"
)

// galeraLibraries are the paths at which distributions install Galera's provider: Debian and Ubuntu, then Fedora.
var galeraLibraries = []string{
	"/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so", "/usr/lib64/galera/libgalera_smm.so",
}

// Cluster is a Galera cluster. Each node listens on its own loopback address. To restart a killed node call Rejoin, not
// Restart: the node must first recover its position in the cluster's history.
type Cluster struct {
	Nodes []*Server

	flags [][]string // of each node, without those for a single start
}

// StartCluster starts a Galera cluster with this number of nodes and kills them when the test ends. The test fails if Galera
// is not installed, and is skipped with -short.
func StartCluster(tb testing.TB, nodes int) *Cluster {
	tb.Helper()
	require(tb)
	Only(tb, "clusters are run with Galera, on the machine's MariaDB", MariaDB)
	provider, err := findGalera()
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	c, err := launchCluster(tb, provider, nodes)
	if err != nil {
		tb.Fatalf("dbtest: %v", err)
	}
	return c
}

// Rejoin starts a killed node and waits until it is synced.
func (c *Cluster) Rejoin(tb testing.TB, node int) {
	tb.Helper()
	s := c.Nodes[node]
	position, err := recoveredPosition(s)
	if err == nil {
		s.flags = append(slices.Clip(c.flags[node]), "--wsrep-start-position="+position)
		err = s.start()
	}
	if err == nil {
		err = awaitSynced(s, 0)
	}
	if err != nil {
		tb.Fatalf("dbtest: node %d does not rejoin at position %q: %v", node, position, err)
	}
}

// Isolate cuts a node off from the others, as a network failure does. After a few seconds the node responds with error 1047.
func (c *Cluster) Isolate(tb testing.TB, node int) {
	tb.Helper()
	c.option(tb, node, "gmcast.isolate=1")
}

// Reunite connects an isolated node again. The node catches up by itself; AwaitSynced waits for it.
func (c *Cluster) Reunite(tb testing.TB, node int) {
	tb.Helper()
	c.option(tb, node, "gmcast.isolate=0")
}

// AwaitSynced waits until these nodes are synced.
func (c *Cluster) AwaitSynced(tb testing.TB, nodes ...int) {
	tb.Helper()
	for _, node := range nodes {
		if err := awaitSynced(c.Nodes[node], 0); err != nil {
			tb.Fatalf("dbtest: node %d: %v", node, err)
		}
	}
}

func (c *Cluster) option(tb testing.TB, node int, option string) {
	tb.Helper()
	if err := c.Nodes[node].exec("SET GLOBAL wsrep_provider_options = '" + option + "'"); err != nil {
		tb.Fatalf("dbtest: node %d: %s: %v", node, option, err)
	}
}

func findGalera() (string, error) {
	for _, path := range galeraLibraries {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New("libgalera_smm.so was not found: make setup installs Galera (Debian's package galera-4); go test -short leaves out the tests that need servers")
}
