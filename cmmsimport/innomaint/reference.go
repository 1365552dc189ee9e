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

// masterKeys are what the parts of a master are called inside its own object, by part.
var masterKeys = [parts][]string{
	partID:    {"id", "_id", "uuid"},
	partName:  {"name", "title", "label", "display_name"},
	partCode:  {"code", "short_code"},
	partEmail: {"email", "email_id", "mail"},
	partPhone: {"phone", "phone_number", "mobile"},
}

// masterPlan finds them.
var masterPlan = func() (n node) {
	for part, keys := range masterKeys {
		for rank, key := range keys {
			n.add([]string{key}, target{slot(part), rank})
		}
	}
	return n
}()

// reference reads the master whose slots begin at first. Parts of their own come first, the object fills the rest.
func (d *decoding) reference(first slot, column string) Reference {
	isVendor := first == slotVendor
	r := d.master(d.all[first:first+parts], column, isVendor)

	object := d.all[first].value()
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
		masterPlan.follow(object, inside[:])
		if inside == [parts]found{} && !hasMasterKey(object) {
			d.warn(column, cannot(object, "has neither an id nor a name nor a code"))
		}
		r.fill(d.master(inside[:], column, isVendor))
	case object.Type == gjson.Number, object.Type == gjson.String && isDigits(cleanID(object.Str)):
		r.fill(Reference{ID: d.masterID(object, column)})
	default:
		r.fill(Reference{Name: d.line(object, column, "")})
	}
	if r.IsZero() && first < slotSite { // the levels of a location are looked at together
		d.warnHidden(column, d.all[first:first+parts])
	}
	return r
}

// master reads the parts of a master.
func (d *decoding) master(at []found, column string, isVendor bool) Reference {
	r := Reference{
		ID:   d.masterID(at[partID].value(), column),
		Name: d.line(at[partName].value(), column, ""),
		Code: d.line(at[partCode].value(), column, ".code"),
	}
	if isVendor {
		r.Email = d.line(at[partEmail].value(), column, ".email")
		r.Phone = d.line(at[partPhone].value(), column, ".phone")
	}
	return r
}

func (d *decoding) line(v gjson.Result, column, part string) string {
	text, err := readText(v, cleanLine)
	if err != nil { // for each part of each master: the name is put together where it is needed
		d.warn(column+part, err)
	}
	return text
}

// masterID reads an id, "" for a placeholder.
func (d *decoding) masterID(v gjson.Result, column string) string {
	id, err := readText(v, cleanID)
	d.warn(column, err)
	return withoutZeroID(id)
}

// withoutZeroID makes no id of one that is nothing but zeros and hyphens.
func withoutZeroID(id string) string {
	if strings.Trim(id, "0-") == "" {
		return ""
	}
	return id
}

// fill takes from other what r lacks.
func (r *Reference) fill(other Reference) {
	r.ID = cmp.Or(r.ID, other.ID)
	r.Name = cmp.Or(r.Name, other.Name)
	r.Code = cmp.Or(r.Code, other.Code)
	r.Email = cmp.Or(r.Email, other.Email)
	r.Phone = cmp.Or(r.Phone, other.Phone)
}

// hasMasterKey reports whether the object has a key of a master, be its value a placeholder.
func hasMasterKey(object gjson.Result) bool {
	for key := range masterPlan.children {
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
