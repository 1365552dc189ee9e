package innomaint

import "slices"

// FieldMap says where each field stands in the tenant's asset object: a list of gjson paths
// (https://github.com/tidwall/gjson/blob/master/SYNTAX.md), of which the first that leads to a value, and not to a
// placeholder, is taken. A nil list means the field's default ([DefaultFieldMap]); an empty one that is not nil switches
// the field off. With AssetID switched off, an answer is not checked to be the asset that was asked for.
//
// The JSON form, for a host's configuration, keeps that difference: what is left out has its default.
type FieldMap struct {
	AssetID       []string `json:"asset_id,omitzero"`
	Code          []string `json:"asset_code,omitzero"`
	Name          []string `json:"asset_name,omitzero"`
	Description   []string `json:"description,omitzero"`
	SerialNumber  []string `json:"serial_number,omitzero"`
	Barcode       []string `json:"barcode,omitzero"`
	Criticality   []string `json:"criticality,omitzero"`
	ParentAssetID []string `json:"parent_asset_id,omitzero"`
	Currency      []string `json:"currency,omitzero"`
	PurchaseCost  []string `json:"purchase_cost,omitzero"`
	CustomFields  []string `json:"custom_fields,omitzero"`
	UpdatedAt     []string `json:"updated_at,omitzero"`

	PurchaseDate     []string `json:"purchase_date,omitzero"`
	InstallationDate []string `json:"installation_date,omitzero"`
	WarrantyStart    []string `json:"warranty_start,omitzero"`
	WarrantyEnd      []string `json:"warranty_end,omitzero"`
	AMCStart         []string `json:"amc_start,omitzero"`
	AMCEnd           []string `json:"amc_end,omitzero"`

	Category     ReferencePaths `json:"category,omitzero"`
	Subcategory  ReferencePaths `json:"subcategory,omitzero"`
	Manufacturer ReferencePaths `json:"manufacturer,omitzero"`
	Model        ReferencePaths `json:"model,omitzero"`
	Vendor       ReferencePaths `json:"vendor,omitzero"`
	Department   ReferencePaths `json:"department,omitzero"`
	Status       ReferencePaths `json:"status,omitzero"`
	Site         ReferencePaths `json:"site,omitzero"`
	Building     ReferencePaths `json:"building,omitzero"`
	Floor        ReferencePaths `json:"floor,omitzero"`
	Room         ReferencePaths `json:"room,omitzero"`
}

// ReferencePaths says where a master stands. What the paths of the parts lead to is taken first; Object fills the rest.
type ReferencePaths struct {
	// Object leads to the master itself: an object with id, name and code (and email and phone for a vendor), a list of
	// one, a bare name, or a bare number, which is an id.
	Object []string `json:"object,omitzero"`
	ID     []string `json:"id,omitzero"` // of a part on its own, such as make_id
	Name   []string `json:"name,omitzero"`
	Code   []string `json:"code,omitzero"`
	Email  []string `json:"email,omitzero"` // vendors only
	Phone  []string `json:"phone,omitzero"` // vendors only
}

// DefaultFieldMap returns the defaults: the names of the assumed contract first, then obvious synonyms.
func DefaultFieldMap() FieldMap {
	flat := func(objects ...string) ReferencePaths {
		p := ReferencePaths{Object: objects, Email: []string{}, Phone: []string{}}
		for _, object := range objects {
			p.ID = append(p.ID, object+"_id")
			p.Name = append(p.Name, object+"_name")
			p.Code = append(p.Code, object+"_code")
		}
		return p
	}
	level := func(name string) ReferencePaths {
		p := flat(name)
		p.Object = []string{"location." + name, name}
		return p
	}
	m := FieldMap{
		AssetID:       []string{"asset_id", "id"},
		Code:          []string{"asset_code", "code"},
		Name:          []string{"asset_name", "name"},
		Description:   []string{"description", "asset_description"},
		SerialNumber:  []string{"serial_number", "serial_no", "serial"},
		Barcode:       []string{"barcode", "bar_code"},
		Criticality:   []string{"criticality", "criticality_name"},
		ParentAssetID: []string{"parent_asset_id", "parent_id"},
		Currency:      []string{"currency", "currency_code"},
		PurchaseCost:  []string{"purchase_cost", "purchase_price", "cost"},
		CustomFields:  []string{"custom_fields"},
		UpdatedAt:     []string{"updated_at", "modified_at", "last_updated"},

		PurchaseDate:     []string{"purchase_date", "purchased_on"},
		InstallationDate: []string{"installation_date", "install_date", "installed_on"},
		WarrantyStart:    []string{"warranty_start", "warranty_start_date", "warranty.start"},
		WarrantyEnd:      []string{"warranty_end", "warranty_end_date", "warranty_expiry", "warranty.end"},
		AMCStart:         []string{"amc.start", "amc_start", "amc_start_date"},
		AMCEnd:           []string{"amc.end", "amc_end", "amc_end_date"},

		Category:     flat("category", "asset_category"),
		Subcategory:  flat("subcategory", "sub_category"),
		Manufacturer: flat("manufacturer", "make", "brand"),
		Model:        flat("model", "asset_model"),
		Vendor:       flat("vendor", "supplier"),
		Department:   flat("department", "dept"),
		Status:       flat("status", "asset_status"),
		Site:         level("site"),
		Building:     level("building"),
		Floor:        level("floor"),
		Room:         level("room"),
	}
	m.Vendor.Email = []string{"vendor_email", "supplier_email"}
	m.Vendor.Phone = []string{"vendor_phone", "supplier_phone"}
	return m
}

// withDefaults returns a copy of m, its lists included, in which every nil list is the default's.
func (m FieldMap) withDefaults() FieldMap {
	d := DefaultFieldMap()
	own, defaults := m.lists(), d.lists()
	for i := range own {
		if *own[i].paths != nil {
			*defaults[i].paths = slices.Clone(*own[i].paths)
		}
	}
	return d
}
