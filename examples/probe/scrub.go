package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"
)

// What a key says about its value. Keys are looked at as words, so "contactPhone" and "CONTACT_PHONE" are one.
var (
	secretKey = regexp.MustCompile(`(?i)token|secret|passw|pwd|api.?key|authori|credential|cookie|session|signature|\bsig\b|\bjwt\b|\botp\b`)
	phoneKey  = regexp.MustCompile(`\b(phone|telephone|tel|mobile|fax|whatsapp|contact (no|number))\b`)
	personKey = regexp.MustCompile(`\b(person|(first|last|full|middle|user|contact|owner|employee|technician) ?name|username|((created|updated|modified|reported|assigned|approved|inspected) (by|to))|assignee|owner|technician|inspector|custodian|employee)\b`)
	freeKey   = regexp.MustCompile(`\b(description|details|remarks?|notes?|comments?|instructions?|custom|udf|additional)\b`)
)

// scrubber makes an answer fit to be kept: no secret and no person in it, while its shape, the types of its values and
// their number of digits stay. The same text always becomes the same text.
type scrubber struct {
	redact   func(string) string // takes our own credentials out
	host     string              // the tenant's
	freeText bool                // mask descriptions and custom fields too

	seen   map[string]string
	counts map[string]int // by kind, of different values
}

func newScrubber(redact func(string) string, host string, freeText bool) *scrubber {
	return &scrubber{redact: redact, host: host, freeText: freeText, seen: map[string]string{}, counts: map[string]int{}}
}

// answer returns the answer scrubbed. It must be valid JSON.
func (s *scrubber) answer(body []byte) json.RawMessage {
	var b bytes.Buffer
	s.value(&b, gjson.ParseBytes(body), meaning{})
	return b.Bytes()
}

// meaning is what the keys on the way to a value say.
type meaning struct{ secret, phone, person, free bool }

// under is the meaning of what stands at a key: what a container is, all in it is, but its names only of a person.
func (m meaning) under(key string) meaning {
	name := words(key)
	return meaning{
		secret: m.secret || secretKey.MatchString(name),
		phone:  phoneKey.MatchString(name),
		person: personKey.MatchString(name) || m.person && strings.HasSuffix(name, "name"),
		free:   m.free || freeKey.MatchString(name),
	}
}

func (s *scrubber) value(b *bytes.Buffer, v gjson.Result, m meaning) {
	switch {
	case v.IsObject():
		b.WriteByte('{')
		s.members(b, v, m)
		b.WriteByte('}')
	case v.IsArray():
		b.WriteByte('[')
		s.members(b, v, m)
		b.WriteByte(']')
	case v.Type == gjson.String:
		writeString(b, s.text(v.Str, m))
	case v.Type == gjson.Number:
		b.WriteString(s.number(v.Raw, m))
	default:
		b.WriteString(v.Raw)
	}
}

func (s *scrubber) members(b *bytes.Buffer, container gjson.Result, m meaning) {
	first := true
	container.ForEach(func(key, v gjson.Result) bool {
		if !first {
			b.WriteByte(',')
		}
		first = false
		inner := m
		if container.IsObject() {
			inner = m.under(key.Str)
			writeString(b, s.text(key.Str, meaning{}))
			b.WriteByte(':')
		} else if m.person && v.IsObject() {
			inner.person = true
		}
		s.value(b, v, inner)
		return true
	})
}

func writeString(b *bytes.Buffer, text string) {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(text) // a string into memory
	b.Truncate(b.Len() - 1)  // its line end
}

// replaced returns what stands for a value: format with a number of its own, counted from 1 for each kind.
func (s *scrubber) replaced(kind, value, format string) string {
	if s.seen[kind+"\x00"+value] == "" {
		s.counts[kind]++
		s.seen[kind+"\x00"+value] = fmt.Sprintf(format, s.counts[kind])
	}
	return s.seen[kind+"\x00"+value]
}

// summary says how much was replaced.
func (s *scrubber) summary() string {
	var all []string
	for _, kind := range []string{"secrets", "e-mail addresses", "phone numbers", "persons", "addresses on the web", "texts"} {
		if n := s.counts[kind]; n > 0 {
			all = append(all, fmt.Sprintf("%s: %d", kind, n))
		}
	}
	if all == nil {
		return "with nothing that had to be scrubbed"
	}
	return "scrubbed of " + strings.Join(all, ", ")
}
