package cmmsimport

import (
	"encoding/json"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/dbschema"
	"ic3.internal/innomaintsync/internal/utc"
)

// column is one column of ic3_asset_master that the sync keeps true to Innomaint.
type column struct {
	name  string
	empty func(a *AssetMaster) bool
	equal func(a, b *AssetMaster) bool
	copy  func(to, from *AssetMaster)
	value func(a *AssetMaster) any // as an SQL argument and in the log: nil where empty
	scan  func(a *AssetMaster) any // what database/sql scans the column into
	// problem says why the value cannot be stored in a column of this size, "" where it can. Nil: it always can.
	problem func(a *AssetMaster, size dbschema.Column) string
}

// assetColumns are the synced columns, in the order in which they are compared and written.
var assetColumns = []column{
	text("asset_code", func(a *AssetMaster) *string { return &a.AssetCode }),
	text("asset_name", func(a *AssetMaster) *string { return &a.AssetName }),
	text("description", func(a *AssetMaster) *string { return &a.Description }),
	text("serial_number", func(a *AssetMaster) *string { return &a.SerialNumber }),
	text("barcode", func(a *AssetMaster) *string { return &a.Barcode }),
	reference("category_id", func(a *AssetMaster) *uint64 { return &a.CategoryID }),
	reference("subcategory_id", func(a *AssetMaster) *uint64 { return &a.SubcategoryID }),
	reference("manufacturer_id", func(a *AssetMaster) *uint64 { return &a.ManufacturerID }),
	reference("model_id", func(a *AssetMaster) *uint64 { return &a.ModelID }),
	reference("vendor_id", func(a *AssetMaster) *uint64 { return &a.VendorID }),
	reference("location_id", func(a *AssetMaster) *uint64 { return &a.LocationID }),
	reference("department_id", func(a *AssetMaster) *uint64 { return &a.DepartmentID }),
	reference("status_id", func(a *AssetMaster) *uint64 { return &a.StatusID }),
	text("criticality", func(a *AssetMaster) *string { return &a.Criticality }),
	text("parent_cmms_asset_id", func(a *AssetMaster) *string { return &a.ParentCMMSAssetID }),
	date("purchase_date", func(a *AssetMaster) *innomaint.Date { return &a.PurchaseDate }),
	money("purchase_cost", func(a *AssetMaster) *innomaint.Decimal { return &a.PurchaseCost }),
	text("currency", func(a *AssetMaster) *string { return &a.Currency }),
	date("installation_date", func(a *AssetMaster) *innomaint.Date { return &a.InstallationDate }),
	date("warranty_start", func(a *AssetMaster) *innomaint.Date { return &a.WarrantyStart }),
	date("warranty_end", func(a *AssetMaster) *innomaint.Date { return &a.WarrantyEnd }),
	date("amc_start", func(a *AssetMaster) *innomaint.Date { return &a.AMCStart }),
	date("amc_end", func(a *AssetMaster) *innomaint.Date { return &a.AMCEnd }),
	customFields,
	cmmsUpdatedAt,
}

// field builds a column whose empty value is the zero value and whose values compare with ==.
func field[T comparable](name string, at func(*AssetMaster) *T, argument func(T) any) column {
	var zero T
	return column{
		name:  name,
		empty: func(a *AssetMaster) bool { return *at(a) == zero },
		equal: func(a, b *AssetMaster) bool { return *at(a) == *at(b) },
		copy:  func(to, from *AssetMaster) { *at(to) = *at(from) },
		value: func(a *AssetMaster) any {
			if *at(a) == zero {
				return nil
			}
			return argument(*at(a))
		},
		scan: func(a *AssetMaster) any { return nullAsZero(at(a)) },
	}
}

func text(name string, at func(*AssetMaster) *string) column {
	c := field(name, at, func(s string) any { return s })
	c.problem = func(a *AssetMaster, size dbschema.Column) string { return size.TextProblem(*at(a)) }
	return c
}

func reference(name string, at func(*AssetMaster) *uint64) column {
	return field(name, at, func(id uint64) any { return id })
}

func date(name string, at func(*AssetMaster) *innomaint.Date) column {
	c := field(name, at, func(d innomaint.Date) any { return d.String() })
	c.scan = func(a *AssetMaster) any { return at(a) }
	return c
}

func money(name string, at func(*AssetMaster) *innomaint.Decimal) column {
	c := field(name, at, func(d innomaint.Decimal) any { return string(d) })
	c.scan = func(a *AssetMaster) any { return at(a) }
	c.problem = func(a *AssetMaster, size dbschema.Column) string { return size.DecimalProblem(*at(a)) }
	return c
}

var customFields = column{
	name:  "custom_fields",
	empty: func(a *AssetMaster) bool { return emptyJSON(a.CustomFields) },
	equal: func(a, b *AssetMaster) bool { return sameJSON(a.CustomFields, b.CustomFields) },
	copy:  func(to, from *AssetMaster) { to.CustomFields = from.CustomFields },
	value: func(a *AssetMaster) any {
		if emptyJSON(a.CustomFields) {
			return nil
		}
		return string(a.CustomFields)
	},
	scan: func(a *AssetMaster) any { return (*[]byte)(&a.CustomFields) },
	problem: func(a *AssetMaster, size dbschema.Column) string {
		if !json.Valid(a.CustomFields) {
			return "is no valid JSON"
		}
		return size.TextProblem(string(a.CustomFields))
	},
}

var cmmsUpdatedAt = column{
	name:  "cmms_updated_at",
	empty: func(a *AssetMaster) bool { return a.CMMSUpdatedAt.IsZero() },
	equal: func(a, b *AssetMaster) bool { return sameTime(a.CMMSUpdatedAt, b.CMMSUpdatedAt) },
	copy:  func(to, from *AssetMaster) { to.CMMSUpdatedAt = from.CMMSUpdatedAt },
	value: func(a *AssetMaster) any {
		if a.CMMSUpdatedAt.IsZero() {
			return nil
		}
		return utc.Format(a.CMMSUpdatedAt)
	},
	scan: func(a *AssetMaster) any { return (*utcTime)(&a.CMMSUpdatedAt) },
}

// sameTime reports whether two times are equal, or may be the same one before and after a host's column of whole seconds
// rounded it.
func sameTime(a, b time.Time) bool {
	if a.Nanosecond() != 0 && b.Nanosecond() != 0 {
		return a.Equal(b)
	}
	return a.Sub(b).Abs() < time.Second
}
