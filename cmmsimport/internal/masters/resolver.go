package masters

import (
	"cmp"
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/prepared"
)

// Resolver resolves the masters of one transaction.
type Resolver struct {
	Created  int                 // new rows
	Changes  synclog.Changes     // renames, moves and new contacts of rows, as "vendor.email"
	Warnings []innomaint.Warning // what could not be stored, by the same names

	customer *Customer
	tx       *gorm.DB
}

// Ensure returns the id of the row for m: found by Innomaint's id, else by its name, else created. A reference that can be
// neither found nor created is ErrUnknown; every other error is the transaction's.
func (r *Resolver) Ensure(ctx context.Context, m Master) (uint64, error) {
	table, ok := r.customer.Tables[m.Kind]
	if !ok {
		return 0, fmt.Errorf("%q is no kind of master", m.Kind)
	}
	if known, ok := r.customer.get(m); ok {
		r.Warnings = append(r.Warnings, known.warnings...)
		return known.id, nil
	}
	before, asked := len(r.Warnings), m
	if err := r.dropWhatDoesNotFit(table, &m); err != nil {
		return 0, err
	}
	id, err := r.findOrCreate(ctx, table, m)
	if err != nil {
		return 0, err
	}
	r.customer.pending[asked] = knownMaster{id: id, warnings: r.Warnings[before:len(r.Warnings):len(r.Warnings)]}
	return id, nil
}

func (r *Resolver) findOrCreate(ctx context.Context, table Table, m Master) (uint64, error) {
	row, err := r.find(r.reading(ctx), table, &m)
	if err != nil {
		return 0, err
	}
	if row != nil {
		return r.update(ctx, table, row, m)
	}
	if id, ok := r.customer.findPlaceholder(table, m); ok {
		return id, nil
	}
	if m.Name == "" {
		return 0, fmt.Errorf("%w: no row of the %s table is known by %q, and the response has no name to create one with",
			ErrUnknown, m.Kind, cmp.Or(m.CMMSID, m.Code))
	}
	if r.customer.DryRun {
		r.Created++
		return r.customer.addPlaceholder(table, m), nil
	}

	id, err := table.insert(ctx, r.tx, r.customer.CustomerID, m)
	if err == nil {
		r.Created++
		r.acceptAll(table, id, m)
		return id, nil
	}
	if !mysqlerr.Duplicate(err) {
		return 0, err
	}
	// Another session has created it since. A plain read does not see that row under REPEATABLE READ, a locking one does.
	row, findErr := r.find(r.locking(ctx), table, &m)
	switch {
	case findErr != nil:
		return 0, findErr
	case row == nil: // a unique key of the host's own
		return 0, fmt.Errorf("%w: the %s table refuses it: %w", ErrUnknown, m.Kind, err)
	}
	return r.update(ctx, table, row, m)
}

// find looks for the row by id, then by name. If the row's id differs from m's but is equal in the column's collation ("a1" and
// "A1"), m loses its id: it is another master, and the unique key allows only one of the two ids.
func (r *Resolver) find(read reader, table Table, m *Master) (row *masterRow, err error) {
	if m.CMMSID != "" {
		switch row, err = table.findByID(read, r.customer.CustomerID, m.CMMSID); {
		case err != nil:
			return nil, err
		case row != nil && row.CMMSID == m.CMMSID:
			return row, nil
		case row != nil:
			m.CMMSID = ""
		}
	}
	if m.Name == "" {
		return nil, nil
	}
	return table.findByName(read, r.customer.CustomerID, m.under(), m.Name)
}

// acceptAll makes the values of a new row the first ones of this run.
func (r *Resolver) acceptAll(table Table, id uint64, m Master) {
	c := table.Columns
	if m.CMMSID == "" {
		m.Name = "" // the master whose id the row adopts decides its spelling
	}
	for _, a := range append(c.attributes(&m), attribute{c.Name, &m.Name}) {
		if *a.value != "" {
			r.customer.firstWins.accept(table, id, a.column, *a.value)
		}
	}
	if m.ParentID != 0 {
		r.customer.firstWins.accept(table, id, c.Parent, m.ParentID)
	}
}

// reading reads as the transaction sees the tables.
func (r *Resolver) reading(ctx context.Context) reader {
	return func(text string, args ...any) *gorm.DB {
		return prepared.Query(ctx, r.tx, text, args...)
	}
}

// locking also reads what others have committed since the transaction's snapshot.
func (r *Resolver) locking(ctx context.Context) reader {
	return func(text string, args ...any) *gorm.DB {
		return r.tx.WithContext(ctx).Raw(text+" FOR UPDATE", args...)
	}
}

// maxDepth ends a walk up the parents if the rows form a ring.
const maxDepth = 16

// parent returns the parent that a row should have, given the one that the response names. The row stays where it is if
//   - it is already below the named parent: responses leave levels out;
//   - the move would put it below itself: two levels may have one name;
//   - an earlier response of the run named another parent, unless this one is below that one.
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
		if placeholder, ok := r.customer.byID[id]; ok {
			id = placeholder.under()
		} else if id, err = table.parentOf(r.tx.WithContext(ctx), id); err != nil {
			return false, err
		}
	}
	return false, nil
}
