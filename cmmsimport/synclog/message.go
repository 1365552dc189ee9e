package synclog

import (
	"strings"
	"unicode/utf8"
)

const (
	maxMessage = 2000 // characters of error_message

	// What an error quotes may be a whole answer of the API. Redaction sees so many bytes of it; all patterns of Redact
	// also match what this cuts in two.
	maxRedacted = 64 << 10
)

// ErrorMessage returns err's text as it is kept in error_message: redacted, valid UTF-8 without NUL, cut to 2,000
// characters, the last of them "…" where something is missing. "" for nil.
func ErrorMessage(err error) string {
	if err == nil {
		return ""
	}
	return message(err.Error())
}

func message(s string) string {
	if len(s) > maxRedacted {
		s = s[:maxRedacted]
	}
	return cut(Redact(validText(s)), maxMessage)
}

// validText replaces what no text column takes.
func validText(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", " ")
}

// cut shortens s to at most limit characters; "…" stands for the rest.
func cut(s string, limit int) string {
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
