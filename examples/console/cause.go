package console

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
)

// cause groups failures or warnings: their kind (of a warning: the column) and their text, without what is specific to one
// asset.
type cause struct {
	Kind string
	Text string
}

// Key identifies the cause in a URL.
func (c cause) Key() string {
	sum := sha256.Sum256([]byte(c.Kind + "\x00" + c.Text))
	return hex.EncodeToString(sum[:8])
}

var (
	failurePrefix = regexp.MustCompile(`^innomaint: (?:asset "(?:[^"\\]|\\.)*": )?[a-z_]+(?: \((HTTP \d+)\))?:? ?`)
	tries         = regexp.MustCompile(` \(after \d+ (?:attempts|tries)\)$`)
	quotedDigits  = regexp.MustCompile(`"(?:[^"\\]|\\.)*\d(?:[^"\\]|\\.)*"`)
	longWord      = regexp.MustCompile(`\b[0-9A-Za-z]*\d[0-9A-Za-z]*\b`)
	spaces        = regexp.MustCompile(`\s+`)

	warningValue = regexp.MustCompile(`^"(?:[^"\\]|\\.)*" `)
)

// failureCause returns the cause of a failed attempt. It replaces asset ids, quoted values with digits and long numbers by
// "…". Short numbers, such as an HTTP status, stay.
func failureCause(kind, message, assetID string) cause {
	text := tries.ReplaceAllString(failurePrefix.ReplaceAllString(message, "$1: "), "")
	text = strings.TrimPrefix(text, ": ")
	if assetID != "" {
		text = strings.ReplaceAll(text, assetID, "…")
	}
	text = quotedDigits.ReplaceAllString(text, "“…”")
	text = longWord.ReplaceAllStringFunc(text, func(word string) string {
		if len(word) > 5 {
			return "…"
		}
		return word
	})
	return cause{Kind: kind, Text: spaces.ReplaceAllString(text, " ")}
}

// warningCause splits a warning such as
//
//	purchase_date: "soon" is not a date in a known layout; kept 2020-01-31
//
// into the column (the kind) and the reason (the text).
func warningCause(warning string) cause {
	column, reason, found := strings.Cut(warning, ": ")
	if !found {
		return cause{Text: warning}
	}
	reason = warningValue.ReplaceAllString(reason, "")
	for _, kept := range []string{"; kept ", "; stays empty"} {
		if i := strings.LastIndex(reason, kept); i >= 0 {
			reason = reason[:i]
		}
	}
	return cause{Kind: column, Text: quotedDigits.ReplaceAllString(reason, "“…”")}
}
