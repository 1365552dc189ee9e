package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Secrets redacts the secrets that it knows, then whatever [Text] redacts. The zero value knows none.
type Secrets struct{ spellings []string } // the longest first: one may be part of another

// Known returns the Secrets of the given values; empty ones are left out. It finds a value as it is, and as URLs, JSON and
// Go's quoted strings write it.
func Known(values ...string) Secrets {
	var s Secrets
	for _, value := range values {
		for _, spelling := range spell(value) {
			if spelling != "" && !strings.Contains(Placeholder, spelling) && !slices.Contains(s.spellings, spelling) {
				s.spellings = append(s.spellings, spelling)
			}
		}
	}
	slices.SortFunc(s.spellings, func(a, b string) int { return len(b) - len(a) })
	return s
}

// spell returns a value in every notation. JSON may or may not escape what HTML takes for markup.
func spell(value string) []string {
	escaped, _ := json.Marshal(value) // a string always marshals
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(value) // it always encodes
	unquoted := func(s string) string { return s[1 : len(s)-1] }
	return []string{
		value, unquoted(string(escaped)), unquoted(strings.TrimSpace(plain.String())), unquoted(strconv.Quote(value)),
		url.QueryEscape(value), url.PathEscape(value),
	}
}

// Text returns text without the known secrets, and without what the function [Text] removes.
func (s Secrets) Text(text string) string {
	for _, spelling := range s.spellings {
		text = strings.ReplaceAll(text, spelling, Placeholder)
	}
	return Text(text)
}

// Cause returns err without the URL that net/http wraps around it ([url.Error]). If the text then still holds a secret,
// the result has the redacted text instead, and for errors.Is it remains the same error. It cannot be unwrapped, because
// that would give the text away. Cause(nil) is nil.
func (s Secrets) Cause(err error) error {
	var urlError *url.Error
	if errors.As(err, &urlError) {
		err = urlError.Err
	}
	if err == nil {
		return nil
	}
	if text := s.Text(err.Error()); text != err.Error() {
		return &redactedError{text, err}
	}
	return err
}

// Format implements [fmt.Formatter]: no verb prints what s knows.
func (Secrets) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, Placeholder) }

type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.cause, target) }
