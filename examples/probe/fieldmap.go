package main

import (
	"fmt"
	"go/format"
	"reflect"
	"strconv"
	"strings"

	"ic3.internal/innomaintsync/cmmsimport/innomaint"
)

// matched returns the map that the answer calls for: the user's own lists, and for each other field that was found the one
// path that led to it.
func matched(own innomaint.FieldMap, e *innomaint.Explanation) innomaint.FieldMap {
	for _, f := range e.Fields {
		if f.Path == "" {
			continue
		}
		if list := listOf(&own, f.List); *list == nil {
			*list = []string{f.Path}
		}
	}
	return own
}

// listOf returns the list of a field map that is called name, such as "Name" or "Vendor.Object".
func listOf(m *innomaint.FieldMap, name string) *[]string {
	v := reflect.ValueOf(m).Elem()
	for part := range strings.SplitSeq(name, ".") {
		v = v.FieldByName(part)
	}
	return v.Addr().Interface().(*[]string)
}

// pathsOf returns the paths of a field, of a master those of all its parts; nil where nothing is set.
func pathsOf(m *innomaint.FieldMap, field string) (paths []string) {
	v := reflect.ValueOf(m).Elem().FieldByName(field)
	if list, ok := reflect.TypeAssert[[]string](v); ok {
		return list
	}
	for part := range v.NumField() {
		paths = append(paths, v.Field(part).Interface().([]string)...)
	}
	return paths
}

// goCode returns a declaration to paste into the host's configuration: what was found, and as comments what might be.
func goCode(s settings, e *innomaint.Explanation, suggestions []suggestion) string {
	var b strings.Builder
	fmt.Fprintf(&b, "// fields says where asset %s of %s has what. A field that is not named keeps its default paths.\n", oneLine(s.asset), oneLine(s.baseURL))
	b.WriteString("var fields = innomaint.FieldMap{\n")
	m := matched(s.fields, e)
	writeLists(&b, reflect.ValueOf(m))
	if len(suggestions) > 0 {
		b.WriteString("\n// Suggestions, by name alone. Look at the values above, and uncomment what is right.\n")
	}
	for _, sug := range suggestions {
		fmt.Fprintf(&b, "// %s\n", sug.code())
	}
	b.WriteString("}\n")
	code, err := format.Source([]byte(b.String()))
	if err != nil { // cannot be: everything in it is quoted
		return b.String()
	}
	return string(code)
}

// writeLists writes the fields of a FieldMap or of ReferencePaths that are set.
func writeLists(b *strings.Builder, m reflect.Value) {
	for i := range m.NumField() {
		name, field := m.Type().Field(i).Name, m.Field(i)
		if field.IsZero() {
			continue
		}
		if paths, ok := reflect.TypeAssert[[]string](field); ok {
			fmt.Fprintf(b, "%s: %s,\n", name, goList(paths))
			continue
		}
		fmt.Fprintf(b, "%s: innomaint.ReferencePaths{\n", name)
		writeLists(b, field)
		b.WriteString("},\n")
	}
}

func goList(paths []string) string {
	literals := make([]string, len(paths))
	for i, path := range paths {
		literals[i] = goString(path)
	}
	return "[]string{" + strings.Join(literals, ", ") + "}"
}

// goString prefers the form in which a path's own quotes and backslashes can be read.
func goString(s string) string {
	if strings.ContainsAny(s, `"\`) && strconv.CanBackquote(s) {
		return "`" + s + "`"
	}
	return strconv.Quote(s)
}

// oneLine keeps a text inside its comment.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
