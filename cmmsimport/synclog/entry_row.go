package synclog

import (
	"bytes"
	"encoding/json"
	"strings"

	"ic3.internal/innomaintsync/internal/utc"
)

// The texts are fixed, with NULLs as arguments, so that each is prepared once.
const (
	insertEntry = "INSERT INTO cmms_sync_log (run_id, customer_id, cmms_asset_id, status, error_kind, error_message, warnings, changes, synced_at, duration_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

	updateEntry = "UPDATE cmms_sync_log SET status = ?, error_kind = ?, error_message = ?, warnings = ?, changes = ?, synced_at = ?, duration_ms = ? WHERE id = ? AND customer_id = ?"

	// FOR UPDATE waits for an insert that is still on its way to its commit, sees what is committed whatever the
	// transaction's snapshot, and is not sent to a replica by a splitting proxy.
	entryExists = "SELECT id FROM cmms_sync_log WHERE id = ? AND customer_id = ? FOR UPDATE"

	// A host's synced_at may hold milliseconds or whole seconds, cut or rounded; one that holds more must be the very same,
	// or the row of another attempt on an asset of that id would do.
	findEntry = "SELECT id FROM cmms_sync_log WHERE cmms_asset_id = ? AND synced_at BETWEEN ? AND ? AND (synced_at = ? OR MICROSECOND(synced_at) MOD 1000 = 0) AND customer_id = ? AND duration_ms = ? AND run_id <=> ? ORDER BY id DESC LIMIT 1 FOR UPDATE"
)

// Lengths in our schema.
const (
	runIDLength   = 26
	assetIDLength = 64
	statusLength  = 16
	kindLength    = 32
	hostLength    = 255
)

// identity is what an insert writes and an update leaves.
func (s shape) identity(e *Entry) []any {
	return []any{nullable(s.text(e.RunID, runIDLength)), e.CustomerID, s.text(e.CMMSAssetID, assetIDLength)}
}

// outcome is the rest of the row.
func (s shape) outcome(e *Entry) []any {
	var kind, text any
	if e.Status != Success {
		kind, text = nullable(s.text(e.ErrorKind, kindLength)), s.message(e.ErrorMessage)
	}
	return []any{
		s.text(string(e.Status), statusLength), kind, text,
		s.warnings(e.Warnings), s.changes(e.Changes), utc.Format(e.SyncedAt), e.DurationMS,
	}
}

func nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// encode returns v as JSON for people to read too: < and & stay themselves.
func encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	// a json.RawMessage among the values may hold invalid UTF-8, which the encoder does not look for
	return strings.ToValidUTF8(strings.TrimSuffix(b.String(), "\n"), "\uFFFD"), nil
}
