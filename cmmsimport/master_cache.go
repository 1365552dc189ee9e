package cmmsimport

import (
	"maps"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// maxCachedMasters bounds the memory of a customer with very many masters; beyond it the cache starts anew.
const maxCachedMasters = 20_000

// masterCache remembers the master rows of the customer at hand, by exactly what Innomaint said of them. What the
// transaction at hand found or created is apart until its commit: a rollback takes it away again.
type masterCache struct {
	known   map[Master]knownMaster
	pending map[Master]knownMaster
	decided decidedColumns
	inventedMasters
}

type knownMaster struct {
	id       uint64
	warnings []innomaint.Warning // repeated for each asset that has this master
}

func newMasterCache() *masterCache {
	return &masterCache{
		known: map[Master]knownMaster{}, pending: map[Master]knownMaster{},
		decided: newDecidedColumns(), inventedMasters: newInventedMasters(),
	}
}

func (c *masterCache) get(m Master) (knownMaster, bool) {
	if row, ok := c.known[m]; ok {
		return row, true
	}
	row, ok := c.pending[m]
	return row, ok
}

func (c *masterCache) add(m Master, row knownMaster) { c.pending[m] = row }

// commit keeps what the transaction found.
func (c *masterCache) commit() {
	if len(c.pending) == 0 {
		return
	}
	if len(c.known)+len(c.pending) > maxCachedMasters {
		clear(c.known)
		clear(c.decided.known)
		c.clearInvented()
	}
	maps.Copy(c.known, c.pending)
	clear(c.pending)
	c.decided.commit()
}

// rollback forgets what the transaction found.
func (c *masterCache) rollback() {
	clear(c.pending)
	clear(c.decided.pending)
}

// forgetNames makes a row that was renamed or moved be looked for anew by whoever knows it by name only.
func (c *masterCache) forgetNames(id uint64) {
	byName := func(m Master, row knownMaster) bool { return row.id == id && m.CMMSID == "" }
	maps.DeleteFunc(c.known, byName)
	maps.DeleteFunc(c.pending, byName)
}
