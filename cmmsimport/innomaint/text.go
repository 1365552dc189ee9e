package innomaint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// unreadable is a reader's error: there is a value, and it is not of the expected form.
type unreadable struct{ value, reason string }

func (u *unreadable) Error() string { return u.reason }

func (u *unreadable) warning(field string) Warning {
	return Warning{Field: field, Value: shorten(u.value, maxWarningValue), Reason: u.reason}
}

// cannot returns the error for a value. The reason continues a sentence that begins with the value.
func cannot(v gjson.Result, reason string) error { return &unreadable{asSent(v), reason} }

// asSent returns a text without its quotes, and anything else as it is in the response.
func asSent(v gjson.Result) string {
	if v.Type == gjson.String {
		return v.Str
	}
	return v.Raw
}

// readText returns a text, cleaned by clean, or the digits of a number as sent; "" for a placeholder.
func readText(v gjson.Result, clean func(string) string) (string, error) {
	switch {
	case isEmpty(v):
		return "", nil
	case v.Type == gjson.Number:
		return v.Raw, nil
	case v.Type != gjson.String:
		return "", cannot(v, "is "+jsonKind(v)+" where a text was expected")
	}
	text := clean(v.Str)
	switch {
	case isPlaceholder(text):
		return "", nil
	case !utf8.ValidString(text) || strings.ContainsRune(text, utf8.RuneError):
		return "", cannot(v, "is not valid UTF-8")
	case strings.IndexByte(text, 0) >= 0:
		return "", cannot(v, "contains a NUL byte")
	}
	return text, nil
}

// readBool returns a boolean and whether there is one.
func readBool(v gjson.Result) (value, ok bool, err error) {
	if isEmpty(v) {
		return false, false, nil
	}
	switch strings.ToLower(cleanID(asSent(v))) {
	case "true", "y", "yes", "1":
		return true, true, nil
	case "false", "n", "no", "0":
		return false, true, nil
	}
	return false, false, cannot(v, "is not a boolean")
}

// cleanLine makes one line of plain text: HTML entities resolved, any white space a single space, no padding.
func cleanLine(s string) string {
	s = html.UnescapeString(s)
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r >= utf8.RuneSelf })
	if plain && !strings.Contains(s, "  ") && strings.Trim(s, " ") == s { // nothing to clean
		return s
	}
	return strings.Join(strings.Fields(s), " ")
}

var lineBreaks = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n")

// cleanLines does what cleanLine does to each line, and keeps the line breaks between them.
func cleanLines(s string) string {
	s = lineBreaks.Replace(html.UnescapeString(s))
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		lines[i] = strings.Join(strings.Fields(line), " ")
	}
	return strings.Trim(strings.Join(lines, "\n"), "\n")
}

// cleanID removes padding and nothing else: ids are compared character for character.
func cleanID(s string) string { return strings.TrimFunc(s, unicode.IsSpace) }

// isEmpty reports whether v is absent, null, {}, [], or a text that is a placeholder.
func isEmpty(v gjson.Result) bool {
	switch v.Type {
	case gjson.Null:
		return true
	case gjson.String:
		return !isPlainWord(v.Str) && isPlaceholder(cleanID(html.UnescapeString(v.Str)))
	case gjson.JSON:
		return len(v.Raw) < 2 || strings.TrimSpace(v.Raw[1:len(v.Raw)-1]) == ""
	}
	return false
}

// isPlainWord is a fast check: a text for which it returns true is no placeholder.
func isPlainWord(s string) bool {
	return s != "" && (s[0] >= '0' && s[0] <= '9' || s[0] >= 'A' && s[0] <= 'Z' || s[0] >= 'a' && s[0] <= 'z') && s[0]|0x20 != 'n'
}

func isPlaceholder(text string) bool {
	for _, placeholder := range [...]string{"", "-", "NA", "N/A", "null"} {
		if len(text) == len(placeholder) && strings.EqualFold(text, placeholder) {
			return true
		}
	}
	return false
}

// jsonKind names the type of v, for people.
func jsonKind(v gjson.Result) string {
	switch {
	case v.IsObject():
		return "an object"
	case v.IsArray():
		return "a list"
	case v.IsBool():
		return "a boolean"
	}
	return "not a text"
}

const maxCustomFieldsDepth = 30 // MariaDB refuses JSON with more than 32 levels

// readCustomFields returns an object or a list without its white space, nil for an empty one.
func readCustomFields(v gjson.Result) (json.RawMessage, error) {
	switch {
	case isEmpty(v):
		return nil, nil
	case v.Type != gjson.JSON:
		return nil, cannot(v, "is neither an object nor a list")
	case !utf8.ValidString(v.Raw) || hasLoneSurrogate(v.Raw):
		return nil, cannot(v, "is not valid UTF-8")
	case deeper([]byte(v.Raw), maxCustomFieldsDepth):
		return nil, cannot(v, fmt.Sprintf("is nested deeper than %d levels", maxCustomFieldsDepth))
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, []byte(v.Raw)); err != nil {
		return nil, cannot(v, "is not valid JSON")
	}
	return compact.Bytes(), nil
}

// escapes finds the escapes of a JSON text; its group is set for half of a surrogate pair.
var escapes = regexp.MustCompile(`\\u[dD][89abAB][[:xdigit:]]{2}\\u[dD][c-fC-F][[:xdigit:]]{2}|(\\u[dD][89a-fA-F])|\\.`)

// hasLoneSurrogate reports whether a JSON text escapes half of a surrogate pair. The JSON type of MySQL refuses it.
func hasLoneSurrogate(raw string) bool {
	return slices.ContainsFunc(escapes.FindAllStringSubmatch(raw, -1), func(match []string) bool { return match[1] != "" })
}
