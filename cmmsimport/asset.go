package cmmsimport

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/cmmsimport/internal/register"
)

// AssetMaster is a row of ic3_asset_master. In every nullable column the zero value means NULL, so an EnrichFunc
// assigns plain values. Times are UTC whatever the connection string says.
type AssetMaster struct {
	ID          uint64 `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement;index:idx_asset_customer_id,priority:2;index:idx_asset_attempted,priority:3"`
	CustomerID  uint64 `gorm:"column:customer_id;type:bigint unsigned;not null;index:idx_asset_customer_id,priority:1;index:idx_asset_cmms,priority:1;index:idx_asset_attempted,priority:1"`
	CMMSAssetID string `gorm:"column:cmms_asset_id;type:varchar(64);default:null;index:idx_asset_cmms,priority:2"` // Innomaint's id; empty: not linked

	AssetCode    string `gorm:"column:asset_code;type:varchar(128);default:null"`
	AssetName    string `gorm:"column:asset_name;type:varchar(255);default:null"`
	Description  string `gorm:"column:description;type:text;default:null"`
	SerialNumber string `gorm:"column:serial_number;type:varchar(128);default:null"`
	Barcode      string `gorm:"column:barcode;type:varchar(128);default:null"`

	CategoryID     uint64 `gorm:"column:category_id;type:bigint unsigned;default:null"`
	SubcategoryID  uint64 `gorm:"column:subcategory_id;type:bigint unsigned;default:null"` // a category whose parent is CategoryID
	ManufacturerID uint64 `gorm:"column:manufacturer_id;type:bigint unsigned;default:null"`
	ModelID        uint64 `gorm:"column:model_id;type:bigint unsigned;default:null"`
	VendorID       uint64 `gorm:"column:vendor_id;type:bigint unsigned;default:null"`
	LocationID     uint64 `gorm:"column:location_id;type:bigint unsigned;default:null"` // the deepest known level
	DepartmentID   uint64 `gorm:"column:department_id;type:bigint unsigned;default:null"`
	StatusID       uint64 `gorm:"column:status_id;type:bigint unsigned;default:null"`

	Criticality       string `gorm:"column:criticality;type:varchar(32);default:null"`
	ParentCMMSAssetID string `gorm:"column:parent_cmms_asset_id;type:varchar(64);default:null"`

	PurchaseDate     innomaint.Date    `gorm:"column:purchase_date;type:date;default:null"`
	PurchaseCost     innomaint.Decimal `gorm:"column:purchase_cost;type:decimal(18,2);default:null"`
	Currency         string            `gorm:"column:currency;type:char(3);default:null"`
	InstallationDate innomaint.Date    `gorm:"column:installation_date;type:date;default:null"`
	WarrantyStart    innomaint.Date    `gorm:"column:warranty_start;type:date;default:null"`
	WarrantyEnd      innomaint.Date    `gorm:"column:warranty_end;type:date;default:null"`
	AMCStart         innomaint.Date    `gorm:"column:amc_start;type:date;default:null"` // annual maintenance contract
	AMCEnd           innomaint.Date    `gorm:"column:amc_end;type:date;default:null"`
	CustomFields     json.RawMessage   `gorm:"column:custom_fields;type:json;default:null"`
	CMMSUpdatedAt    time.Time         `gorm:"column:cmms_updated_at;type:datetime(6);default:null;serializer:utc"` // Innomaint's own last change

	CMMSSyncStatus  string    `gorm:"column:cmms_sync_status;type:varchar(16);default:null"`                                                      // the last attempt: "Success" or "Failed"
	CMMSSyncedAt    time.Time `gorm:"column:cmms_synced_at;type:datetime(6);default:null;serializer:utc"`                                         // the last success
	CMMSAttemptedAt time.Time `gorm:"column:cmms_attempted_at;type:datetime(6);default:null;serializer:utc;index:idx_asset_attempted,priority:2"` // the last attempt
	CMMSRunID       string    `gorm:"column:cmms_run_id;type:char(26);default:null"`                                                              // the run of the last attempt

	CreatedAt time.Time      `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
	UpdatedAt time.Time      `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	DeletedAt gorm.DeletedAt `gorm:"column:deleted_at;type:datetime(6)"`
}

// TableName implements GORM's schema.Tabler.
func (AssetMaster) TableName() string { return "ic3_asset_master" }

// assets is the asset table with its synced columns, in the order in which they are compared and written. A new asset field is one
// line here and one in package innomaint.
var assets = register.New(AssetMaster{}.TableName(),
	func(a *AssetMaster) register.Own {
		return register.Own{
			ID: &a.ID, CustomerID: &a.CustomerID, CMMSAssetID: &a.CMMSAssetID, SyncStatus: &a.CMMSSyncStatus, RunID: &a.CMMSRunID,
			SyncedAt: &a.CMMSSyncedAt, AttemptedAt: &a.CMMSAttemptedAt,
		}
	},
	register.Text("asset_code", func(a *AssetMaster) *string { return &a.AssetCode }, func(d *innomaint.Asset) string { return d.Code }),
	register.Text("asset_name", func(a *AssetMaster) *string { return &a.AssetName }, func(d *innomaint.Asset) string { return d.Name }),
	register.Text("description", func(a *AssetMaster) *string { return &a.Description }, func(d *innomaint.Asset) string { return d.Description }),
	register.Text("serial_number", func(a *AssetMaster) *string { return &a.SerialNumber }, func(d *innomaint.Asset) string { return d.SerialNumber }),
	register.Text("barcode", func(a *AssetMaster) *string { return &a.Barcode }, func(d *innomaint.Asset) string { return d.Barcode }),
	register.Reference("category_id", func(a *AssetMaster) *uint64 { return &a.CategoryID }),
	register.Reference("subcategory_id", func(a *AssetMaster) *uint64 { return &a.SubcategoryID }),
	register.Reference("manufacturer_id", func(a *AssetMaster) *uint64 { return &a.ManufacturerID }),
	register.Reference("model_id", func(a *AssetMaster) *uint64 { return &a.ModelID }),
	register.Reference("vendor_id", func(a *AssetMaster) *uint64 { return &a.VendorID }),
	register.Reference("location_id", func(a *AssetMaster) *uint64 { return &a.LocationID }),
	register.Reference("department_id", func(a *AssetMaster) *uint64 { return &a.DepartmentID }),
	register.Reference("status_id", func(a *AssetMaster) *uint64 { return &a.StatusID }),
	register.Text("criticality", func(a *AssetMaster) *string { return &a.Criticality }, func(d *innomaint.Asset) string { return d.Criticality }),
	register.Text("parent_cmms_asset_id", func(a *AssetMaster) *string { return &a.ParentCMMSAssetID }, func(d *innomaint.Asset) string { return d.ParentAssetID }),
	register.Date("purchase_date", func(a *AssetMaster) *innomaint.Date { return &a.PurchaseDate }, func(d *innomaint.Asset) innomaint.Date { return d.PurchaseDate }),
	register.Money("purchase_cost", func(a *AssetMaster) *innomaint.Decimal { return &a.PurchaseCost }, func(d *innomaint.Asset) innomaint.Decimal { return d.PurchaseCost }),
	register.Text("currency", func(a *AssetMaster) *string { return &a.Currency }, func(d *innomaint.Asset) string { return d.Currency }),
	register.Date("installation_date", func(a *AssetMaster) *innomaint.Date { return &a.InstallationDate }, func(d *innomaint.Asset) innomaint.Date { return d.InstallationDate }),
	register.Date("warranty_start", func(a *AssetMaster) *innomaint.Date { return &a.WarrantyStart }, func(d *innomaint.Asset) innomaint.Date { return d.WarrantyStart }),
	register.Date("warranty_end", func(a *AssetMaster) *innomaint.Date { return &a.WarrantyEnd }, func(d *innomaint.Asset) innomaint.Date { return d.WarrantyEnd }),
	register.Date("amc_start", func(a *AssetMaster) *innomaint.Date { return &a.AMCStart }, func(d *innomaint.Asset) innomaint.Date { return d.AMCStart }),
	register.Date("amc_end", func(a *AssetMaster) *innomaint.Date { return &a.AMCEnd }, func(d *innomaint.Asset) innomaint.Date { return d.AMCEnd }),
	register.JSON("custom_fields", func(a *AssetMaster) *json.RawMessage { return &a.CustomFields }, func(d *innomaint.Asset) json.RawMessage { return d.CustomFields }),
	register.Timestamp("cmms_updated_at", func(a *AssetMaster) *time.Time { return &a.CMMSUpdatedAt }, func(d *innomaint.Asset) time.Time { return d.UpdatedAt }),
)
