package innomaint

import "encoding/json"

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
