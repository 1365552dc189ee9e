package innomaint

import (
	"net/http"
	"testing"
	"time"
)

func FuzzRetryAfter(f *testing.F) {
	now := time.Date(2026, 10, 1, 8, 30, 0, 0, time.UTC)
	for _, s := range []string{
		"", "0", "7", "1.5", "-5", "99999999999999999999", "Thu, 01 Oct 2026 08:30:09 GMT", "Fri, 01 Oct 2027 08:30:00 GMT", "soon", "1790843406",
	} {
		f.Add(s, "")
		f.Add("", s)
	}
	f.Fuzz(func(t *testing.T, retry, reset string) {
		header := http.Header{"Retry-After": {retry}, "X-Ratelimit-Reset": {reset}}
		asked, ok := retryAfter(header, now)
		if asked < 0 || !ok && asked != 0 {
			t.Fatalf("asked for %v, %v", asked, ok)
		}
		p := pause{500 * time.Millisecond, 30 * time.Second}
		for tries := range 100 {
			wait, err := p.after(tries+1, header, now)
			if err == nil && (wait <= 0 || wait > p.longest) || (err != nil) != (ok && asked > p.longest) {
				t.Fatalf("after %d tries: wait %v, %v (asked for %v, %v)", tries+1, wait, err, asked, ok)
			}
		}
	})
}
