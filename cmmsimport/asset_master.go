package cmmsimport

import (
	"encoding/json"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// AssetMaster is a row of ic3_asset_master. In every nullable column the zero value stands for NULL, so an EnrichFunc
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

	CreatedAt time.Time      `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
	UpdatedAt time.Time      `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	DeletedAt gorm.DeletedAt `gorm:"column:deleted_at;type:datetime(6)"`
}

// TableName implements GORM's schema.Tabler.
func (AssetMaster) TableName() string { return "ic3_asset_master" }
