// Package register reads, compares and updates rows of the asset table.
package register

import (
	"database/sql"
	"fmt"
	"slices"
	"time"
)

// Own points at the fields of a model that the sync itself needs.
type Own struct {
	ID, CustomerID                 *uint64
	CMMSAssetID, SyncStatus, RunID *string
	SyncedAt, AttemptedAt          *time.Time
}

// Table is the asset table, with a model A of its rows.
type Table[A any] struct {
	name    string
	columns []Column[A]
	own     func(*A) Own
	selects []string // what Page reads

	markSynced, markFailed string // fixed statements
}

// New returns the table of that name with these synced columns.
func New[A any](name string, own func(*A) Own, columns ...Column[A]) *Table[A] {
	t := &Table[A]{
		name: name, own: own, columns: columns,
		markSynced: fmt.Sprintf(markSynced, name, where), markFailed: fmt.Sprintf(markFailed, name, where),
		selects: []string{"id", "customer_id", "cmms_asset_id", "cmms_sync_status", "cmms_run_id",
			asText("cmms_synced_at"), asText("cmms_attempted_at")},
	}
	var a A
	for i := range columns {
		name := columns[i].Name
		if _, isTime := columns[i].scan(&a).(*utcTime); isTime {
			name = asText(name)
		}
		t.selects = append(t.selects, name)
	}
	return t
}

// asText selects a DATETIME as text: in the loc of the connection string, summer time may skip that hour.
func asText(column string) string { return "CAST(" + column + " AS CHAR) AS " + column }

// Columns returns the synced columns, in the order in which they are compared and written.
func (t *Table[A]) Columns() []Column[A] { return t.columns }

// Has reports whether a synced column has this name.
func (t *Table[A]) Has(column string) bool {
	return slices.ContainsFunc(t.columns, func(c Column[A]) bool { return c.Name == column })
}

// targets returns what the selected columns are scanned into. NULL becomes the zero value.
func (t *Table[A]) targets(row *A, selected []string) (into []any) {
	own := t.own(row)
	fields := map[string]any{
		"id":                own.ID,
		"customer_id":       own.CustomerID,
		"cmms_asset_id":     nullAsZero(own.CMMSAssetID),
		"cmms_sync_status":  nullAsZero(own.SyncStatus),
		"cmms_run_id":       nullAsZero(own.RunID),
		"cmms_synced_at":    (*utcTime)(own.SyncedAt),
		"cmms_attempted_at": (*utcTime)(own.AttemptedAt),
	}
	for i := range t.columns {
		fields[t.columns[i].Name] = t.columns[i].scan(row)
	}
	for _, name := range selected {
		field := fields[name]
		if field == nil { // a column that a host's own repository selects, too
			field = new(sql.RawBytes)
		}
		into = append(into, field)
	}
	return into
}
