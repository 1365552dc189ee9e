package innomaint

import (
	"cmp"
	"strings"

	"github.com/tidwall/gjson"
)

// Reference points to a row of one of the tenant's masters: a category, a manufacturer, a vendor, and so on.
// Any part may be empty; Email and Phone are read for vendors only. An ID that is nothing but zeros and hyphens
// (0, "0000", the nil UUID) is a placeholder, and left empty: taken as an id it would melt all such masters into one.
type Reference struct {
	ID    string // as sent, digit for digit
	Name  string
	Code  string
	Email string
	Phone string
}

// IsZero reports whether the reference points to nothing.
func (r Reference) IsZero() bool { return r == Reference{} }

// Location is where an asset stands, level by level; each level may be empty.
type Location struct {
	Site, Building, Floor, Room Reference
}

// The parts of a reference. The object is the master itself, which holds the others.
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

// reference reads a master up to the part readParts. Parts with a path of their own come first, the object fills the rest.
func (d *decoding) reference(column string, at []found, readParts int) Reference {
	r := d.master(column, at, readParts)
	object := at[partObject].value()
	if object.IsArray() {
		only, count := onlyElement(object)
		if count > 1 {
			d.warn(column, cannot(object, "is a list of several where one was expected"))
			return r
		}
		object = only
	}
	switch {
	case isEmpty(object):
	case object.IsObject():
		var inside [parts]found
		masterTree.follow(object, inside[:])
		if inside == [parts]found{} && !hasMasterKey(object) {
			d.warn(column, cannot(object, "has neither an id nor a name nor a code"))
		}
		r.fill(d.master(column, inside[:], readParts))
	case isBareID(object):
		r.fill(Reference{ID: d.part(column, partID, object)})
	default:
		r.fill(Reference{Name: d.part(column, partName, object)})
	}
	return r
}

// isBareID reports whether a value without an object is an id: digits. Anything else is a name.
func isBareID(v gjson.Result) bool {
	return v.Type == gjson.Number || v.Type == gjson.String && isDigits(cleanID(v.Str))
}

// master reads the parts of a master.
func (d *decoding) master(column string, at []found, readParts int) (r Reference) {
	for part, text := range r.texts() {
		if part < readParts && text != nil && at[part].exists() {
			*text = d.part(column, part, at[part].value())
		}
	}
	return r
}

// texts returns where the parts are kept; nil for the object.
func (r *Reference) texts() [parts]*string {
	return [parts]*string{partID: &r.ID, partName: &r.Name, partCode: &r.Code, partEmail: &r.Email, partPhone: &r.Phone}
}

func (d *decoding) part(column string, part int, v gjson.Result) string {
	text, err := readPart(part, v)
	if err != nil { // rarely: only then is the name needed
		d.warn(column+partSuffixes[part], err)
	}
	return text
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

// fill takes from other what r lacks.
func (r *Reference) fill(other Reference) {
	r.ID = cmp.Or(r.ID, other.ID)
	r.Name = cmp.Or(r.Name, other.Name)
	r.Code = cmp.Or(r.Code, other.Code)
	r.Email = cmp.Or(r.Email, other.Email)
	r.Phone = cmp.Or(r.Phone, other.Phone)
}

// hasMasterKey reports whether the object has a key of a master, even if its value is a placeholder.
func hasMasterKey(object gjson.Result) bool {
	for key := range masterTree.children {
		if object.Get(key).Exists() {
			return true
		}
	}
	return false
}

// onlyElement returns the first element of a list and how many there are, counting no further than two.
func onlyElement(list gjson.Result) (first gjson.Result, count int) {
	list.ForEach(func(_, element gjson.Result) bool {
		if count++; count == 1 {
			first = element
		}
		return count < 2
	})
	return first, count
}
