package cmmsimport

import (
	"context"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/masters"
	"ic3.internal/innomaintsync/cmmsimport/internal/register"
)

// MasterKind is the kind of a master row. Several kinds may share a table; Innomaint numbers each kind separately.
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

// Master is what Innomaint says of a master row.
type Master struct {
	Kind     MasterKind
	CMMSID   string // Innomaint's id; empty if it gives none
	Name     string
	Code     string // empty: unknown, the row keeps its own
	ParentID uint64 // the parent's row id, or that of a level further up; 0: none known, the row keeps its own
	// FallbackParentID is the asset's local parent. If ParentID is 0, the name is searched and a new row created under it. It
	// moves no row. It is ignored if the policy Mirror is about to clear it.
	FallbackParentID uint64
	// Email and Phone are a vendor's. Empty: unknown, the row keeps its own.
	Email, Phone string
}

// MasterResolver finds or creates the master rows of the current customer, inside the asset's transaction.
type MasterResolver interface {
	// EnsureMaster returns the id of the row for m. The row is found by CMMSID first, and renamed and moved as Innomaint did;
	// else by its name under its parent, compared by the column's collation, and a row without cmms_id adopts this one; else it
	// is created. Two masters with one name under one parent are one row: the first id stays. A row that is below ParentID
	// already, with levels in between, is not moved. If the responses of a run contradict each other about a row, the first
	// one wins.
	//
	// A reference that can be neither found nor created is ErrMasterUnknown. Every other error is the transaction's and
	// must be returned from the EnrichFunc.
	EnsureMaster(ctx context.Context, m Master) (id uint64, err error)
}

// masterResolver is the MasterResolver of one asset's transaction.
type masterResolver struct {
	*masters.Resolver
	detail   *innomaint.Asset
	policyOf func(column string) register.Policy
}

var _ MasterResolver = (*masterResolver)(nil)

func (r *masterResolver) EnsureMaster(ctx context.Context, m Master) (uint64, error) {
	if r.clearsParent(m.Kind) {
		m.FallbackParentID = 0
	}
	return r.Ensure(ctx, masters.Master{
		Kind: masters.Kind(m.Kind), CMMSID: m.CMMSID, Name: m.Name, Code: m.Code, ParentID: m.ParentID,
		FallbackParentID: m.FallbackParentID, Email: m.Email, Phone: m.Phone,
	})
}

// clearsParent reports whether the asset's local parent of such a master is about to be cleared, since the response has
// none: under it the next sync would not find the row any more.
func (r *masterResolver) clearsParent(kind MasterKind) bool {
	column := map[MasterKind]string{MasterSubcategory: "category_id", MasterModel: "manufacturer_id"}[kind]
	return column != "" && r.policyOf(column) == register.Mirror && !r.detail.Unreadable(column)
}
