package innomaint

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// unread lists what is not read in a container, which is at a path of the object.
func (x *explaining) unread(at string, container gjson.Result) (all []UnreadValue) {
	index := 0
	container.ForEach(func(key, value gjson.Result) bool {
		name := gjson.Escape(key.Str)
		if container.IsArray() {
			name = strconv.Itoa(index)
			index++
		}
		path := name
		if at != "" {
			path = at + "." + name
		}
		switch {
		case x.read[path]:
		case value.IsObject() && !isEmpty(value), value.IsArray() && x.readsBelow(path):
			all = append(all, x.unread(path, value)...)
		default:
			all = append(all, UnreadValue{path, json.RawMessage(value.Raw)})
		}
		return true
	})
	return all
}

func (x *explaining) readsBelow(path string) bool {
	for read := range x.read {
		if strings.HasPrefix(read, path+".") {
			return true
		}
	}
	return false
}
