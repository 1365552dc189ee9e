package cmmsimport

import "context"

// MasterKind is what a master row stands for. Several kinds may share a table: Innomaint numbers them each on its own.
type MasterKind string

// The kinds of masters.
const (
	MasterCategory     MasterKind = "category"
	MasterSubcategory  MasterKind = "subcategory" // parent: a category
	MasterManufacturer MasterKind = "manufacturer"
	MasterModel        MasterKind = "model" // parent: a manufacturer
	MasterVendor       MasterKind = "vendor"
	MasterSite         MasterKind = "site"
	MasterBuilding     MasterKind = "building" // parent: a site
	MasterFloor        MasterKind = "floor"    // parent: a building, or the nearest known level above
	MasterRoom         MasterKind = "room"     // parent: a floor, or the nearest known level above
	MasterDepartment   MasterKind = "department"
	MasterStatus       MasterKind = "status"
)

// Master is a master row as Innomaint speaks of it.
type Master struct {
	Kind     MasterKind
	CMMSID   string // Innomaint's id; empty where it gives none
	Name     string
	Code     string // empty: unknown, the row's own stays
	ParentID uint64 // the parent's row id, or that of a level further up; 0: none known, the row's own stays
	// FallbackParentID stands in for ParentID where that is 0: under it the name is looked for, and a new row created. It
	// moves no row.
	FallbackParentID uint64
	// Email and Phone are a vendor's. Empty: unknown, the row's own stay.
	Email, Phone string
}

// MasterResolver finds or creates the master rows of the customer at hand, inside the asset's transaction.
type MasterResolver interface {
	// EnsureMaster returns the id of the row for m. The row is found by CMMSID first, which renames and moves it where
	// Innomaint has done so; else by its name under its parent, as the table's collation compares, and a row that had no
	// cmms_id adopts this one; else it is created. Two masters of one name under one parent are one row: the first id
	// stays. A row that stands somewhere below ParentID already, with levels in between, stays where it is. Where the
	// answers of a run contradict each other about a row, the first one counts.
	//
	// A reference that can be neither found nor created is ErrMasterUnknown. Every other error is the transaction's and
	// must be returned from the EnrichFunc.
	EnsureMaster(ctx context.Context, m Master) (id uint64, err error)
}

// masterTable is how the rows of one kind are stored.
type masterTable struct {
	name    string
	level   string // the value of the column level; empty: no such column
	parent  string // the parent's column; empty: none
	nested  bool   // parents are rows of this table
	contact bool   // has email and phone
}

var masterTables = map[MasterKind]masterTable{
	MasterCategory:     {name: CategoryMaster{}.TableName(), level: "category", parent: "parent_id", nested: true},
	MasterSubcategory:  {name: CategoryMaster{}.TableName(), level: "subcategory", parent: "parent_id", nested: true},
	MasterManufacturer: {name: ManufacturerMaster{}.TableName()},
	MasterModel:        {name: ModelMaster{}.TableName(), parent: "manufacturer_id"},
	MasterVendor:       {name: VendorMaster{}.TableName(), contact: true},
	MasterSite:         {name: LocationMaster{}.TableName(), level: "site", parent: "parent_id", nested: true},
	MasterBuilding:     {name: LocationMaster{}.TableName(), level: "building", parent: "parent_id", nested: true},
	MasterFloor:        {name: LocationMaster{}.TableName(), level: "floor", parent: "parent_id", nested: true},
	MasterRoom:         {name: LocationMaster{}.TableName(), level: "room", parent: "parent_id", nested: true},
	MasterDepartment:   {name: DepartmentMaster{}.TableName()},
	MasterStatus:       {name: StatusMaster{}.TableName()},
}
