package innomaint

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

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
