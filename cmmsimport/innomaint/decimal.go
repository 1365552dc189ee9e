package innomaint

import (
	"database/sql/driver"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
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

// maxDecimalDigits limits what ParseDecimal writes out. MySQL's longest DECIMAL has 65 digits.
const maxDecimalDigits = 100

// ParseDecimal reads a number as people and APIs write amounts: 125000.5, -7, 1.25e5, "1,25,000.50", "₹ 125000.50",
// "INR 1 250", "Rs. 500/-". The decimal separator is a point. Commas, apostrophes or spaces may group the digits, one of
// them in one number, by twos or threes with three at the end. Text without a number is an error, and so is what could
// mean two numbers ("12,50").
func ParseDecimal(s string) (Decimal, error) {
	text := trimCurrency(strings.TrimSpace(s))
	sign := ""
	if text != "" && (text[0] == '-' || text[0] == '+') {
		sign = strings.TrimPrefix(text[:1], "+")
		text = trimCurrency(strings.TrimSpace(text[1:]))
	}
	mantissa, exponent := cutExponent(text)
	whole, fraction, _ := strings.Cut(mantissa, ".")
	whole, ok := ungroup(whole)
	if !ok || !isDigits(fraction) || whole+fraction == "" {
		return "", fmt.Errorf("innomaint: %q is not a decimal number", shorten(s, maxWarningValue))
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	point := len(digits) - len(fraction) + exponent // the position of the decimal point in digits
	digits = strings.TrimRight(digits, "0")
	switch {
	case digits == "":
		return "0", nil
	case max(point, len(digits))-min(point, 0) > maxDecimalDigits:
		return "", fmt.Errorf("innomaint: %q has more than %d digits", shorten(s, maxWarningValue), maxDecimalDigits)
	case point <= 0:
		digits = "0." + strings.Repeat("0", -point) + digits
	case point >= len(digits):
		digits += strings.Repeat("0", point-len(digits))
	default:
		digits = digits[:point] + "." + digits[point:]
	}
	return Decimal(sign + digits), nil
}

// readDecimal returns the number at v, "" for a placeholder.
func readDecimal(v gjson.Result) (Decimal, error) {
	if isEmpty(v) {
		return "", nil
	}
	if v.Type != gjson.String && v.Type != gjson.Number {
		return "", cannot(v, "is "+jsonKind(v)+" where a number was expected")
	}
	decimal, err := ParseDecimal(cleanLine(asSent(v)))
	if err != nil {
		return "", cannot(v, "is not a decimal number")
	}
	return decimal, nil
}

// trimCurrency removes a currency at either end: a symbol, three capitals, Rs, and the "/-" of Indian amounts.
func trimCurrency(s string) string {
	if s = strings.TrimSuffix(s, "/-"); strings.Trim(s, "0123456789.,") == "" { // most numbers
		return s
	}
	s = currencyBefore.ReplaceAllString(s, "$1")
	return strings.TrimSpace(currencyBehind.ReplaceAllString(s, "$1"))
}

var (
	currencyBefore = regexp.MustCompile(`(?s)^(?:\p{Sc}|[A-Z]{3}|(?i:Rs)\.?)([^\pL\p{Sc}].*)$`)
	currencyBehind = regexp.MustCompile(`(?s)^(.*[^\pL\p{Sc}])(?:\p{Sc}|[A-Z]{3}|(?i:Rs))$`)
	groupSigns     = regexp.MustCompile(`[,'\x{2019}\s\p{Z}]`)
	grouped        = regexp.MustCompile(`^(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})+,\d{3})$`)
)

// cutExponent splits 1.25e5 into its mantissa and exponent.
func cutExponent(s string) (mantissa string, exponent int) {
	if at := strings.IndexAny(s, "eE"); at > 0 {
		exponent, err := strconv.Atoi(s[at+1:])
		if err == nil && exponent >= -1000 && exponent <= 1000 {
			return s[:at], exponent
		}
	}
	return s, 0
}

// ungroup removes the group separators from the whole part of a number.
func ungroup(s string) (digits string, ok bool) {
	if isDigits(s) {
		return s, true
	}
	separators := groupSigns.FindAllString(s, -1)
	if len(slices.Compact(separators)) != 1 {
		return "", false
	}
	s = strings.ReplaceAll(s, separators[0], ",")
	return strings.ReplaceAll(s, ",", ""), grouped.MatchString(s)
}

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }
