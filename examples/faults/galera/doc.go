// Package galera holds the tests of the sync on a Galera cluster of three nodes, which they start on loopback addresses
// themselves: writers on other nodes, nodes that are killed or cut off, and runs that meet through different nodes.
package galera
