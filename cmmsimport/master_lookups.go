package cmmsimport

import (
	"context"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/prepared"
)

// masterLookups are the texts of queries for master rows that the run has used. The first use of a text is inside a
// transaction, where preparing it would not last; between two assets it is prepared on the pool, and used so from then on.
type masterLookups struct {
	ready, wanted map[string]bool
}

func newMasterLookups() *masterLookups {
	return &masterLookups{ready: map[string]bool{}, wanted: map[string]bool{}}
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
	for text := range l.wanted {
		l.ready[text] = prepared.OnPool(ctx, db, text) == nil
	}
	clear(l.wanted)
}
