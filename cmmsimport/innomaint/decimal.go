package innomaint

import (
	"database/sql/driver"
	"fmt"
	"strconv"
	"strings"
)

// Decimal is an exact decimal number in one canonical notation: an optional "-", no leading zeros, no zeros at the end of a
// fraction, "0" for zero. "" is no number. Equal numbers are equal strings, so Decimals compare with ==.
type Decimal string

// Fits reports whether d can be stored in a DECIMAL(precision, scale) without rounding. "" fits every column.
func (d Decimal) Fits(precision, scale int) bool {
	whole, fraction, _ := strings.Cut(strings.TrimPrefix(string(d), "-"), ".")
	if whole == "0" {
		whole = ""
	}
	return len(whole) <= precision-scale && len(fraction) <= scale
}

// Value implements [driver.Valuer]: the text, or nil for "".
func (d Decimal) Value() (driver.Value, error) {
	if d == "" {
		return nil, nil
	}
	return string(d), nil
}

// Scan implements [database/sql.Scanner]. It takes NULL, text and int64. A float64 is refused, because it is not exact.
func (d *Decimal) Scan(src any) (err error) {
	switch v := src.(type) {
	case nil:
		*d = ""
		return nil
	case int64:
		*d = Decimal(strconv.FormatInt(v, 10))
		return nil
	case []byte:
		return d.Scan(string(v))
	case string:
		decimal := Decimal("")
		if v != "" {
			if decimal, err = ParseDecimal(v); err != nil {
				return err
			}
		}
		*d = decimal
		return nil
	}
	return fmt.Errorf("innomaint: a Decimal cannot be read from a %T: it would not be exact", src)
}
