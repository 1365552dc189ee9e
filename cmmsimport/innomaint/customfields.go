package innomaint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// MariaDB refuses JSON with more than 32 levels.
const maxCustomFieldsDepth = 30

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
	for _, match := range escapes.FindAllStringSubmatchIndex(raw, -1) {
		if match[2] >= 0 {
			return true
		}
	}
	return false
}
