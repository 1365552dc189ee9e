package main

import (
	"strconv"
	"time"

	"gorm.io/gorm"
)

// plainAsset is the model of ic3_asset_master that most would write: a pointer for each nullable column, times as times.
type plainAsset struct {
	ID                uint64 `gorm:"primaryKey"`
	CustomerID        uint64
	CMMSAssetID       *string `gorm:"column:cmms_asset_id"`
	AssetCode         *string
	AssetName         *string
	Description       *string
	SerialNumber      *string
	Barcode           *string
	CategoryID        *uint64
	SubcategoryID     *uint64
	ManufacturerID    *uint64
	ModelID           *uint64
	VendorID          *uint64
	LocationID        *uint64
	DepartmentID      *uint64
	StatusID          *uint64
	Criticality       *string
	ParentCMMSAssetID *string `gorm:"column:parent_cmms_asset_id"`
	PurchaseDate      *time.Time
	PurchaseCost      *string
	Currency          *string
	InstallationDate  *time.Time
	WarrantyStart     *time.Time
	WarrantyEnd       *time.Time
	AMCStart          *time.Time `gorm:"column:amc_start"`
	AMCEnd            *time.Time `gorm:"column:amc_end"`
	CustomFields      *string
	CMMSUpdatedAt     *time.Time `gorm:"column:cmms_updated_at"`
	CMMSSyncStatus    *string    `gorm:"column:cmms_sync_status"`
	CMMSSyncedAt      *time.Time `gorm:"column:cmms_synced_at"`
	CMMSAttemptedAt   *time.Time `gorm:"column:cmms_attempted_at"`
	CMMSRunID         *string    `gorm:"column:cmms_run_id"`
	CreatedAt         *time.Time
	UpdatedAt         *time.Time
	DeletedAt         gorm.DeletedAt
}

// TableName implements GORM's schema.Tabler.
func (plainAsset) TableName() string { return "ic3_asset_master" }

// plainLog is the model of cmms_sync_log.
type plainLog struct {
	ID           uint64 `gorm:"primaryKey"`
	RunID        string
	CustomerID   uint64
	CMMSAssetID  string `gorm:"column:cmms_asset_id"`
	AttemptKey   string
	Status       string
	ErrorKind    *string
	ErrorMessage *string
	Warnings     *string
	Changes      *string
	SyncedAt     time.Time
	DurationMS   int64
}

// TableName implements GORM's schema.Tabler.
func (plainLog) TableName() string { return "cmms_sync_log" }

// merge takes over all of d but the references to masters, and returns the warnings as the log has them.
func (a *plainAsset) merge(d *detail) (warnings any) {
	v := a.values()
	warnings = warningsJSON(v.merge(d))
	for _, f := range a.texts() {
		if value := v[f.column]; value != "" {
			*f.at = &value
		}
	}
	for _, f := range a.times() {
		layout := time.DateOnly
		if f.column == updatedAt {
			layout = datetime
		}
		if t, err := time.Parse(layout, v[f.column]); err == nil {
			*f.at = &t
		}
	}
	return warnings
}

// values are the synced columns as texts.
func (a *plainAsset) values() (v values) {
	for _, f := range a.texts() {
		if *f.at != nil {
			v[f.column] = **f.at
		}
	}
	for _, f := range a.times() {
		switch {
		case *f.at == nil:
		case f.column == updatedAt:
			v[f.column] = (*f.at).UTC().Format(datetime)
		default:
			v[f.column] = (*f.at).Format(time.DateOnly)
		}
	}
	for _, f := range a.references() {
		if *f.at != nil {
			v[f.column] = strconv.FormatUint(**f.at, 10)
		}
	}
	v[purchaseCost], _ = readMoney(v[purchaseCost]) // as the server prints it, or as it was read before
	return v
}

// field is where a column's value stands in the model.
type field[T any] struct {
	column int
	at     **T
}

func (a *plainAsset) texts() [10]field[string] {
	return [...]field[string]{
		{assetCode, &a.AssetCode}, {assetName, &a.AssetName}, {description, &a.Description}, {serialNumber, &a.SerialNumber},
		{barcode, &a.Barcode}, {criticality, &a.Criticality}, {parentAssetID, &a.ParentCMMSAssetID},
		{purchaseCost, &a.PurchaseCost}, {currency, &a.Currency}, {customFields, &a.CustomFields},
	}
}

func (a *plainAsset) times() [7]field[time.Time] {
	return [...]field[time.Time]{
		{purchaseDate, &a.PurchaseDate}, {installationDate, &a.InstallationDate}, {warrantyStart, &a.WarrantyStart},
		{warrantyEnd, &a.WarrantyEnd}, {amcStart, &a.AMCStart}, {amcEnd, &a.AMCEnd}, {updatedAt, &a.CMMSUpdatedAt},
	}
}

func (a *plainAsset) references() [8]field[uint64] {
	return [...]field[uint64]{
		{categoryID, &a.CategoryID}, {subcategoryID, &a.SubcategoryID}, {manufacturerID, &a.ManufacturerID},
		{modelID, &a.ModelID}, {vendorID, &a.VendorID}, {locationID, &a.LocationID}, {departmentID, &a.DepartmentID},
		{statusID, &a.StatusID},
	}
}

// optional is nil for NULL, and else the text.
func optional(v any) *string {
	if s, ok := v.(string); ok {
		return &s
	}
	return nil
}
