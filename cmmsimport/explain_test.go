package cmmsimport_test

import (
	"strings"
	"testing"
	"time"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/internal/dbtest"
)

// TestPageIndex asks the server how it would read each page of a run.
func TestPageIndex(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		oldestFirst bool
		index       string
	}{
		"ByID":        {index: "idx_asset_customer_id"},
		"OldestFirst": {oldestFirst: true, index: "idx_asset_attempted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t)
			newYear := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
			w.fill(19_980, func(i int) map[string]any {
				columns := map[string]any{"customer_id": 1 + i%20, "cmms_attempted_at": nil}
				if i%3 != 0 {
					columns["cmms_attempted_at"] = newYear.Add(time.Duration(i) * time.Second)
				}
				return columns
			})
			w.exec("ANALYZE TABLE ic3_asset_master")

			var pages []string
			w.db = dbtest.Open(t, w.dsn)
			must(t, w.db.Callback().Row().After("gorm:row").Register("test:pages", func(db *gorm.DB) {
				if text := db.Statement.SQL.String(); strings.Contains(text, "LIMIT") && db.Statement.Table == "ic3_asset_master" {
					pages = append(pages, db.Explain(text, db.Statement.Vars...))
				}
			}))
			opts := w.options()
			opts.CustomerID, opts.OldestFirst = customer(7), tc.oldestFirst
			opts.Client = bareClient
			w.sync(opts)

			equal(t, "pages", len(pages), 5) // 999 assets, 200 a page
			for _, page := range pages {
				var plan []struct {
					Key *string `gorm:"column:key"`
				}
				must(t, w.db.Raw("EXPLAIN "+page).Scan(&plan).Error)
				if len(plan) != 1 || plan[0].Key == nil || *plan[0].Key != tc.index {
					t.Errorf("plan %+v of\n%s", plan, page)
				}
			}
		})
	}
}
