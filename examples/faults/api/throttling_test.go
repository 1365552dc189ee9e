package api_test

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestThrottling answers 429 again and again, with every absurd idea of how long to wait. The longest wait is 5 ms here, so
// that what is worth waiting for is asked again at once, and what is not ends the tries at the first answer.
func TestThrottling(t *testing.T) {
	t.Parallel()
	now := time.Now().UTC()
	date := func(t time.Time) string { return t.Format(http.TimeFormat) }
	epoch := func(t time.Time) string { return strconv.FormatInt(t.Unix(), 10) }
	skewed, behind := now.AddDate(5, 0, 0), now.AddDate(-30, 0, 0)
	tests := map[string]struct {
		header   []string
		requests int
	}{
		"without a word":                   {nil, tries},
		"Retry-After: 0":                   {[]string{"Retry-After", "0"}, tries},
		"negative":                         {[]string{"Retry-After", "-86400"}, tries},
		"empty":                            {[]string{"Retry-After", ""}, tries},
		"garbage":                          {[]string{"Retry-After", "soon, I promise"}, tries},
		"garbage in other letters":         {[]string{"Retry-After", "１２０"}, tries},
		"infinite":                         {[]string{"Retry-After", "Infinity"}, tries},
		"not a number":                     {[]string{"Retry-After", "NaN"}, tries},
		"hexadecimal":                      {[]string{"Retry-After", "0x10"}, tries},
		"a date that is none":              {[]string{"Retry-After", "Fri, 31 Feb 2026 25:61:61 GMT"}, tries},
		"a date in the past":               {[]string{"Retry-After", date(now.AddDate(-1, 0, 0))}, tries},
		"a date before all epochs":         {[]string{"Retry-After", "Mon, 01 Jan 0001 00:00:00 GMT"}, tries},
		"now, by a clock years ahead":      {[]string{"Date", date(skewed), "Retry-After", date(skewed)}, tries},
		"now, by a clock years behind":     {[]string{"Date", date(behind), "Retry-After", date(behind)}, tries},
		"a reset in the past":              {[]string{"X-RateLimit-Reset", epoch(now.AddDate(-1, 0, 0))}, tries},
		"a reset by a clock years ahead":   {[]string{"Date", date(skewed), "X-RateLimit-Reset", epoch(skewed)}, tries},
		"a negative reset":                 {[]string{"X-RateLimit-Reset", "-1"}, tries},
		"a year in seconds":                {[]string{"Retry-After", "31536000"}, 1},
		"a year as a date":                 {[]string{"Retry-After", date(now.AddDate(1, 0, 0))}, 1},
		"the end of time":                  {[]string{"Retry-After", "Fri, 31 Dec 9999 23:59:59 GMT"}, 1},
		"more seconds than a number has":   {[]string{"Retry-After", fmt.Sprint(uint64(math.MaxUint64), "0000")}, 1},
		"a reset a year away":              {[]string{"X-RateLimit-Reset", epoch(now.AddDate(1, 0, 0))}, 1},
		"a reset in milliseconds":          {[]string{"X-RateLimit-Reset", fmt.Sprint(now.Add(time.Hour).UnixMilli())}, 1},
		"an hour, by a clock years ahead":  {[]string{"Date", date(skewed), "Retry-After", date(skewed.Add(time.Hour))}, 1},
		"an hour, and a Date from garbage": {[]string{"Date", "yesterday", "Retry-After", date(now.Add(time.Hour))}, 1},
	}
	w := freshWorld(t)
	for name, tt := range tests { //nolint:paralleltest // the rounds of one world come one after the other
		t.Run(name, func(t *testing.T) {
			w.Advance(t)
			w.round(t, fault{answer: says(http.StatusTooManyRequests, "", tt.header...), kind: innomaint.KindRateLimited, requests: tt.requests})
		})
	}
}

// TestThrottlingThatPasses is a storm that is over at the last try.
func TestThrottlingThatPasses(t *testing.T) {
	t.Parallel()
	w := freshWorld(t)
	calls := 0
	w.round(t, fault{requests: tries, answer: func(answer http.ResponseWriter, r *http.Request) {
		if calls++; calls < tries {
			says(http.StatusTooManyRequests, `{"message":"Too many requests"}`, "Retry-After", "-1")(answer, r)
			return
		}
		w.tenant.usual.ServeHTTP(answer, r)
	}})
}
