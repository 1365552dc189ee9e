package console

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// masterTables are the tables with the names for the id columns.
var masterTables = map[string]string{
	"category_id": "ic3_category_master", "subcategory_id": "ic3_category_master", "manufacturer_id": "ic3_manufacturer_master",
	"model_id": "ic3_model_master", "vendor_id": "ic3_vendor_master", "location_id": "ic3_location_master",
	"department_id": "ic3_department_master", "status_id": "ic3_status_master",
}

// names are the names of masters, by table and id.
type names map[string]map[string]string

// masterNames reads the names of the masters in the entries' changes.
func (c *Console) masterNames(ctx context.Context, entries []synclog.Entry) (names, error) {
	ids := map[string][]string{}
	for _, e := range entries {
		for column, change := range e.Changes {
			if table := masterTables[column]; table != "" {
				for _, id := range []any{change.From, change.To} {
					if n, ok := id.(json.Number); ok {
						ids[table] = append(ids[table], n.String())
					}
				}
			}
		}
	}
	found := names{}
	for table, tableIDs := range ids {
		var rows []struct{ ID, Name string }
		slices.Sort(tableIDs)
		err := c.session(ctx).Raw("SELECT id, name FROM "+table+" WHERE id IN ?", slices.Compact(tableIDs)).Scan(&rows).Error
		if err != nil {
			return nil, err
		}
		found[table] = map[string]string{}
		for _, row := range rows {
			found[table][row.ID] = row.Name
		}
	}
	return found, nil
}

// changeView is one changed column on a page.
type changeView struct {
	Column   string
	From, To string // "" for none
}

// changesOf returns an attempt's changes in the order of the columns.
func (n names) changesOf(e synclog.Entry) []changeView {
	var views []changeView
	for _, column := range slices.Sorted(maps.Keys(e.Changes)) {
		change := e.Changes[column]
		views = append(views, changeView{columnName(column), n.value(column, change.From), n.value(column, change.To)})
	}
	return views
}

func (n names) value(column string, v any) string {
	if v == nil {
		return ""
	}
	if id, ok := v.(json.Number); ok {
		if name := n[masterTables[column]][id.String()]; name != "" {
			return name
		}
		if masterTables[column] != "" {
			return "no. " + id.String()
		}
	}
	switch v.(type) {
	case map[string]any, []any:
		if text, err := json.Marshal(v); err == nil {
			return string(text)
		}
	}
	return fmt.Sprint(v)
}

// columnName is a column's name on the pages: "Purchase date" for purchase_date, "Vendor" for vendor_id.
func columnName(column string) string {
	words := strings.ReplaceAll(strings.TrimSuffix(column, "_id"), "_", " ")
	for _, short := range []string{"amc", "cmms", "id"} {
		words = replaceWord(words, short, strings.ToUpper(short))
	}
	if words == "" {
		return "Value"
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

func replaceWord(s, word, by string) string {
	fields := strings.Fields(s)
	for i, f := range fields {
		if f == word {
			fields[i] = by
		}
	}
	return strings.Join(fields, " ")
}
