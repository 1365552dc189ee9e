package innomaint

import (
	"math"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// retryable is the retry predicate: it reports whether the failure may pass by itself within seconds.
func (e *Error) retryable() bool { return e.Kind.transient() && !e.permanent }

func (k Kind) transient() bool {
	return k == KindRateLimited || k == KindUnavailable || k == KindTimeout
}

// renewable reports whether a new token may help: the credentials were not accepted, as opposed to not allowed.
func (e *Error) renewable() bool {
	return e != nil && e.Kind == KindAuth && e.StatusCode != http.StatusForbidden
}

// wait returns the wait after the given number of attempts: what the response asks for, else a random one of up to
// RetryWait, doubled for each further attempt and never above RetryMaxWait (exponential backoff with full jitter).
// ok is false if the response asks for more: then there is no further attempt.
func (c *Config) wait(attempts int, header http.Header, now time.Time) (wait time.Duration, ok bool) {
	if asked, ok := retryAfter(header, now); ok {
		return asked, asked <= c.RetryMaxWait
	}
	bound := c.RetryWait
	for range attempts - 1 {
		if bound >= c.RetryMaxWait/2 {
			bound = c.RetryMaxWait
			break
		}
		bound *= 2
	}
	return rand.N(bound), true
}

// retryAfter returns the wait that a response asks for: Retry-After in seconds or as a date (RFC 9110, 10.2.3), else
// X-RateLimit-Reset in seconds or as an epoch. A negative, past or unreadable value asks for nothing.
func retryAfter(header http.Header, now time.Time) (time.Duration, bool) {
	value := strings.TrimSpace(header.Get("Retry-After"))
	if wait, ok := parseSeconds(value); ok {
		return wait, true
	}
	// Dates are on the API's own clock, which may be years off ours.
	if date, err := http.ParseTime(header.Get("Date")); err == nil {
		now = date
	}
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

// earliestEpoch distinguishes an epoch (September 2001 or later) from a number of seconds to wait.
const earliestEpoch = 1_000_000_000 * time.Second

var seconds = regexp.MustCompile(`^[0-9]+(?:\.[0-9]*)?$`)

// parseSeconds reads a number of seconds and rounds it up to a whole one. A number too large for a Duration becomes the
// longest one.
func parseSeconds(s string) (time.Duration, bool) {
	if !seconds.MatchString(s) {
		return 0, false
	}
	number, _ := strconv.ParseFloat(s, 64) // infinite if out of range
	return time.Duration(min(math.Ceil(number), float64(math.MaxInt64/int64(time.Second)))) * time.Second, true
}
