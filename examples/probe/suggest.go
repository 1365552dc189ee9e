package main

import (
	"cmp"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// suggestion is an unread path that may be a missing field's.
type suggestion struct {
	field, list, path string // the list of FieldMap: "Name", "Vendor.Object"
	score             float64
}

// code is the line of Go that takes the suggestion over.
func (s suggestion) code() string {
	_, part, isMaster := strings.Cut(s.list, ".")
	if !isMaster {
		return s.field + ": " + goList([]string{s.path}) + ","
	}
	return s.field + ": innomaint.ReferencePaths{" + part + ": " + goList([]string{s.path}) + "},"
}

const (
	similarEnough = 0.6
	perField      = 2
)

// synonyms are what the world calls our fields, beside the default paths.
var synonyms = map[string][]string{
	"AssetID":          {"equipment id", "equipment no", "asset number", "asset no", "tag", "uid", "uuid", "key", "ref"},
	"Code":             {"equipment code", "asset tag", "short code", "number"},
	"Name":             {"title", "label", "equipment", "equipment name", "asset title", "display name"},
	"Description":      {"details", "desc", "long text", "about"},
	"SerialNumber":     {"sn", "serialno", "manufacturer serial", "factory number"},
	"Barcode":          {"qr code", "qr", "rfid"},
	"Criticality":      {"priority", "risk", "importance", "criticality level"},
	"ParentAssetID":    {"parent", "parent asset", "belongs to"},
	"Currency":         {"currency iso", "curr"},
	"PurchaseCost":     {"price", "acquisition value", "acquisition cost", "amount", "book value", "unit price"},
	"CustomFields":     {"custom attributes", "attributes", "extra fields", "udf", "additional info", "properties"},
	"UpdatedAt":        {"modified", "changed at", "last modified", "updated on", "last change"},
	"PurchaseDate":     {"bought on", "acquisition date", "acquired on", "po date"},
	"InstallationDate": {"commissioned on", "commissioning date", "in service since", "installed"},
	"WarrantyStart":    {"warranty from", "guarantee start"},
	"WarrantyEnd":      {"warranty to", "warranty until", "warranty expires", "guarantee end", "warranty expiry date"},
	"AMCStart":         {"amc from", "contract start", "maintenance contract start"},
	"AMCEnd":           {"amc to", "amc until", "amc expiry", "contract end", "maintenance contract end"},
	"Category":         {"asset type", "equipment type", "class", "asset class", "asset group"},
	"Subcategory":      {"sub type", "subtype", "sub class"},
	"Manufacturer":     {"maker", "oem", "mfr", "mfg", "producer"},
	"Model":            {"model no", "model number", "type designation"},
	"Vendor":           {"dealer", "contractor", "seller", "service provider"},
	"Department":       {"division", "cost centre", "cost center", "business unit"},
	"Status":           {"state", "condition", "lifecycle", "asset state"},
	"Site":             {"campus", "plant", "facility", "property"},
	"Building":         {"block", "tower"},
	"Floor":            {"storey", "level"},
	"Room":             {"space", "area", "unit"},
}

// suggest looks among the unread values for those whose names are like a missing field's and whose values would do. A value
// is suggested for the field that it fits best.
func suggest(s settings, e *innomaint.Explanation, missing []string) (all []suggestion) {
	var possible []suggestion
	for _, field := range missing {
		if !slices.Contains(masters, field) && *listOf(&s.fields, field) != nil && len(*listOf(&s.fields, field)) == 0 {
			continue // switched off
		}
		for _, path := range unreadCandidates(e) {
			list, ok := fits(e, field, path)
			score := similarity(field, path)
			if field == "AssetID" { // the id that was asked for is a better sign than any name
				id, _ := e.Asset.Text(path)
				ok, score = id == s.asset, 2
			}
			if ok && score >= similarEnough {
				possible = append(possible, suggestion{field, list, path, score})
			}
		}
	}
	slices.SortStableFunc(possible, func(a, b suggestion) int { return cmp.Compare(b.score, a.score) })
	for _, candidate := range possible {
		sameField := 0
		taken := slices.ContainsFunc(all, func(other suggestion) bool {
			if other.field == candidate.field {
				sameField++
			}
			return overlap(other.path, candidate.path)
		})
		if !taken && sameField < perField {
			all = append(all, candidate)
		}
	}
	slices.SortStableFunc(all, func(a, b suggestion) int {
		return cmp.Compare(slices.Index(missing, a.field), slices.Index(missing, b.field))
	})
	return all
}

// overlap reports whether one path leads to the other's value, or into it.
func overlap(a, b string) bool {
	return a == b || strings.HasPrefix(a, b+".") || strings.HasPrefix(b, a+".")
}

// unreadCandidates are the unread values, and the objects that hold nothing but unread ones.
func unreadCandidates(e *innomaint.Explanation) (paths []string) {
	for _, u := range e.Unread {
		for i := range len(u.Path) {
			if u.Path[i] == '.' && u.Path[i-1] != '\\' && !slices.Contains(paths, u.Path[:i]) && !readsBelow(e, u.Path[:i]) {
				paths = append(paths, u.Path[:i])
			}
		}
		paths = append(paths, u.Path)
	}
	return paths
}

func readsBelow(e *innomaint.Explanation, path string) bool {
	return slices.ContainsFunc(e.Fields, func(f innomaint.FieldSource) bool { return strings.HasPrefix(f.At, path+".") })
}

var masters = []string{
	"Category", "Subcategory", "Manufacturer", "Model", "Vendor", "Department", "Status", "Site", "Building", "Floor", "Room",
}

// fits reports whether the value at a path could be the field's, and in which list of the map the path would stand.
func fits(e *innomaint.Explanation, field, path string) (list string, ok bool) {
	switch v := gjson.GetBytes(e.Asset.Raw, path); {
	case field == "CustomFields":
		return field, v.Type == gjson.JSON
	case slices.Contains(masters, field):
		if v.IsObject() {
			return field + ".Object", true
		}
		_, ok := e.Asset.Text(path)
		switch name := words(lastKey(path)); {
		case strings.HasSuffix(name, " id"):
			return field + ".ID", ok
		case strings.HasSuffix(name, " code"):
			return field + ".Code", ok
		case v.Type == gjson.Number: // by itself it would be taken for an id
			return field + ".ID", ok
		default:
			return field + ".Name", ok
		}
	case field == "PurchaseCost":
		_, ok, _ := e.Asset.Decimal(path) // unreadable: no candidate
		return field, ok
	case strings.HasSuffix(field, "Date"), strings.HasSuffix(field, "Start"), strings.HasSuffix(field, "End"), field == "UpdatedAt":
		_, ok, _ := e.Asset.Date(path)
		return field, ok
	default:
		_, ok := e.Asset.Text(path)
		return field, ok
	}
}
