package innomaint

import (
	"errors"
	"fmt"
	"slices"
	"sync"

	"github.com/tidwall/gjson"
)

// fieldPlan is a FieldMap, prepared for decoding: its plain paths as a tree that is followed in one pass over the asset
// object, and the others (array indexes, queries, modifiers), which are looked up one by one. A look-up for each path
// would take eleven times as long.
type fieldPlan struct {
	fields []*plannedField
	root   node
	others []otherPath
	found  sync.Pool // of *[]found, one element for each list
}

// plannedField is a field with its paths.
type plannedField struct {
	field
	first int        // index of its first list among those of all fields
	paths [][]string // by list; empty: the list is switched off
}

// at returns the part of all that is the field's.
func (f *plannedField) at(all []found) []found { return all[f.first : f.first+len(f.paths)] }

// isOn reports whether any list of the field has a path.
func (f *plannedField) isOn() bool {
	return slices.ContainsFunc(f.paths, func(paths []string) bool { return len(paths) > 0 })
}

// node is one key of the object that plain paths lead through.
type node struct {
	children map[string]*node
	targets  []target // the paths that end here
}

// target is a path's place: its list, and its position in that list. The first path with a value wins.
type target struct {
	list, position int
	isDate         bool
}

type otherPath struct {
	path string
	target
}

// found is what an object has for a list.
type found struct {
	gjson.Result
	rank   int    // the position of its path plus one; 0: nothing was found
	hidden string // what is in the way of a path to it
}

func (f *found) exists() bool { return f.rank > 0 }

func anyExists(all []found) bool {
	return slices.ContainsFunc(all, func(f found) bool { return f.exists() })
}

// compile returns the plan for a table of fields and their paths in m, which has its defaults. The error lists every path
// that is not one.
func compile(table []field, m FieldMap) (*fieldPlan, error) {
	p := &fieldPlan{}
	var problems []error
	lists := 0
	for _, f := range table {
		planned := &plannedField{field: f, first: lists}
		for part, list := range f.lists(&m) {
			for i, path := range *list {
				if !isPath(path) {
					problems = append(problems, fmt.Errorf("innomaint: Config.Fields.%s[%d] %q is not a gjson path", f.listName(part), i, path))
					continue
				}
				at := target{lists, i, f.isDate}
				if keys, plain := plainKeys(path); plain {
					p.root.add(keys, at)
				} else {
					p.others = append(p.others, otherPath{path, at})
				}
			}
			planned.paths = append(planned.paths, *list)
			lists++
		}
		p.fields = append(p.fields, planned)
	}
	p.found.New = func() any { all := make([]found, lists); return &all }
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

// find looks up every list in an object, and what the object says about the call, in one pass.
func (p *fieldPlan) find(object gjson.Result, all []found) (v apiStatus) {
	clear(all)
	object.Index = 0 // what is found has an index in the object, not in its envelope
	object.ForEach(func(key, value gjson.Result) bool {
		p.root.visit(key.Str, value, all)
		v.note(key.Str, value)
		return true
	})
	for _, other := range p.others {
		all[other.list].take(object.Get(other.path), other.target)
	}
	return v
}

// follow reads what the paths from n on lead to in an object. known reports whether the object has a key of any of them.
func (n *node) follow(object gjson.Result, all []found) (known bool) {
	object.ForEach(func(key, value gjson.Result) bool {
		known = n.visit(key.Str, value, all) || known
		return true
	})
	return known
}

// visit reads what the paths from n on lead to through one key of an object. known reports whether there are any.
func (n *node) visit(key string, value gjson.Result, all []found) (known bool) {
	child := n.children[key]
	if child == nil {
		return false
	}
	for _, at := range child.targets {
		all[at.list].take(value, at)
	}
	if child.children != nil {
		child.enter(value, all)
	}
	return true
}

// enter follows the paths from n on into a value. If the value is not empty and has no key of theirs (a text instead of an
// object, an object of other keys), the fields behind them are hidden rather than absent.
func (n *node) enter(value gjson.Result, all []found) {
	value, _ = onlyElement(value)
	if isEmpty(value) || value.IsObject() && n.follow(value, all) {
		return
	}
	n.hide(value.Raw, all)
}

func (n *node) hide(raw string, all []found) {
	for _, child := range n.children {
		for _, at := range child.targets {
			all[at.list].hidden = raw
		}
		child.hide(raw, all)
	}
}

// take keeps a value, unless an earlier path has one, or it is a placeholder: then a later path may still have one.
func (f *found) take(value gjson.Result, at target) {
	beaten := f.exists() && f.rank <= at.position+1
	if beaten || isEmpty(value) || at.isDate && isNoDate(cleanID(asSent(value))) {
		return
	}
	*f = found{Result: value, rank: at.position + 1}
}
