package cmmsimport

import (
	"cmp"
	"context"
)

// maxMasterDepth ends a walk up the parents, should the rows form a ring.
const maxMasterDepth = 16

// under is the parent's row id under which m is looked for by name and created.
func (m Master) under() uint64 { return cmp.Or(m.ParentID, m.FallbackParentID) }

// parent returns the parent that a row should have, given the one that the answer names. The row stays where it is when
// it is somewhere below that already, since answers leave levels out; when the move would put it below itself, which
// levels of one name can bring about; and when an answer before this one had it elsewhere, unless this one is only more
// exact.
func (r *masterResolver) parent(ctx context.Context, table masterTable, row *masterRow, named uint64) (uint64, error) {
	if table.parent == "" || named == 0 {
		return row.ParentID, nil
	}
	exacter := row.ParentID == 0
	if table.nested && named != row.ParentID {
		below, err := r.isBelow(ctx, table, row.ParentID, named)
		if err != nil {
			return 0, err
		}
		ring, err := r.isBelow(ctx, table, named, row.ID)
		if err != nil {
			return 0, err
		}
		if below { // the answer agrees with where the row stands
			r.cache.decided.decide(table, row.ID, table.parent, row.ParentID)
		}
		if below || ring {
			return row.ParentID, nil
		}
		if exacter, err = r.isBelow(ctx, table, named, row.ParentID); err != nil {
			return 0, err
		}
	}
	if r.cache.decided.decide(table, row.ID, table.parent, named) || exacter {
		return named, nil
	}
	return row.ParentID, nil
}

// isBelow reports whether the row id is ancestor, or below it.
func (r *masterResolver) isBelow(ctx context.Context, table masterTable, id, ancestor uint64) (below bool, err error) {
	for range maxMasterDepth {
		if id == 0 || id == ancestor {
			return id == ancestor, nil
		}
		if invented, ok := r.cache.byID[id]; ok {
			id = invented.under()
		} else if id, err = table.parentOf(r.tx.WithContext(ctx), id); err != nil {
			return false, err
		}
	}
	return false, nil
}
