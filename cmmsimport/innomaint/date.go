package innomaint

import (
	"database/sql/driver"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// Date is a civil date: a day on the calendar, without a time of day or a zone. Dates compare with ==.
// The zero Date is no date.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf returns the day that t shows in its own location; the zero Date for the zero time.
func DateOf(t time.Time) Date {
	if t.IsZero() {
		return Date{}
	}
	year, month, day := t.Date()
	return Date{year, month, day}
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// String returns d as 2006-01-02, or "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// MarshalText implements [encoding.TextMarshaler]: as String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements [encoding.TextUnmarshaler]. It takes 2006-01-02, and "" and 0000-00-00 for no date.
func (d *Date) UnmarshalText(text []byte) error {
	s := string(text)
	if s == "" || s == "0000-00-00" {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return fmt.Errorf("innomaint: %q is not a date like 2006-01-02", shorten(s, maxWarningValue))
	}
	*d = DateOf(t)
	return nil
}

// Value implements [driver.Valuer]: the text 2006-01-02, or nil for the zero Date.
func (d Date) Value() (driver.Value, error) {
	if d.IsZero() {
		return nil, nil
	}
	return d.String(), nil
}

// Scan implements [database/sql.Scanner]. It takes NULL; text as the driver returns a DATE (0000-00-00 is no date, a time
// of day after the date is dropped); and the time.Time of a driver with parseTime, of which it takes the day in the time's
// own location.
func (d *Date) Scan(src any) error {
	switch v := src.(type) {
	case nil:
		*d = Date{}
		return nil
	case time.Time:
		*d = DateOf(v)
		return nil
	case []byte:
		return d.Scan(string(v))
	case string:
		if len(v) > 10 && (v[10] == ' ' || v[10] == 'T') {
			v = v[:10]
		}
		return d.UnmarshalText([]byte(v))
	}
	return fmt.Errorf("innomaint: a Date cannot be read from a %T", src)
}

// defaultDateLayouts are day first. "2" and "1" take leading zeros as well.
var defaultDateLayouts = []string{
	"2-1-2006", "2/1/2006", "2-Jan-2006",
	"2-1-2006 15:04:05", "2/1/2006 15:04:05", "2-Jan-2006 15:04:05",
}

// isoLayouts are always understood, before any other. Seconds may have a fraction.
var isoLayouts = []string{
	time.DateOnly, time.RFC3339, "2006-01-02T15:04:05", time.DateTime, "2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05 Z07:00", "2006-01-02 15:04:05 Z0700",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02 15:04",
}

// noDays begin somebody's calendar, and are sent for no date.
var noDays = [...]Date{{1970, time.January, 1}, {1, time.January, 1}}

// dateReader reads dates and timestamps as one tenant writes them. A nil one has the defaults.
type dateReader struct {
	layouts  []string
	location *time.Location
}

var defaultDates = &dateReader{layouts: defaultDateLayouts, location: time.UTC}

// date returns the civil date at v: the day as written, whatever zone follows it.
func (r *dateReader) date(v gjson.Result) (Date, error) {
	t, err := r.read(v)
	if err != nil || t.IsZero() {
		return Date{}, err
	}
	return DateOf(t), nil
}

// timestamp returns the instant at v, in UTC and truncated to microseconds.
func (r *dateReader) timestamp(v gjson.Result) (time.Time, error) {
	t, err := r.read(v)
	if err != nil || t.IsZero() {
		return time.Time{}, err
	}
	if t = t.UTC().Truncate(time.Microsecond); outOfRange(t) {
		return time.Time{}, cannot(v, yearReason)
	}
	return t, nil
}

// read returns the time as written, in its own zone or else the reader's; the zero time for a placeholder.
func (r *dateReader) read(v gjson.Result) (time.Time, error) {
	if r == nil {
		r = defaultDates
	}
	if v.IsObject() {
		for _, key := range [...]string{"date", "datetime"} { // as PHP and Snipe-IT write them
			if inner := v.Get(key); inner.Exists() && !inner.IsObject() {
				v = inner
				break
			}
		}
	}
	if isEmpty(v) {
		return time.Time{}, nil
	}
	text := cleanLine(asSent(v))
	if v.Type != gjson.String && v.Type != gjson.Number {
		return time.Time{}, cannot(v, "is "+jsonKind(v)+" where a date was expected")
	}
	if isNoDate(text) {
		return time.Time{}, nil
	}
	t, reason := r.parse(text)
	switch {
	case reason != "":
		return time.Time{}, cannot(v, reason)
	case slices.Contains(noDays[:], DateOf(t)):
		return time.Time{}, nil
	case outOfRange(t):
		return time.Time{}, cannot(v, yearReason)
	}
	return t, nil
}

// A DATE and a DATETIME hold these years.
const yearReason = "is outside the years 1000 to 9999"

func outOfRange(t time.Time) bool { return t.Year() < 1000 || t.Year() > 9999 }

// parse reads an epoch, or a time in an ISO layout or one of the tenant's own. The reason is "" for a success.
func (r *dateReader) parse(text string) (t time.Time, reason string) {
	if t, ok := parseEpoch(text); ok {
		return t.In(r.location), ""
	}
	reason = "is not a date in a known layout"
	for _, layouts := range [...][]string{isoLayoutsFor(text), r.layouts} {
		for _, layout := range layouts {
			t, err := time.ParseInLocation(layout, text, r.location)
			if err == nil {
				return t, ""
			}
			if strings.HasSuffix(err.Error(), "out of range") {
				reason = "is not a day of the calendar, in any known layout"
			}
		}
	}
	return time.Time{}, reason
}

// isoLayoutsFor returns the ISO layouts that text may have: each failed attempt costs an error.
func isoLayoutsFor(text string) []string {
	switch day := len(time.DateOnly); {
	case len(text) < day || text[4] != '-' || text[7] != '-':
		return nil
	case len(text) == day:
		return isoLayouts[:1]
	}
	return isoLayouts[1:]
}

// parseEpoch reads seconds (9 or 10 digits, from 1973 on) or milliseconds (12 or 13) since 1970. Another number of
// digits may be a year, a day number or something else, and is not guessed at.
func parseEpoch(text string) (time.Time, bool) {
	if strings.ContainsAny(text[1:], "-/: ") {
		return time.Time{}, false
	}
	number, err := ParseDecimal(text)
	if err != nil {
		return time.Time{}, false
	}
	whole, _, _ := strings.Cut(string(number), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	switch digits := len(strings.TrimPrefix(whole, "-")); {
	case err != nil:
	case digits == 9 || digits == 10:
		return time.Unix(n, 0), true
	case digits == 12 || digits == 13:
		return time.UnixMilli(n), true
	}
	return time.Time{}, false
}

// isNoDate reports whether text is nothing but zeros (0, 0000-00-00 00:00:00), or a time of the first day of a calendar,
// in any zone.
func isNoDate(text string) bool {
	if len(text) >= 10 && (len(text) == 10 || text[10] == 'T' || text[10] == ' ') && (text[:10] == "1970-01-01" || text[:10] == "0001-01-01") {
		return true
	}
	return strings.Trim(text, "0-/:.TZ +") == "" && strings.Contains(text, "0")
}

// hasDay reports whether a date survives being written and read in layout.
func hasDay(layout string) bool {
	day := Date{2019, time.November, 28}
	t, err := time.Parse(layout, time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC).Format(layout))
	return err == nil && DateOf(t) == day
}
