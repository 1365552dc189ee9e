package cmmsimport

import (
	"context"

	"ic3.internal/innomaintsync/cmmsimport/internal/masters"
)

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

// masterResolver is the MasterResolver of one transaction.
type masterResolver struct {
	*masters.Resolver
	policies map[string]FieldPolicy
}

var _ MasterResolver = (*masterResolver)(nil)

func (r *masterResolver) EnsureMaster(ctx context.Context, m Master) (uint64, error) {
	return r.Ensure(ctx, masters.Master{
		Kind: masters.Kind(m.Kind), CMMSID: m.CMMSID, Name: m.Name, Code: m.Code, ParentID: m.ParentID,
		FallbackParentID: m.FallbackParentID, Email: m.Email, Phone: m.Phone,
	})
}
