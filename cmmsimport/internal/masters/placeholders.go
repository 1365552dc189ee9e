package masters

import (
	"fmt"
	"math"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// placeholders stand for the rows that a dry run does not create.
type placeholders struct {
	byID  overlay[uint64, Master]
	ids   overlay[placeholderKey, uint64]
	count uint64 // of all that there ever were
}

// placeholderKey is what no two rows have in common: the table with level and cmms_id, or with parent and name. Unlike the
// table's own keys it compares letter by letter.
type placeholderKey struct {
	table, level, cmmsID string
	parentID             uint64
	name                 string
}

func placeholderKeys(table Table, m Master) (keys []placeholderKey) {
	if m.CMMSID != "" {
		keys = append(keys, placeholderKey{table: table.Name, level: table.Level, cmmsID: m.CMMSID})
	}
	if m.Name != "" {
		keys = append(keys, placeholderKey{table: table.Name, parentID: m.under(), name: m.Name})
	}
	return keys
}

// add makes a placeholder for m. Ids count down from the top, so that they are no row's.
func (p *placeholders) add(table Table, m Master) (id uint64) {
	id = math.MaxUint64 - p.count
	p.count++
	p.byID.put(id, m)
	for _, key := range placeholderKeys(table, m) {
		p.ids.put(key, id)
	}
	return id
}

// find finds the placeholder for m by its id, else by its name.
func (p *placeholders) find(table Table, m Master) (id uint64, ok bool) {
	for _, key := range placeholderKeys(table, m) {
		if id, ok = p.ids.get(key); ok {
			return id, true
		}
	}
	return 0, false
}

// Describe writes names in place of placeholders' ids.
func (c *Customer) Describe(changes synclog.Changes) {
	for column, change := range changes {
		if id, ok := change.To.(uint64); ok {
			if m, ok := c.placeholders.byID.get(id); ok {
				change.To = fmt.Sprintf("new %s %q", m.Kind, m.Name)
				changes[column] = change
			}
		}
	}
}
