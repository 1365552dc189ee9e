package invariant

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport"
)

// seed adds one customer with n assets that were never synced, in the state of generation 0. The vendor of generation 1 is
// there by name only: the sync's first sight of it gives it Innomaint's id.
func (w *World) seed(tb testing.TB, customer uint64, n int) {
	tb.Helper()
	m := seededMasters{tb: tb, db: w.DB, customer: customer}
	oldVendor := m.add("vendor", map[string]any{"name": "Vendor of generation 0", "cmms_id": "100"})
	m.add("vendor", map[string]any{"name": "Vendor of generation 1"})
	var sets [groups + 1]map[string]uint64
	for g := 1; g <= groups; g++ {
		sets[g] = m.set(g)
	}
	for range n {
		a := &Asset{CustomerID: customer, CMMSAssetID: fmt.Sprintf("C%d-%04d", customer, len(w.Assets)), number: len(w.Assets)}
		s := stateOf(a, 0)
		s[kept] = fmt.Sprintf("written by people, %d", a.number)
		row := map[string]any{"customer_id": customer, "cmms_asset_id": a.CMMSAssetID, "vendor_id": oldVendor}
		for _, column := range plainColumns {
			row[column] = s[column]
		}
		for column, id := range sets[a.group(0)] {
			row[column] = id
		}
		a.RowID = insert(tb, w.DB, cmmsimport.AssetMaster{}.TableName(), row)
		a.Old = s
		w.Assets = append(w.Assets, a)
	}
}

type seededMasters struct {
	tb       testing.TB
	db       *gorm.DB
	customer uint64
}

// add inserts a row of a master table, named without the ic3_ and _master around.
func (m seededMasters) add(table string, row map[string]any) uint64 {
	m.tb.Helper()
	row["customer_id"] = m.customer
	return insert(m.tb, m.db, masterTable(table), row)
}

// set inserts the masters of a group, and returns their ids by the column of the asset that refers to them.
func (m seededMasters) set(g int) map[string]uint64 {
	m.tb.Helper()
	named := func(name string, more map[string]any) map[string]any {
		row := map[string]any{"name": fmt.Sprintf("%s %d", name, g), "cmms_id": strconv.Itoa(g)}
		maps.Copy(row, more)
		return row
	}
	ids := map[string]uint64{
		"manufacturer_id": m.add("manufacturer", named("Maker", nil)), "department_id": m.add("department", named("Department", nil)),
		"status_id": m.add("status", named("Status", nil)), "category_id": m.add("category", named("Category", map[string]any{"level": "category"})),
	}
	ids["model_id"] = m.add("model", named("Model", map[string]any{"manufacturer_id": ids["manufacturer_id"]}))
	ids["subcategory_id"] = m.add("category", named("Sub", map[string]any{"level": "subcategory", "parent_id": ids["category_id"]}))
	var parent uint64
	for _, level := range []string{"Site", "Building", "Floor", "Room"} {
		parent = m.add("location", named(level, map[string]any{"level": strings.ToLower(level), "parent_id": parent}))
	}
	ids["location_id"] = parent
	return ids
}

func masterTable(name string) string { return "ic3_" + name + "_master" }

// insert returns the new row's id.
func insert(tb testing.TB, db *gorm.DB, table string, row map[string]any) uint64 {
	tb.Helper()
	columns := slices.Sorted(maps.Keys(row))
	args := make([]any, len(columns))
	for i, column := range columns {
		args[i] = row[column]
	}
	marks := strings.TrimSuffix(strings.Repeat("?, ", len(columns)), ", ")
	result := gorm.WithResult()
	text := "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ") VALUES (" + marks + ")"
	must(tb, db.Clauses(result).Exec(text, args...).Error)
	id, err := result.Result.LastInsertId()
	must(tb, err)
	return uint64(id)
}
