package cmmsimport

import (
	"cmp"
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
	"ic3.internal/innomaintsync/internal/prepared"
)

// masterResolver is the MasterResolver of one transaction.
type masterResolver struct {
	tx         *gorm.DB
	customerID uint64
	cache      *masterCache
	sizes      map[string]map[string]dbschema.Column // by table and column
	policies   map[string]FieldPolicy
	dryRun     bool

	created  int
	changes  synclog.Changes     // renames, moves and new contacts, as "vendor.email"
	warnings []innomaint.Warning // what could not be stored, by the same names
}

var _ MasterResolver = (*masterResolver)(nil)

func (r *masterResolver) EnsureMaster(ctx context.Context, m Master) (uint64, error) {
	table, ok := masterTables[m.Kind]
	if !ok {
		return 0, fmt.Errorf("%q is no kind of master", m.Kind)
	}
	if known, ok := r.cache.get(m); ok {
		r.warnings = append(r.warnings, known.warnings...)
		return known.id, nil
	}
	noted := len(r.warnings)
	id, err := r.settle(ctx, table, m)
	if err != nil {
		return 0, err
	}
	r.cache.add(m, knownMaster{id: id, warnings: r.warnings[noted:len(r.warnings):len(r.warnings)]})
	return id, nil
}

// settle leaves out of m what its table cannot hold, and ensures the rest.
func (r *masterResolver) settle(ctx context.Context, table masterTable, m Master) (uint64, error) {
	if err := r.fit(table, &m); err != nil {
		return 0, err
	}
	return r.ensure(ctx, table, m)
}

// ensure follows the order of identity: Innomaint's id, the name, a new row.
func (r *masterResolver) ensure(ctx context.Context, table masterTable, m Master) (uint64, error) {
	row, err := r.find(r.reading(ctx), table, &m)
	if err != nil {
		return 0, err
	}
	if row != nil {
		return r.update(ctx, table, row, m)
	}
	if id, ok := r.cache.findInvented(table, m); ok {
		return id, nil
	}
	if m.Name == "" {
		return 0, fmt.Errorf("%w: no row of the %s table is known by %q, and the answer has no name to create one with",
			ErrMasterUnknown, m.Kind, cmp.Or(m.CMMSID, m.Code))
	}
	if r.dryRun {
		r.created++
		return r.cache.invent(table, m), nil
	}

	id, err := table.insert(ctx, r.tx, r.customerID, m)
	if err == nil {
		r.created++
		r.decideAll(table, id, m)
		return id, nil
	}
	if !mysqlerr.Duplicate(err) {
		return 0, err
	}
	// Somebody created it meanwhile.
	row, findErr := r.find(r.locking(ctx), table, &m)
	switch {
	case findErr != nil:
		return 0, findErr
	case row == nil: // a unique key of the host's own
		return 0, fmt.Errorf("%w: the %s table refuses it: %w", ErrMasterUnknown, m.Kind, err)
	}
	return r.update(ctx, table, row, m)
}

// find looks for the row by id, then by name. Where the table's collation takes another id for the same ("a1" and
// "A1"), m loses its id: it is another master, and its id cannot be stored beside that one.
func (r *masterResolver) find(read masterReader, table masterTable, m *Master) (row *masterRow, err error) {
	if m.CMMSID != "" {
		switch row, err = table.findByID(read, r.customerID, m.CMMSID); {
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
	return table.findByName(read, r.customerID, m.under(), m.Name)
}

// decideAll makes what a new row was created with this run's values.
func (r *masterResolver) decideAll(table masterTable, id uint64, m Master) {
	for column, value := range map[string]string{"name": m.Name, "code": m.Code, "email": m.Email, "phone": m.Phone} {
		if value != "" {
			r.cache.decided.decide(table, id, column, value)
		}
	}
	if m.ParentID != 0 {
		r.cache.decided.decide(table, id, table.parent, m.ParentID)
	}
}

// reading reads as the transaction sees the tables.
func (r *masterResolver) reading(ctx context.Context) masterReader {
	return func(text string, args ...any) *gorm.DB {
		return prepared.Query(ctx, r.tx, text, args...)
	}
}

// locking reads past the transaction's snapshot, what others have committed meanwhile.
func (r *masterResolver) locking(ctx context.Context) masterReader {
	return func(text string, args ...any) *gorm.DB {
		return r.tx.WithContext(ctx).Raw(text+" FOR UPDATE", args...)
	}
}

// update brings a row that was found up to date, and returns its id or that of the row that stands in its place.
func (r *masterResolver) update(ctx context.Context, table masterTable, row *masterRow, m Master) (uint64, error) {
	if m.CMMSID != "" && row.CMMSID == m.CMMSID && row.Level == table.level {
		return r.follow(ctx, table, row, m)
	}
	return r.adopt(ctx, table, row, m)
}

// follow brings a row that was found by Innomaint's id up to date: renamed, moved, with another contact. Where another
// row has that name under that parent already, the two are one row here, and that one stands.
func (r *masterResolver) follow(ctx context.Context, table masterTable, row *masterRow, m Master) (uint64, error) {
	set := r.attributes(table, row, m)
	name := row.Name
	if m.Name != "" && r.cache.decided.decide(table, row.ID, "name", m.Name) {
		name = m.Name
	}
	parentID, err := r.parent(ctx, table, row, m.ParentID)
	if err != nil {
		return 0, err
	}
	if name != row.Name {
		set.put("name", row.Name, name)
	}
	if parentID != row.ParentID {
		set.put(table.parent, row.ParentID, parentID)
	}
	inPlace := func(read masterReader) (*masterRow, error) {
		return table.findByName(read, r.customerID, parentID, name)
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

// adopt brings a row that was found by its name up to date. One without an id takes this one, and Innomaint's spelling of
// the name; one with another id keeps what it has, since it speaks for that other master; so does one of another level.
func (r *masterResolver) adopt(ctx context.Context, table masterTable, row *masterRow, m Master) (uint64, error) {
	if row.Level != table.level || (m.CMMSID != "" && row.CMMSID != "") {
		return row.ID, nil
	}
	set := r.attributes(table, row, m)
	if m.CMMSID != "" {
		set.put("cmms_id", nil, m.CMMSID)
		if m.Name != row.Name {
			set.put("name", row.Name, m.Name)
		}
	}
	withID := func(read masterReader) (*masterRow, error) { return table.findByID(read, r.customerID, m.CMMSID) }
	_, err := r.write(ctx, table, row, m.Kind, set, withID)
	return row.ID, err // as the next sync will see it: of a row with the id and one with the name, the latter stands
}

// write updates the row and notes what changed, and returns its id. Nothing to set: nothing is written. Where a unique key
// refuses, it returns the id of the row that another session has put there meanwhile, which rival finds; without one, a
// key of the host's own refuses, and the row stays as it is.
func (r *masterResolver) write(ctx context.Context, table masterTable, row *masterRow, kind MasterKind, set masterUpdate,
	rival func(masterReader) (*masterRow, error)) (uint64, error) {
	if len(set) == 0 {
		return row.ID, nil
	}
	if !r.dryRun {
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

	if set.has("name") || set.has(table.parent) {
		r.cache.forgetNames(row.ID)
	}
	if r.changes == nil {
		r.changes = synclog.Changes{}
	}
	for column, change := range set {
		r.changes[string(kind)+"."+column] = change
	}
	return row.ID, nil
}
