// Package masters finds or creates the master rows of one customer, each asset's inside the asset's own transaction.
package masters

import (
	"cmp"
	"errors"
)

// ErrUnknown says that a reference can be neither found nor created.
var ErrUnknown = errors.New("reference has no master row")

// Kind is what a master row describes. Several kinds may share a table: Innomaint numbers them each on its own.
type Kind string

// The kinds of masters.
const (
	Category     Kind = "category"
	Subcategory  Kind = "subcategory"
	Manufacturer Kind = "manufacturer"
	Model        Kind = "model"
	Vendor       Kind = "vendor"
	Site         Kind = "site"
	Building     Kind = "building"
	Floor        Kind = "floor"
	Room         Kind = "room"
	Department   Kind = "department"
	Status       Kind = "status"
)

// Master is a master row as Innomaint speaks of it. An empty part is unknown, and the row's own stays.
type Master struct {
	Kind             Kind
	CMMSID           string
	Name             string
	Code             string
	ParentID         uint64 // 0: none known
	FallbackParentID uint64 // where ParentID is 0: the name is looked for under it, and a new row created; it moves no row
	Email, Phone     string
}

// under is the parent's row id under which m is looked for by name and created.
func (m Master) under() uint64 { return cmp.Or(m.ParentID, m.FallbackParentID) }

// Table says how the rows of one kind are stored.
type Table struct {
	Name    string
	Level   string // the value of the column level; empty: the table has rows of this kind only
	Nested  bool   // parents are rows of this table
	Columns Columns
}

// Columns are the names of a table's columns. Empty: the table has no such column.
type Columns struct {
	ID, CustomerID, CMMSID, Name, Code, Parent, Level, Email, Phone, CreatedAt, UpdatedAt string
}

// DefaultTables are the tables of the library's own models.
func DefaultTables() map[Kind]Table {
	plain := Columns{
		ID: "id", CustomerID: "customer_id", CMMSID: "cmms_id", Name: "name", Code: "code",
		CreatedAt: "created_at", UpdatedAt: "updated_at",
	}
	levels, model, vendor := plain, plain, plain
	levels.Parent, levels.Level = "parent_id", "level"
	model.Parent = "manufacturer_id"
	vendor.Email, vendor.Phone = "email", "phone"

	tables := map[Kind]Table{
		Manufacturer: {Name: "ic3_manufacturer_master", Columns: plain},
		Model:        {Name: "ic3_model_master", Columns: model},
		Vendor:       {Name: "ic3_vendor_master", Columns: vendor},
		Department:   {Name: "ic3_department_master", Columns: plain},
		Status:       {Name: "ic3_status_master", Columns: plain},
	}
	for _, kind := range []Kind{Category, Subcategory} {
		tables[kind] = Table{Name: "ic3_category_master", Level: string(kind), Nested: true, Columns: levels}
	}
	for _, kind := range []Kind{Site, Building, Floor, Room} {
		tables[kind] = Table{Name: "ic3_location_master", Level: string(kind), Nested: true, Columns: levels}
	}
	return tables
}
