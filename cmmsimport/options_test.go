package cmmsimport_test

import (
	"errors"
	"testing"
	"time"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

func TestOptions(t *testing.T) {
	t.Parallel()
	t.Run("ErrorNamesEveryProblem", func(t *testing.T) {
		t.Parallel()
		summary, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), nil, cmmsimport.Options{
			CustomerID: customer(0), Limit: -1, AssetTimeout: -time.Second, MaxConsecutiveFailures: -1,
			Policies: map[string]cmmsimport.FieldPolicy{"asset_nam": cmmsimport.Mirror, "asset_code": "overwite"},
		})
		if !errors.Is(err, cmmsimport.ErrOptions) {
			t.Fatalf("got %v, want ErrOptions", err)
		}
		contains(t, err.Error(), "db is nil", "Client", "CustomerID", "Limit", "AssetTimeout", "MaxConsecutiveFailures", `"asset_nam"`, `"overwite"`)
		checkSums(t, summary)
	})
	t.Run("NilClientOfAnyType", func(t *testing.T) {
		t.Parallel()
		for name, client := range map[string]cmmsimport.APIClient{
			"none": nil, "*Client": (*innomaint.Client)(nil), "*Tenants": (*innomaint.Tenants)(nil), "APIClientFunc": clientFunc(nil),
		} {
			_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), nil, cmmsimport.Options{Client: client})
			if !errors.Is(err, cmmsimport.ErrOptions) {
				t.Fatalf("%s: got %v, want ErrOptions", name, err)
			}
			contains(t, err.Error(), "Client is nil")
		}
	})
	t.Run("AtMost10000AssetIDs", func(t *testing.T) {
		t.Parallel()
		w := setup(t)
		opts := w.options()
		opts.CMMSAssetIDs = make([]string, 10_001)
		_, err := cmmsimport.SyncAllAssetsFromInnomaint(t.Context(), w.db, opts)
		equal(t, "is ErrOptions", errors.Is(err, cmmsimport.ErrOptions), true)
		opts.CMMSAssetIDs = opts.CMMSAssetIDs[1:]
		equal(t, "total", w.sync(opts).Total, 0)
	})
}
