package cmmsimport_test

import (
	"context"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// TestPagesUseTheirIndex asks the server how it would read each page of a run.
func TestPagesUseTheirIndex(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		oldestFirst bool
		index       string
	}{
		"by id":        {index: "idx_asset_customer_id"},
		"oldest first": {oldestFirst: true, index: "idx_asset_attempted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			w.exec(`INSERT INTO ic3_asset_master (customer_id, cmms_asset_id, cmms_attempted_at)
				SELECT 1 + seq % 20, CONCAT('A-', seq), IF(seq % 3 = 0, NULL, '2026-01-01' + INTERVAL seq SECOND) FROM seq_1_to_19980`)
			w.exec("ANALYZE TABLE ic3_asset_master")

			var pages []string
			watched := dbtest.Open(t, w.dsn)
			must(t, watched.Callback().Row().After("gorm:row").Register("watch", func(db *gorm.DB) {
				if text := db.Statement.SQL.String(); strings.Contains(text, "LIMIT") && db.Statement.Table == "ic3_asset_master" {
					pages = append(pages, db.Explain(text, db.Statement.Vars...))
				}
			}))
			opts, customer := w.options(), uint64(7)
			opts.CustomerID, opts.OldestFirst = &customer, tc.oldestFirst
			opts.Client = clientFunc(func(_ context.Context, ref innomaint.AssetRef) (*innomaint.Asset, error) {
				return &innomaint.Asset{ID: ref.AssetID}, nil
			})
			w.db = watched
			w.sync(opts)

			equal(t, "several pages were read", len(pages) >= 5, true)
			for _, page := range pages {
				var plan []struct {
					Key   *string `gorm:"column:key"`
					Extra string  `gorm:"column:Extra"`
				}
				must(t, w.db.Raw("EXPLAIN "+page).Scan(&plan).Error)
				if len(plan) != 1 || plan[0].Key == nil || *plan[0].Key != tc.index {
					t.Errorf("plan %+v of\n%s", plan, page)
				}
			}
		})
	}
}
