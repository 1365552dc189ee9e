package redact

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const bracketed = "[redacted]"

// What looks like a secret even where it is not one of ours.
var (
	anyQueryPattern = regexp.MustCompile(`\?[^\s"'<>?]*=[^\s"'<>]*`)
	schemePattern   = regexp.MustCompile(`(?i)\b(bearer|basic)\s+[^\s"',;]+`)
	wordPattern     = regexp.MustCompile(`(?i)("?\b(?:access_?token|token|password|passwd|secret|api[-_]?key|authorization)"?\s*[:=]\s*)("[^"]*"|[^\s",;}&]+)`)
	userPattern     = regexp.MustCompile(`://[^\s/@"']+@`)
)

// Secrets takes secrets out of texts that others wrote: servers, transports, proxies.
type Secrets struct{ secrets []string }

// Known takes the secrets as they are; it looks for them as URLs, JSON and Go's quoted texts spell them too.
func Known(secrets ...string) Secrets {
	var r Secrets
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		for _, spelling := range spellings(secret) {
			if !slices.Contains(r.secrets, spelling) {
				r.secrets = append(r.secrets, spelling)
			}
		}
	}
	// The longest first: one may be part of another.
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
	return r
}

// spellings returns how texts of others may write a secret. JSON may or may not escape what HTML takes for markup.
func spellings(secret string) []string {
	escaped, _ := json.Marshal(secret) // a string always marshals
	var plain bytes.Buffer
	encoder := json.NewEncoder(&plain)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(secret) // likewise
	return []string{
		secret, unquoted(string(escaped)), unquoted(strings.TrimSpace(plain.String())), unquoted(strconv.Quote(secret)),
		url.QueryEscape(secret), url.PathEscape(secret),
	}
}

func unquoted(s string) string { return s[1 : len(s)-1] }

// Text returns s without secrets and query strings.
func (r Secrets) Text(s string) string {
	for _, secret := range r.secrets {
		s = strings.ReplaceAll(s, secret, bracketed)
	}
	for range 5 { // what one pass writes may look to another pattern like a secret; it settles in two or three
		next := withoutPatterns(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

func withoutPatterns(s string) string {
	s = userPattern.ReplaceAllString(s, "://"+bracketed+"@")
	s = anyQueryPattern.ReplaceAllString(s, "?"+bracketed)
	s = schemePattern.ReplaceAllString(s, "$1 "+bracketed)
	return wordPattern.ReplaceAllString(s, "$1"+bracketed)
}

// Cause returns err without the URL that net/http puts around it, and with a bracketed text where it holds more.
func (r Secrets) Cause(err error) error {
	var urlError *url.Error
	if errors.As(err, &urlError) {
		err = urlError.Err
	}
	if err == nil {
		return nil
	}
	if text := r.Text(err.Error()); text != err.Error() {
		return &redactedError{text, err}
	}
	return err
}

// redactedError stands for an error whose text holds a secret. It has no Unwrap, which would give that text away.
type redactedError struct {
	text  string
	cause error
}

func (e *redactedError) Error() string        { return e.text }
func (e *redactedError) Is(target error) bool { return errors.Is(e.cause, target) }
