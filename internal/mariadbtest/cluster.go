package mariadbtest

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// galeraLibraries is where packages put Galera's provider: Debian and Ubuntu (galera-4), then Fedora and its kin.
var galeraLibraries = []string{
	"/usr/lib/galera/libgalera_smm.so", "/usr/lib64/galera-4/libgalera_smm.so", "/usr/lib64/galera/libgalera_smm.so",
}

//go:embed wsrep_sst_bypass.sh
var transferScript []byte

// joinLimit is how long nodes may take until they are one cluster, on a loaded machine.
const joinLimit = 2 * time.Minute

// Cluster is a Galera cluster of servers, each at a loopback address of its own. Do not call Restart of a node: a node
// that was killed must first learn how far its own data go, which Rejoin sees to.
type Cluster struct {
	Nodes []*Server

	flags [][]string // of each node, without those of one start only
}

// StartCluster starts a Galera cluster of so many nodes, which are killed when the test ends. Where Galera is not
// installed it skips the test, and fails it where the variable CI is set. Skips the test with -short.
func StartCluster(tb testing.TB, nodes int) *Cluster {
	tb.Helper()
	require(tb)
	provider, err := findGalera()
	if err != nil {
		if os.Getenv("CI") != "" {
			tb.Fatalf("mariadbtest: %v", err)
		}
		tb.Skipf("mariadbtest: %v", err)
	}
	c, err := launchCluster(tb, provider, nodes)
	if err != nil {
		tb.Fatalf("mariadbtest: %v", err)
	}
	return c
}

// Rejoin starts a node that was killed and waits until it is in step with the others.
func (c *Cluster) Rejoin(tb testing.TB, node int) {
	tb.Helper()
	s := c.Nodes[node]
	position, err := recoveredPosition(s)
	if err == nil {
		s.flags = append(c.flags[node][:len(c.flags[node]):len(c.flags[node])], "--wsrep-start-position="+position)
		err = s.start()
	}
	if err == nil {
		err = awaitSynced(s, 0)
	}
	if err != nil {
		tb.Fatalf("mariadbtest: node %d does not come back: %v", node, err)
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
			tb.Fatalf("mariadbtest: node %d: %v", node, err)
		}
	}
}

func (c *Cluster) option(tb testing.TB, node int, option string) {
	tb.Helper()
	if err := c.Nodes[node].exec("SET GLOBAL wsrep_provider_options = '" + option + "'"); err != nil {
		tb.Fatalf("mariadbtest: node %d: %s: %v", node, option, err)
	}
}

func findGalera() (string, error) {
	for _, path := range galeraLibraries {
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
	}
	return "", errors.New("libgalera_smm.so was not found in the usual folders: install Galera (Debian, Ubuntu: apt-get install galera-4)")
}

func launchCluster(tb testing.TB, provider string, nodes int) (*Cluster, error) {
	host, err := freeHost(nodes)
	if err != nil {
		return nil, err
	}
	space := shared.space
	if err := space.once(); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(space.root, "c")
	if err != nil {
		return nil, err
	}
	scripts := filepath.Join(dir, "bin")
	if err := errors.Join(os.Mkdir(scripts, 0o755), os.WriteFile(filepath.Join(scripts, "wsrep_sst_bypass"), transferScript, 0o755)); err != nil {
		return nil, err
	}
	c := &Cluster{}
	for i := range nodes {
		c.flags = append(c.flags, galeraFlags(provider, host, nodes, i))
		c.Nodes = append(c.Nodes, &Server{
			dir: filepath.Join(dir, fmt.Sprint(i)), flags: c.flags[i],
			env: append(os.Environ(), "PATH="+scripts+string(os.PathListSeparator)+os.Getenv("PATH")),
		})
	}
	shared.mu.Lock()
	shared.servers = append(shared.servers, c.Nodes...)
	shared.mu.Unlock()
	tb.Cleanup(func() {
		for _, s := range c.Nodes {
			if err := s.Close(); err != nil {
				tb.Errorf("mariadbtest: %v", err)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			tb.Errorf("mariadbtest: %v", err)
		}
	})
	return c, c.start(space)
}

// start makes a cluster of one of the first node and ends it in good order, so that its data carry a position in the
// cluster's history. With copies of these data, the others can join without being sent any.
func (c *Cluster) start(space *workspace) error {
	first := c.Nodes[0]
	if err := os.CopyFS(first.datadir(), os.DirFS(space.template())); err != nil {
		return err
	}
	if err := c.bootstrap(); err != nil {
		return err
	}
	if err := first.shutDown(); err != nil {
		return err
	}
	if err := os.Remove(filepath.Join(first.datadir(), "galera.cache")); err != nil {
		return err
	}
	for _, s := range c.Nodes[1:] {
		if err := os.CopyFS(s.datadir(), os.DirFS(first.datadir())); err != nil {
			return err
		}
	}
	if err := c.bootstrap(); err != nil {
		return err
	}
	for _, s := range c.Nodes[1:] {
		if err := s.start(); err != nil {
			return err
		}
	}
	for _, s := range c.Nodes {
		if err := awaitSynced(s, len(c.Nodes)); err != nil {
			return err
		}
	}
	return nil
}

// bootstrap starts the first node as a cluster of one.
func (c *Cluster) bootstrap() error {
	first := c.Nodes[0]
	first.flags = append(c.flags[0][:len(c.flags[0]):len(c.flags[0])], "--wsrep-new-cluster")
	if err := first.start(); err != nil {
		return err
	}
	return awaitSynced(first, 1)
}

func galeraFlags(provider, host string, nodes, node int) []string {
	address := func(i int) string { return fmt.Sprintf("%s.%d", host, i+1) }
	var all []string
	for i := range nodes {
		all = append(all, address(i))
	}
	own := address(node)
	return []string{
		"--binlog-format=ROW", "--innodb-autoinc-lock-mode=2",
		"--wsrep-on=ON", "--wsrep-provider=" + provider, "--wsrep-cluster-name=" + host,
		"--wsrep-cluster-address=gcomm://" + strings.Join(all, ","),
		"--wsrep-node-address=" + own, fmt.Sprintf("--wsrep-node-name=node%d", node), "--wsrep-sst-method=bypass",
		"--wsrep-provider-options=gcache.size=32M;gmcast.listen_addr=tcp://" + own + ":4567;ist.recv_addr=" + own + ":4568",
	}
}

// freeHost draws a part of the loopback network, "127.x.y", at which nobody listens.
func freeHost(nodes int) (string, error) {
	var reason error
	for range 20 {
		host := fmt.Sprintf("127.%d.%d", 1+rand.IntN(254), 1+rand.IntN(254))
		reason = nil
		for i := range nodes {
			for _, port := range []int{4567, 4568} {
				listener, err := net.Listen("tcp", fmt.Sprintf("%s.%d:%d", host, i+1, port))
				if err == nil {
					err = listener.Close()
				}
				reason = cmp.Or(reason, err)
			}
		}
		if reason == nil {
			return host, nil
		}
	}
	return "", fmt.Errorf("no loopback addresses for a cluster: %w", reason)
}

// awaitSynced waits until the server is in step with its cluster, and that is of this size, unless 0.
func awaitSynced(s *Server, size int) error {
	db, err := sql.Open("mysql", s.DSN(""))
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), joinLimit)
	defer cancel()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for {
		var name, state, members string
		err := errors.Join(
			db.QueryRowContext(ctx, "SHOW STATUS LIKE 'wsrep_local_state_comment'").Scan(&name, &state),
			db.QueryRowContext(ctx, "SHOW STATUS LIKE 'wsrep_cluster_size'").Scan(&name, &members))
		if err == nil && state == "Synced" && (size == 0 || members == fmt.Sprint(size)) {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("mariadbd ended while joining: %s\n%s", s.process.ProcessState, s.errorLogTail())
		case <-ctx.Done():
			return fmt.Errorf("not in step within %s (state %q, %s members, %w)\n%s", joinLimit, state, members, err, s.errorLogTail())
		case <-again.C:
		}
	}
}

// shutDown ends the server in good order.
func (s *Server) shutDown() error {
	if err := s.process.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case <-s.exited:
		s.process = nil
		return nil
	case <-time.After(startLimit):
		return fmt.Errorf("mariadbd did not shut down within %s", startLimit)
	}
}

var positionLine = regexp.MustCompile(`Recovered position: *(\S+)`)

// recoveredPosition lets a killed node recover its data, and returns its position in the cluster's history.
func recoveredPosition(s *Server) (string, error) {
	program, err := findProgram("mariadbd")
	if err != nil {
		return "", err
	}
	said := filepath.Join(s.dir, "recover.log")
	ctx, cancel := context.WithTimeout(context.Background(), startLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, program, append(s.arguments(), "--wsrep-recover", "--log-error="+said)...).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("mariadbd --wsrep-recover: %w\n%s", err, out)
	}
	text, err := os.ReadFile(said)
	if err != nil {
		return "", err
	}
	found := positionLine.FindAllSubmatch(text, -1)
	if found == nil {
		return "", fmt.Errorf("mariadbd --wsrep-recover names no position:\n%s", text)
	}
	return string(found[len(found)-1][1]), nil // of the latest time
}
