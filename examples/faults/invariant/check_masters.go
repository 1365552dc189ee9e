package invariant

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// masterParents are the master tables, and the column of each that refers to a parent.
var masterParents = map[string]string{
	"category": "parent_id", "location": "parent_id", "model": "manufacturer_id",
	"manufacturer": "", "vendor": "", "department": "", "status": "",
}

// checkMasters finds rows that are there twice, and references to rows that are not there, or are another customer's.
func (w *World) checkMasters(v *violations) error {
	for _, name := range slices.Sorted(maps.Keys(masterParents)) {
		table, parent := masterTable(name), masterParents[name]
		byID, byName := "customer_id, cmms_id", "customer_id, name"
		if parent != "" {
			byName = "customer_id, " + parent + ", name"
		}
		if parent == "parent_id" {
			byID = "customer_id, level, cmms_id"
		}
		for _, key := range []string{byID, byName} {
			last := key[strings.LastIndex(key, " ")+1:]
			if err := w.find(v, table+" has several rows of one ("+key+"): ids %s", fmt.Sprintf(
				"SELECT GROUP_CONCAT(id) FROM %s WHERE %s IS NOT NULL GROUP BY %s HAVING COUNT(*) > 1", table, last, key)); err != nil {
				return err
			}
		}
		if parent == "" {
			continue
		}
		parentTable := table
		if name == "model" {
			parentTable = masterTable("manufacturer")
		}
		if err := w.find(v, table+": rows %s refer to a parent in "+parentTable+" that is not there", dangling(table, parent, parentTable)); err != nil {
			return err
		}
	}
	for _, column := range slices.Sorted(maps.Keys(references)) {
		table := masterTable(references[column])
		if err := w.find(v, "ic3_asset_master."+column+" of rows %s refers to a row of "+table+" that is not there",
			dangling("ic3_asset_master", column, table)); err != nil {
			return err
		}
	}
	return nil
}

func dangling(table, column, parentTable string) string {
	return fmt.Sprintf("SELECT GROUP_CONCAT(c.id) FROM %s c LEFT JOIN %s p ON p.id = c.%s AND p.customer_id = c.customer_id WHERE c.%s <> 0 AND p.id IS NULL HAVING COUNT(*) > 0",
		table, parentTable, column, column)
}

// find adds a violation for each row of a query of one column of text.
func (w *World) find(v *violations, format, query string, args ...any) error {
	var found []string
	if err := w.DB.Raw(query, args...).Scan(&found).Error; err != nil {
		return fmt.Errorf("%w: %s", err, query)
	}
	for _, text := range found {
		v.add(format, text)
	}
	return nil
}

// readNames returns the names of a table's rows, each behind those of its parents; a model behind its manufacturer's id.
func (w *World) readNames(table string) (map[uint64]string, error) {
	var rows []struct {
		ID, Parent uint64
		Name       string
	}
	parent := masterParents[table]
	if parent == "" {
		parent = "0"
	}
	if err := w.DB.Raw("SELECT id, name, " + parent + " AS parent FROM " + masterTable(table)).Scan(&rows).Error; err != nil {
		return nil, err
	}
	own, above := map[uint64]string{}, map[uint64]uint64{}
	for _, row := range rows {
		own[row.ID], above[row.ID] = row.Name, row.Parent
	}
	names := map[uint64]string{}
	for id, name := range own {
		if table == "model" {
			names[id] = fmt.Sprintf("%d > %s", above[id], name)
			continue
		}
		for parent, depth := above[id], 0; parent != 0 && depth < len(own); parent, depth = above[parent], depth+1 {
			name = own[parent] + " > " + name
		}
		names[id] = name
	}
	return names, nil
}
