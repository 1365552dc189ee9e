package cmmsimport_test

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"ic3.internal/innomaintsync/cmmsimport"
)

// masterTables are the seven, as tests name them: without the ic3_ and _master around.
var masterTables = []string{"category", "manufacturer", "model", "vendor", "location", "department", "status"}

// rows returns what a query gives, a line a row: the columns that are not NULL, as name=value.
func (w *world) rows(query string, args ...any) []string {
	w.t.Helper()
	cursor, err := w.db.Raw(query, args...).Rows()
	must(w.t, err)
	defer cursor.Close()
	names, err := cursor.Columns()
	must(w.t, err)
	var lines []string
	for cursor.Next() {
		values := make([]sql.NullString, len(names))
		targets := make([]any, len(names))
		for i := range values {
			targets[i] = &values[i]
		}
		must(w.t, cursor.Scan(targets...))
		var line []string
		for i, value := range values {
			if value.Valid {
				line = append(line, names[i]+"="+value.String)
			}
		}
		lines = append(lines, strings.Join(line, " "))
	}
	must(w.t, cursor.Err())
	return lines
}

// masters lists the rows of the master tables, but for the customer and the times: "vendor 1 cmms_id=9 name=Acme".
func (w *world) masters(tables ...string) []string {
	w.t.Helper()
	var lines []string
	for _, table := range tables {
		columns := "id, cmms_id, name, code"
		switch table {
		case "category", "location":
			columns = "id, level, cmms_id, parent_id, name, code"
		case "model":
			columns = "id, cmms_id, manufacturer_id, name, code"
		case "vendor":
			columns += ", email, phone"
		}
		for _, line := range w.rows(fmt.Sprintf("SELECT %s FROM ic3_%s_master ORDER BY id", columns, table)) {
			lines = append(lines, table+" "+strings.TrimPrefix(line, "id="))
		}
	}
	return lines
}

// references returns the references of an asset that are set: "category_id=1 subcategory_id=2".
func (w *world) references(assetID uint64) string {
	w.t.Helper()
	return w.rows(`SELECT category_id, subcategory_id, manufacturer_id, model_id, vendor_id, location_id, department_id, status_id
		FROM ic3_asset_master WHERE id = ?`, assetID)[0]
}

// dump is every row of every table.
func (w *world) dump() []string {
	w.t.Helper()
	var tables []string
	must(w.t, w.db.Raw("SELECT table_name FROM information_schema.tables WHERE table_schema = DATABASE()").Scan(&tables).Error)
	slices.Sort(tables)
	var lines []string
	for _, table := range tables {
		for _, line := range w.rows("SELECT * FROM `" + table + "` ORDER BY 1") {
			lines = append(lines, table+": "+line)
		}
	}
	return lines
}

// answer makes the fake answer with an asset that has these fields only.
func (w *world) answer(id string, fields map[string]any) {
	asset := map[string]any{"asset_id": id}
	maps.Copy(asset, fields)
	w.api.SetAsset(id, asset)
}

// ref is a master as Innomaint sends it.
func ref(id any, name string) map[string]any {
	r := map[string]any{}
	if id != nil {
		r["id"] = id
	}
	if name != "" {
		r["name"] = name
	}
	return r
}

// with is a master with one field more.
func with(r map[string]any, name string, value any) map[string]any {
	r = maps.Clone(r)
	r[name] = value
	return r
}

// sameLines compares two lists line by line.
func sameLines(t testing.TB, what string, got, want []string) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

// settled checks that another sync, and a dry one, would change nothing.
func (w *world) settled(opts cmmsimport.Options) {
	w.t.Helper()
	for _, dry := range []bool{true, false} {
		opts.DryRun = dry
		w.syncInVain(opts)
	}
}

// syncInVain checks that another sync changes nothing.
func (w *world) syncInVain(opts cmmsimport.Options) {
	w.t.Helper()
	before := w.masters(masterTables...)
	opts.OnAsset = func(result cmmsimport.AssetResult, _ cmmsimport.Progress) {
		if result.Err != nil || len(result.Changes) > 0 {
			w.t.Errorf("another sync (dry: %v) of %s: error %v, changes %v", opts.DryRun, result.CMMSAssetID, result.Err, result.Changes)
		}
	}
	if s := w.sync(opts); s.MastersCreated > 0 {
		w.t.Errorf("another sync (dry: %v) creates %d masters", opts.DryRun, s.MastersCreated)
	}
	sameLines(w.t, "masters after another sync", w.masters(masterTables...), before)
}
