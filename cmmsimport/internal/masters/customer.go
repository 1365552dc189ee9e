package masters

import (
	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
)

// maxCached bounds the cache of a customer with very many masters; beyond it the cache starts anew, and rows are looked up.
const maxCached = 20_000

// Config says which masters a Customer is about.
type Config struct {
	CustomerID uint64
	Tables     map[Kind]Table
	Catalog    dbschema.Catalog // what the tables' columns can hold
	DryRun     bool             // nothing is written: placeholders stand for new rows
}

// Customer is what a run knows of one customer's masters, by exactly what Innomaint said of them. What a transaction found
// or created counts from its commit on: a rollback takes it away again.
type Customer struct {
	Config
	cache        overlay[Master, cached]
	firstWins    firstWins
	placeholders placeholders
}

type cached struct {
	id       uint64
	warnings []innomaint.Warning // repeated for each asset that has this master
}

// NewCustomer begins with a customer of which nothing is known yet.
func NewCustomer(config Config) *Customer {
	return &Customer{
		Config: config, cache: newOverlay[Master, cached](), firstWins: newFirstWins(),
		placeholders: placeholders{byID: newOverlay[uint64, Master](), ids: newOverlay[placeholderKey, uint64]()},
	}
}

// Begin returns the resolver of a transaction that has just begun. Commit or Rollback must follow.
func (c *Customer) Begin(tx *gorm.DB) *Resolver {
	c.Rollback() // of an attempt before whose end was not told
	return &Resolver{customer: c, tx: tx}
}

// Commit keeps what the transaction found and created.
func (c *Customer) Commit() {
	if len(c.cache.committed)+len(c.cache.pending) > maxCached {
		clear(c.cache.committed)
	}
	c.cache.commit()
	c.firstWins.commit()
	c.placeholders.byID.commit()
	c.placeholders.ids.commit()
}

// Rollback forgets what the transaction found and created.
func (c *Customer) Rollback() {
	c.cache.rollback()
	c.firstWins.rollback()
	c.placeholders.byID.rollback()
	c.placeholders.ids.rollback()
}
