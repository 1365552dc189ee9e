package innomaint

import (
	"cmp"
	"encoding/json"
	"time"

	"github.com/tidwall/gjson"
)

// explaining is a decoding whose sources are looked up again, by the rules that it went by.
type explaining struct {
	*decoding
	object gjson.Result
	read   map[string]bool // the gjson paths of what is read
}

// decodedField is one value of an asset as text, and its column.
type decodedField struct{ column, value string }

func (x *explaining) sources() (all []FieldSource) {
	names := new(FieldMap).lists()
	decoded := x.asset.decoded()
	for s := range slotCategory {
		source := FieldSource{Field: names[s].name, Column: decoded[s].column, Value: decoded[s].value}
		if path, v := x.find(s); path != "" {
			source.List, source.Path, source.Raw = source.Field, path, json.RawMessage(v.Raw)
			source.At = x.mark(position(x.object, path))
		}
		if s == slotAssetID { // the asset's own ID is what was asked for
			source.Value, _ = readText(x.all[s].value(), cleanID)
		}
		all = append(all, source)
	}
	for first := slotCategory; first < slots; first += parts {
		list, object := names[first].name, x.findMaster(first)
		for part := partID; part < partsOf(first); part++ {
			source := FieldSource{Field: names[first+part].name, Column: decoded[first+part].column, Value: decoded[first+part].value}
			inside := object.parts[part]
			switch path, v := x.find(first + part); {
			case path != "" && (source.Value == x.partText(part, v) || inside.at == ""):
				source.List, source.Path, source.Raw = source.Field, path, json.RawMessage(v.Raw)
				source.At = x.mark(position(x.object, path))
			case inside.at != "":
				source.List, source.Path, source.At, source.Raw = list, object.path, inside.at, json.RawMessage(inside.raw)
			}
			all = append(all, source)
		}
	}
	return all
}

// partsOf returns the end of the parts that a master has: only a vendor's email and phone are read.
func partsOf(first slot) slot {
	if first == slotVendor {
		return parts
	}
	return partEmail
}

// find returns the path that led to a slot's value, else the first one that leads to a placeholder; "" for none.
func (x *explaining) find(s slot) (path string, v gjson.Result) {
	for rank, candidate := range x.plan.paths[s] {
		if rank+1 == x.all[s].rank {
			return candidate, x.all[s].value()
		}
	}
	for _, candidate := range x.plan.paths[s] {
		if v := x.object.Get(candidate); v.Exists() && (isEmpty(v) || s.isDate()) {
			path = cmp.Or(path, candidate)
			x.mark(position(x.object, candidate))
		}
	}
	if path == "" {
		return "", v
	}
	return path, x.object.Get(path)
}

// foundMaster is what stands at a path to a master, with its parts.
type foundMaster struct {
	path  string
	parts [parts]struct{ at, raw string }
}

func (x *explaining) findMaster(first slot) (m foundMaster) {
	path, v := x.find(first)
	if path == "" {
		return m
	}
	m.path = path
	at := position(x.object, path)
	if v.IsArray() {
		only, count := onlyElement(v)
		if count > 1 {
			x.mark(at)
			return m
		}
		v, at = only, joinPath(at, "0")
	}
	switch {
	case v.IsObject():
		var inside [parts]found
		masterPlan.follow(v, inside[:])
		for part := partID; part < partsOf(first); part++ {
			for rank, key := range masterKeys[part] {
				value := v.Get(gjson.Escape(key))
				if rank+1 == inside[part].rank || inside[part].rank == 0 && value.Exists() {
					m.parts[part].at, m.parts[part].raw = x.mark(joinPath(at, key)), value.Raw
				}
			}
		}
	case v.Type == gjson.Number, v.Type == gjson.String && isDigits(cleanID(v.Str)):
		m.parts[partID].at, m.parts[partID].raw = x.mark(at), v.Raw
	default:
		m.parts[partName].at, m.parts[partName].raw = x.mark(at), v.Raw
	}
	return m
}

// partText is what a part of a master comes to by itself.
func (x *explaining) partText(part slot, v gjson.Result) string {
	if part == partID {
		id, _ := readText(v, cleanID) // unreadable: ""
		return withoutZeroID(id)
	}
	text, _ := readText(v, cleanLine)
	return text
}

// mark notes that what stands at a path is read, and returns the path.
func (x *explaining) mark(at string) string {
	if at != "" {
		x.read[at] = true
	}
	return at
}

// decoded returns the asset's values by slot.
func (a *Asset) decoded() (all [slots]decodedField) {
	updated := ""
	if !a.UpdatedAt.IsZero() {
		updated = a.UpdatedAt.Format(time.RFC3339Nano)
	}
	all = [slots]decodedField{
		slotAssetID:          {"cmms_asset_id", a.ID},
		slotCode:             {"asset_code", a.Code},
		slotName:             {"asset_name", a.Name},
		slotDescription:      {"description", a.Description},
		slotSerialNumber:     {"serial_number", a.SerialNumber},
		slotBarcode:          {"barcode", a.Barcode},
		slotCriticality:      {"criticality", a.Criticality},
		slotParentAssetID:    {"parent_cmms_asset_id", a.ParentAssetID},
		slotCurrency:         {"currency", a.Currency},
		slotPurchaseCost:     {"purchase_cost", string(a.PurchaseCost)},
		slotCustomFields:     {"custom_fields", string(a.CustomFields)},
		slotUpdatedAt:        {"cmms_updated_at", updated},
		slotPurchaseDate:     {"purchase_date", a.PurchaseDate.String()},
		slotInstallationDate: {"installation_date", a.InstallationDate.String()},
		slotWarrantyStart:    {"warranty_start", a.WarrantyStart.String()},
		slotWarrantyEnd:      {"warranty_end", a.WarrantyEnd.String()},
		slotAMCStart:         {"amc_start", a.AMCStart.String()},
		slotAMCEnd:           {"amc_end", a.AMCEnd.String()},
	}
	master := func(first slot, column string, r Reference) {
		all[first+partID] = decodedField{column, r.ID}
		all[first+partName] = decodedField{column, r.Name}
		all[first+partCode] = decodedField{column + ".code", r.Code}
		all[first+partEmail] = decodedField{column + ".email", r.Email}
		all[first+partPhone] = decodedField{column + ".phone", r.Phone}
	}
	master(slotCategory, "category_id", a.Category)
	master(slotSubcategory, "subcategory_id", a.Subcategory)
	master(slotManufacturer, "manufacturer_id", a.Manufacturer)
	master(slotModel, "model_id", a.Model)
	master(slotVendor, "vendor_id", a.Vendor)
	master(slotDepartment, "department_id", a.Department)
	master(slotStatus, "status_id", a.Status)
	master(slotSite, "location_id", a.Location.Site)
	master(slotBuilding, "location_id", a.Location.Building)
	master(slotFloor, "location_id", a.Location.Floor)
	master(slotRoom, "location_id", a.Location.Room)
	return all
}
