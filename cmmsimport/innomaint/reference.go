package innomaint

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"
)

// Reference points to a row of one of the tenant's master tables: a category, a manufacturer, a vendor, and so on. Any
// part may be empty; Email and Phone are read for vendors only. An ID of nothing but zeros and hyphens (0, "0000", the nil
// UUID) is a placeholder and left empty: as an id, it would merge all such masters into one.
type Reference struct {
	ID    string // as sent, digit for digit
	Name  string
	Code  string
	Email string
	Phone string
}

// IsZero reports whether the reference points to nothing.
func (r Reference) IsZero() bool { return r == Reference{} }

// Location is where an asset is, level by level. Each level may be empty.
type Location struct {
	Site, Building, Floor, Room Reference
}

// The parts of a reference. The object is the master itself, with the others in it.
const (
	partObject = iota
	partID
	partName
	partCode
	partEmail
	partPhone
	parts
)

// partNames are the names of the lists in ReferencePaths, and partSuffixes what follows the column's name in warnings.
var (
	partNames    = [parts]string{"Object", "ID", "Name", "Code", "Email", "Phone"}
	partSuffixes = [parts]string{partCode: ".code", partEmail: ".email", partPhone: ".phone"}
)

// masterKeys are the names of the parts inside a master's object.
var masterKeys = [parts][]string{
	partID:    {"id", "_id", "uuid"},
	partName:  {"name", "title", "label", "display_name"},
	partCode:  {"code", "short_code"},
	partEmail: {"email", "email_id", "mail"},
	partPhone: {"phone", "phone_number", "mobile"},
}

// masterTree finds them.
var masterTree = func() (n node) {
	for part, keys := range masterKeys {
		for i, key := range keys {
			n.add([]string{key}, target{list: part, position: i})
		}
	}
	return n
}()

// reference reads the parts of a master before readParts. Parts with a path of their own come first, the master's object
// fills the rest.
func (d *decoding) reference(column string, at []found, readParts int) Reference {
	r := d.master(column, at, readParts)
	object, several := onlyElement(at[partObject].Result)
	switch {
	case several:
		d.warn(column, cannot(object, "is a list of several where one was expected"))
	case !isEmpty(object):
		inside, known := masterParts(object)
		if !known {
			d.warn(column, cannot(object, "has neither an id nor a name nor a code"))
		}
		r.fill(d.master(column, inside[:], readParts))
	}
	return r
}

// masterParts returns the parts in a master's object. known reports whether it has a key of any, be it for a placeholder.
// Digits instead of an object are an id, anything else is a name.
func masterParts(object gjson.Result) (inside [parts]found, known bool) {
	switch {
	case object.IsObject():
		known = masterTree.follow(object, inside[:])
		return inside, known
	case object.Type == gjson.Number, object.Type == gjson.String && isDigits(cleanID(object.Str)):
		inside[partID] = found{Result: object, rank: 1}
	default:
		inside[partName] = found{Result: object, rank: 1}
	}
	return inside, true
}

func (d *decoding) master(column string, at []found, readParts int) (r Reference) {
	for part, text := range r.texts() {
		if part < readParts && text != nil && at[part].exists() {
			var err error
			if *text, err = readPart(part, at[part].Result); err != nil {
				d.warn(column+partSuffixes[part], err)
			}
		}
	}
	return r
}

// texts returns where the parts are; nil for the object.
func (r *Reference) texts() [parts]*string {
	return [parts]*string{partID: &r.ID, partName: &r.Name, partCode: &r.Code, partEmail: &r.Email, partPhone: &r.Phone}
}

// fill takes from other what r lacks.
func (r *Reference) fill(other Reference) {
	from := other.texts()
	for part, text := range r.texts() {
		if text != nil {
			*text = cmp.Or(*text, *from[part])
		}
	}
}

func readPart(part int, v gjson.Result) (string, error) {
	if part == partID {
		return readForeignID(v)
	}
	return readText(v, cleanLine)
}

// readForeignID reads the id of another row, "" for a placeholder: nothing but zeros and hyphens is no id.
func readForeignID(v gjson.Result) (string, error) {
	id, err := readText(v, cleanID)
	if strings.Trim(id, "0-") == "" {
		id = ""
	}
	return id, err
}

// onlyElement returns the element of a list of one, an empty value for an empty list, and anything else as it is.
// several reports a list of more than one.
func onlyElement(v gjson.Result) (only gjson.Result, several bool) {
	switch {
	case !v.IsArray():
		return v, false
	case v.Get("1").Exists():
		return v, true
	}
	return v.Get("0"), false
}
