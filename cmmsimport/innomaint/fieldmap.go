package innomaint

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// FieldMap says where each field is in the tenant's asset object. Each list has gjson paths
// (https://github.com/tidwall/gjson/blob/master/SYNTAX.md); the first that leads to a value other than a placeholder wins.
// A nil list means the field's default ([DefaultFieldMap]); an empty list that is not nil switches the field off. With
// AssetID switched off, nothing checks that a response is the asset that was requested.
//
// The JSON form, for a host's configuration, keeps that difference: an omitted member has its default.
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

// ReferencePaths says where a master is. Values at the paths of its parts come first; Object fills the rest.
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

// lists returns the lists of the parts, in their order: see partNames.
func (p *ReferencePaths) lists() []*[]string {
	return []*[]string{&p.Object, &p.ID, &p.Name, &p.Code, &p.Email, &p.Phone}
}

// DefaultFieldMap returns the defaults: the names of the assumed contract first, then obvious synonyms.
func DefaultFieldMap() FieldMap { return FieldMap{}.withDefaults(assetFields) }

// withDefaults returns a copy of m, its lists included, in which every nil list is the default of a table of fields.
func (m FieldMap) withDefaults(table []field) FieldMap {
	for i := range table {
		for part, list := range table[i].lists(&m) {
			if *list == nil {
				*list = table[i].defaults[part]
			}
			*list = slices.Clone(*list)
		}
	}
	return m
}

var (
	plainPath = regexp.MustCompile(`(?s)^(?:\\.|[\w\- .]|[^\x00-\x7F])+$`)
	pathKey   = regexp.MustCompile(`(?s)(?:\\.|[^.\\])+`)
	escaped   = regexp.MustCompile(`(?s)\\(.)`)
)

// plainKeys splits a path that is nothing but keys of objects, and resolves its backslashes. A component of nothing but
// digits is not plain: in a list it is an index.
func plainKeys(path string) (keys []string, plain bool) {
	if !plainPath.MatchString(path) {
		return nil, false
	}
	for _, key := range pathKey.FindAllString(path, -1) {
		if isDigits(key) {
			return nil, false
		}
		keys = append(keys, escaped.ReplaceAllString(key, "$1"))
	}
	return keys, true
}

// isPath reports whether path is one for gjson: no empty component, no lone backslash at the end, the brackets and quotes of
// queries closed. gjson has no check of its own; a wrong path would find nothing, for every asset.
func isPath(path string) bool {
	if !utf8.ValidString(path) || strings.TrimSpace(path) != path {
		return false
	}
	var open []byte // brackets
	quoted, empty := false, true
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '\\':
			if i++; i == len(path) {
				return false
			}
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[' || c == '{':
			open = append(open, closing[c])
		case c == ')' || c == ']' || c == '}':
			if len(open) == 0 || open[len(open)-1] != c {
				return false
			}
			open = open[:len(open)-1]
		case (c == '.' || c == '|') && len(open) == 0:
			if empty {
				return false
			}
			empty = true
			continue
		}
		empty = false
	}
	return !empty && !quoted && len(open) == 0
}

var closing = map[byte]byte{'(': ')', '[': ']', '{': '}'}
