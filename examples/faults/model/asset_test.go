package model_test

import (
	"maps"
	"slices"
	"strconv"
)

// An asset is a row of ic3_asset_master. The columns hold texts, those of masters the model's ids; NULL is absent.
type asset struct {
	id, customer    uint64
	cmmsID          string
	columns         map[string]string
	linked, deleted bool
	status          string // cmms_sync_status
}

// gone reports whether a sync leaves the row alone.
func (a *asset) gone() bool { return !a.linked || a.deleted }

// referenceColumns are the columns of masters, by the field of an answer that leads to each.
var referenceColumns = []struct{ column, field, parent string }{
	{"category_id", "category", ""}, {"subcategory_id", "subcategory", "category_id"}, {"manufacturer_id", "manufacturer", ""},
	{"model_id", "model", "manufacturer_id"}, {"vendor_id", "vendor", ""}, {"location_id", "", ""}, {"department_id", "department", ""}, {"status_id", "status", ""},
}

// enriched is what an answer makes of a row.
type enriched struct {
	columns  map[string]string // that change
	warnings []string          // fields, as the log has them
}

// enrich maps the answer onto the row as its page was read, resolving masters on the way.
func (a *attempt) enrich(page map[string]string, from answer, policy string) enriched {
	e := enriched{columns: map[string]string{}}
	remote := maps.Clone(page)
	misfit := map[string]bool{}
	for _, column := range allPlain {
		v := from.values[column]
		switch {
		case v.unreadable:
			e.warnings = append(e.warnings, column)
		case v.misfit:
			misfit[column] = true
			remote[column] = "a value that does not fit"
		default:
			remote[column] = v.column
		}
	}

	named := map[string]int{} // the rows that the answer names, by column
	local := map[string]int{} // the rows that stay where it names none
	for _, c := range referenceColumns {
		id, known := 0, true
		switch r := from.references[c.field]; {
		case c.column == "location_id":
			for _, level := range levels {
				r := from.references[level]
				if r.isZero() {
					continue
				}
				var found int
				if found, known = a.ensure(level, r, id, 0); known {
					id = found
				} else {
					e.warnings = append(e.warnings, c.column)
				}
			}
		case r.isZero():
			if policy != "mirror" {
				local[c.column] = a.local(page, c.column)
			}
		default:
			local[c.column] = a.local(page, c.column)
			if id, known = a.ensure(c.field, r, named[c.parent], local[c.parent]); known {
				named[c.column] = id
			} else {
				e.warnings = append(e.warnings, c.column)
			}
		}
		if known {
			remote[c.column] = number(id)
		}
	}

	for column, want := range remote {
		has := page[column]
		keeps := map[string]bool{"": want == "", "mirror": false, "fill_if_empty": has != "" || want == "", "ignore": true}[policy]
		switch {
		case want == has, keeps:
		case misfit[column]:
			e.warnings = append(e.warnings, column)
		default:
			e.columns[column] = want
		}
	}
	e.warnings = append(e.warnings, a.warnings...)
	slices.Sort(e.warnings)
	return e
}

// allPlain are the columns that an answer may clear: also those that no drawn answer fills.
var allPlain = append([]string{
	"description", "barcode", "parent_cmms_asset_id", "installation_date", "warranty_start", "warranty_end", "amc_start", "amc_end", "cmms_updated_at",
}, plainColumns...)

// local is the master that the row has.
func (a *attempt) local(page map[string]string, column string) int {
	id, _ := strconv.Atoi(page[column]) // absent: 0
	return id
}

func number(id int) string {
	if id == 0 {
		return ""
	}
	return strconv.Itoa(id)
}

// write sets the columns, "" for NULL. A column that was filled since the page was read is not one to fill.
func (a *asset) write(columns map[string]string, policy string) {
	for column, value := range columns {
		switch {
		case policy == "fill_if_empty" && a.columns[column] != "":
		case value == "":
			delete(a.columns, column)
		default:
			a.columns[column] = value
		}
	}
}
