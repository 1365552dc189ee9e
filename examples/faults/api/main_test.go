// Package api_test lets the API misbehave in every way that is known of tenants, gateways and networks, over real TCP, and
// holds what comes of the asset that meets it: nothing written, or the rest of it with a warning. The run goes on.
package api_test

import (
	"os"
	"testing"

	"ic3.internal/innomaintsync/internal/dbtest"
)

func TestMain(m *testing.M) { os.Exit(dbtest.Main(m)) }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
