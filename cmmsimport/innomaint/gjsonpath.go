package innomaint

import (
	"strings"
	"unicode/utf8"
)

// plainKeys splits a path that is nothing but keys of objects, its backslashes resolved. A component of digits alone is
// not plain: in a list it is an index.
func plainKeys(path string) (keys []string, plain bool) {
	var key strings.Builder
	digits := true
	end := func() bool {
		keys = append(keys, key.String())
		ok := key.Len() > 0 && !digits
		key.Reset()
		digits = true
		return ok
	}
	for i := 0; i < len(path); i++ {
		c := path[i]
		switch {
		case c == '\\' && i+1 < len(path):
			i++
			c, digits = path[i], false
		case c == '.':
			if !end() {
				return nil, false
			}
			continue
		case c >= utf8.RuneSelf, c == '_', c == '-', c == ' ', c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z':
			digits = false
		case c < '0' || c > '9':
			return nil, false
		}
		key.WriteByte(c)
	}
	if !end() {
		return nil, false
	}
	return keys, true
}

// isPath reports whether gjson can make sense of path: no empty component, no lone backslash at the end, the brackets and
// quotes of queries closed. gjson has no check of its own: a path that makes no sense finds nothing, for every asset.
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
