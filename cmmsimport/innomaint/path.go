package innomaint

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// pathTemplate is Config.AssetPath. Its path and its query are escaped in different ways.
type pathTemplate struct {
	path, query string
	secrets     []string // values of the query whose names say that they are credentials
}

var secretName = regexp.MustCompile(`(?i)key|token|secret|pass|auth|sig`)

func parsePath(s string) *pathTemplate {
	path, query, _ := strings.Cut(s, "?")
	t := &pathTemplate{path: path, query: query}
	for pair := range strings.SplitSeq(query, "&") {
		name, value, _ := strings.Cut(pair, "=")
		if secretName.MatchString(name) && !strings.Contains(value, "{") {
			plain, _ := url.QueryUnescape(value) // "" if it is not escaped in the usual way
			t.secrets = append(t.secrets, value, plain)
		}
	}
	return t
}

// fill returns the path, and the query if there is one, for an asset. An escaped value cannot look like a placeholder.
func (t *pathTemplate) fill(ref AssetRef) string {
	segment := url.PathEscape(ref.AssetID)
	if ref.AssetID == "." || ref.AssetID == ".." { // these would be steps in the path
		segment = strings.ReplaceAll(ref.AssetID, ".", "%2E")
	}
	customer := strconv.FormatUint(ref.CustomerID, 10)
	filled := strings.NewReplacer(assetIDPlaceholder, segment, customerIDPlaceholder, customer).Replace(t.path)
	if t.query == "" {
		return filled
	}
	query := strings.NewReplacer(assetIDPlaceholder, url.QueryEscape(ref.AssetID), customerIDPlaceholder, customer)
	return filled + "?" + query.Replace(t.query)
}
