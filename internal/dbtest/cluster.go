package dbtest

import (
	"errors"
	"os"
	"slices"
	"testing"
)

// galeraLibraries is where packages put Galera's provider: Debian and Ubuntu (galera-4), then Fedora and its kin.
var galeraLibraries = []string{
	"/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so", "/usr/lib64/galera/libgalera_smm.so",
}

// Cluster is a Galera cluster of servers, each at a loopback address of its own. Do not call Restart of a node: a node
// that was killed must first learn how far its own data go, which Rejoin sees to.
type Cluster struct {
	Nodes []*Server

	flags [][]string // of each node, without those of one start only
}

// StartCluster starts a Galera cluster of so many nodes, which are killed when the test ends. The test fails if Galera is
// not installed, and is skipped with -short.
func StartCluster(tb testing.TB, nodes int) *Cluster {
	tb.Helper()
	require(tb)
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

// Rejoin starts a node that was killed and waits until it is in step with the others.
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
		tb.Fatalf("dbtest: node %d does not come back: %v", node, err)
	}
}

// Isolate cuts a node off from the others, as a broken network would: after some seconds it answers with error 1047.
func (c *Cluster) Isolate(tb testing.TB, node int) {
	tb.Helper()
	c.option(tb, node, "gmcast.isolate=1")
}

// Reunite ends what Isolate began. The node catches up by itself; AwaitSynced waits for it.
func (c *Cluster) Reunite(tb testing.TB, node int) {
	tb.Helper()
	c.option(tb, node, "gmcast.isolate=0")
}

// AwaitSynced waits until each of these nodes is in step with the others.
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
