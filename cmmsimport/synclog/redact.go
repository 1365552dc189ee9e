package synclog

import "ic3.internal/innomaintsync/cmmsimport/internal/redact"

// Redact replaces what may be a secret in s by REDACTED: bearer tokens and Basic credentials; Authorization and Cookie
// headers; the values of whatever is called password, token, secret, API key and the like (as name=value, header, JSON or
// escaped JSON); JSON web tokens; the password in a DSN; query strings; and of URLs the user information and the fragment.
// It works by pattern, so a secret in prose ("my word is …") is out of its reach. Redacting twice changes nothing more.
func Redact(s string) string { return redact.Text(s) }
