package masters

import (
	"cmp"
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// Resolver resolves the masters of one transaction.
type Resolver struct {
	customer *Customer
	tx       *gorm.DB
	created  int
	changes  synclog.Changes
	warnings []innomaint.Warning
}

// Created is the number of new rows.
func (r *Resolver) Created() int { return r.created }

// Changes are the renames, moves and new contacts of rows, as "vendor.email".
func (r *Resolver) Changes() synclog.Changes { return r.changes }

// Warnings say what could not be stored, by the same names.
func (r *Resolver) Warnings() []innomaint.Warning { return r.warnings }

// Ensure returns the id of the row for m: found by Innomaint's id, else by its name, else created. A reference that can be
// neither found nor created is ErrUnknown; every other error is the transaction's.
func (r *Resolver) Ensure(ctx context.Context, m Master) (uint64, error) {
	table, ok := r.customer.Tables[m.Kind]
	if !ok {
		return 0, fmt.Errorf("%q is no kind of master", m.Kind)
	}
	if known, ok := r.customer.cache.get(m); ok {
		r.warnings = append(r.warnings, known.warnings...)
		return known.id, nil
	}
	before, asked := len(r.warnings), m
	if err := r.dropWhatDoesNotFit(table, &m); err != nil {
		return 0, err
	}
	id, err := r.findOrCreate(ctx, table, m)
	if err != nil {
		return 0, err
	}
	r.customer.cache.put(asked, cached{id: id, warnings: r.warnings[before:len(r.warnings):len(r.warnings)]})
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
	if id, ok := r.customer.placeholders.find(table, m); ok {
		return id, nil
	}
	if m.Name == "" {
		return 0, fmt.Errorf("%w: no row of the %s table is known by %q, and the response has no name to create one with",
			ErrUnknown, m.Kind, cmp.Or(m.CMMSID, m.Code))
	}
	if r.customer.DryRun {
		r.created++
		return r.customer.placeholders.add(table, m), nil
	}

	id, err := table.insert(ctx, r.tx, r.customer.CustomerID, m)
	if err == nil {
		r.created++
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

// find looks for the row by id, then by name. Where the table's collation takes another id for the same ("a1" and
// "A1"), m loses its id: it is another master, and its id cannot be stored beside that one.
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
		m.Name = "" // its spelling is for the master to say whose id the row adopts
	}
	for column, value := range map[string]string{c.Name: m.Name, c.Code: m.Code, c.Email: m.Email, c.Phone: m.Phone} {
		if value != "" {
			r.customer.firstWins.accept(table, id, column, value)
		}
	}
	if m.ParentID != 0 {
		r.customer.firstWins.accept(table, id, c.Parent, m.ParentID)
	}
}

// reading reads as the transaction sees the tables.
func (r *Resolver) reading(ctx context.Context) reader { return reader{ctx, r.tx, false} }

// locking reads past the transaction's snapshot, what others have committed since.
func (r *Resolver) locking(ctx context.Context) reader { return reader{ctx, r.tx, true} }
