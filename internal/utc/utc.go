// Package utc keeps the times of DATETIME columns in UTC, whatever parseTime and loc the host's connection string says.
//
// Model fields take the tag `serializer:utc`; arguments of raw SQL take [Format]. Both hand the driver a string, which it
// passes on untouched. A time.Time would be shifted into the connection's loc first.
package utc

import (
	"fmt"
	"strings"
	"time"
)

// layout is what MySQL and MariaDB read and print for DATETIME(6).
const layout = "2006-01-02 15:04:05.000000"

// Now returns the current time in UTC, cut to the microseconds that DATETIME(6) holds and without a monotonic reading, so
// that == holds between it and what comes back from the table.
func Now() time.Time {
	return time.Now().UTC().Truncate(time.Microsecond)
}

// Format returns t in UTC as "2006-01-02 15:04:05.000000", for arguments of raw SQL. What is finer than a microsecond is
// cut. A zero time is not special here; pass nil where NULL is meant.
func Format(t time.Time) string {
	return t.UTC().Format(layout)
}

// Parse reads what the driver gives for a DATETIME or DATE column: []byte or string without parseTime, time.Time with it.
// The wall clock is taken as UTC. NULL and zero dates (0000-00-00, also with only month or day zero) give a zero time.
//
// With parseTime and a loc that has summer time, the driver has moved the one hour a year that the loc skips before
// Parse sees it. Select CAST(column AS CHAR) where that hour matters.
func Parse(v any) (time.Time, error) {
	switch v := v.(type) {
	case nil:
		return time.Time{}, nil
	case time.Time:
		return fromWallClock(v), nil
	case []byte:
		return parseText(string(v))
	case string:
		return parseText(v)
	default:
		return time.Time{}, fmt.Errorf("utc: cannot read a time from a %T; the column should be DATETIME or DATE", v)
	}
}

func fromWallClock(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	return time.Date(year, month, day, hour, minute, second, t.Nanosecond(), time.UTC)
}

func parseText(s string) (time.Time, error) {
	if s == "" || isZeroDate(s) {
		return time.Time{}, nil
	}
	for _, l := range []string{time.DateTime, time.DateOnly, "2006-01-02T15:04:05"} { // each also reads fractions of a second
		if t, err := time.Parse(l, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("utc: %q is no DATETIME or DATE", s)
}

// isZeroDate reports month or day 00, which MySQL keeps in its lenient modes and time.Parse refuses.
func isZeroDate(s string) bool {
	if len(s) < len(time.DateOnly) {
		return false
	}
	date := s[:len(time.DateOnly)]
	return strings.HasSuffix(date, "-00") || strings.Contains(date, "-00-")
}
