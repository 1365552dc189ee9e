package api_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

const (
	unpackedMiB = 1024    // of a bomb
	limit       = 1 << 20 // of the client
)

// TestGzipBombs sends a megabyte that unpacks to a gigabyte, as an asset, a refusal and a login's answer. What the process
// allocates meanwhile, garbage included, is measured: it is bounded by Config.MaxBodyBytes, not by the bomb.
func TestGzipBombs(t *testing.T) { //nolint:paralleltest // measures the allocations of the process
	bomb := newBomb(t)
	t.Logf("%d bytes on the wire, %d MiB unpacked", len(bomb), unpackedMiB)
	explode := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.WriteHeader(status)
			_, _ = w.Write(bomb) // until the client has seen enough
		}
	}
	bearer := func(cfg *innomaint.Config) { cfg.MaxBodyBytes = limit }
	login := func(cfg *innomaint.Config) {
		bearer(cfg)
		cfg.Auth = innomaint.Login("sync", password)
	}
	tests := map[string]struct {
		login http.HandlerFunc
		fault
	}{
		"asset":   {fault: fault{answer: explode(200), config: bearer, kind: innomaint.KindBadResponse, text: "MaxBodyBytes", requests: 1}},
		"refusal": {fault: fault{answer: explode(404), config: bearer, kind: innomaint.KindBadResponse, text: "MaxBodyBytes", requests: 1}},
		"login":   {login: explode(200), fault: fault{config: login, kind: innomaint.KindAuth, text: "MaxBodyBytes"}},
	}
	w := freshWorld(t)
	for name, tt := range tests { //nolint:paralleltest // as above
		t.Run(name, func(t *testing.T) {
			w.Advance(t)
			w.tenant.login = tt.login
			var before, after runtime.MemStats
			client := w.client(t, tt.fault)
			w.tenant.script(map[string]http.HandlerFunc{w.second().CMMSAssetID: tt.answer})
			runtime.ReadMemStats(&before)
			_, err := client.GetAsset(t.Context(), innomaint.AssetRef{CustomerID: 1, AssetID: w.second().CMMSAssetID})
			runtime.ReadMemStats(&after)
			allocated := after.TotalAlloc - before.TotalAlloc
			t.Logf("allocated %.1f MiB", float64(allocated)/(1<<20))
			if err == nil || allocated > 16*limit {
				t.Errorf("error %v; allocated %d bytes with a limit of %d", err, allocated, limit)
			}
			w.tenant.login = tt.login
			w.round(t, tt.fault)
		})
	}
}

// newBomb is the beginning of an asset and then spaces, in gzip: members of a mebibyte each, which unpack as one text.
func newBomb(t *testing.T) []byte {
	t.Helper()
	member := func(text string) []byte {
		var b bytes.Buffer
		z := gzip.NewWriter(&b)
		_, err := io.WriteString(z, text)
		must(t, err)
		must(t, z.Close())
		return b.Bytes()
	}
	return append(member(`{"asset_id":"C1-0001","asset_name":"`), bytes.Repeat(member(strings.Repeat(" ", 1<<20)), unpackedMiB)...)
}
