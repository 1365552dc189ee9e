package innomaint

import (
	"errors"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// pause says how long to wait before the next try.
type pause struct {
	first, longest time.Duration
}

// errTooLong ends the tries: the API asked for a longer wait than the longest.
var errTooLong = errors.New("the API asks for a longer wait than Config.RetryMaxWait")

// after returns the wait after the given number of tries: what the answer asks for, else an exponential backoff with
// full jitter.
func (p pause) after(tries int, header http.Header, now time.Time) (time.Duration, error) {
	asked, ok := retryAfter(header, now)
	switch {
	case !ok:
		return p.backoff(tries), nil
	case asked > p.longest:
		return 0, errTooLong
	}
	return max(asked, time.Nanosecond), nil // to resty, 0 would mean its own backoff
}

// backoff returns a random wait of up to first, doubled for each further try, never longer than the longest.
func (p pause) backoff(tries int) time.Duration {
	bound := p.first
	for range min(tries-1, 62) {
		if bound >= p.longest/2 {
			bound = p.longest
			break
		}
		bound *= 2
	}
	return time.Duration(rand.Int64N(int64(min(bound, p.longest)))) + time.Nanosecond
}

// retryAfter returns the wait that an answer asks for: Retry-After in seconds or as a date (RFC 9110, 10.2.3), else
// X-RateLimit-Reset in seconds or as an epoch. What is negative, past or garbage asks for nothing.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if seconds, ok := parseSeconds(value); ok {
		return seconds, true
	}
	now = clockOf(header, now)
	if date, err := http.ParseTime(value); err == nil && !date.Before(now) {
		return date.Sub(now), true
	}
	for _, name := range [...]string{"X-RateLimit-Reset", "RateLimit-Reset"} {
		reset, ok := parseSeconds(strings.TrimSpace(header.Get(name)))
		if !ok {
			continue
		}
		if reset < earliestEpoch {
			return reset, true
		}
		if until := reset - time.Duration(now.Unix())*time.Second; until >= 0 {
			return until, true
		}
	}
	return 0, false
}

// clockOf returns the API's own time, by which it says until when to wait: its clock may be years off ours.
func clockOf(header http.Header, now time.Time) time.Time {
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		return date
	}
	return now
}

// earliestEpoch tells an epoch (September 2001 or later) from a number of seconds to wait.
const earliestEpoch = 1_000_000_000 * time.Second

// parseSeconds reads a number of seconds, rounded up to a whole one. Numbers too large for a Duration stand for the
// longest one.
func parseSeconds(s string) (time.Duration, bool) {
	whole, fraction, _ := strings.Cut(s, ".")
	if whole == "" || !isDigits(whole) || !isDigits(fraction) {
		return 0, false
	}
	const most = int64(1<<63-1) / int64(time.Second)
	seconds, err := strconv.ParseInt(whole, 10, 64)
	if err != nil || seconds >= most {
		return time.Duration(most) * time.Second, true
	}
	if strings.Trim(fraction, "0") != "" {
		seconds++
	}
	return time.Duration(seconds) * time.Second, true
}
