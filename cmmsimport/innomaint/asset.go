package innomaint

import (
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// AssetRef names one asset of one customer.
type AssetRef struct {
	CustomerID uint64
	AssetID    string // Innomaint's id: the row's cmms_asset_id
}

// Asset is one asset, decoded from a response. An empty field ("", the zero [Reference], [Date] or time, a "" [Decimal],
// nil) means that the response has no value for it: absent, a placeholder, or unreadable. [Asset.Unreadable] reports the
// last case. Texts are never cut: whoever writes a column checks the length, and calls [Asset.Warn] for a text that is too
// long.
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
	Warnings     []Warning       // values that could not be read, in the order of FieldMap
	Raw          json.RawMessage // the asset object as sent, out of its envelope, for a host's own fields

	dates *dateReader // the client's date settings, for Date; nil: the defaults
}

// Warn appends w, with its Value shortened as [Warning] says.
func (a *Asset) Warn(w Warning) {
	w.Value = shorten(w.Value, maxWarningValue)
	a.Warnings = append(a.Warnings, w)
}

// Unreadable reports whether there is a warning on field, a column of ic3_asset_master. Such a value exists but could not
// be read, so the local one must stay, whatever the column's policy.
func (a *Asset) Unreadable(field string) bool {
	return slices.ContainsFunc(a.Warnings, func(w Warning) bool { return w.Field == field })
}

// Text returns the text at a gjson path of [Asset.Raw], cleaned as the client cleans names; of a number, its digits. The
// second result is false if there is none: nothing at that path, a placeholder, or a value that is not a text.
func (a *Asset) Text(path string) (string, bool) {
	text, err := readText(gjson.GetBytes(a.Raw, path), cleanLine)
	return text, err == nil && text != ""
}

// Bool returns the boolean at a gjson path of [Asset.Raw]: true, "true", "Y", "Yes", "1", 1 and their opposites, in any
// letter case. ok is false if the path leads to nothing or a placeholder; err is set if it leads to something else.
func (a *Asset) Bool(path string) (value, ok bool, err error) {
	value, ok, err = readBool(gjson.GetBytes(a.Raw, path))
	return value, ok, atPath(path, err)
}

// Date returns the civil date at a gjson path of [Asset.Raw], read with the client's DateLayouts and Location. The second
// result is false if the path leads to nothing or a placeholder; the error is set if it leads to something else.
func (a *Asset) Date(path string) (Date, bool, error) {
	date, err := a.dates.date(gjson.GetBytes(a.Raw, path))
	return date, err == nil && !date.IsZero(), atPath(path, err)
}

// Decimal returns the exact number at a gjson path of [Asset.Raw]. The second result is false if the path leads to nothing
// or a placeholder; the error is set if it leads to something else.
func (a *Asset) Decimal(path string) (Decimal, bool, error) {
	decimal, err := readDecimal(gjson.GetBytes(a.Raw, path))
	return decimal, err == nil && decimal != "", atPath(path, err)
}

// atPath returns a reader's error with the path and the value in its text.
func atPath(path string, err error) error {
	var u *unreadable
	if errors.As(err, &u) {
		return errors.New(u.warning(path).String())
	}
	return err
}

const maxWarningValue = 80

// Warning says that one value of a response could not be read or stored. The rest of the asset is unaffected.
type Warning struct {
	// Field is the column of ic3_asset_master that the value was meant for (asset_name, category_id, location_id, …).
	// A part of a master that is not needed to find it has a suffix: category_id.code, vendor_id.email, vendor_id.phone.
	Field  string
	Value  string // as sent, shortened to at most 80 characters of valid UTF-8
	Reason string // continues a sentence that begins with the value: "is not a date in a known layout"
}

// String returns one line: purchase_date: "soon" is not a date in a known layout.
func (w Warning) String() string {
	if w.Value == "" {
		return w.Field + ": " + w.Reason
	}
	return w.Field + ": " + strconv.Quote(w.Value) + " " + w.Reason
}

// shorten returns s as valid UTF-8 of at most limit characters. A shortened text ends in an ellipsis.
func shorten(s string, limit int) string {
	if len(s) > limit*utf8.UTFMax {
		s = s[:limit*utf8.UTFMax] + "…" // surely too long: the rest need not be looked at
	}
	s = strings.ToValidUTF8(s, "\uFFFD")
	if utf8.RuneCountInString(s) <= limit {
		return s
	}
	return string([]rune(s)[:limit-1]) + "…"
}
