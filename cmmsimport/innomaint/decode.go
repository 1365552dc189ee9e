package innomaint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/tidwall/gjson"
)

// decoder decodes one tenant's responses.
type decoder struct {
	plan  *fieldPlan
	dates *dateReader
}

// maxDepth is how deep a response may be nested.
const maxDepth = 500

// decode returns the asset in a response, or why there is none.
func (dec *decoder) decode(ref AssetRef, body []byte) (*Asset, *Error) {
	d, failed := dec.begin(ref, body)
	defer d.end()
	if failed != nil {
		return nil, failed
	}
	d.fields()
	return d.asset, nil
}

// parseBody returns a response's JSON, or why it is none.
func parseBody(body []byte) (response gjson.Result, failed *Error) {
	body = trimBody(body)
	switch {
	case len(body) == 0:
		return response, badResponse("the response is empty")
	case looksLikeHTML(body):
		return response, badResponse("the response is an HTML page, probably a login form: check Config.BaseURL, AssetPath and Auth")
	case deeper(body, maxDepth):
		return response, badResponse(fmt.Sprintf("the response is nested deeper than %d levels", maxDepth))
	case !gjson.ValidBytes(body):
		return response, badResponse(fmt.Sprintf("the response is not valid JSON (%d bytes)", len(body)))
	}
	return gjson.ParseBytes(body), nil
}

// decoding is one response on its way into an asset.
type decoding struct {
	*decoder
	response, object gjson.Result // the body, and the asset object in it
	asset            *Asset
	found            []found // by list
	borrowed         *[]found
}

// begin finds the asset object of a response, or says why there is none. The decoding must be ended in any case.
func (dec *decoder) begin(ref AssetRef, body []byte) (d *decoding, failed *Error) {
	borrowed := dec.plan.found.Get().(*[]found)
	d = &decoding{decoder: dec, asset: &Asset{ID: ref.AssetID, dates: dec.dates}, found: *borrowed, borrowed: borrowed}
	if d.response, failed = parseBody(body); failed != nil {
		return d, failed
	}
	d.object, failed = d.open(d.response, 0)
	d.asset.Raw = json.RawMessage(d.object.Raw)
	if failed == nil {
		failed = d.checkIdentity()
	}
	return d, failed
}

func (d *decoding) end() {
	clear(d.found) // or it would keep the response in memory
	d.plan.found.Put(d.borrowed)
}

// checkIdentity makes sure that the response is the asset that was requested.
func (d *decoding) checkIdentity() *Error {
	field := d.plan.fields[0]
	if !field.isOn() {
		return nil
	}
	id, err := readText(field.at(d.found)[0].Result, cleanID)
	switch {
	case err != nil:
		return &Error{Kind: KindInvalidData, Message: "the asset's id in the response " + err.Error()}
	case id == "":
		return &Error{Kind: KindInvalidData, Message: "the response has no asset id where Config.Fields.AssetID looks for it"}
	case id != d.asset.ID:
		return badResponse(fmt.Sprintf("the response is asset %q, not the requested %q",
			shorten(id, maxWarningValue), shorten(d.asset.ID, maxWarningValue)))
	}
	return nil
}

// fields decodes every field. Fields that share a column are the parts of one value.
func (d *decoding) fields() {
	for all := d.plan.fields; len(all) > 0; {
		column, n, exists := all[0].column, 0, false
		for ; n < len(all) && all[n].column == column; n++ {
			exists = all[n].decode(d, all[n].at(d.found)) || exists
		}
		if !exists {
			d.warnHidden(column, all[:n])
		}
		all = all[n:]
	}
}

// warnHidden warns that a column's value may be where no path leads, so that it is not taken for absent.
func (d *decoding) warnHidden(column string, fields []*plannedField) {
	for _, f := range fields {
		for _, at := range f.at(d.found) {
			if at.hidden != "" {
				d.warn(column, cannot(gjson.Parse(at.hidden),
					"is in the place of an object with this field: name the field's path in Config.Fields"))
				return
			}
		}
	}
}

// warn adds the warning of a reader's error; nil adds none.
func (d *decoding) warn(column string, err error) {
	if err == nil { // nearly always: errors.As would cost an allocation
		return
	}
	var u *unreadable
	if errors.As(err, &u) {
		d.asset.Warnings = append(d.asset.Warnings, u.warning(column))
	}
}

// deeper reports whether JSON is nested deeper than limit. It does not recurse, so that no response can exhaust the stack
// of what parses it.
func deeper(body []byte, limit int) bool {
	if bytes.Count(body, []byte{'{'})+bytes.Count(body, []byte{'['}) <= limit {
		return false
	}
	level, quoted := 0, false
	for i := 0; i < len(body); i++ {
		switch c := body[i]; {
		case c == '\\' && quoted:
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if level++; level > limit {
				return true
			}
		case c == '}' || c == ']':
			level--
		}
	}
	return false
}
