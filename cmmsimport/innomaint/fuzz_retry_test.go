package innomaint_test

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// FuzzRetryWait sends the headers with a 429 to a whole GetAsset, on synctest's clock. The next request comes after the wait
// that was clearly asked for and never later than the longest wait, or not at all.
func FuzzRetryWait(f *testing.F) {
	for _, s := range []string{
		"", "0", "7", "1.5", "-5", "99999999999999999999", "Sat, 01 Jan 2000 00:00:09 GMT", "Mon, 01 Jan 2001 00:00:00 GMT", "soon", "31", "30", "946684806",
	} {
		f.Add(s, "")
		f.Add("", s)
	}
	f.Fuzz(func(t *testing.T, retry, reset string) {
		if strings.ContainsAny(retry+reset, "\r\n\x00") {
			t.Skip("no header can carry it")
		}
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			transport := &scripted{responses: []http.Header{status(429, "Retry-After", retry, "X-RateLimit-Reset", reset), status(200)}}
			asset, err := withDefaultWaits(t, transport, nil).GetAsset(t.Context(), ref)
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
			switch len(transport.at) {
			case 1:
				if failed := wantKind(t, err, innomaint.KindRateLimited); failed.Tries != 1 || !strings.Contains(failed.Message, "RetryMaxWait") {
					t.Errorf("one attempt, and error %v", err)
				}
			case 2:
				if err != nil || asset == nil || asset.ID != ref.AssetID {
					t.Errorf("asset %v, error %v", asset, err)
				}
				if len(retry) == 1 && retry[0] >= '1' && retry[0] <= '9' && transport.waits()[0] != time.Duration(retry[0]-'0')*time.Second {
					t.Errorf("Retry-After: %s, and waited %v", retry, transport.waits()[0])
				}
			default:
				t.Errorf("%d attempts", len(transport.at))
			}
		})
	})
}
