package innomaint

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// A slot is where the value of one list of a FieldMap lands while an answer is read.
type slot int

const (
	slotAssetID slot = iota
	slotCode
	slotName
	slotDescription
	slotSerialNumber
	slotBarcode
	slotCriticality
	slotParentAssetID
	slotCurrency
	slotPurchaseCost
	slotCustomFields
	slotUpdatedAt
	slotPurchaseDate
	slotInstallationDate
	slotWarrantyStart
	slotWarrantyEnd
	slotAMCStart
	slotAMCEnd
	slotCategory // the first of the references, each with the parts below
)

// The parts of a reference, counted from its own slot.
const (
	partObject slot = iota
	partID
	partName
	partCode
	partEmail
	partPhone
	parts
)

const (
	slotSubcategory  = slotCategory + parts
	slotManufacturer = slotSubcategory + parts
	slotModel        = slotManufacturer + parts
	slotVendor       = slotModel + parts
	slotDepartment   = slotVendor + parts
	slotStatus       = slotDepartment + parts
	slotSite         = slotStatus + parts
	slotBuilding     = slotSite + parts
	slotFloor        = slotBuilding + parts
	slotRoom         = slotFloor + parts
	slots            = slotRoom + parts
)

// pathList is one list of a FieldMap, with its name for error texts.
type pathList struct {
	name  string
	paths *[]string
}

// lists returns every list of m, by slot.
func (m *FieldMap) lists() [slots]pathList {
	var all [slots]pathList
	next := 0
	add := func(name string, paths *[]string) {
		all[next] = pathList{name, paths}
		next++
	}
	add("AssetID", &m.AssetID)
	add("Code", &m.Code)
	add("Name", &m.Name)
	add("Description", &m.Description)
	add("SerialNumber", &m.SerialNumber)
	add("Barcode", &m.Barcode)
	add("Criticality", &m.Criticality)
	add("ParentAssetID", &m.ParentAssetID)
	add("Currency", &m.Currency)
	add("PurchaseCost", &m.PurchaseCost)
	add("CustomFields", &m.CustomFields)
	add("UpdatedAt", &m.UpdatedAt)
	add("PurchaseDate", &m.PurchaseDate)
	add("InstallationDate", &m.InstallationDate)
	add("WarrantyStart", &m.WarrantyStart)
	add("WarrantyEnd", &m.WarrantyEnd)
	add("AMCStart", &m.AMCStart)
	add("AMCEnd", &m.AMCEnd)
	reference := func(name string, p *ReferencePaths) {
		add(name+".Object", &p.Object)
		add(name+".ID", &p.ID)
		add(name+".Name", &p.Name)
		add(name+".Code", &p.Code)
		add(name+".Email", &p.Email)
		add(name+".Phone", &p.Phone)
	}
	reference("Category", &m.Category)
	reference("Subcategory", &m.Subcategory)
	reference("Manufacturer", &m.Manufacturer)
	reference("Model", &m.Model)
	reference("Vendor", &m.Vendor)
	reference("Department", &m.Department)
	reference("Status", &m.Status)
	reference("Site", &m.Site)
	reference("Building", &m.Building)
	reference("Floor", &m.Floor)
	reference("Room", &m.Room)
	return all
}

// fieldPlan is a FieldMap made ready: the plain paths as a tree that is followed in one pass over the answer, the others
// (array indexes, queries, modifiers) one by one after it.
type fieldPlan struct {
	root   node
	others []otherPath
	paths  [slots][]string // none: the field is switched off
}

// node is one key of the answer that plain paths go through.
type node struct {
	children map[string]*node
	targets  []target // the paths that end here
}

// target is one path's place: the slot, and the path's position in its list. The lowest position with a value wins.
type target struct {
	slot slot
	rank int
}

type otherPath struct {
	path string
	target
}

// found is what an answer holds for a slot, without the parts of a gjson.Result that nobody needs.
type found struct {
	raw, text string
	kind      gjson.Type
	rank      int    // the position of its path plus one; 0 for nothing
	hidden    string // what stands in the way of a path to it
}

func (f *found) value() gjson.Result { return gjson.Result{Type: f.kind, Raw: f.raw, Str: f.text} }

// compile returns the plan of m, a map without nil lists, or everything that is wrong with its paths.
func compile(m FieldMap) (*fieldPlan, error) {
	p := &fieldPlan{}
	var problems []error
	for s, list := range m.lists() {
		for rank, path := range *list.paths {
			at := target{slot(s), rank}
			keys, plain := plainKeys(path)
			switch {
			case !isPath(path):
				problems = append(problems, fmt.Errorf("innomaint: Config.Fields.%s[%d] %q is no gjson path", list.name, rank, path))
			case plain:
				p.root.add(keys, at)
			default:
				p.others = append(p.others, otherPath{path, at})
			}
		}
		p.paths[s] = *list.paths
	}
	return p, errors.Join(problems...)
}

func (n *node) add(keys []string, at target) {
	for _, key := range keys {
		if n.children == nil {
			n.children = map[string]*node{}
		}
		child := n.children[key]
		if child == nil {
			child = &node{}
			n.children[key] = child
		}
		n = child
	}
	n.targets = append(n.targets, at)
}

// find reads every slot out of an object, and what it says about the call, in one pass.
func (p *fieldPlan) find(object gjson.Result, all *[slots]found) (v verdict) {
	clear(all[:])
	object.ForEach(func(key, value gjson.Result) bool {
		p.root.visit(key.Str, value, all[:])
		v.note(key.Str, value)
		return true
	})
	for i := range p.others {
		other := &p.others[i]
		if all[other.slot].beatenBy(other.rank) {
			all[other.slot].take(object.Get(other.path), other.target)
		}
	}
	return v
}

// follow reads what the paths from n on lead to in an object, and reports whether it has a key of any of them.
func (n *node) follow(object gjson.Result, all []found) (known bool) {
	object.ForEach(func(key, value gjson.Result) bool {
		known = n.visit(key.Str, value, all) || known
		return true
	})
	return known
}

// visit reads what the paths from n on lead to through one key of an object, and reports whether there are any.
func (n *node) visit(key string, value gjson.Result, all []found) (known bool) {
	child := n.children[key]
	if child == nil {
		return false
	}
	for _, at := range child.targets {
		if all[at.slot].beatenBy(at.rank) {
			all[at.slot].take(value, at)
		}
	}
	if child.children != nil {
		child.enter(value, all)
	}
	return true
}

// enter follows the paths from n on into its value. Where that holds something, but nothing that they lead through (a text
// instead of an object, an object of other keys), the fields behind them are hidden rather than absent.
func (n *node) enter(value gjson.Result, all []found) {
	if value.IsArray() {
		if only, count := onlyElement(value); count == 1 {
			value = only
		}
	}
	if isEmpty(value) || value.IsObject() && n.follow(value, all) {
		return
	}
	n.hide(value.Raw, all)
}

func (n *node) hide(raw string, all []found) {
	for _, child := range n.children {
		for _, at := range child.targets {
			all[at.slot].hidden = raw
		}
		child.hide(raw, all)
	}
}

func (f *found) beatenBy(rank int) bool { return f.rank == 0 || rank+1 < f.rank }

// take keeps a value, unless it is a placeholder: then a later path may still have one.
func (f *found) take(value gjson.Result, at target) {
	if isEmpty(value) || at.slot.isDate() && isNoDate(cleanID(asSent(value))) {
		return
	}
	*f = found{raw: value.Raw, text: value.Str, kind: value.Type, rank: at.rank + 1}
}

func (s slot) isDate() bool { return s >= slotUpdatedAt && s <= slotAMCEnd }

// plainKeys splits a path that is nothing but keys of objects, its backslashes resolved. A component of digits alone is
// not plain: in a list it is an index.
func plainKeys(path string) (keys []string, plain bool) {
	var key strings.Builder
	digits := true
	end := func() bool {
		keys = append(keys, key.String())
		ok := key.Len() > 0 && !digits
		key.Reset()
		digits = true
		return ok
	}
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '\\' && i+1 < len(path):
			i++
			c, digits = path[i], false
		case c == '.':
			if !end() {
				return nil, false
			}
			continue
		case c >= utf8.RuneSelf, c == '_', c == '-', c == ' ', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			digits = false
		case c < '0' || c > '9':
			return nil, false
		}
		key.WriteByte(c)
	}
	if !end() {
		return nil, false
	}
	return keys, true
}

// isPath reports whether gjson can make sense of path: no empty component, no lone backslash at the end, the brackets and
// quotes of queries closed. gjson has no check of its own: a path that makes no sense finds nothing, for every asset.
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
