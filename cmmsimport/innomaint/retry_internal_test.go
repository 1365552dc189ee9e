package innomaint

import (
	"math/big"
	"net/http"
	"strings"
	"testing"
	"time"
)

var retryAfterSeeds = []string{
	"", "0", "7", "1.5", "-5", "99999999999999999999", "Thu, 01 Oct 2026 08:30:09 GMT", "Fri, 01 Oct 2027 08:30:00 GMT", "soon", "1790843406",
	"9223372036", "9223372037", "0.000000000000000000001", " 3 ", "30.", ".5", "Thursday, 01-Oct-26 08:30:09 GMT", "Thu Oct  1 08:30:09 2026",
	"Fri, 31 Dec 9999 23:59:59 GMT", "Thu, 01 Jan 1970 00:00:00 GMT", "1_000", "٣", "1e3", "+5",
}

// FuzzRetryAfter compares how the headers are read with math/big and net/http, and the wait with its bounds.
func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2026, 10, 1, 8, 30, 0, 0, time.UTC)
	for _, s := range retryAfterSeeds {
		f.Add(s, "")
		f.Add("", s)
	}
	f.Fuzz(func(t *testing.T, retry, reset string) {
		header := http.Header{"Retry-After": {retry}, "X-Ratelimit-Reset": {reset}}
		asked, ok := retryAfter(header, now)
		if asked < 0 || !ok && asked != 0 {
			t.Fatalf("asked for %v, %v", asked, ok)
		}
		if want, known := secondsAsked(retry, now); known && (!ok || asked != want) {
			t.Errorf("Retry-After: %q asks for %v, %v, want %v", retry, asked, ok, want)
		}
		c := Config{RetryWait: 500 * time.Millisecond, RetryMaxWait: 30 * time.Second}
		for attempts := range 100 {
			wait, again := c.wait(attempts+1, header, now)
			if again && (wait < 0 || wait > c.RetryMaxWait) || again == (ok && asked > c.RetryMaxWait) {
				t.Fatalf("after %d attempts: wait %v, %v (asked for %v, %v)", attempts+1, wait, again, asked, ok)
			}
			if again && ok && wait != asked {
				t.Fatalf("after %d attempts: wait %v instead of %v", attempts+1, wait, asked)
			}
		}
	})
}

// secondsAsked reads what a Retry-After clearly asks for, in another way than the client.
func secondsAsked(value string, now time.Time) (time.Duration, bool) {
	value = strings.TrimSpace(value)
	if value != "" && strings.Trim(value, "0123456789") == "" {
		seconds, _ := new(big.Int).SetString(value, 10)
		if most := big.NewInt(9223372036); seconds.Cmp(most) > 0 {
			seconds = most
		}
		return time.Duration(seconds.Int64()) * time.Second, true
	}
	if date, err := http.ParseTime(value); err == nil && !date.Before(now) {
		return date.Sub(now), true
	}
	return 0, false
}
