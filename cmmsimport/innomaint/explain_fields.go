package innomaint

import (
	"cmp"
	"encoding/json"

	"github.com/tidwall/gjson"
)

// explaining is a decoding whose sources are looked up again, by the rules that it went by.
type explaining struct {
	*decoding
	object gjson.Result
	read   map[string]bool // the gjson paths of what is read
}

// sources returns the sources of all values, in the order of the table of fields.
func (x *explaining) sources() (all []FieldSource) {
	for i := range x.plan.fields {
		f := &x.plan.fields[i]
		values := f.show(x.asset, f.at(x.found))
		if f.readParts == 0 {
			all = append(all, x.source(f, 0, values[0], foundPart{}))
			continue
		}
		object := x.findMaster(f)
		for part := partID; part < f.readParts; part++ {
			all = append(all, x.source(f, part, values[part], object[part]))
		}
	}
	return all
}

// source returns the source of a value: a path of its own, else what the master's object has for the part.
func (x *explaining) source(f *plannedField, part int, value string, inObject foundPart) FieldSource {
	source := FieldSource{Field: f.listName(part), Column: f.column + partSuffixes[part], Value: value}
	path, v := x.find(f, part)
	own := inObject.at == ""
	if !own { // both exist: the value tells which of the two it is
		text, _ := readPart(part, v)
		own = path != "" && text == value
	}
	switch {
	case own && path != "":
		source.List, source.Path, source.Raw = source.Field, path, json.RawMessage(v.Raw)
		source.At = x.mark(position(x.object, path))
	case !own:
		source.List, source.Path, source.At, source.Raw = f.listName(partObject), inObject.path, inObject.at, json.RawMessage(inObject.raw)
	}
	return source
}

// find returns the path that led to a list's value, else the first one that leads to a placeholder; "" for none.
func (x *explaining) find(f *plannedField, list int) (path string, v gjson.Result) {
	found := &f.at(x.found)[list]
	if found.exists() {
		return f.paths[list][found.rank-1], found.value()
	}
	for _, candidate := range f.paths[list] {
		if v := x.object.Get(candidate); v.Exists() && (isEmpty(v) || f.isDate) {
			path = cmp.Or(path, candidate)
			x.mark(position(x.object, candidate))
		}
	}
	if path == "" {
		return "", v
	}
	return path, x.object.Get(path)
}

// foundPart is a part inside a master's object: the path to the object, and where the part is.
type foundPart struct{ path, at, raw string }

func (x *explaining) findMaster(f *plannedField) (in [parts]foundPart) {
	path, v := x.find(f, partObject)
	if path == "" {
		return in
	}
	at := position(x.object, path)
	if v.IsArray() {
		only, count := onlyElement(v)
		if count > 1 {
			x.mark(at)
			return in
		}
		v, at = only, joinPath(at, "0")
	}
	switch {
	case v.IsObject():
		var inside [parts]found
		masterTree.follow(v, inside[:])
		for part := partID; part < f.readParts; part++ {
			for i, key := range masterKeys[part] {
				value := v.Get(gjson.Escape(key))
				if i+1 == inside[part].rank || inside[part].rank == 0 && value.Exists() {
					in[part] = foundPart{path, x.mark(joinPath(at, key)), value.Raw}
				}
			}
		}
	case isBareID(v):
		in[partID] = foundPart{path, x.mark(at), v.Raw}
	default:
		in[partName] = foundPart{path, x.mark(at), v.Raw}
	}
	return in
}

// mark notes that what is at a path is read, and returns the path.
func (x *explaining) mark(at string) string {
	if at != "" {
		x.read[at] = true
	}
	return at
}
