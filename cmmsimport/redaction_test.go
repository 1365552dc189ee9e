package cmmsimport_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// The token is in an error of the client and in a panic of the host's callback.
func TestRedaction(t *testing.T) {
	t.Parallel()
	w := setup(t)
	w.add("A-1", "A-2")
	var output bytes.Buffer
	opts := w.options()
	opts.Logger = slog.New(slog.NewTextHandler(&output, &slog.HandlerOptions{Level: slog.LevelDebug}))
	opts.Client = clientFunc(func(ctx context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
		if ref.AssetID == "A-2" {
			return nil, fmt.Errorf("GET http://host/x?api_key=%[1]s: Authorization: Bearer %[1]s refused", apiToken)
		}
		return w.client.GetAsset(ctx, ref)
	})
	opts.OnAsset = func(cmmsimport.AssetResult, cmmsimport.Progress) { panic("password=" + apiToken) }
	equal(t, "failed", w.sync(opts).Failed, 2)
	contains(t, output.String(), "OnAsset panicked", "refused")
	equal(t, "in the log output", strings.Contains(output.String(), apiToken), false)
	equal(t, "failures in the table", w.count("cmms_sync_log", "status = 'Failed'"), 2)
	equal(t, "in the table", w.count("cmms_sync_log", "error_message LIKE ?", "%"+apiToken+"%"), 0)
}
