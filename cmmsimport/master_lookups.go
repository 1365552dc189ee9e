package cmmsimport

import (
	"context"
	"maps"
	"slices"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/prepared"
)

// masterLookups are the texts of queries for master rows that the run uses. Inside a transaction preparing one would not
// last, so that is done before the first asset for those that every run needs, and between two assets for those that the
// last one was the first to use.
type masterLookups struct {
	ready, wanted map[string]bool
}

func newMasterLookups() *masterLookups {
	l := &masterLookups{ready: map[string]bool{}, wanted: map[string]bool{}}
	for _, table := range masterTables {
		l.wanted[table.byID()] = true
	}
	return l
}

// handle returns the transaction as the text is best executed on it.
func (l *masterLookups) handle(ctx context.Context, tx *gorm.DB, text string) *gorm.DB {
	if l.ready[text] {
		return prepared.Handle(ctx, tx)
	}
	l.wanted[text] = true
	return tx.WithContext(ctx)
}

// prepare readies what was wanted since. What cannot be prepared now works all the same.
func (l *masterLookups) prepare(ctx context.Context, db *gorm.DB) {
	if len(l.wanted) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, settleTimeLimit)
	defer cancel()
	for _, text := range slices.Sorted(maps.Keys(l.wanted)) {
		l.ready[text] = prepared.OnPool(ctx, db, text) == nil
	}
	clear(l.wanted)
}
