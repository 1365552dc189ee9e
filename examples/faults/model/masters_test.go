package model_test

import (
	"cmp"
	"fmt"
	"maps"
	"strings"
)

// A masterRow is a row of any master table. Parents are ids of the model: what the database numbers otherwise is compared by name.
type masterRow struct {
	table, level, cmmsID, name, code, email, phone string
	parent                                         int
}

// kinds says where the masters of a field stand.
var kinds = map[string]struct {
	table, level string
	parent       string // the table that parents stand in
}{
	"category": {"category", "category", "category"}, "subcategory": {"category", "subcategory", "category"}, "manufacturer": {table: "manufacturer"},
	"model": {"model", "", "manufacturer"}, "vendor": {table: "vendor"}, "department": {table: "department"}, "status": {table: "status"},
	"site": {"location", "site", "location"}, "building": {"location", "building", "location"}, "floor": {"location", "floor", "location"},
	"room": {"location", "room", "location"},
}

// masters are one customer's rows.
type masters map[int]masterRow

// path is a row's name behind those of its parents.
func (m masters) path(id int) string {
	row, ok := m[id]
	switch {
	case !ok:
		return fmt.Sprint("no row ", id)
	case row.parent == 0:
		return row.name
	}
	return m.path(row.parent) + " > " + row.name
}

// decision is a column of a row to which an answer of this run has given a value: the first one counts.
type decision struct {
	id     int
	column string
}

// attempt is what one transaction does to a customer's masters. It is thrown away where the transaction is.
type attempt struct {
	rows     masters
	decided  map[decision]string
	next     *int
	created  int
	changed  bool
	warnings []string // fields
}

func (m masters) begin(decided map[decision]string, next *int) *attempt {
	return &attempt{rows: maps.Clone(m), decided: maps.Clone(decided), next: next}
}

func (a *attempt) decide(id int, column, value string) bool {
	if _, ok := a.decided[decision{id, column}]; !ok {
		a.decided[decision{id, column}] = value
	}
	return a.decided[decision{id, column}] == value
}

// ensure finds or makes the row of a reference: by Innomaint's id, else by its name under its parent, else it is new.
func (a *attempt) ensure(field string, r reference, parent, fallback int) (id int, ok bool) {
	kind := kinds[field]
	if len(r.name) > 255 {
		return 0, false
	}
	if len(r.code) > 64 {
		a.warnings = append(a.warnings, field+".code")
		r.code = ""
	}
	under := cmp.Or(parent, fallback)
	if id = a.find(func(row masterRow) bool {
		return r.id != "" && row.table == kind.table && row.level == kind.level && strings.EqualFold(row.cmmsID, r.id)
	}); id != 0 {
		if a.rows[id].cmmsID == r.id {
			return a.follow(id, field, r, parent), true
		}
		r.id = "" // the collation takes it for the other one's
	}
	if r.name == "" {
		return 0, false
	}
	if id = a.named(kind.table, under, r.name); id != 0 {
		a.adopt(id, kind.level, r)
		return id, true
	}
	*a.next++
	id = *a.next
	a.rows[id] = masterRow{kind.table, kind.level, r.id, r.name, r.code, r.email, r.phone, under}
	a.created++
	for column, value := range map[string]string{"name": r.name, "code": r.code, "email": r.email, "phone": r.phone} {
		if value != "" {
			a.decide(id, column, value)
		}
	}
	if parent != 0 {
		a.decide(id, "parent", fmt.Sprint(parent))
	}
	return id, true
}

func (a *attempt) find(is func(masterRow) bool) int {
	for id, row := range a.rows {
		if is(row) {
			return id
		}
	}
	return 0
}

func (a *attempt) named(table string, parent int, name string) int {
	return a.find(func(row masterRow) bool {
		return row.table == table && row.parent == parent && strings.EqualFold(row.name, name)
	})
}

// follow renames and moves a row that was found by its id, unless another has that place: then that one stands for both.
func (a *attempt) follow(id int, field string, r reference, parent int) int {
	row := a.withContact(id, r)
	if r.name != "" && a.decide(id, "name", r.name) {
		row.name = r.name
	}
	row.parent = a.parent(id, field, parent)
	if other := a.named(row.table, row.parent, row.name); other != 0 && other != id {
		return other
	}
	a.put(id, row)
	return id
}

// adopt gives a row that was found by its name the id, where neither it nor another level has one.
func (a *attempt) adopt(id int, level string, r reference) {
	if a.rows[id].level != level || r.id != "" && a.rows[id].cmmsID != "" {
		return
	}
	row := a.withContact(id, r)
	if r.id != "" {
		row.cmmsID, row.name = r.id, r.name
	}
	a.put(id, row)
}

func (a *attempt) withContact(id int, r reference) masterRow {
	row := a.rows[id]
	for _, c := range []struct {
		column, want string
		has          *string
	}{{"code", r.code, &row.code}, {"email", r.email, &row.email}, {"phone", r.phone, &row.phone}} {
		if c.want != "" && a.decide(id, c.column, c.want) {
			*c.has = c.want
		}
	}
	return row
}

func (a *attempt) put(id int, row masterRow) {
	a.changed = a.changed || a.rows[id] != row
	a.rows[id] = row
}

// parent is where a row goes for which the answer names a parent: nowhere, if it is below that already, or would come to
// stand below itself, or if an answer before this one had it elsewhere and this one is not only more exact.
func (a *attempt) parent(id int, field string, named int) int {
	at, kind := a.rows[id].parent, kinds[field]
	if kind.parent == "" || named == 0 {
		return at
	}
	exacter := at == 0
	if kind.parent == kind.table && named != at {
		if a.isBelow(at, named) {
			a.decide(id, "parent", fmt.Sprint(at))
			return at
		}
		if a.isBelow(named, id) {
			return at
		}
		exacter = a.isBelow(named, at)
	}
	if a.decide(id, "parent", fmt.Sprint(named)) || exacter {
		return named
	}
	return at
}

func (a *attempt) isBelow(id, ancestor int) bool {
	for id != 0 && id != ancestor {
		id = a.rows[id].parent
	}
	return id == ancestor
}
