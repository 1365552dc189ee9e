package synclog

import (
	"slices"

	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
	"ic3.internal/innomaintsync/internal/utc"
)

// writeEntry writes a row once, however often it is sent: a row of the same attempt_key is replaced. The text is fixed, with
// NULLs as arguments, so that it is prepared once. MariaDB has no other word for VALUES().
const writeEntry = `INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, attempt_key, status, error_kind, error_message,
	warnings, changes, synced_at, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
	ON DUPLICATE KEY UPDATE id = LAST_INSERT_ID(id), status = VALUES(status), error_kind = VALUES(error_kind),
	error_message = VALUES(error_message), warnings = VALUES(warnings), changes = VALUES(changes),
	synced_at = VALUES(synced_at), duration_ms = VALUES(duration_ms)`

// Lengths in our schema.
const (
	runIDLength   = 26
	assetIDLength = 64
	keyLength     = 64
	statusLength  = 16
	kindLength    = 32
)

// row returns the arguments of writeEntry.
func (e *Entry) row(s rowfit.Shape) []any {
	var kind, text any
	if e.Status != Success {
		kind, text = rowfit.Nullable(s.Text(e.ErrorKind, kindLength)), s.Message(e.ErrorMessage)
	}
	return []any{
		rowfit.Nullable(s.Text(e.RunID, runIDLength)), e.CustomerID, s.Text(e.CMMSAssetID, assetIDLength),
		rowfit.Nullable(s.Text(e.AttemptKey, keyLength)), s.Text(string(e.Status), statusLength), kind, text,
		warningsJSON(s, e.Warnings), changesJSON(s, e.Changes), utc.Format(e.SyncedAt), e.DurationMS,
	}
}

func warningsJSON(s rowfit.Shape, list []string) any {
	if len(list) == 0 {
		return nil
	}
	if s.Shortens() {
		list = slices.Clone(list)
		for i := range list {
			list[i] = rowfit.Cut(list[i], shortWarning)
		}
	}
	return s.JSON(list)
}

const shortWarning = 60 // characters

// changesJSON encodes changes. Where one value cannot be encoded or has to be cut, it becomes a text.
func changesJSON(s rowfit.Shape, c Changes) any {
	if len(c) == 0 {
		return nil
	}
	if !s.Shortens() {
		if text := s.JSON(c); text != nil {
			return text
		}
	}
	plain := make(Changes, len(c))
	for column, change := range c {
		plain[column] = Change{From: s.Value(change.From), To: s.Value(change.To)}
	}
	return s.JSON(plain)
}
