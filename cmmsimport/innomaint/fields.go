package innomaint

import (
	"encoding/json"
	"time"

	"github.com/tidwall/gjson"
)

// assetFields is the table of fields, in the order of [FieldMap]. A line is all that a field needs beyond its members of
// FieldMap and [Asset]: its name in FieldMap, the column it is meant for, its list or lists of paths, its place in the
// asset, and the default paths. The first line must be the identity. Fields that share a column are adjacent.
var assetFields = []field{
	value(idText, "AssetID", "cmms_asset_id", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.AssetID, &a.ID }, "asset_id", "id").inErrors(),
	value(lineOfText, "Code", "asset_code", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.Code, &a.Code }, "asset_code", "code").inErrors(),
	value(lineOfText, "Name", "asset_name", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.Name, &a.Name }, "asset_name", "name").inErrors(),
	value(linesOfText, "Description", "description", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.Description, &a.Description }, "description", "asset_description").inErrors(),
	value(lineOfText, "SerialNumber", "serial_number", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.SerialNumber, &a.SerialNumber }, "serial_number", "serial_no", "serial"),
	value(lineOfText, "Barcode", "barcode", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.Barcode, &a.Barcode }, "barcode", "bar_code"),
	value(lineOfText, "Criticality", "criticality", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.Criticality, &a.Criticality }, "criticality", "criticality_name"),
	value(foreignID, "ParentAssetID", "parent_cmms_asset_id", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.ParentAssetID, &a.ParentAssetID }, "parent_asset_id", "parent_id"),
	value(lineOfText, "Currency", "currency", func(m *FieldMap, a *Asset) (*[]string, *string) { return &m.Currency, &a.Currency }, "currency", "currency_code"),
	value(decimal, "PurchaseCost", "purchase_cost", func(m *FieldMap, a *Asset) (*[]string, *Decimal) { return &m.PurchaseCost, &a.PurchaseCost }, "purchase_cost", "purchase_price", "cost"),
	value(jsonValue, "CustomFields", "custom_fields", func(m *FieldMap, a *Asset) (*[]string, *json.RawMessage) { return &m.CustomFields, &a.CustomFields }, "custom_fields"),
	value(timestamp, "UpdatedAt", "cmms_updated_at", func(m *FieldMap, a *Asset) (*[]string, *time.Time) { return &m.UpdatedAt, &a.UpdatedAt }, "updated_at", "modified_at", "last_updated").inErrors(),
	value(civilDate, "PurchaseDate", "purchase_date", func(m *FieldMap, a *Asset) (*[]string, *Date) { return &m.PurchaseDate, &a.PurchaseDate }, "purchase_date", "purchased_on"),
	value(civilDate, "InstallationDate", "installation_date", func(m *FieldMap, a *Asset) (*[]string, *Date) { return &m.InstallationDate, &a.InstallationDate }, "installation_date", "install_date", "installed_on"),
	value(civilDate, "WarrantyStart", "warranty_start", func(m *FieldMap, a *Asset) (*[]string, *Date) { return &m.WarrantyStart, &a.WarrantyStart }, "warranty_start", "warranty_start_date", "warranty.start"),
	value(civilDate, "WarrantyEnd", "warranty_end", func(m *FieldMap, a *Asset) (*[]string, *Date) { return &m.WarrantyEnd, &a.WarrantyEnd }, "warranty_end", "warranty_end_date", "warranty_expiry", "warranty.end"),
	value(civilDate, "AMCStart", "amc_start", func(m *FieldMap, a *Asset) (*[]string, *Date) { return &m.AMCStart, &a.AMCStart }, "amc.start", "amc_start", "amc_start_date"),
	value(civilDate, "AMCEnd", "amc_end", func(m *FieldMap, a *Asset) (*[]string, *Date) { return &m.AMCEnd, &a.AMCEnd }, "amc.end", "amc_end", "amc_end_date"),

	reference("Category", "category_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Category, &a.Category }, named("category", "asset_category")),
	reference("Subcategory", "subcategory_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Subcategory, &a.Subcategory }, named("subcategory", "sub_category")),
	reference("Manufacturer", "manufacturer_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Manufacturer, &a.Manufacturer }, named("manufacturer", "make", "brand")),
	reference("Model", "model_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Model, &a.Model }, named("model", "asset_model")),
	reference("Vendor", "vendor_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Vendor, &a.Vendor }, withContact("vendor", "supplier")),
	reference("Department", "department_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Department, &a.Department }, named("department", "dept")),
	reference("Status", "status_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Status, &a.Status }, named("status", "asset_status")).inErrors(),
	reference("Site", "location_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Site, &a.Location.Site }, inLocation("site")),
	reference("Building", "location_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Building, &a.Location.Building }, inLocation("building")),
	reference("Floor", "location_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Floor, &a.Location.Floor }, inLocation("floor")),
	reference("Room", "location_id", func(m *FieldMap, a *Asset) (*ReferencePaths, *Reference) { return &m.Room, &a.Location.Room }, inLocation("room")),
}

// field is a line of the table, ready for use.
type field struct {
	name, column string
	lists        func(*FieldMap) []*[]string // one list; for a reference, one for each part
	defaults     [][]string                  // of the lists
	readParts    int                         // of a reference: parts from here on are not read; 0 for a value
	isDate       bool                        // a date of zeros is a placeholder
	alsoInErrors bool                        // see inErrors

	decode func(d *decoding, at []found) (exists bool) // reads what was found for the lists into the asset
	show   func(a *Asset) []string                     // the decoded value as text; for a reference, by part
}

// inErrors marks a field that error responses have as well, so that it does not prove an object to be an asset.
func (f field) inErrors() field {
	f.alsoInErrors = true
	return f
}

// listName returns the name of a list in FieldMap, such as "Name" or "Vendor.Email".
func (f *field) listName(part int) string {
	if f.readParts == 0 {
		return f.name
	}
	return f.name + "." + partNames[part]
}

// kind is how values of a type are read and shown.
type kind[T any] struct {
	read   func(*dateReader, gjson.Result) (T, error)
	show   func(T) string
	isDate bool
}

var (
	lineOfText  = kindOf(func(v gjson.Result) (string, error) { return readText(v, cleanLine) }, showText[string])
	linesOfText = kindOf(func(v gjson.Result) (string, error) { return readText(v, cleanLines) }, showText[string])
	idText      = kindOf(func(v gjson.Result) (string, error) { return readText(v, cleanID) }, showText[string])
	foreignID   = kindOf(readForeignID, showText[string])
	decimal     = kindOf(readDecimal, showText[Decimal])
	jsonValue   = kindOf(readCustomFields, showText[json.RawMessage])
	civilDate   = kind[Date]{read: (*dateReader).date, show: Date.String, isDate: true}
	timestamp   = kind[time.Time]{read: (*dateReader).timestamp, show: showTime, isDate: true}
)

func kindOf[T any](read func(gjson.Result) (T, error), show func(T) string) kind[T] {
	return kind[T]{read: func(_ *dateReader, v gjson.Result) (T, error) { return read(v) }, show: show}
}

func showText[T ~string | ~[]byte](text T) string { return string(text) }

func showTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.RFC3339Nano)
}

var noFieldMap FieldMap // for taking addresses in an Asset alone; neither read nor written

// value is a field with one list of paths. of returns the list and the value's place.
func value[T any](k kind[T], name, column string, of func(*FieldMap, *Asset) (*[]string, *T), paths ...string) field {
	in := func(a *Asset) *T { _, in := of(&noFieldMap, a); return in }
	return field{
		name: name, column: column, defaults: [][]string{paths}, isDate: k.isDate,
		lists: func(m *FieldMap) []*[]string { list, _ := of(m, new(Asset)); return []*[]string{list} },
		decode: func(d *decoding, at []found) (exists bool) {
			if !at[0].exists() {
				return false
			}
			v, err := k.read(d.dates, at[0].Result)
			d.warn(column, err)
			*in(d.asset) = v
			return true
		},
		show: func(a *Asset) []string { return []string{k.show(*in(a))} },
	}
}

// reference is a field with a list of paths for each part.
func reference(name, column string, of func(*FieldMap, *Asset) (*ReferencePaths, *Reference), defaults ReferencePaths) field {
	readParts := partEmail
	if len(defaults.Email) > 0 {
		readParts = parts
	}
	in := func(a *Asset) *Reference { _, in := of(&noFieldMap, a); return in }
	f := field{
		name: name, column: column, readParts: readParts,
		lists: func(m *FieldMap) []*[]string { paths, _ := of(m, new(Asset)); return paths.lists() },
		decode: func(d *decoding, at []found) (exists bool) {
			r := d.reference(column, at, readParts)
			*in(d.asset) = r
			return !r.IsZero()
		},
		show: func(a *Asset) []string {
			r := in(a)
			return []string{partID: r.ID, partName: r.Name, partCode: r.Code, partEmail: r.Email, partPhone: r.Phone}
		},
	}
	for _, list := range defaults.lists() {
		f.defaults = append(f.defaults, *list)
	}
	return f
}

// named returns the default paths of a reference: the object under each name, and name_id, name_name and name_code.
func named(names ...string) ReferencePaths {
	p := ReferencePaths{Object: names, Email: []string{}, Phone: []string{}}
	for _, name := range names {
		p.ID = append(p.ID, name+"_id")
		p.Name = append(p.Name, name+"_name")
		p.Code = append(p.Code, name+"_code")
	}
	return p
}

func withContact(names ...string) ReferencePaths {
	p := named(names...)
	for _, name := range names {
		p.Email = append(p.Email, name+"_email")
		p.Phone = append(p.Phone, name+"_phone")
	}
	return p
}

func inLocation(name string) ReferencePaths {
	p := named(name)
	p.Object = []string{"location." + name, name}
	return p
}
