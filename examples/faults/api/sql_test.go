package api_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"ic3.internal/innomaintsync/cmmsimport"
	"ic3.internal/innomaintsync/examples/faults/invariant"
	"ic3.internal/innomaintsync/internal/dbtest"
)

// payloads are texts that mean something to SQL where they are not kept out of it, in at most 28 characters.
var payloads = []string{
	`'; DROP TABLE cmms_sync_log#`,
	`\'; DROP TABLE x; -- \`,
	`" OR ""="`,
	"` , updated_at = NULL --;",
	`') ON DUPLICATE KEY UPDATE #`,
	`${7*7} {{7*7}} %s %d %27 ?`,
	`0x27 UNION SELECT @@datadir`,
	`*/ SLEEP(9) /*`,
	`?, :name, @p1, $1 ??`,
}

// TestSQLInEveryField has every text, id and name of an answer, and the asset's own id, be SQL, another one for each asset.
// All are stored verbatim, with the driver's own interpolation and with prepared statements.
func TestSQLInEveryField(t *testing.T) {
	t.Parallel()
	for name, parameters := range map[string]string{
		"prepared":              "",
		"interpolated":          "?interpolateParams=true",
		"without any backslash": "?interpolateParams=true&sql_mode=%27NO_BACKSLASH_ESCAPES,ANSI_QUOTES,STRICT_ALL_TABLES%27",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, err := gorm.Open(mysql.Open(dbtest.Database(t)+parameters), &gorm.Config{Logger: logger.Discard})
			must(t, err)
			pool, err := db.DB()
			must(t, err)
			t.Cleanup(func() { _ = pool.Close() })
			w := invariant.NewWorld(t, db, invariant.Size{Customers: 1, Assets: len(payloads)})
			for n, asset := range w.Assets {
				asset.CMMSAssetID = fmt.Sprint(n, payloads[n])
				must(t, db.Exec("UPDATE ic3_asset_master SET cmms_asset_id = ? WHERE id = ?", asset.CMMSAssetID, asset.RowID).Error)
				answer, becomes := sqlAsset(asset, n, payloads[n])
				w.API.SetAsset(asset.CMMSAssetID, answer)
				asset.New = becomes
			}
			opts := w.Options()
			opts.OnAsset = func(res cmmsimport.AssetResult, _ cmmsimport.Progress) {
				if res.Err != nil || len(res.Warnings) > 0 {
					t.Errorf("asset %q: error %v, warnings %q", res.CMMSAssetID, res.Err, res.Warnings)
				}
			}
			summary, err := w.Run(t.Context(), opts)
			must(t, err)
			if n := w.CountNew(t); n != len(payloads) || summary.Successful != n {
				t.Errorf("%d assets hold what Innomaint says\n%s", n, summary)
			}
			w.Check(t)
		})
	}
}

// sqlAsset is an answer full of the payload, and the columns that must come of it. Names and ids differ from asset to asset.
func sqlAsset(asset *invariant.Asset, n int, payload string) (answer map[string]any, becomes invariant.State) {
	name := func(what string) string { return fmt.Sprint(what, n, payload) }
	ref := func(what string) map[string]any {
		return map[string]any{"id": name(what), "name": name(what), "code": name(what), "email": name(what), "phone": name(what)}
	}
	answer = map[string]any{
		"asset_id": asset.CMMSAssetID,
		"category": ref("c"), "subcategory": ref("u"), "manufacturer": ref("m"), "model": ref("o"), "vendor": ref("v"),
		"department": ref("d"), "status": ref("t"),
		"location":        map[string]any{"site": ref("s"), "building": ref("b"), "floor": ref("f"), "room": ref("r")},
		"custom_fields":   map[string]any{payload: payload},
		"parent_asset_id": payload,
	}
	custom, _ := json.Marshal(answer["custom_fields"]) // of texts
	becomes = invariant.State{
		"category_id": name("c"), "subcategory_id": name("c") + " > " + name("u"), "manufacturer_id": name("m"),
		"model_id": name("m") + " > " + name("o"), "vendor_id": name("v"), "department_id": name("d"), "status_id": name("t"),
		"location_id":   name("s") + " > " + name("b") + " > " + name("f") + " > " + name("r"),
		"custom_fields": string(custom), "parent_cmms_asset_id": payload,
	}
	for _, column := range []string{"asset_code", "asset_name", "serial_number", "barcode", "criticality", "description"} {
		answer[column], becomes[column] = payload, payload
	}
	// What the answer does not hold stays as it is.
	for column, value := range asset.Old {
		if _, ok := becomes[column]; !ok {
			becomes[column] = value
		}
	}
	return answer, becomes
}
