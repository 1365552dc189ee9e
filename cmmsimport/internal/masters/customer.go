package masters

import (
	"hash/maphash"
	"maps"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
)

// maxCached bounds the cache of a customer with very many masters. Beyond it the cache is emptied, and rows are looked up again.
const maxCached = 20_000

// Config says which masters a Customer is about.
type Config struct {
	CustomerID uint64
	Tables     map[Kind]Table
	Catalog    dbschema.Catalog // what the tables' columns can hold
	DryRun     bool             // nothing is written: placeholders stand for new rows
}

// Customer is what a run knows of one customer's masters, by exactly what Innomaint said about them. What a transaction found
// or created is known for good once it has committed. A rollback takes it away again.
type Customer struct {
	Config
	known, pending map[Master]knownMaster
	firstWins      firstWins
	placeholders
}

type knownMaster struct {
	id       uint64
	warnings []innomaint.Warning // repeated for each asset that has this master
}

// NewCustomer returns a Customer about which nothing is known yet.
func NewCustomer(config Config) *Customer {
	return &Customer{
		Config: config, known: map[Master]knownMaster{}, pending: map[Master]knownMaster{},
		firstWins:    firstWins{maphash.MakeSeed(), map[uint64]uint64{}, map[uint64]uint64{}},
		placeholders: placeholders{byID: map[uint64]Master{}, ids: map[placeholderKey]uint64{}},
	}
}

// Begin returns the resolver of a transaction that has just begun. Commit or Rollback must follow.
func (c *Customer) Begin(tx *gorm.DB) *Resolver {
	c.Rollback() // an earlier attempt may have ended without either
	return &Resolver{customer: c, tx: tx}
}

// Commit keeps what the transaction found and created.
func (c *Customer) Commit() {
	if len(c.known)+len(c.pending) > maxCached {
		clear(c.known)
	}
	maps.Copy(c.known, c.pending)
	clear(c.pending)
	c.firstWins.commit()
	c.added = nil
}

// Rollback forgets what the transaction found and created.
func (c *Customer) Rollback() {
	clear(c.pending)
	clear(c.firstWins.pending)
	c.dropAdded()
}

func (c *Customer) get(m Master) (knownMaster, bool) {
	if row, ok := c.known[m]; ok {
		return row, true
	}
	row, ok := c.pending[m]
	return row, ok
}

// firstWins remembers the first value that a run's responses gave to each column of a master row. Where responses
// contradict each other (the same model under two manufacturers) the first one wins: otherwise the row would flip between
// two values in every run. Hashes keep it small, since nothing may be forgotten before the customer's end.
type firstWins struct {
	seed    maphash.Seed
	known   map[uint64]uint64 // by the hash of a cell, the hash of its value
	pending map[uint64]uint64 // of the transaction at hand
}

// cell is one column of one row.
type cell struct {
	table  string
	id     uint64
	column string
}

// accept reports whether the value is the first one for the column in this run, or equal to it.
func (f firstWins) accept(table Table, id uint64, column string, value any) bool {
	key, hash := maphash.Comparable(f.seed, cell{table.Name, id, column}), maphash.Comparable(f.seed, value)
	first, ok := f.known[key]
	if !ok {
		first, ok = f.pending[key]
	}
	if !ok {
		f.pending[key] = hash
	}
	return !ok || first == hash
}

func (f firstWins) commit() {
	maps.Copy(f.known, f.pending)
	clear(f.pending)
}
