package cmmsimport_test

import "maps"

// ref is a master as Innomaint sends it.
func ref(id any, name string) map[string]any {
	r := map[string]any{}
	if id != nil {
		r["id"] = id
	}
	if name != "" {
		r["name"] = name
	}
	return r
}

// with returns a copy of a master with one more field.
func with(r map[string]any, name string, value any) map[string]any {
	r = maps.Clone(r)
	r[name] = value
	return r
}

// field is a response with one field.
func field(name string, value any) map[string]any { return map[string]any{name: value} }

// modelOf is a response with a manufacturer and its model.
func modelOf(manufacturer, model map[string]any) map[string]any {
	return map[string]any{"manufacturer": manufacturer, "model": model}
}

// categories is a response with a category and its subcategory.
func categories(category, subcategory map[string]any) map[string]any {
	return map[string]any{"category": category, "subcategory": subcategory}
}

// place is a response with a location, given as "site", ref, "floor", ref and so on.
func place(levels ...any) map[string]any {
	location := map[string]any{}
	for i := 0; i < len(levels); i += 2 {
		location[levels[i].(string)] = levels[i+1]
	}
	return field("location", location)
}

// rawJSON is sent as it is.
type rawJSON string

func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }
