package register

import (
	"bytes"
	"encoding/json"
	"reflect"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// sameJSON reports whether two JSON texts hold the same data. MySQL stores JSON in a form of its own (sorted keys, spaces,
// 1.10 as 1.1), so texts that differ may be what was written.
func sameJSON(a, b json.RawMessage) bool {
	if bytes.Equal(a, b) {
		return true
	}
	if emptyJSON(a) || emptyJSON(b) {
		return emptyJSON(a) && emptyJSON(b)
	}
	x, errX := decodeJSON(a)
	y, errY := decodeJSON(b)
	return errX == nil && errY == nil && reflect.DeepEqual(x, y)
}

// emptyJSON reports whether a column holds nothing: NULL, no text, or JSON's own null.
func emptyJSON(text json.RawMessage) bool {
	text = bytes.TrimSpace(text)
	return len(text) == 0 || string(text) == "null"
}

func decodeJSON(text json.RawMessage) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber() // digit for digit, beyond 2^53 too
	var value any
	err := decoder.Decode(&value)
	return normalNumbers(value), err
}

// normalNumbers writes every number of a decoded value in one form.
func normalNumbers(value any) any {
	switch v := value.(type) {
	case json.Number:
		if d, err := innomaint.ParseDecimal(v.String()); err == nil {
			return d
		}
	case []any:
		for i := range v {
			v[i] = normalNumbers(v[i])
		}
	case map[string]any:
		for key := range v {
			v[key] = normalNumbers(v[key])
		}
	}
	return value
}
