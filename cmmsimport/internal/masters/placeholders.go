package masters

import (
	"fmt"
	"maps"
	"math"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// placeholders stand for the rows that a dry run does not create.
type placeholders struct {
	byID  map[uint64]Master
	ids   map[placeholderKey]uint64
	added []uint64 // in the transaction at hand
	count uint64   // of all that there ever were
}

// placeholderKey is what no two rows have in common: the table with level and cmms_id, or with parent and name. Unlike the
// table's own keys it compares letter by letter.
type placeholderKey struct {
	table, level, cmmsID string
	parentID             uint64
	name                 string
}

// addPlaceholder makes a placeholder for m. Ids count down from the top, so that they are no row's.
func (p *placeholders) addPlaceholder(table Table, m Master) (id uint64) {
	id = math.MaxUint64 - p.count
	p.count++
	p.byID[id] = m
	p.added = append(p.added, id)
	for _, key := range placeholderKeys(table, m) {
		p.ids[key] = id
	}
	return id
}

// findPlaceholder finds the placeholder for m by its id, else by its name.
func (p *placeholders) findPlaceholder(table Table, m Master) (id uint64, ok bool) {
	for _, key := range placeholderKeys(table, m) {
		if id, ok = p.ids[key]; ok {
			return id, true
		}
	}
	return 0, false
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

// dropAdded forgets what the transaction at hand has added.
func (p *placeholders) dropAdded() {
	for _, id := range p.added {
		delete(p.byID, id)
		maps.DeleteFunc(p.ids, func(_ placeholderKey, other uint64) bool { return other == id })
	}
	p.added = nil
}

// Describe writes names in place of placeholders' ids.
func (p *placeholders) Describe(changes synclog.Changes) {
	for column, change := range changes {
		if id, ok := change.To.(uint64); ok {
			if m, ok := p.byID[id]; ok {
				change.To = fmt.Sprintf("new %s %q", m.Kind, m.Name)
				changes[column] = change
			}
		}
	}
}
