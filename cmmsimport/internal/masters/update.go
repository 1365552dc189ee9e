package masters

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// update updates a row that was found, and returns its id or that of the row that takes its place.
func (r *Resolver) update(ctx context.Context, table Table, row *masterRow, m Master) (uint64, error) {
	if m.CMMSID != "" && row.CMMSID == m.CMMSID && row.Level == table.Level {
		return r.follow(ctx, table, row, m)
	}
	return r.adopt(ctx, table, row, m)
}

// follow updates a row that was found by Innomaint's id: its name, its parent, its contact. If another row already has that name
// under that parent, the two masters are one row in the host's table: that other row.
func (r *Resolver) follow(ctx context.Context, table Table, row *masterRow, m Master) (uint64, error) {
	c := table.Columns
	set := r.attributes(table, row, m)
	name := row.Name
	if m.Name != "" && r.customer.firstWins.accept(table, row.ID, c.Name, m.Name) {
		name = m.Name
	}
	parentID, err := r.parent(ctx, table, row, m.ParentID)
	if err != nil {
		return 0, err
	}
	if name != row.Name {
		set[c.Name] = synclog.Change{From: row.Name, To: name}
	}
	if parentID != row.ParentID {
		set[c.Parent] = synclog.Change{From: row.ParentID, To: parentID}
	}
	inPlace := func(read reader) (*masterRow, error) {
		return table.findByName(read, r.customer.CustomerID, parentID, name)
	}

	if name != row.Name || parentID != row.ParentID {
		other, err := inPlace(r.reading(ctx))
		if err != nil {
			return 0, err
		}
		if other != nil && other.ID != row.ID {
			return other.ID, nil
		}
	}
	return r.write(ctx, table, row, m.Kind, set, inPlace)
}

// adopt updates a row that was found by its name. A row without an id gets Innomaint's id and spelling of the name. A row without
// a level, from before the table had levels, gets this level, too. A row of another id or level belongs to another master and
// stays as it is.
func (r *Resolver) adopt(ctx context.Context, table Table, row *masterRow, m Master) (uint64, error) {
	c, first := table.Columns, r.customer.firstWins
	takesLevel := row.Level == "" && table.Level != ""
	takesID := row.CMMSID == "" && m.CMMSID != "" && c.CMMSID != ""
	switch {
	case row.Level != table.Level && !takesLevel, m.CMMSID != "" && row.CMMSID != "" && row.CMMSID != m.CMMSID,
		takesLevel && !first.accept(table, row.ID, c.Level, table.Level), takesID && !first.accept(table, row.ID, c.CMMSID, m.CMMSID):
		return row.ID, nil
	}
	set := r.attributes(table, row, m)
	if takesLevel {
		set[c.Level] = synclog.Change{To: table.Level}
	}
	if takesID {
		set[c.CMMSID] = synclog.Change{To: m.CMMSID}
	}
	isMaster := takesID || m.CMMSID != "" && row.CMMSID == m.CMMSID
	if isMaster && first.accept(table, row.ID, c.Name, m.Name) && m.Name != row.Name {
		set[c.Name] = synclog.Change{From: row.Name, To: m.Name}
	}
	withID := func(read reader) (*masterRow, error) { return table.findByID(read, r.customer.CustomerID, m.CMMSID) }
	_, err := r.write(ctx, table, row, m.Kind, set, withID)
	return row.ID, err // as the next sync will see it: of a row with the id and one with the name, the latter is taken
}

// write updates the row, notes what changed, and returns its id. If set is empty, nothing is written. If a unique key refuses the
// change, another session may have added a row since: rival finds it, and its id is returned. Without such a row the key is the
// host's own, and the row stays as it is.
func (r *Resolver) write(ctx context.Context, table Table, row *masterRow, kind Kind, set synclog.Changes,
	rival func(reader) (*masterRow, error)) (uint64, error) {
	if len(set) == 0 {
		return row.ID, nil
	}
	if !r.customer.DryRun {
		err := table.update(ctx, r.tx, row.ID, set)
		if mysqlerr.Duplicate(err) {
			other, findErr := rival(r.locking(ctx))
			switch {
			case findErr != nil:
				return 0, findErr
			case other != nil && other.ID != row.ID:
				return other.ID, nil
			}
			r.warn(string(kind), row.Name, "stays as it is, since its table refuses the change: "+err.Error())
			return row.ID, nil
		}
		if err != nil {
			return 0, err
		}
	}
	r.note(table, row, kind, set)
	return row.ID, nil
}

// attributes are the code, email and phone that Innomaint has and that differ from the row's, by column.
func (r *Resolver) attributes(table Table, row *masterRow, m Master) synclog.Changes {
	set, local := synclog.Changes{}, table.Columns.attributes(&row.Master)
	for i, a := range table.Columns.attributes(&m) {
		from, to := *local[i].value, *a.value
		if a.column != "" && to != "" && r.customer.firstWins.accept(table, row.ID, a.column, to) && to != from {
			set[a.column] = synclog.Change{From: rowfit.Nullable(from), To: to}
		}
	}
	return set
}

// note remembers what was set. A master that is known by its name only is looked up again if its row was renamed or moved.
func (r *Resolver) note(table Table, row *masterRow, kind Kind, set synclog.Changes) {
	_, renamed := set[table.Columns.Name]
	_, moved := set[table.Columns.Parent]
	if renamed || moved {
		byName := func(m Master, known knownMaster) bool { return known.id == row.ID && m.CMMSID == "" }
		maps.DeleteFunc(r.customer.known, byName)
		maps.DeleteFunc(r.customer.pending, byName)
	}
	if r.Changes == nil {
		r.Changes = synclog.Changes{}
	}
	for column, change := range set {
		r.Changes[string(kind)+"."+column] = change
	}
}

// dropWhatDoesNotFit empties what the table's columns cannot hold, with a warning. Without its name or its id a master
// cannot be identified, so one of these that does not fit is ErrUnknown.
func (r *Resolver) dropWhatDoesNotFit(table Table, m *Master) error {
	problem := func(a attribute) string {
		return r.customer.Catalog[strings.ToLower(table.Name)][strings.ToLower(a.column)].TextProblem(*a.value)
	}
	c := table.Columns
	for _, a := range []attribute{{c.Name, &m.Name}, {c.CMMSID, &m.CMMSID}} {
		if reason := problem(a); reason != "" {
			return fmt.Errorf("%w: the %s of the %s %s", ErrUnknown, a.column, m.Kind, reason)
		}
	}
	for _, a := range c.attributes(m) {
		if reason := problem(a); reason != "" {
			r.warn(string(m.Kind)+"."+a.column, *a.value, reason)
			*a.value = ""
		}
	}
	return nil
}

// warn notes what could not be stored, with the value shortened as in every warning.
func (r *Resolver) warn(field, value, reason string) {
	var shortened innomaint.Asset
	shortened.Warn(innomaint.Warning{Field: field, Value: value, Reason: reason})
	r.Warnings = append(r.Warnings, shortened.Warnings...)
}
