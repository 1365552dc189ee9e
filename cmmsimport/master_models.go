package cmmsimport

import "time"

// The GORM models of the seven master tables, each scoped by customer. CMMSID is Innomaint's id for the row; in it and
// in the other nullable columns the zero value means NULL. A row without a parent has 0, not NULL, there, so that
// the unique keys hold.
type (
	// CategoryMaster is a row of ic3_category_master: a category, or a subcategory under one.
	CategoryMaster struct {
		ID         uint64    `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement"`
		CustomerID uint64    `gorm:"column:customer_id;type:bigint unsigned;not null;uniqueIndex:uq_category_name,priority:1;uniqueIndex:uq_category_cmms,priority:1"`
		CMMSID     string    `gorm:"column:cmms_id;type:varchar(64);default:null;uniqueIndex:uq_category_cmms,priority:3"`
		ParentID   uint64    `gorm:"column:parent_id;type:bigint unsigned;not null;default:0;uniqueIndex:uq_category_name,priority:2"`
		Level      string    `gorm:"column:level;type:varchar(16);default:null;uniqueIndex:uq_category_cmms,priority:2"` // 'category' or 'subcategory'; empty: not known yet
		Name       string    `gorm:"column:name;type:varchar(255);not null;uniqueIndex:uq_category_name,priority:3"`
		Code       string    `gorm:"column:code;type:varchar(64);default:null"`
		CreatedAt  time.Time `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
		UpdatedAt  time.Time `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	}

	// ManufacturerMaster is a row of ic3_manufacturer_master.
	ManufacturerMaster struct {
		ID         uint64    `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement"`
		CustomerID uint64    `gorm:"column:customer_id;type:bigint unsigned;not null;uniqueIndex:uq_manufacturer_name,priority:1;uniqueIndex:uq_manufacturer_cmms,priority:1"`
		CMMSID     string    `gorm:"column:cmms_id;type:varchar(64);default:null;uniqueIndex:uq_manufacturer_cmms,priority:2"`
		Name       string    `gorm:"column:name;type:varchar(255);not null;uniqueIndex:uq_manufacturer_name,priority:2"`
		Code       string    `gorm:"column:code;type:varchar(64);default:null"`
		CreatedAt  time.Time `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
		UpdatedAt  time.Time `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	}

	// ModelMaster is a row of ic3_model_master, under its manufacturer.
	ModelMaster struct {
		ID             uint64    `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement"`
		CustomerID     uint64    `gorm:"column:customer_id;type:bigint unsigned;not null;uniqueIndex:uq_model_name,priority:1;uniqueIndex:uq_model_cmms,priority:1"`
		CMMSID         string    `gorm:"column:cmms_id;type:varchar(64);default:null;uniqueIndex:uq_model_cmms,priority:2"`
		ManufacturerID uint64    `gorm:"column:manufacturer_id;type:bigint unsigned;not null;default:0;uniqueIndex:uq_model_name,priority:2"`
		Name           string    `gorm:"column:name;type:varchar(255);not null;uniqueIndex:uq_model_name,priority:3"`
		Code           string    `gorm:"column:code;type:varchar(64);default:null"`
		CreatedAt      time.Time `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
		UpdatedAt      time.Time `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	}

	// VendorMaster is a row of ic3_vendor_master.
	VendorMaster struct {
		ID         uint64    `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement"`
		CustomerID uint64    `gorm:"column:customer_id;type:bigint unsigned;not null;uniqueIndex:uq_vendor_name,priority:1;uniqueIndex:uq_vendor_cmms,priority:1"`
		CMMSID     string    `gorm:"column:cmms_id;type:varchar(64);default:null;uniqueIndex:uq_vendor_cmms,priority:2"`
		Name       string    `gorm:"column:name;type:varchar(255);not null;uniqueIndex:uq_vendor_name,priority:2"`
		Code       string    `gorm:"column:code;type:varchar(64);default:null"`
		Email      string    `gorm:"column:email;type:varchar(255);default:null"`
		Phone      string    `gorm:"column:phone;type:varchar(64);default:null"`
		CreatedAt  time.Time `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
		UpdatedAt  time.Time `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	}

	// LocationMaster is a row of ic3_location_master: a site, or a building, floor or room under its parent.
	LocationMaster struct {
		ID         uint64    `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement"`
		CustomerID uint64    `gorm:"column:customer_id;type:bigint unsigned;not null;uniqueIndex:uq_location_name,priority:1;uniqueIndex:uq_location_cmms,priority:1"`
		CMMSID     string    `gorm:"column:cmms_id;type:varchar(64);default:null;uniqueIndex:uq_location_cmms,priority:3"`
		ParentID   uint64    `gorm:"column:parent_id;type:bigint unsigned;not null;default:0;uniqueIndex:uq_location_name,priority:2"`
		Level      string    `gorm:"column:level;type:varchar(16);default:null;uniqueIndex:uq_location_cmms,priority:2"` // 'site', 'building', 'floor' or 'room'; empty: not known yet
		Name       string    `gorm:"column:name;type:varchar(255);not null;uniqueIndex:uq_location_name,priority:3"`
		Code       string    `gorm:"column:code;type:varchar(64);default:null"`
		CreatedAt  time.Time `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
		UpdatedAt  time.Time `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	}

	// DepartmentMaster is a row of ic3_department_master.
	DepartmentMaster struct {
		ID         uint64    `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement"`
		CustomerID uint64    `gorm:"column:customer_id;type:bigint unsigned;not null;uniqueIndex:uq_department_name,priority:1;uniqueIndex:uq_department_cmms,priority:1"`
		CMMSID     string    `gorm:"column:cmms_id;type:varchar(64);default:null;uniqueIndex:uq_department_cmms,priority:2"`
		Name       string    `gorm:"column:name;type:varchar(255);not null;uniqueIndex:uq_department_name,priority:2"`
		Code       string    `gorm:"column:code;type:varchar(64);default:null"`
		CreatedAt  time.Time `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
		UpdatedAt  time.Time `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	}

	// StatusMaster is a row of ic3_status_master.
	StatusMaster struct {
		ID         uint64    `gorm:"column:id;type:bigint unsigned;not null;primaryKey;autoIncrement"`
		CustomerID uint64    `gorm:"column:customer_id;type:bigint unsigned;not null;uniqueIndex:uq_status_name,priority:1;uniqueIndex:uq_status_cmms,priority:1"`
		CMMSID     string    `gorm:"column:cmms_id;type:varchar(64);default:null;uniqueIndex:uq_status_cmms,priority:2"`
		Name       string    `gorm:"column:name;type:varchar(255);not null;uniqueIndex:uq_status_name,priority:2"`
		Code       string    `gorm:"column:code;type:varchar(64);default:null"`
		CreatedAt  time.Time `gorm:"column:created_at;type:datetime(6);default:null;serializer:utc"`
		UpdatedAt  time.Time `gorm:"column:updated_at;type:datetime(6);default:null;serializer:utc"`
	}
)

// TableName implements GORM's schema.Tabler.
func (CategoryMaster) TableName() string { return "ic3_category_master" }

// TableName implements GORM's schema.Tabler.
func (ManufacturerMaster) TableName() string { return "ic3_manufacturer_master" }

// TableName implements GORM's schema.Tabler.
func (ModelMaster) TableName() string { return "ic3_model_master" }

// TableName implements GORM's schema.Tabler.
func (VendorMaster) TableName() string { return "ic3_vendor_master" }

// TableName implements GORM's schema.Tabler.
func (LocationMaster) TableName() string { return "ic3_location_master" }

// TableName implements GORM's schema.Tabler.
func (DepartmentMaster) TableName() string { return "ic3_department_master" }

// TableName implements GORM's schema.Tabler.
func (StatusMaster) TableName() string { return "ic3_status_master" }
