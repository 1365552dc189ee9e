package masters

import (
	"fmt"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// attributes are the code, email and phone that Innomaint has and that differ from the row's, by column.
func (r *Resolver) attributes(table Table, row *masterRow, m Master) synclog.Changes {
	set := synclog.Changes{}
	for _, a := range []struct{ column, has, want string }{
		{table.Columns.Code, row.Code, m.Code},
		{table.Columns.Email, row.Email, m.Email},
		{table.Columns.Phone, row.Phone, m.Phone},
	} {
		if a.column != "" && a.want != "" && r.customer.firstWins.accept(table, row.ID, a.column, a.want) && a.want != a.has {
			set[a.column] = synclog.Change{From: nullable(a.has), To: a.want}
		}
	}
	return set
}

// note remembers what was set. A row that was renamed or moved leaves the cache of those who know it by name only.
func (r *Resolver) note(table Table, row *masterRow, kind Kind, set synclog.Changes) {
	_, renamed := set[table.Columns.Name]
	_, moved := set[table.Columns.Parent]
	if renamed || moved {
		r.customer.cache.deleteFunc(func(m Master, found cached) bool { return found.id == row.ID && m.CMMSID == "" })
	}
	if r.changes == nil {
		r.changes = synclog.Changes{}
	}
	for column, change := range set {
		r.changes[string(kind)+"."+column] = change
	}
}

// dropWhatDoesNotFit empties what the table's columns cannot hold, with a warning. Without its name or its id a master
// cannot be identified, so one of these that does not fit is ErrUnknown.
func (r *Resolver) dropWhatDoesNotFit(table Table, m *Master) error {
	type attribute struct {
		column string
		value  *string
	}
	problem := func(a attribute) string {
		return r.customer.Catalog[strings.ToLower(table.Name)][strings.ToLower(a.column)].TextProblem(*a.value)
	}
	c := table.Columns
	for _, a := range []attribute{{c.Name, &m.Name}, {c.CMMSID, &m.CMMSID}} {
		if reason := problem(a); reason != "" {
			return fmt.Errorf("%w: the %s of the %s %s", ErrUnknown, a.column, m.Kind, reason)
		}
	}
	for _, a := range []attribute{{c.Code, &m.Code}, {c.Email, &m.Email}, {c.Phone, &m.Phone}} {
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
	r.warnings = append(r.warnings, shortened.Warnings...)
}
