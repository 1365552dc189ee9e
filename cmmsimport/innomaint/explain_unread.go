package innomaint

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// unread lists what stands at and below a container and is not read.
func (x *explaining) unread(at string, container gjson.Result) (all []UnreadValue) {
	index := 0
	container.ForEach(func(key, value gjson.Result) bool {
		name := gjson.Escape(key.Str)
		if container.IsArray() {
			name = strconv.Itoa(index)
			index++
		}
		path := joinPath(at, name)
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

// position returns the gjson path of what a path of the field map leads to, through lists of one as the decoding goes; ""
// where gjson cannot tell.
func position(object gjson.Result, path string) string {
	keys, plain := plainKeys(path)
	if !plain {
		return object.Get(path).Path(object.Raw)
	}
	at, v := "", object
	for _, key := range keys {
		if v.IsArray() {
			v, _ = onlyElement(v)
			at = joinPath(at, "0")
		}
		key = gjson.Escape(key)
		v, at = v.Get(key), joinPath(at, key)
	}
	return at
}

func joinPath(at, name string) string {
	if at == "" {
		return name
	}
	return at + "." + name
}

// envelopePath returns where in the answer the object stands that open came to.
func envelopePath(answer, object gjson.Result) (path string) {
	v := answer
	for range 2 * (maxEnvelopes + 1) { // each envelope may be a list of one
		switch {
		case v.Raw == object.Raw:
			return path
		case v.IsArray():
			v, _ = onlyElement(v)
			path = joinPath(path, "0")
		default:
			inner, key := unwrap(v)
			v, path = inner, joinPath(path, key)
		}
	}
	return path
}
