package synclog

import (
	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
	"ic3.internal/innomaintsync/cmmsimport/internal/rowfit"
)

// ErrorMessage returns err's text as it is kept in error_message: redacted, valid UTF-8 without NUL, cut to 2,000
// characters, the last of them "…" if something is missing. "" for nil.
func ErrorMessage(err error) string {
	if err == nil {
		return ""
	}
	return rowfit.Message(err.Error())
}

// Redact replaces what may be a secret in s by REDACTED: bearer tokens and Basic credentials; Authorization and Cookie
// headers; the values of whatever is called password, token, secret, API key and the like (as name=value, header, JSON or
// escaped JSON); JSON web tokens; the password in a DSN; query strings; and of URLs the user information and the fragment.
// It works by pattern, so it does not find a secret in prose ("my word is …"). Redacting twice changes nothing more.
func Redact(s string) string { return redact.Text(s) }
