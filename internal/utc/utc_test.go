package utc_test

import (
	"testing"
	"time"

	"ic3.internal/innomaintsync/internal/utc"
)

var kolkata = time.FixedZone("IST", 5*3600+1800)

func TestFormat(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 2, 0, 0, 123456789, kolkata)
	if got, want := utc.Format(at), "2026-02-28 20:30:00.123456"; got != want {
		t.Errorf("Format = %q, want %q", got, want)
	}
}

func TestNow(t *testing.T) {
	t.Parallel()
	now := utc.Now()
	if now.Location() != time.UTC || now.Nanosecond()%1000 != 0 {
		t.Errorf("Now = %v, want whole microseconds in UTC", now)
	}
	back, err := utc.Parse(utc.Format(now))
	if err != nil || back != now { // == on purpose: no monotonic reading, same location
		t.Errorf("there and back: %v, %v, want %v", back, err, now)
	}
	if d := time.Since(now); d < -time.Second || d > time.Minute {
		t.Errorf("Now is %v away", d)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 2, 28, 20, 30, 0, 123456000, time.UTC)
	tests := map[string]struct {
		in   any
		want time.Time
	}{
		"string":                 {"2026-02-28 20:30:00.123456", at},
		"bytes":                  {[]byte("2026-02-28 20:30:00.123456"), at},
		"whole seconds":          {"2026-02-28 20:30:00", at.Truncate(time.Second)},
		"DATE":                   {"2026-02-28", time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)},
		"with a T":               {"2026-02-28T20:30:00.123456", at},
		"time in UTC":            {at, at},
		"time's wall clock":      {time.Date(2026, 2, 28, 20, 30, 0, 123456000, kolkata), at},
		"NULL":                   {nil, time.Time{}},
		"empty":                  {"", time.Time{}},
		"zero date":              {"0000-00-00 00:00:00.000000", time.Time{}},
		"zero day":               {[]byte("2026-02-00"), time.Time{}},
		"zero month":             {"2026-00-05 10:00:00", time.Time{}},
		"driver's zero date":     {time.Time{}, time.Time{}},
		"last moment of a month": {"2026-12-31 23:59:59.999999", time.Date(2026, 12, 31, 23, 59, 59, 999999000, time.UTC)},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := utc.Parse(test.in)
			if err != nil || got != test.want {
				t.Errorf("Parse(%v) = %v, %v, want %v", test.in, got, err, test.want)
			}
		})
	}
}

func TestParseRefuses(t *testing.T) {
	t.Parallel()
	for _, in := range []any{"soon", []byte("2026-02-30 00:00:00"), "12:30:00", int64(1772310600), "2026-02-28 20:30:00+05:30"} {
		if got, err := utc.Parse(in); err == nil {
			t.Errorf("Parse(%v) = %v, want an error", in, got)
		}
	}
}
