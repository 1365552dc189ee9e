package masters

import "context"

// maxDepth ends a walk up the parents, should the rows form a ring.
const maxDepth = 16

// parent returns the parent that a row should have, given the one that the response names. The row stays where it is when
// it is somewhere below that already, since responses leave levels out; when the move would put it below itself, which
// levels of one name can bring about; and when an earlier response had it elsewhere, unless this one is only more exact.
func (r *Resolver) parent(ctx context.Context, table Table, row *masterRow, named uint64) (uint64, error) {
	column := table.Columns.Parent
	if column == "" || named == 0 {
		return row.ParentID, nil
	}
	moreExact := row.ParentID == 0
	if table.Nested && named != row.ParentID {
		below, err := r.isBelow(ctx, table, row.ParentID, named)
		if err != nil {
			return 0, err
		}
		ring, err := r.isBelow(ctx, table, named, row.ID)
		if err != nil {
			return 0, err
		}
		if below { // the response agrees with the row's place
			r.customer.firstWins.accept(table, row.ID, column, row.ParentID)
		}
		if below || ring {
			return row.ParentID, nil
		}
		if moreExact, err = r.isBelow(ctx, table, named, row.ParentID); err != nil {
			return 0, err
		}
	}
	if r.customer.firstWins.accept(table, row.ID, column, named) || moreExact {
		return named, nil
	}
	return row.ParentID, nil
}

// isBelow reports whether the row id is ancestor, or below it.
func (r *Resolver) isBelow(ctx context.Context, table Table, id, ancestor uint64) (below bool, err error) {
	for range maxDepth {
		if id == 0 || id == ancestor {
			return id == ancestor, nil
		}
		if placeholder, ok := r.customer.placeholders.byID.get(id); ok {
			id = placeholder.under()
		} else if id, err = table.parentOf(r.tx.WithContext(ctx), id); err != nil {
			return false, err
		}
	}
	return false, nil
}
