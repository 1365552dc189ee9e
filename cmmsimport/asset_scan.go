package cmmsimport

import (
	"database/sql"
	"time"

	"ic3.internal/innomaintsync/internal/utc"
)

// assetScanner reads rows of ic3_asset_master into one asset after the other: what Page does for each asset of a register
// is worth no reflection. NULL becomes the zero value; a column that is not selected stays zero.
type assetScanner struct {
	asset AssetMaster
	into  []any
}

func newAssetScanner(selected []string) *assetScanner {
	s := &assetScanner{}
	a := &s.asset
	fields := map[string]any{
		"id":                &a.ID,
		"customer_id":       &a.CustomerID,
		"cmms_asset_id":     nullAsZero(&a.CMMSAssetID),
		"cmms_sync_status":  nullAsZero(&a.CMMSSyncStatus),
		"cmms_synced_at":    (*utcTime)(&a.CMMSSyncedAt),
		"cmms_attempted_at": (*utcTime)(&a.CMMSAttemptedAt),
	}
	for _, c := range assetColumns {
		fields[c.name] = c.scan(a)
	}
	for _, name := range selected {
		field := fields[name]
		if field == nil { // a column that a host's own repository selects too
			field = new(sql.RawBytes)
		}
		s.into = append(s.into, field)
	}
	return s
}

// scan returns the asset of the row at hand.
func (s *assetScanner) scan(rows *sql.Rows) (AssetMaster, error) {
	err := rows.Scan(s.into...)
	return s.asset, err
}

// nullAsZero scans into a field that holds its zero value for NULL.
func nullAsZero[T any](field *T) sql.Scanner { return &zeroForNull[T]{field: field} }

type zeroForNull[T any] struct {
	field *T
	value sql.Null[T]
}

// Scan implements sql.Scanner.
func (z *zeroForNull[T]) Scan(src any) error {
	err := z.value.Scan(src)
	*z.field = z.value.V
	return err
}

// utcTime scans a DATETIME, as text or as the driver reads it.
type utcTime time.Time

// Scan implements sql.Scanner.
func (t *utcTime) Scan(src any) error {
	at, err := utc.Parse(src)
	*t = utcTime(at)
	return err
}
