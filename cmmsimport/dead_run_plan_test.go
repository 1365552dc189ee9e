package cmmsimport

import (
	"context"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// TestARepairReadsLittle asks the server how it would find what a dead run has not logged: never by reading a whole table.
func TestARepairReadsLittle(t *testing.T) {
	t.Parallel()
	r := startRun(t, APIClientFunc(func(_ context.Context, _ innomaint.AssetRef) (*innomaint.Asset, error) { return nil, nil }))
	for _, text := range []string{
		`INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, cmms_sync_status, cmms_attempted_at)
			SELECT 100 + seq % 20, CONCAT('P-', seq), 'Success', '2026-01-01' + INTERVAL seq SECOND FROM seq_1_to_20000`,
		`INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, synced_at, duration_ms)
			SELECT CONCAT('01M000000000000000000000', 10 + seq DIV 4000), 100 + seq % 20, CONCAT('P-', seq % 20000), 'Success', '2026-01-01' + INTERVAL seq SECOND, 1 FROM seq_1_to_60000`,
		"ANALYZE TABLE ic3_asset_master, cmms_sync_log",
	} {
		if err := r.db.Exec(text).Error; err != nil {
			t.Fatal(err)
		}
	}
	tests := map[string]struct {
		query string
		args  []any
		key   string
		extra string
	}{
		"customers":     {query: attemptedCustomers, key: "idx_asset_attempted", extra: "Using index for group-by"},
		"assets":        {query: attemptedAssets, args: []any{105, "2026-01-01 05:00:00", "2026-01-01 05:00:00", 0, unloggedBatch}, key: "idx_asset_attempted"},
		"log of assets": {query: logOfAssets, args: []any{105, []string{"P-5", "P-25", "P-45"}, "2026-01-01 05:00:00"}, key: "idx_log_asset"},
		"last rows":     {query: lastLogged, args: []any{"01M00000000000000000000011", maxBacklog}, key: "idx_log_run"},
		"counts":        {query: logCounts, args: []any{"01M00000000000000000000011"}, key: "idx_log_run"},
		"the other row": {query: otherRow, args: []any{7, "P-5", 105, "01M00000000000000000000011", "%x%", true, true}, key: "idx_log_asset"},
	}
	for name, tc := range tests {
		var plan []struct {
			Key   *string `gorm:"column:key"`
			Extra string  `gorm:"column:Extra"`
		}
		if err := r.db.Raw("EXPLAIN "+tc.query, tc.args...).Scan(&plan).Error; err != nil {
			t.Fatal(err)
		}
		last := plan[len(plan)-1]
		if last.Key == nil || *last.Key != tc.key || !strings.Contains(last.Extra, tc.extra) {
			t.Errorf("%s: plan %+v", name, plan)
		}
	}
}
