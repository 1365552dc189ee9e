package synclog

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"ic3.internal/innomaintsync/cmmsimport/internal/mysqlerr"
)

// shape is how far a row has been reduced to what the host's columns take. The zero value is the row as it is.
type shape struct {
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

// fit calls write with plainer and plainer shapes for as long as the server says that the row does not fit its columns.
func fit(write func(shape) error) error {
	var s shape
	for {
		err := write(s)
		if err == nil || !s.reduce(err) {
			return err
		}
	}
}

// reduce makes the shape one step plainer, and reports whether that can mend err.
func (s *shape) reduce(err error) bool {
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

// message is for error_message columns.
func (s shape) message(text string) any {
	text = message(text)
	switch s.room {
	case ample:
	case narrow:
		text = cut(text, narrowMessage)
	default:
		text = cut(text, tightText)
	}
	return nullable(s.spell(text))
}

// text is for the other columns; limit is their length in our schema.
func (s shape) text(text string, limit int) string {
	text = validText(text)
	if s.room == minimal {
		text = cut(text, limit)
	}
	return s.spell(text)
}

func (s shape) spell(text string) string {
	switch s.letters {
	case threeBytes:
		return strings.Map(func(r rune) rune {
			if r > 0xFFFF {
				return '\uFFFD'
			}
			return r
		}, text)
	case asciiOnly:
		return strings.Map(func(r rune) rune {
			if r > 0x7F {
				return '?'
			}
			return r
		}, text)
	default:
		return text
	}
}

// warnings is for the column warnings.
func (s shape) warnings(list []string) any {
	if len(list) == 0 || s.room == minimal {
		return nil
	}
	if s.room == tight {
		list = append([]string(nil), list...)
		for i := range list {
			list[i] = cut(list[i], tightText)
		}
	}
	text, err := encode(list)
	if err != nil {
		return nil // strings always encode
	}
	return s.json(text)
}

// changes is for the column changes.
func (s shape) changes(c Changes) any {
	if len(c) == 0 || s.room == minimal {
		return nil
	}
	if text, err := encode(c); err == nil && s.room < tight {
		return s.json(text)
	}
	plain := make(Changes, len(c))
	for column, change := range c {
		plain[column] = Change{From: s.value(change.From), To: s.value(change.To)}
	}
	text, err := encode(plain)
	if err != nil {
		return nil // of strings and of what has encoded before
	}
	return s.json(text)
}

// value returns v, or a string for it where it does not encode or is too long.
func (s shape) value(v any) any {
	text, err := encode(v)
	if err != nil {
		text = validText(fmt.Sprint(v))
		v = text
	}
	if s.room >= tight && len(text) > tightText {
		return cut(text, tightText)
	}
	return v
}

func (s shape) json(text string) string {
	if s.letters == allLetters {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch {
		case r <= 0x7F:
			b.WriteRune(r)
		case r <= 0xFFFF:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		}
	}
	return b.String()
}
