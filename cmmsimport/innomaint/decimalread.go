package innomaint

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/tidwall/gjson"
)

// maxDecimalDigits bounds what ParseDecimal writes out; the longest DECIMAL of MySQL has 65 digits.
const maxDecimalDigits = 100

// ParseDecimal reads a number as people and APIs write amounts: 125000.5, -7, 1.25e5, "1,25,000.50", "₹ 125000.50",
// "INR 1 250", "Rs. 500/-". A point is the decimal sign. Commas, apostrophes or spaces group digits, by twos or threes
// with three at the end, and only one sort of them at a time. What could mean two numbers ("12,50") is an error, and so
// is a text without a number.
func ParseDecimal(s string) (Decimal, error) {
	text := trimCurrency(strings.TrimSpace(s))
	negative := false
	if text != "" && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = trimCurrency(strings.TrimSpace(text[1:]))
	}
	if mantissa, exponent, ok := cutExponent(text); ok {
		return writeDecimal(s, negative, mantissa, exponent)
	}
	return writeDecimal(s, negative, text, 0)
}

// writeDecimal writes mantissa × 10^exponent out in the canonical form. s is for the error's text.
func writeDecimal(s string, negative bool, mantissa string, exponent int) (Decimal, error) {
	whole, fraction, _ := strings.Cut(mantissa, ".")
	whole, ok := ungroup(whole)
	if !ok || !isDigits(fraction) || whole+fraction == "" {
		return "", fmt.Errorf("innomaint: %q is no decimal number", shorten(s, maxWarningValue))
	}
	digits := strings.TrimLeft(whole+fraction, "0")
	point := len(digits) - len(fraction) + exponent // position of the decimal point in digits
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return "0", nil
	}
	if max(point, len(digits))-min(point, 0) > maxDecimalDigits {
		return "", fmt.Errorf("innomaint: %q has more than %d digits", shorten(s, maxWarningValue), maxDecimalDigits)
	}
	var b strings.Builder
	if negative {
		b.WriteByte('-')
	}
	switch {
	case point <= 0:
		b.WriteString("0." + strings.Repeat("0", -point) + digits)
	case point >= len(digits):
		b.WriteString(digits + strings.Repeat("0", point-len(digits)))
	default:
		b.WriteString(digits[:point] + "." + digits[point:])
	}
	return Decimal(b.String()), nil
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
		return "", cannot(v, "is no decimal number")
	}
	return decimal, nil
}

// trimCurrency takes a currency away from either end: a symbol, an ISO code, Rs, and the "/-" of Indian amounts.
func trimCurrency(s string) string {
	s = strings.TrimSuffix(s, "/-")
	inCurrency := func(r rune) bool { return unicode.IsLetter(r) || unicode.Is(unicode.Sc, r) }
	number := strings.TrimLeftFunc(s, inCurrency)
	if currency := s[:len(s)-len(number)]; strings.EqualFold(currency, "Rs") {
		s = strings.TrimPrefix(number, ".")
	} else if isCurrency(currency) {
		s = number
	}
	number = strings.TrimRightFunc(s, inCurrency)
	if isCurrency(s[len(number):]) {
		s = number
	}
	return strings.TrimSpace(s)
}

func isCurrency(s string) bool {
	for _, r := range s {
		if unicode.Is(unicode.Sc, r) {
			return len(s) == len(string(r))
		}
	}
	return strings.EqualFold(s, "Rs") || len(s) == 3 && strings.ToUpper(s) == s && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}

// cutExponent splits 1.25e5 into its mantissa and exponent.
func cutExponent(s string) (mantissa string, exponent int, ok bool) {
	at := strings.IndexAny(s, "eE")
	if at < 1 {
		return "", 0, false
	}
	exponent, err := strconv.Atoi(s[at+1:])
	if err != nil || exponent < -1000 || exponent > 1000 {
		return "", 0, false
	}
	return s[:at], exponent, true
}

// ungroup takes the group signs out of the whole part of a number.
func ungroup(s string) (string, bool) {
	at := strings.IndexFunc(s, isGroupSign)
	if at < 0 {
		return s, isDigits(s)
	}
	sign, _ := firstRune(s[at:])
	groups := strings.Split(s, sign)
	size := len(groups[1]) // of every group but the first and the last: 3, or 2 as in India
	if len(groups) == 2 {
		size = 3
	}
	for i, group := range groups {
		first, last := i == 0, i == len(groups)-1
		switch {
		case !isDigits(group), first && (group == "" || len(group) > size), last && len(group) != 3:
			return "", false
		case !first && !last && (len(group) != size || size < 2):
			return "", false
		}
	}
	return strings.Join(groups, ""), true
}

func isGroupSign(r rune) bool { return r == ',' || r == '\'' || r == '\u2019' || unicode.IsSpace(r) }

func firstRune(s string) (first, rest string) {
	for i := range s {
		if i > 0 {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
