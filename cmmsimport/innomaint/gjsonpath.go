package innomaint

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

var (
	plainPath = regexp.MustCompile(`(?s)^(?:\\.|[\w\- .]|[^\x00-\x7F])+$`)
	pathKey   = regexp.MustCompile(`(?s)(?:\\.|[^.\\])+`)
	escaped   = regexp.MustCompile(`(?s)\\(.)`)
)

// plainKeys splits a path that is nothing but keys of objects, and resolves its backslashes. A component of nothing but
// digits is not plain: in a list it is an index.
func plainKeys(path string) (keys []string, plain bool) {
	if !plainPath.MatchString(path) {
		return nil, false
	}
	for _, key := range pathKey.FindAllString(path, -1) {
		if isDigits(key) {
			return nil, false
		}
		keys = append(keys, escaped.ReplaceAllString(key, "$1"))
	}
	return keys, true
}

// isPath reports whether path is one for gjson: no empty component, no lone backslash at the end, the brackets and quotes of
// queries closed. gjson has no check of its own; a wrong path would find nothing, for every asset.
func isPath(path string) bool {
	if !utf8.ValidString(path) || strings.TrimSpace(path) != path {
		return false
	}
	var open []byte // brackets
	quoted, empty := false, true
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '\\':
			if i++; i == len(path) {
				return false
			}
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '(' || c == '[' || c == '{':
			open = append(open, closing[c])
		case c == ')' || c == ']' || c == '}':
			if len(open) == 0 || open[len(open)-1] != c {
				return false
			}
			open = open[:len(open)-1]
		case (c == '.' || c == '|') && len(open) == 0:
			if empty {
				return false
			}
			empty = true
			continue
		}
		empty = false
	}
	return !empty && !quoted && len(open) == 0
}

var closing = map[byte]byte{'(': ')', '[': ']', '{': '}'}
