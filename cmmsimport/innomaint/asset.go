package innomaint

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/tidwall/gjson"
)

// AssetRef names one asset of one customer.
type AssetRef struct {
	CustomerID uint64
	AssetID    string // Innomaint's id: cmms_asset_id of the row
}

// Asset is one asset as the tenant's answer was decoded. An empty field ("", the zero [Reference], [Date] or time,
// a "" [Decimal], nil) means that the answer held no value: it was absent, a placeholder, or could not be read.
// [Asset.Unreadable] tells the last case from the others. Text is never cut: whether it fits a column is for
// whoever writes the column to check and to [Asset.Warn] about.
type Asset struct {
	ID, Code, Name, Description, SerialNumber, Barcode string

	Category, Subcategory, Manufacturer, Model, Vendor, Department, Status Reference

	Location Location

	Criticality, ParentAssetID string

	PurchaseDate Date
	PurchaseCost Decimal
	Currency     string

	InstallationDate, WarrantyStart, WarrantyEnd, AMCStart, AMCEnd Date

	CustomFields json.RawMessage // an object or a list as sent, without its white space; nil when empty
	UpdatedAt    time.Time       // Innomaint's own last change: UTC, truncated to microseconds
	Warnings     []Warning       // what was there and could not be read
	Raw          json.RawMessage // the asset object as answered, out of its envelope, for a host's own fields

	dates *dateReader // the client's date settings, for Date; nil: the defaults
}

// Warn appends w, its Value shortened to what [Warning] allows.
func (a *Asset) Warn(w Warning) {
	w.Value = shorten(w.Value, maxWarningValue)
	a.Warnings = append(a.Warnings, w)
}

// Unreadable reports whether a warning names field, a column of ic3_asset_master: a value was there and could not be
// read, so the local one must stay, whatever the column's policy.
func (a *Asset) Unreadable(field string) bool {
	for i := range a.Warnings {
		if a.Warnings[i].Field == field {
			return true
		}
	}
	return false
}

// Text returns the text at a gjson path of [Asset.Raw], cleaned as the client cleans names. The second result is false
// where there is none: nothing at that path, a placeholder, or something that is no text. A number is text: its digits.
func (a *Asset) Text(path string) (string, bool) {
	text, err := readText(gjson.GetBytes(a.Raw, path), cleanLine)
	return text, err == nil && text != ""
}

// Bool returns the boolean at a gjson path of [Asset.Raw]: true, "true", "Y", "Yes", "1", 1 and their opposites, in any
// letter case. ok is false where nothing or a placeholder stands there; err is set where something else does.
func (a *Asset) Bool(path string) (value, ok bool, err error) {
	value, ok, err = readBool(gjson.GetBytes(a.Raw, path))
	return value, ok, atPath(path, err)
}

// Date returns the civil date at a gjson path of [Asset.Raw], read with the client's DateLayouts and Location. The second
// result is false where nothing or a placeholder stands there; the error is set where something else does.
func (a *Asset) Date(path string) (Date, bool, error) {
	date, err := a.dates.date(gjson.GetBytes(a.Raw, path))
	return date, err == nil && !date.IsZero(), atPath(path, err)
}

// Decimal returns the exact number at a gjson path of [Asset.Raw]. The second result is false where nothing or a
// placeholder stands there; the error is set where something else does.
func (a *Asset) Decimal(path string) (Decimal, bool, error) {
	decimal, err := readDecimal(gjson.GetBytes(a.Raw, path))
	return decimal, err == nil && decimal != "", atPath(path, err)
}

// atPath turns the reason that a reader gave into an error that names the path and the value.
func atPath(path string, err error) error {
	if err == nil {
		return nil
	}
	var u *unreadable
	if errors.As(err, &u) {
		return errors.New(u.warning(path).String())
	}
	return err
}
