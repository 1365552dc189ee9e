package rowfit

import (
	"strings"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

const (
	maxMessage = 2000 // characters of error_message

	// An error may quote a whole response of the API. Redaction sees so many bytes of it; the patterns of package redact also
	// match what this cuts in two.
	maxRedacted = 64 << 10
)

// Message returns a text as it is kept in error_message: redacted, valid UTF-8 without NUL, cut to 2,000 characters, the last of
// them "…" if something is missing.
func Message(s string) string {
	if len(s) > maxRedacted {
		s = s[:maxRedacted]
	}
	return Cut(redact.Text(validText(s)), maxMessage)
}

// validText replaces what no text column takes.
func validText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", " ")
}

// Cut shortens s to at most limit characters; "…" stands for the rest.
func Cut(s string, limit int) string {
	if len(s) <= limit || utf8.RuneCountInString(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit-1 {
			return s[:i] + "…"
		}
		n++
	}
	return s
}
