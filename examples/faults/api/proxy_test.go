package api_test

import (
	"strings"
	"testing"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// newProxy starts a TCP proxy before address that does to each connection what the toxics, in JSON, say. It returns the
// proxy's own address.
func newProxy(t *testing.T, address string, toxics []string) string {
	t.Helper()
	server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	proxy := toxiproxy.NewProxy(server, t.Name(), "127.0.0.1:0", address)
	for _, toxic := range toxics {
		_, err := proxy.Toxics.AddToxicJson(strings.NewReader(toxic))
		must(t, err)
	}
	must(t, proxy.Start())
	t.Cleanup(proxy.Stop)
	return proxy.Listen
}
