package innomaint

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Explanation says how a response was read, value by value. It is for fitting [Config.Fields] to a tenant: what is where,
// what is missing, and what is not read.
type Explanation struct {
	// Envelope is the gjson path of the asset object in the response, such as "data" or "result.0"; "" if the response is
	// the asset object itself.
	Envelope string
	// Asset is what was decoded. Beside an error it must not be stored.
	Asset *Asset
	// Fields has each value of an Asset, in the order of [FieldMap]; for a master, each part.
	Fields []FieldSource
	// Unread is the rest of the asset object, in the order of the response. Objects are taken apart; a list is one value,
	// unless something in it is read.
	Unread []UnreadValue
}

// FieldSource says where one value of an [Asset] came from.
type FieldSource struct {
	Field  string // the name in FieldMap: "Name", "Vendor.Email", "Site.ID"
	Column string // the column of ic3_asset_master that it is meant for, as in [Warning]: "asset_name", "vendor_id.email"

	// List is the list of FieldMap, and Path the path in it, that led to the value: "Vendor.Object" and "vendor". Both are
	// "" if no path leads to anything. A path that leads to nothing but a placeholder is named, with an empty Value.
	List, Path string
	// At is the gjson path of the value in the asset object: "vendor.email". It is "" if gjson cannot tell, as for a path
	// with a modifier.
	At    string
	Raw   json.RawMessage // the value as sent
	Value string          // as decoded, as text; "" if there is none or it could not be read
}

// UnreadValue is a value of the asset object that no path of [Config.Fields] reads.
type UnreadValue struct {
	Path string // gjson, for use in Config.Fields: `meta.serial\.no`
	Raw  json.RawMessage
}

// Explain decodes a response body as GetAsset does, and returns for each value which path led to it. The error is that of
// [Client.Decode]. The explanation is nil only if the response contains no object; beside another error (no id where
// Config.Fields looks for one, another asset's id) it shows what there is.
func (c *Client) Explain(ref AssetRef, body []byte) (*Explanation, error) {
	ref.AssetID = cleanID(ref.AssetID)
	explanation, failed := c.decoder.explain(ref, body)
	return explanation, c.decodeError(ref, failed)
}

func (dec *decoder) explain(ref AssetRef, body []byte) (*Explanation, *Error) {
	d, failed := dec.begin(ref, body)
	defer d.end()
	if !d.object.IsObject() {
		return nil, failed
	}
	d.fields()
	e := &Explanation{Asset: d.asset}
	if d.object.Index > 0 {
		e.Envelope = d.object.Path(d.response.Raw)
	}
	d.object.Index = 0
	x := explaining{decoding: d, read: map[string]bool{}}
	e.Fields = x.sources()
	e.Unread = x.unread("", d.object)
	return e, failed
}

// explaining is a decoding whose sources are looked up again, by the rules of the decoding.
type explaining struct {
	*decoding
	read map[string]bool // the gjson paths of what is read
}

// sources returns the sources of all values, in the order of the table of fields.
func (x *explaining) sources() (all []FieldSource) {
	for _, f := range x.plan.fields {
		values := f.show(x.asset)
		if f.readParts == 0 && !anyExists(f.at(x.found)) {
			values[0] = "" // the identity's is the id that was requested
		}
		path, inside := x.master(f)
		for part := min(f.readParts, partID); part < max(f.readParts, 1); part++ {
			all = append(all, x.source(f, part, values[part], path, inside[part]))
		}
	}
	return all
}

// source returns the source of a value: a path of its own, else inObject, what the master's object at objectPath has.
func (x *explaining) source(f *plannedField, part int, value, objectPath string, inObject gjson.Result) FieldSource {
	s := FieldSource{Field: f.listName(part), Column: f.column + partSuffixes[part], Value: value}
	path, v := x.find(f, part)
	text, _ := readPart(part, v)
	switch {
	case path != "" && (!inObject.Exists() || text == value): // if both exist, the value tells which one it is
		s.List, s.Path = s.Field, path
	case inObject.Exists():
		s.List, s.Path, v = f.listName(partObject), objectPath, inObject
	default:
		return s
	}
	s.At, s.Raw = x.mark(v), json.RawMessage(v.Raw)
	return s
}

// find returns the path that led to a list's value, else the first one that leads to a placeholder; "" for none.
func (x *explaining) find(f *plannedField, list int) (path string, v gjson.Result) {
	if at := &f.at(x.found)[list]; at.exists() {
		return f.paths[list][at.rank-1], at.Result
	}
	for _, candidate := range f.paths[list] {
		if at := x.object.Get(candidate); at.Exists() && (isEmpty(at) || f.isDate) {
			if x.mark(at); path == "" {
				path, v = candidate, at
			}
		}
	}
	return path, v
}

// master returns the path to a master's object, and the parts in it, placeholders included; nothing for a value.
func (x *explaining) master(f *plannedField) (path string, inside [parts]gjson.Result) {
	if f.readParts == 0 {
		return "", inside
	}
	path, object := x.find(f, partObject)
	object, several := onlyElement(object)
	if several || path == "" {
		x.mark(object)
		return path, inside
	}
	found, _ := masterParts(object)
	for part, at := range found {
		inside[part] = at.Result
		for _, key := range masterKeys[part] {
			if placeholder := object.Get(gjson.Escape(key)); !at.exists() && placeholder.Exists() {
				inside[part] = placeholder
			}
		}
		if part < f.readParts && inside[part].Exists() {
			x.mark(inside[part])
		}
	}
	return path, inside
}

// mark notes that a value is read, and returns its gjson path; "" if gjson cannot tell.
func (x *explaining) mark(v gjson.Result) string {
	if v.Index == 0 {
		return ""
	}
	at := v.Path(x.object.Raw)
	if at != "" {
		x.read[at] = true
	}
	return at
}

// unread lists what is not read in a container, which is at a path of the object.
func (x *explaining) unread(at string, container gjson.Result) (all []UnreadValue) {
	index := 0
	container.ForEach(func(key, value gjson.Result) bool {
		name := gjson.Escape(key.Str)
		if container.IsArray() {
			name = strconv.Itoa(index)
			index++
		}
		path := name
		if at != "" {
			path = at + "." + name
		}
		switch {
		case x.read[path]:
		case value.IsObject() && !isEmpty(value), value.IsArray() && x.readsBelow(path):
			all = append(all, x.unread(path, value)...)
		default:
			all = append(all, UnreadValue{path, json.RawMessage(value.Raw)})
		}
		return true
	})
	return all
}

func (x *explaining) readsBelow(path string) bool {
	for read := range x.read {
		if strings.HasPrefix(read, path+".") {
			return true
		}
	}
	return false
}
