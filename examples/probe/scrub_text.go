package main

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"
)

var (
	emailPattern = regexp.MustCompile(`[^\s<>"'(),;:@/]+@[^\s<>"'(),;:@/]+\.[^\s<>"'(),;:@/]+`)
	urlPattern   = regexp.MustCompile(`(?i)\bhttps?://[^\s"'<>]+`)
	queryPattern = regexp.MustCompile(`\?[^\s"'<>?=]+=[^\s"'<>]*`)
	tokenPattern = regexp.MustCompile(`(?i)\b(?:bearer|basic)\s+[\w.~+/=-]{8,}|\beyJ[\w-]+\.[\w-]+(?:\.[\w-]+)?`)
	phonePattern = regexp.MustCompile(`\+\d[\d ()./-]{6,}\d`)
)

// text scrubs a text. Empty ones and placeholders stay: how they are read is worth a test.
func (s *scrubber) text(text string, m meaning) string {
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "", "-", "NA", "N/A", "NULL":
		return text
	}
	switch {
	case m.secret:
		return s.replaced("secrets", text, "secret %d")
	case m.phone:
		return s.phone(text)
	case m.person && !strings.Contains(text, "@") && strings.ContainsFunc(text, unicode.IsLetter):
		return s.replaced("persons", text, "Person %d")
	}
	if clean := s.redact(text); clean != text {
		text = s.replaced("secrets", text, "secret %d")
	}
	text = tokenPattern.ReplaceAllStringFunc(text, func(token string) string { return s.replaced("secrets", token, "secret-%d") })
	text = urlPattern.ReplaceAllStringFunc(text, s.url)
	text = queryPattern.ReplaceAllString(text, "")
	text = emailPattern.ReplaceAllStringFunc(text, func(email string) string {
		return s.replaced("e-mail addresses", strings.ToLower(email), "person%d@example.com")
	})
	text = phonePattern.ReplaceAllStringFunc(text, s.phone)
	if m.free && s.freeText {
		return s.masked(text)
	}
	return text
}

// number scrubs a number, digit for digit.
func (s *scrubber) number(raw string, m meaning) string {
	switch {
	case m.secret:
		s.replaced("secrets", raw, "%d")
		return "0"
	case m.phone && strings.Trim(raw, "0123456789") == "":
		return s.phone(raw)
	}
	return raw
}

// phone keeps how a number is written. Its digits become fives, the last three of them a number of its own.
func (s *scrubber) phone(text string) string {
	own := s.replaced("phone numbers", text, "%03d")
	digits := strings.Count(strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return '#'
		}
		return r
	}, text), "#")
	if digits < 5 {
		return text
	}
	at := 0
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return r
		}
		at++
		if back := digits - at; back < 3 {
			return rune(own[len(own)-1-back])
		}
		return '5'
	}, text)
}

// url leaves scheme and path of an address, and the host unless it is the tenant's.
func (s *scrubber) url(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return s.replaced("addresses on the web", address, "https://example.com/%d")
	}
	clean := *u
	clean.User, clean.RawQuery, clean.ForceQuery, clean.Fragment = nil, "", false, ""
	if strings.EqualFold(u.Host, s.host) {
		clean.Host = "tenant.example.com"
	}
	if clean.String() != address {
		s.replaced("addresses on the web", address, "%d")
	}
	return clean.String()
}

// masked keeps a text's length, digits and punctuation.
func (s *scrubber) masked(text string) string {
	s.replaced("texts", text, "%d")
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsUpper(r):
			return 'X'
		case unicode.IsLetter(r), unicode.IsMark(r):
			return 'x'
		}
		return r
	}, text)
}
