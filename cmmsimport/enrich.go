package cmmsimport

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// EnrichAssetFromAPI maps a decoded response onto the asset: every column of ic3_asset_master that Innomaint has a value
// for. The rows of the seven master tables are found or created on the way. Empty values are mapped, too; Options.Policies
// decides what they mean. If a value could not be read, the local one stays.
//
// The error is the transaction's: the asset must then not be committed. References that cannot become rows are warnings on
// detail.
func EnrichAssetFromAPI(ctx context.Context, _ *gorm.DB, resolver MasterResolver, asset *AssetMaster, detail *innomaint.Asset) error {
	for _, column := range assets.Columns() {
		if column.Assign != nil && !detail.Unreadable(column.Name) { // the empty value is mapped, too
			column.Assign(asset, detail)
		}
	}

	m := masterMapper{ctx: ctx, resolver: resolver, detail: detail}
	category := m.reference("category_id", &asset.CategoryID, detail.Category, Master{Kind: MasterCategory})
	m.reference("subcategory_id", &asset.SubcategoryID, detail.Subcategory, category.child(MasterSubcategory))
	manufacturer := m.reference("manufacturer_id", &asset.ManufacturerID, detail.Manufacturer, Master{Kind: MasterManufacturer})
	m.reference("model_id", &asset.ModelID, detail.Model, manufacturer.child(MasterModel))
	m.reference("vendor_id", &asset.VendorID, detail.Vendor, Master{Kind: MasterVendor})
	m.location("location_id", &asset.LocationID, detail.Location)
	m.reference("department_id", &asset.DepartmentID, detail.Department, Master{Kind: MasterDepartment})
	m.reference("status_id", &asset.StatusID, detail.Status, Master{Kind: MasterStatus})
	return m.err
}

// masterMapper maps references to ids. After its first error it does nothing more.
type masterMapper struct {
	ctx      context.Context
	resolver MasterResolver
	detail   *innomaint.Asset
	err      error
}

// reference maps one reference onto its column; m says what kind of master it is, and under which parent.
func (e *masterMapper) reference(column string, field *uint64, ref innomaint.Reference, m Master) parentMaster {
	local := *field
	switch {
	case e.detail.Unreadable(column):
	case ref.IsZero():
		*field = 0
	default:
		if id, ok := e.ensure(column, ref, m); ok {
			*field = id
			return parentMaster{named: id}
		}
	}
	return parentMaster{local: local}
}

// parentMaster is what is known of the parent of a subcategory or a model: the row that the response names, else the local
// one.
type parentMaster struct{ named, local uint64 }

func (p parentMaster) child(kind MasterKind) Master {
	return Master{Kind: kind, ParentID: p.named, FallbackParentID: p.local}
}

// location maps the deepest known level of site > building > floor > room. If the deepest one in the response cannot be
// resolved, the column keeps its value: a level above it would be less exact.
func (e *masterMapper) location(column string, field *uint64, location innomaint.Location) {
	if e.detail.Unreadable(column) {
		return
	}
	var deepest uint64
	known := true
	for _, level := range []struct {
		kind MasterKind
		ref  innomaint.Reference
	}{
		{MasterSite, location.Site},
		{MasterBuilding, location.Building},
		{MasterFloor, location.Floor},
		{MasterRoom, location.Room},
	} {
		if level.ref.IsZero() {
			continue
		}
		var id uint64
		if id, known = e.ensure(column, level.ref, Master{Kind: level.kind, ParentID: deepest}); known {
			deepest = id
		}
	}
	if known {
		*field = deepest
	}
}

// ensure resolves one reference. What cannot be resolved is a warning.
func (e *masterMapper) ensure(column string, ref innomaint.Reference, m Master) (id uint64, ok bool) {
	if e.err != nil {
		return 0, false
	}
	m.CMMSID, m.Name, m.Code, m.Email, m.Phone = ref.ID, ref.Name, ref.Code, ref.Email, ref.Phone
	id, err := e.resolver.EnsureMaster(e.ctx, m)
	switch {
	case errors.Is(err, ErrMasterUnknown):
		e.detail.Warn(innomaint.Warning{Field: column, Value: cmp.Or(ref.Name, ref.ID, ref.Code), Reason: "is left out: " + err.Error()})
	case err != nil:
		e.err = fmt.Errorf("%s: %w", column, err)
	}
	return id, err == nil
}
