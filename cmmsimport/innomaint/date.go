package innomaint

import (
	"database/sql/driver"
	"fmt"
	"time"
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
