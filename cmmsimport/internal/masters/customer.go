package masters

import (
	"fmt"
	"hash/maphash"
	"maps"
	"math"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
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
	maps.Copy(c.firstWins.known, c.firstWins.pending)
	c.added = nil
	c.Rollback() // nothing is pending any more
}

// Rollback forgets what the transaction found and created.
func (c *Customer) Rollback() {
	clear(c.pending)
	clear(c.firstWins.pending)
	for _, id := range c.added {
		delete(c.byID, id)
		maps.DeleteFunc(c.ids, func(_ placeholderKey, other uint64) bool { return other == id })
	}
	c.added = nil
}

func (c *Customer) get(m Master) (knownMaster, bool) {
	if row, ok := c.known[m]; ok {
		return row, true
	}
	row, ok := c.pending[m]
	return row, ok
}

// firstWins remembers the first value that a run's responses gave to each column of a master row. If responses
// contradict each other (the same model under two manufacturers) the first one wins: otherwise the row would flip between
// two values in every run. Nothing may be forgotten before the customer's end, so it keeps hashes, which are small.
type firstWins struct {
	seed    maphash.Seed
	known   map[uint64]uint64 // by the hash of a cell, the hash of its value
	pending map[uint64]uint64 // of the current transaction
}

// accept reports whether the value is the first one for the column in this run, or equal to it.
func (f firstWins) accept(table Table, id uint64, column string, value any) bool {
	key, hash := maphash.Comparable(f.seed, [3]any{table.Name, id, column}), maphash.Comparable(f.seed, value)
	first, ok := f.known[key]
	if !ok {
		first, ok = f.pending[key]
	}
	if !ok {
		f.pending[key] = hash
	}
	return !ok || first == hash
}

// placeholders stand for the rows that a dry run does not create.
type placeholders struct {
	byID  map[uint64]Master
	ids   map[placeholderKey]uint64
	added []uint64 // in the current transaction
	count uint64   // of all that were ever made
}

// placeholderKey is unique among rows: the table with level and cmms_id, or with parent and name. Unlike the table's own keys it
// compares letter by letter.
type placeholderKey struct {
	table, level, cmmsID string
	parentID             uint64
	name                 string
}

// addPlaceholder makes a placeholder for m. Its id is no row's: ids count down from the top.
func (p *placeholders) addPlaceholder(table Table, m Master) (id uint64) {
	id = math.MaxUint64 - p.count
	p.count++
	p.byID[id] = m
	p.added = append(p.added, id)
	for _, key := range placeholderKeys(table, m) {
		p.ids[key] = id
	}
	return id
}

// findPlaceholder finds the placeholder for m by its id, else by its name.
func (p *placeholders) findPlaceholder(table Table, m Master) (id uint64, ok bool) {
	for _, key := range placeholderKeys(table, m) {
		if id, ok = p.ids[key]; ok {
			return id, true
		}
	}
	return 0, false
}

func placeholderKeys(table Table, m Master) (keys []placeholderKey) {
	if m.CMMSID != "" {
		keys = append(keys, placeholderKey{table: table.Name, level: table.Level, cmmsID: m.CMMSID})
	}
	if m.Name != "" {
		keys = append(keys, placeholderKey{table: table.Name, parentID: m.under(), name: m.Name})
	}
	return keys
}

// Describe writes names in place of placeholders' ids.
func (p *placeholders) Describe(changes synclog.Changes) {
	for column, change := range changes {
		id, _ := change.To.(uint64)
		if m, ok := p.byID[id]; ok {
			change.To = fmt.Sprintf("new %s %q", m.Kind, m.Name)
			changes[column] = change
		}
	}
}
