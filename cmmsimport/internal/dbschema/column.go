package dbschema

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// Column is what a column of the host's database can hold. The host's definition counts, not the model's: it may be
// wider or narrower. The zero value holds anything.
type Column struct {
	Characters    uint64 // of text; 0: no limit known
	Bytes         uint64 // of text in UTF-8; 0: no limit known
	Charset       string
	Precision     int `gorm:"column:digits"` // decimal digits in all; 0: no limit known
	Scale         int // of them after the point
	AutoIncrement bool
}

// TextProblem says why s cannot be stored, "" if it can. Nothing is ever cut to fit.
func (c Column) TextProblem(s string) string {
	characters := utf8.RuneCountInString(s)
	if c.Charset == "" { // a binary column counts bytes
		characters = len(s)
	}
	if c.Characters > 0 && uint64(characters) > c.Characters {
		return fmt.Sprintf("has %d characters, the column takes %d", characters, c.Characters)
	}
	if c.Bytes > 0 && strings.HasPrefix(c.Charset, "utf8") && uint64(len(s)) > c.Bytes {
		return fmt.Sprintf("has %d bytes, the column takes %d", len(s), c.Bytes)
	}
	for _, r := range s {
		if !c.hasRoomFor(r) {
			return fmt.Sprintf("holds %q, and the column's character set %s has no room for it", r, c.Charset)
		}
	}
	return ""
}

// hasRoomFor reports whether the column's character set has the character, as far as that is known here.
func (c Column) hasRoomFor(r rune) bool {
	switch c.Charset {
	case "utf8", "utf8mb3", "ucs2":
		return r <= 0xFFFF
	case "latin1": // Windows-1252, says the manual of both servers
		return r <= 0xFF || strings.ContainsRune("€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ", r)
	case "ascii":
		return r <= 0x7F
	}
	return true
}

// DecimalProblem says why d cannot be stored, "" if it can.
func (c Column) DecimalProblem(d innomaint.Decimal) string {
	if c.Precision > 0 && !d.Fits(c.Precision, c.Scale) {
		return fmt.Sprintf("does not fit the column's DECIMAL(%d,%d)", c.Precision, c.Scale)
	}
	return ""
}
