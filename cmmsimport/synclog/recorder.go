package synclog

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
	"ic3.internal/innomaintsync/internal/prepared"
	"ic3.internal/innomaintsync/internal/utc"
)

// Recorder writes entries to cmms_sync_log. The zero value is ready to use.
type Recorder struct{}

// Record writes e through db, a pool's handle or a transaction, in one statement, and sets e.ID. An entry with an AttemptKey
// replaces the row that has this key, so repeating Record after an unknown outcome is safe. An entry without one adds a row.
// A zero e.SyncedAt is set to now.
//
// ErrorMessage is stored as [ErrorMessage] makes it, ErrorKind and ErrorMessage only if Status is not Success. If the table
// refuses the row because a column is narrower than in our schema, messages are cut to 250 characters, then messages and
// each JSON value to 60, then JSON is left out. If a column's character set lacks a character, characters beyond U+FFFF become
// U+FFFD, then all that is not ASCII "?", while JSON keeps them as \u escapes. e itself is not changed by any of this.
//
// Other errors are wrapped, with the asset's id.
func (Recorder) Record(ctx context.Context, db *gorm.DB, e *Entry) error {
	if e.SyncedAt.IsZero() {
		e.SyncedAt = utc.Now()
	}
	s := session(ctx, db)
	err := rowfit.Fit(func(shape rowfit.Shape) error {
		result, err := prepared.Exec(ctx, s, writeEntry, e.row(shape)...)
		if err != nil {
			return err
		}
		id, err := result.LastInsertId()
		e.ID = uint64(id)
		return err
	})
	if err != nil {
		return fmt.Errorf("synclog: write the entry of asset %q of customer %d: %w", e.CMMSAssetID, e.CustomerID, explain(err))
	}
	return nil
}

// InTable reports that entries are rows of cmms_sync_log. A Recorder that embeds this one and keeps its log elsewhere overrides
// it to return false; the log rows of a run whose process died are then not added to the table.
func (Recorder) InTable() bool { return true }

// session returns a handle on db's pool or transaction that carries nothing of what the host has set or chained on db.
func session(ctx context.Context, db *gorm.DB) *gorm.DB {
	s := db.Session(&gorm.Session{NewDB: true, SkipDefaultTransaction: true, Context: ctx})
	s.Error = nil            // of an earlier statement; ours is another
	s.DryRun = false         // Session can only turn these two on; the configuration is s's own copy
	s.TranslateError = false // the error numbers decide below
	return s
}

// explain adds what to do about a schema that is not ours.
func explain(err error) error {
	if mysqlerr.SchemaMissing(err) {
		return fmt.Errorf("%w (cmmsimport.Migrate creates what is missing)", err)
	}
	return err
}

// ErrorMessage returns err's text as it is kept in error_message: redacted, valid UTF-8 without NUL, cut to 2,000
// characters, the last of them "…" if something is missing. "" for nil.
func ErrorMessage(err error) string {
	if err == nil {
		return ""
	}
	return rowfit.Message(err.Error())
}

// Redact replaces what may be a secret in a text for people by REDACTED: bearer tokens, Authorization and Cookie headers,
// the values of whatever is called password, token, secret, API key and the like (as name=value, header, JSON or escaped
// JSON), JSON web tokens, the password in a DSN, and of URLs the user information, query string and fragment. It works by
// pattern, so it does not find a secret in prose ("my word is …"). Redacting twice changes nothing more.
func Redact(s string) string { return redact.Text(s) }
