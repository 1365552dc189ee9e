package masters

import (
	"fmt"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

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

// note remembers what was set. A row that was renamed or moved is not found by its old name any more.
func (r *Resolver) note(table Table, row *masterRow, kind Kind, set synclog.Changes) {
	_, renamed := set[table.Columns.Name]
	_, moved := set[table.Columns.Parent]
	if renamed || moved {
		r.customer.forgetNames(row.ID)
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
