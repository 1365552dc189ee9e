package innomaint

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// decoder turns answers into assets, as one tenant writes them.
type decoder struct {
	plan  *fieldPlan
	dates *dateReader
}

// maxDepth is how deep an answer may be nested; custom fields less, since MariaDB refuses JSON beyond 32 levels.
const (
	maxDepth             = 500
	maxCustomFieldsDepth = 30
)

// decode returns the asset in an answer, or why there is none.
func (dec *decoder) decode(ref AssetRef, body []byte) (*Asset, *Error) {
	answer, failed := parseAnswer(body)
	if failed != nil {
		return nil, failed
	}
	d := &decoding{decoder: dec}
	object, failed := d.open(answer, 0)
	if failed != nil {
		return nil, failed
	}
	d.begin(ref, object)
	if failed := d.checkIdentity(ref); failed != nil {
		return nil, failed
	}
	d.fields()
	return d.asset, nil
}

// parseAnswer returns an answer's JSON, or why it is none.
func parseAnswer(body []byte) (answer gjson.Result, failed *Error) {
	body = bytes.TrimSpace(bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")))
	switch {
	case len(body) == 0:
		return answer, badResponse("the answer is empty")
	case looksLikeHTML(body):
		return answer, badResponse("the answer is an HTML page, likely one to log in: check Config.BaseURL, AssetPath and Auth")
	case deeper(body, maxDepth):
		return answer, badResponse(fmt.Sprintf("the answer is nested deeper than %d levels", maxDepth))
	case !gjson.ValidBytes(body):
		return answer, badResponse(fmt.Sprintf("the answer is no whole JSON (%d bytes)", len(body)))
	}
	return gjson.ParseBytes(body), nil
}

// decoding is one answer on its way into an asset.
type decoding struct {
	*decoder
	all   [slots]found
	asset *Asset
}

// begin starts on the asset that an object holds.
func (d *decoding) begin(ref AssetRef, object gjson.Result) {
	d.asset = &Asset{ID: ref.AssetID, Raw: json.RawMessage(object.Raw), dates: d.dates}
}

// checkIdentity makes sure that the answer is the asset that was asked for.
func (d *decoding) checkIdentity(ref AssetRef) *Error {
	if len(d.plan.paths[slotAssetID]) == 0 {
		return nil
	}
	id, err := readText(d.all[slotAssetID].value(), cleanID)
	switch {
	case err != nil:
		return &Error{Kind: KindInvalidData, Message: "the asset's id in the answer " + err.Error()}
	case id == "":
		return &Error{Kind: KindInvalidData,
			Message: "the answer holds no asset id: name where it stands in Config.Fields.AssetID"}
	case id != ref.AssetID:
		return badResponse(fmt.Sprintf("the answer is asset %q, not %q that was asked for",
			shorten(id, maxWarningValue), shorten(ref.AssetID, maxWarningValue)))
	}
	return nil
}

func (d *decoding) fields() {
	a := d.asset
	a.Code = d.text(slotCode, "asset_code", cleanLine)
	a.Name = d.text(slotName, "asset_name", cleanLine)
	a.Description = d.text(slotDescription, "description", cleanLines)
	a.SerialNumber = d.text(slotSerialNumber, "serial_number", cleanLine)
	a.Barcode = d.text(slotBarcode, "barcode", cleanLine)
	a.Criticality = d.text(slotCriticality, "criticality", cleanLine)
	a.ParentAssetID = withoutZeroID(d.text(slotParentAssetID, "parent_cmms_asset_id", cleanID))
	a.Currency = d.text(slotCurrency, "currency", cleanLine)

	a.Category = d.reference(slotCategory, "category_id")
	a.Subcategory = d.reference(slotSubcategory, "subcategory_id")
	a.Manufacturer = d.reference(slotManufacturer, "manufacturer_id")
	a.Model = d.reference(slotModel, "model_id")
	a.Vendor = d.reference(slotVendor, "vendor_id")
	a.Department = d.reference(slotDepartment, "department_id")
	a.Status = d.reference(slotStatus, "status_id")
	a.Location.Site = d.reference(slotSite, "location_id")
	a.Location.Building = d.reference(slotBuilding, "location_id")
	a.Location.Floor = d.reference(slotFloor, "location_id")
	a.Location.Room = d.reference(slotRoom, "location_id")
	if a.Location == (Location{}) {
		d.warnHidden("location_id", d.all[slotSite:slotRoom+parts])
	}

	a.PurchaseDate = d.date(slotPurchaseDate, "purchase_date")
	a.InstallationDate = d.date(slotInstallationDate, "installation_date")
	a.WarrantyStart = d.date(slotWarrantyStart, "warranty_start")
	a.WarrantyEnd = d.date(slotWarrantyEnd, "warranty_end")
	a.AMCStart = d.date(slotAMCStart, "amc_start")
	a.AMCEnd = d.date(slotAMCEnd, "amc_end")

	var err error
	a.PurchaseCost, err = readDecimal(d.value(slotPurchaseCost, "purchase_cost"))
	d.warn("purchase_cost", err)
	a.UpdatedAt, err = d.dates.timestamp(d.value(slotUpdatedAt, "cmms_updated_at"))
	d.warn("cmms_updated_at", err)
	a.CustomFields, err = readCustomFields(d.value(slotCustomFields, "custom_fields"))
	d.warn("custom_fields", err)
}

func (d *decoding) text(s slot, column string, clean func(string) string) string {
	text, err := readText(d.value(s, column), clean)
	d.warn(column, err)
	return text
}

// value returns what was found for a field.
func (d *decoding) value(s slot, column string) gjson.Result {
	if d.all[s].rank == 0 {
		d.warnHidden(column, d.all[s:s+1])
	}
	return d.all[s].value()
}

// warnHidden notes that a column's value may stand where no path leads, so that it is not taken for absent.
func (d *decoding) warnHidden(column string, fields []found) {
	for i := range fields {
		if raw := fields[i].hidden; raw != "" {
			d.warn(column, cannot(gjson.Parse(raw), "stands where an object with this field was expected: name its path in Config.Fields"))
			return
		}
	}
}

func (d *decoding) date(s slot, column string) Date {
	date, err := d.dates.date(d.value(s, column))
	d.warn(column, err)
	return date
}

// warn notes what a reader could not read; a nil err is nothing to note.
func (d *decoding) warn(column string, err error) {
	if err == nil { // as good as always: errors.As would cost an allocation
		return
	}
	var u *unreadable
	if errors.As(err, &u) {
		d.asset.Warnings = append(d.asset.Warnings, u.warning(column))
	}
}

// readCustomFields returns an object or a list without its white space, nil for an empty one.
func readCustomFields(v gjson.Result) (json.RawMessage, error) {
	switch {
	case isEmpty(v):
		return nil, nil
	case v.Type != gjson.JSON:
		return nil, cannot(v, "is neither an object nor a list")
	case !utf8.ValidString(v.Raw) || hasLoneSurrogate(v.Raw):
		return nil, cannot(v, "is no whole UTF-8 text")
	case deeper([]byte(v.Raw), maxCustomFieldsDepth):
		return nil, cannot(v, fmt.Sprintf("is nested deeper than %d levels", maxCustomFieldsDepth))
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(v.Raw)); err != nil {
		return nil, cannot(v, "is no valid JSON")
	}
	return compact.Bytes(), nil
}

// hasLoneSurrogate reports whether a JSON text holds half of an escaped surrogate pair, which MySQL's JSON refuses.
func hasLoneSurrogate(raw string) bool {
	unit := func(at int) (string, bool) { // the hexadecimal digits of the \u escape there
		if at+6 > len(raw) || raw[at] != '\\' || raw[at+1] != 'u' {
			return "", false
		}
		return strings.ToLower(raw[at+2 : at+6]), true
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		first, ok := unit(i)
		i++ // what follows the backslash is no escape of its own
		switch {
		case !ok || first < "d800" || first > "dfff":
			continue
		case first >= "dc00":
			return true
		}
		second, ok := unit(i + 5)
		if !ok || second < "dc00" || second > "dfff" {
			return true
		}
		i += 10
	}
	return false
}

// deeper reports whether JSON is nested deeper than a limit, without recursion, so that no answer can exhaust the stack of
// what parses it.
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
