package cmmsimport

import (
	"fmt"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// masterUpdate is what an UPDATE of a master row sets, by column.
type masterUpdate map[string]synclog.Change

func (u masterUpdate) put(column string, from, to any) {
	u[column] = synclog.Change{From: from, To: to}
}

func (u masterUpdate) has(column string) bool {
	_, ok := u[column]
	return ok
}

// attributes collects code, email and phone where Innomaint has a value that differs.
func (r *masterResolver) attributes(table masterTable, row *masterRow, m Master) masterUpdate {
	set := masterUpdate{}
	for _, a := range []struct {
		column    string
		has, want string
		there     bool
	}{
		{"code", row.Code, m.Code, true},
		{"email", row.Email, m.Email, table.contact},
		{"phone", row.Phone, m.Phone, table.contact},
	} {
		if a.there && a.want != "" && r.cache.decided.decide(table, row.ID, a.column, a.want) && a.want != a.has {
			set.put(a.column, nullable(a.has), a.want)
		}
	}
	return set
}

// fit drops what the table's columns cannot hold, with a warning. A name or id that does not fit leaves nothing to go by.
func (r *masterResolver) fit(table masterTable, m *Master) error {
	sizes := r.sizes[table.name]
	type attribute struct {
		column string
		value  *string
	}
	for _, identity := range []attribute{{"name", &m.Name}, {"cmms_id", &m.CMMSID}} {
		if problem := sizes[identity.column].TextProblem(*identity.value); problem != "" {
			return fmt.Errorf("%w: the %s of the %s %s", ErrMasterUnknown, identity.column, m.Kind, problem)
		}
	}
	for _, attribute := range []attribute{{"code", &m.Code}, {"email", &m.Email}, {"phone", &m.Phone}} {
		if problem := sizes[attribute.column].TextProblem(*attribute.value); problem != "" {
			r.warn(string(m.Kind)+"."+attribute.column, *attribute.value, problem)
			*attribute.value = ""
		}
	}
	return nil
}

// warn notes what could not be stored, with the value shortened as every warning's.
func (r *masterResolver) warn(field, value, reason string) {
	var noted innomaint.Asset
	noted.Warn(innomaint.Warning{Field: field, Value: value, Reason: reason})
	r.warnings = append(r.warnings, noted.Warnings...)
}
