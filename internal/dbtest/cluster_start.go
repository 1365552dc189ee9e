package dbtest

import (
	"cmp"
	_ "embed"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

//go:embed wsrep_sst_bypass.sh
var transferScript []byte

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
				tb.Errorf("dbtest: %v", err)
			}
		}
		if err := os.RemoveAll(dir); err != nil {
			tb.Errorf("dbtest: %v", err)
		}
	})
	return c, c.start(space)
}

// start first runs the first node as a cluster of one and shuts it down, so that its data directory contains a position in
// the cluster's history. The other nodes start from copies of this directory and join without a state transfer.
func (c *Cluster) start(space *workspace) error {
	first := c.Nodes[0]
	if err := copyData(first.datadir(), space.template); err != nil {
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
	first.flags = append(slices.Clip(c.flags[0]), "--wsrep-new-cluster")
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

// freeHost returns a random loopback prefix, "127.x.y", whose ports are free.
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
	return "", fmt.Errorf("no free loopback addresses for a cluster: %w", reason)
}
