package innomaint

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// pathTemplate is Config.AssetPath, in two parts since they are escaped differently.
type pathTemplate struct {
	path, query string
	secrets     []string // values of the query that are credentials, by their names
}

var secretName = regexp.MustCompile(`(?i)key|token|secret|pass|auth|sig`)

func parsePath(s string) *pathTemplate {
	path, query, _ := strings.Cut(s, "?")
	t := &pathTemplate{path: path, query: query}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if secretName.MatchString(name) && !strings.Contains(value, "{") {
			t.secrets = append(t.secrets, value)
			if plain, err := url.QueryUnescape(value); err == nil {
				t.secrets = append(t.secrets, plain)
			}
		}
	}
	return t
}

// fill returns the path, and the query where there is one, for an asset.
func (t *pathTemplate) fill(ref AssetRef) string {
	customer := strconv.FormatUint(ref.CustomerID, 10)
	s := fill(t.path, escapeSegment(ref.AssetID), customer)
	if t.query == "" {
		return s
	}
	return s + "?" + fill(t.query, url.QueryEscape(ref.AssetID), customer)
}

// fill puts escaped values in the placeholders' places: escaped, neither can look like a placeholder.
func fill(template, assetID, customer string) string {
	return strings.ReplaceAll(strings.ReplaceAll(template, assetIDPlaceholder, assetID), customerIDPlaceholder, customer)
}

// escapeSegment escapes an id for its place between two slashes. "." and ".." would be taken for steps in the path.
func escapeSegment(id string) string {
	if id == "." || id == ".." {
		return strings.ReplaceAll(id, ".", "%2E")
	}
	return url.PathEscape(id)
}
