package masters

import (
	"context"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// update updates a row that was found, and returns its id or that of the row that takes its place.
func (r *Resolver) update(ctx context.Context, table Table, row *masterRow, m Master) (uint64, error) {
	if m.CMMSID != "" && row.CMMSID == m.CMMSID && row.Level == table.Level {
		return r.follow(ctx, table, row, m)
	}
	return r.adopt(ctx, table, row, m)
}

// follow updates a row that was found by Innomaint's id: its name, its parent, its contact. Where another row has that
// name under that parent already, the two masters are one row here, that one.
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

// adopt updates a row that was found by its name. One without an id takes this one, and Innomaint's spelling of the name;
// one without a level, from before the table had levels, takes this one too. A row of another id or level keeps what it
// has, since it is that other master's.
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

// write updates the row, notes what changed, and returns its id. Nothing to set: nothing is written. Where a unique key
// refuses, it returns the id of the row that another session has put there since, which rival finds; without one, a key of
// the host's own refuses, and the row stays as it is.
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
