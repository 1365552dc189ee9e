package invariant

import (
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/synclog"
)

// assetRow is a row of ic3_asset_master as the check reads it.
type assetRow struct {
	state                                State
	status, attemptedAt, syncedAt, runID string
}

// checkAssets holds each row to its old or its new state.
func (w *World) checkAssets(v *violations) error {
	rows, err := w.readAssets()
	if err != nil {
		return err
	}
	for _, a := range w.Assets {
		row, ok := rows[a.RowID]
		if !ok {
			v.add("%s: its row is gone", a)
			continue
		}
		fromOld, fromNew := a.Old.diff(row.state), a.New.diff(row.state)
		switch {
		case fromOld != "" && fromNew != "":
			v.add("%s is neither old nor new. Beside the old state: %s. Beside the new one: %s", a, fromOld, fromNew)
		case row.attemptedAt == a.attemptedAt && fromOld != "":
			v.add("%s is new, and no attempt is marked", a)
		case row.attemptedAt != a.attemptedAt && row.status == string(synclog.Success) && fromNew != "":
			v.add("%s is marked Success at %s and still old: %s", a, row.attemptedAt, fromNew)
		}
		if row.status == string(synclog.Success) && row.syncedAt != row.attemptedAt {
			v.add("%s is marked Success, attempted at %s and synced at %s", a, row.attemptedAt, row.syncedAt)
		}
	}
	return nil
}

// readAssets returns the rows by id, with the names of their masters.
func (w *World) readAssets() (map[uint64]assetRow, error) {
	names := map[string]map[uint64]string{}
	for _, table := range slices.Sorted(maps.Keys(masterParents)) {
		var err error
		if names[table], err = w.readNames(table); err != nil {
			return nil, err
		}
	}
	for id, name := range names["model"] { // "<manufacturer's id> > name" so far
		var maker uint64
		if _, err := fmt.Sscanf(name, "%d > ", &maker); err == nil {
			_, own, _ := strings.Cut(name, " > ")
			names["model"][id] = names["manufacturer"][maker] + " > " + own
		}
	}

	columns := append(slices.Clone(plainColumns), slices.Sorted(maps.Keys(references))...)
	columns = append(columns, "cmms_sync_status", "cmms_attempted_at", "cmms_synced_at", "cmms_run_id")
	texts := make([]string, len(columns))
	for i, column := range columns {
		texts[i] = "CAST(" + column + " AS CHAR)"
	}
	cursor, err := w.DB.Raw("SELECT id, " + strings.Join(texts, ", ") + " FROM ic3_asset_master").Rows()
	if err != nil {
		return nil, err
	}
	defer cursor.Close()
	rows := map[uint64]assetRow{}
	for cursor.Next() {
		var id uint64
		values := make([]sql.NullString, len(columns))
		targets := []any{&id}
		for i := range values {
			targets = append(targets, &values[i])
		}
		if err := cursor.Scan(targets...); err != nil {
			return nil, err
		}
		row := assetRow{state: State{}}
		for i, column := range columns {
			if values[i].Valid {
				row.state[column] = masterName(names, column, values[i].String)
			}
		}
		row.status, row.attemptedAt, row.syncedAt = row.take("cmms_sync_status"), row.take("cmms_attempted_at"), row.take("cmms_synced_at")
		row.runID = row.take("cmms_run_id")
		rows[id] = row
	}
	return rows, cursor.Err()
}

// take moves a mark out of the state.
func (r assetRow) take(column string) string {
	value := r.state[column]
	delete(r.state, column)
	return value
}

// masterName turns a reference into its master's name, and leaves other values alone.
func masterName(names map[string]map[uint64]string, column, value string) string {
	table, ok := references[column]
	if !ok {
		return value
	}
	var id uint64
	if _, err := fmt.Sscan(value, &id); err != nil {
		return value
	}
	if name, ok := names[table][id]; ok {
		return name
	}
	return "no row " + value
}
