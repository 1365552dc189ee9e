package innomaint

import (
	"strings"
	"time"

	"github.com/tidwall/gjson"
)

// defaultDateLayouts are day first. "2" and "1" take leading zeros as well.
var defaultDateLayouts = []string{
	"2-1-2006", "2/1/2006", "2-Jan-2006",
	"2-1-2006 15:04:05", "2/1/2006 15:04:05", "2-Jan-2006 15:04:05",
}

// isoLayouts are always understood, before any other: a day alone, and times. Seconds may have a fraction.
var isoLayouts = []string{
	time.DateOnly,
	time.RFC3339,
	"2006-01-02T15:04:05",
	time.DateTime,
	"2006-01-02T15:04:05Z0700",
	"2006-01-02 15:04:05Z07:00",
	"2006-01-02 15:04:05Z0700",
	"2006-01-02 15:04:05 Z07:00",
	"2006-01-02 15:04:05 Z0700",
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04",
	"2006-01-02 15:04",
}

// The years that a DATE and a DATETIME hold.
const minYear, maxYear = 1000, 9999

// firstDay is the zero time's, which some APIs send for none. Another day of that year is out of range as any.
var firstDay = Date{1, time.January, 1}

// dateReader reads dates and timestamps as one tenant writes them. A nil one has the defaults.
type dateReader struct {
	layouts  []string
	location *time.Location
}

var defaultDates = &dateReader{layouts: defaultDateLayouts, location: time.UTC}

// date returns the civil date that v shows: the day as written, whatever zone follows it.
func (r *dateReader) date(v gjson.Result) (Date, error) {
	t, err := r.read(v)
	if err != nil || t.IsZero() {
		return Date{}, err
	}
	return DateOf(t), nil
}

// timestamp returns the instant that v shows, in UTC and whole microseconds.
func (r *dateReader) timestamp(v gjson.Result) (time.Time, error) {
	t, err := r.read(v)
	if err != nil || t.IsZero() {
		return time.Time{}, err
	}
	if t = t.UTC().Truncate(time.Microsecond); t.Year() < minYear || t.Year() > maxYear {
		return time.Time{}, cannot(v, "is outside the years 1000 to 9999")
	}
	return t, nil
}

// read returns the time as written, in the zone it names or else in the reader's; zero for a placeholder.
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
	if reason != "" {
		return time.Time{}, cannot(v, reason)
	}
	if date := DateOf(t); date == (Date{1970, 1, 1}) || date == firstDay {
		return time.Time{}, nil
	}
	return t, nil
}

// parse tries the epochs, the ISO layouts and then the tenant's own. The reason is "" where it succeeds.
func (r *dateReader) parse(text string) (t time.Time, reason string) {
	if t, ok := parseEpoch(text); ok {
		return t.In(r.location), ""
	}
	reason = "is no date in a known layout"
	for _, layouts := range [...][]string{isoLayoutsFor(text), r.layouts} {
		for _, layout := range layouts {
			t, err := time.ParseInLocation(layout, text, r.location)
			switch {
			case err == nil && (t.Year() < minYear || t.Year() > maxYear) && DateOf(t) != firstDay:
				return time.Time{}, "is outside the years 1000 to 9999"
			case err == nil:
				return t, ""
			case strings.HasSuffix(err.Error(), "out of range"):
				reason = "is no day of the calendar, in any known layout"
			}
		}
	}
	return time.Time{}, reason
}

// isoLayoutsFor returns the ISO layouts that text may have: each one that is tried in vain costs an error.
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
// digits is a year, a day number or something else that is better not guessed at.
func parseEpoch(text string) (time.Time, bool) {
	if strings.ContainsAny(text[1:], "-/: ") {
		return time.Time{}, false
	}
	number, err := ParseDecimal(text)
	if err != nil {
		return time.Time{}, false
	}
	whole, _, _ := strings.Cut(strings.TrimPrefix(string(number), "-"), ".")
	var n int64
	for i := range min(len(whole), 13) {
		n = n*10 + int64(whole[i]-'0')
	}
	if number[0] == '-' {
		n = -n
	}
	switch len(whole) {
	case 9, 10:
		return time.Unix(n, 0), true
	case 12, 13:
		return time.UnixMilli(n), true
	}
	return time.Time{}, false
}

// isNoDate reports whether text is a date that stands for none: nothing but zeros (0, 0000-00-00 00:00:00), or the day
// on which somebody's calendar begins.
func isNoDate(text string) bool {
	if day, rest := text, ""; len(day) >= 10 {
		day, rest = text[:10], text[10:]
		if (day == "1970-01-01" || day == "0001-01-01") && (rest == "" || rest[0] == 'T' || rest[0] == ' ') {
			return true
		}
	}
	return strings.Trim(text, "0-/:.TZ +") == "" && strings.Contains(text, "0")
}

// hasDay reports whether a date survives being written and read in layout.
func hasDay(layout string) bool {
	day := Date{2019, time.November, 28}
	t, err := time.Parse(layout, time.Date(day.Year, day.Month, day.Day, 0, 0, 0, 0, time.UTC).Format(layout))
	return err == nil && DateOf(t) == day
}
