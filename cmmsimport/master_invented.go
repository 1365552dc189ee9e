package cmmsimport

import (
	"fmt"
	"math"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// inventedMasters are a dry run's stand-ins for the rows that it does not create.
type inventedMasters struct {
	byID  map[uint64]Master
	ids   map[inventedKey]uint64
	count uint64 // of all that there ever were
}

// inventedKey is what no two rows have in common: the table with level and cmms_id, or with parent and name. Unlike the
// table's own keys it takes every letter as it is.
type inventedKey struct {
	table, level, cmmsID string
	parentID             uint64
	name                 string
}

func newInventedMasters() inventedMasters {
	return inventedMasters{byID: map[uint64]Master{}, ids: map[inventedKey]uint64{}}
}

// invent makes a stand-in for m. Ids count down from the top, so that they meet no real one.
func (i *inventedMasters) invent(table masterTable, m Master) (id uint64) {
	id = math.MaxUint64 - i.count
	i.count++
	i.byID[id] = m
	for _, key := range inventedKeys(table, m) {
		i.ids[key] = id
	}
	return id
}

// findInvented finds the stand-in for m by its id, else by its name.
func (i *inventedMasters) findInvented(table masterTable, m Master) (id uint64, ok bool) {
	for _, key := range inventedKeys(table, m) {
		if id, ok = i.ids[key]; ok {
			return id, true
		}
	}
	return 0, false
}

func inventedKeys(table masterTable, m Master) (keys []inventedKey) {
	if m.CMMSID != "" {
		keys = append(keys, inventedKey{table: table.name, level: table.level, cmmsID: m.CMMSID})
	}
	if m.Name != "" {
		keys = append(keys, inventedKey{table: table.name, parentID: m.under(), name: m.Name})
	}
	return keys
}

func (i *inventedMasters) clearInvented() {
	clear(i.byID)
	clear(i.ids)
}

// describeInvented writes names for invented ids.
func (i *inventedMasters) describeInvented(changes synclog.Changes) {
	for column, change := range changes {
		if id, ok := change.To.(uint64); ok {
			if m, ok := i.byID[id]; ok {
				change.To = fmt.Sprintf("new %s %q", m.Kind, m.Name)
				changes[column] = change
			}
		}
	}
}
