// Package rowfit reduces a row, step by step, until it fits the host's columns.
package rowfit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// Shape is how far a row has been reduced. The zero value is the row as it is.
type Shape struct {
	letters letters
	room    room
}

type letters int

const (
	allLetters letters = iota
	threeBytes         // text within the Basic Multilingual Plane, JSON in ASCII
	asciiOnly
)

type room int

const (
	ample   room = iota
	narrow       // messages of 250 characters: a VARCHAR(255)
	tight        // messages and each JSON value of 60 characters
	minimal      // no JSON, the other texts at their length in our schema
)

const (
	narrowMessage = 250
	tightText     = 60
)

// Fit calls write with simpler and simpler shapes for as long as the server says that the row does not fit its columns. The order
// is: messages of 250 characters; messages and JSON values of 60; no JSON. For characters: U+FFFD beyond the Basic Multilingual
// Plane; "?" for all that is not ASCII, while JSON keeps \u escapes.
func Fit(write func(Shape) error) error {
	var s Shape
	for {
		err := write(s)
		if err == nil || !s.reduce(err) {
			return err
		}
	}
}

// reduce makes the shape one step simpler, and reports whether that can help against err.
func (s *Shape) reduce(err error) bool {
	moreRoom, moreLetters := mysqlerr.TooLarge(err), mysqlerr.BadCharacter(err)
	switch {
	case moreLetters && s.letters < asciiOnly:
		s.letters++
	case (moreRoom || moreLetters) && s.room < minimal:
		s.room++
	case moreRoom && s.letters < asciiOnly: // too long, in bytes
		s.letters++
	default:
		return false
	}
	return true
}

// Message is for error_message columns.
func (s Shape) Message(text string) any {
	limit := map[room]int{ample: maxMessage, narrow: narrowMessage, tight: tightText, minimal: tightText}[s.room]
	return Nullable(s.spell(Cut(Message(text), limit)))
}

// Text is for the other text columns; limit is their length in our schema.
func (s Shape) Text(text string, limit int) string {
	text = validText(text)
	if s.room == minimal {
		text = Cut(text, limit)
	}
	return s.spell(text)
}

func (s Shape) spell(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case s.letters == asciiOnly && r > 0x7F:
			return '?'
		case s.letters == threeBytes && r > 0xFFFF:
			return '\uFFFD'
		}
		return r
	}, text)
}

// JSON is for JSON columns: v encoded; nil if v cannot be encoded or there is no room for JSON at all.
func (s Shape) JSON(v any) any {
	text, err := Encode(v)
	if err != nil || s.room == minimal {
		return nil
	}
	if s.letters == allLetters {
		return text
	}
	var b strings.Builder
	for _, unit := range utf16.Encode([]rune(text)) {
		if unit <= 0x7F {
			b.WriteByte(byte(unit))
		} else {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// Shortens reports whether the single values of a JSON column have to be cut.
func (s Shape) Shortens() bool { return s.room >= tight }

// Short returns a text for use inside of JSON, cut if it has to be.
func (s Shape) Short(text string) string {
	if s.Shortens() {
		return Cut(text, tightText)
	}
	return text
}

// Value returns v for use inside of JSON, or a string for it if v cannot be encoded or is too long.
func (s Shape) Value(v any) any {
	text, err := Encode(v)
	if err != nil {
		text = validText(fmt.Sprint(v))
		v = text
	}
	if s.Shortens() && len(text) > tightText {
		return s.Short(text)
	}
	return v
}

// Encode returns v as JSON for people to read, too: < and & are not escaped.
func Encode(v any) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	// a json.RawMessage among the values may hold invalid UTF-8, which the encoder does not look for
	return strings.ToValidUTF8(strings.TrimSuffix(b.String(), "\n"), "\uFFFD"), nil
}

// Nullable returns NULL for an empty text.
func Nullable(s string) any {
	if s == "" {
		return nil
	}
	return s
}

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
