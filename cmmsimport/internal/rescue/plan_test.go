package rescue_test

import (
	"fmt"
	"strings"
	"testing"

	"gorm.io/gorm"
)

// TestRescue_Plan asks the server how it would find what a dead run has not logged: by indexes, never by reading a whole row of
// each asset, or the log.
func TestRescue_Plan(t *testing.T) {
	t.Parallel()
	r := setup(t)
	db := r.DB
	const digits = "(SELECT 0 d UNION SELECT 1 UNION SELECT 2 UNION SELECT 3 UNION SELECT 4 UNION SELECT 5 UNION SELECT 6 UNION SELECT 7 UNION SELECT 8 UNION SELECT 9)"
	numbers := fmt.Sprintf("(SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM %[1]s a, %[1]s b, %[1]s c, %[1]s e) numbers", digits)
	for _, text := range []string{
		`INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, cmms_sync_status, cmms_attempted_at, cmms_run_id, description)
			SELECT 100 + n % 20, CONCAT('P-', n), 'Success', '2026-01-01' + INTERVAL n SECOND, CONCAT('run ', n DIV 1000), REPEAT('x', 200) FROM ` + numbers,
		`INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, synced_at, duration_ms, attempt_key)
			SELECT CONCAT('run ', n DIV 1000), 100 + n % 20, CONCAT('P-', n), 'Success', '2026-01-01' + INTERVAL n SECOND, 1, CONCAT('run ', n DIV 1000, ':', n + 1) FROM ` + numbers,
		"ANALYZE TABLE ic3_asset_master, cmms_sync_log",
	} {
		if err := db.Exec(text).Error; err != nil {
			t.Fatal(err)
		}
	}
	var text string
	var args []any
	err := db.Callback().Raw().Before("gorm:raw").Register("test:watch", func(tx *gorm.DB) {
		if sql := tx.Statement.SQL.String(); strings.HasPrefix(sql, "INSERT INTO cmms_sync_log") {
			text, args = sql, tx.Statement.Vars
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	r.exec("UPDATE cmms_sync_run SET started_at = '2026-11-01 09:59:00'")
	r.rescue("", true)
	var plan []struct {
		Table *string `gorm:"column:table"`
		Key   *string `gorm:"column:key"`
		Extra string  `gorm:"column:Extra"`
	}
	if err := db.Raw("EXPLAIN "+text, args...).Scan(&plan).Error; err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{}
	for _, step := range plan {
		if step.Table != nil && step.Key != nil {
			keys[*step.Table] = *step.Key + " " + step.Extra
		}
	}
	for table, want := range map[string]string{
		"ic3_asset_master": "idx_asset_attempted", "asset": "PRIMARY", "logged": "uq_log_attempt",
	} {
		if !strings.HasPrefix(keys[table], want) {
			t.Errorf("%s is read by %q, want %s", table, keys[table], want)
		}
	}
	if !strings.Contains(keys["ic3_asset_master"], "Using index") {
		t.Errorf("assets are found by %q, want the index alone", keys["ic3_asset_master"])
	}
}
