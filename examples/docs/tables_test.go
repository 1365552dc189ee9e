package docs_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport"
)

// table returns the cells of a Markdown table, its header left out. The table follows a line with its name:
//
//	<!-- table: name -->
func table(t *testing.T, page, name string) (rows [][]string) {
	t.Helper()
	_, text, found := strings.Cut(read(t, page), "<!-- table: "+name+" -->\n")
	if !found {
		t.Fatalf("%s has no table %q", page, name)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if !strings.HasPrefix(line, "|") {
			break
		}
		var cells []string
		for cell := range strings.SplitSeq(strings.Trim(line, "|"), "|") {
			cells = append(cells, strings.TrimSpace(cell))
		}
		rows = append(rows, cells)
	}
	if len(rows) < 3 {
		t.Fatalf("%s: the table %q has no rows", page, name)
	}
	return rows[2:]
}

func TestReadmeListsEveryOption(t *testing.T) {
	t.Parallel()
	var listed, want []string
	for _, row := range table(t, "README.md", "options") {
		listed = append(listed, strings.Trim(row[0], "`"))
	}
	for _, field := range reflect.VisibleFields(reflect.TypeFor[cmmsimport.Options]()) {
		want = append(want, field.Name)
	}
	slices.Sort(listed)
	slices.Sort(want)
	if !slices.Equal(listed, want) {
		t.Errorf("the table lists %v\nOptions has %v", listed, want)
	}
}

var (
	grant       = regexp.MustCompile(`(?m)^GRANT .*;$`)
	errorNumber = regexp.MustCompile(`\b\d{4}\b`)
)

func TestSecurityListsTheGrantsThatAreTested(t *testing.T) {
	t.Parallel()
	listed := grant.FindAllString(read(t, "SECURITY.md"), -1)
	tested := grant.FindAllString(read(t, "cmmsimport/testdata/grants.sql"), -1)
	if len(tested) == 0 || !slices.Equal(listed, tested) {
		t.Errorf("SECURITY.md lists\n%s\ncmmsimport/testdata/grants.sql has\n%s", strings.Join(listed, "\n"), strings.Join(tested, "\n"))
	}
}

func TestTransientErrorsAreDocumented(t *testing.T) {
	t.Parallel()
	want := errorNumber.FindAllString(read(t, "cmmsimport/internal/mysqlerr/testdata/transient.txt"), -1)
	var cells strings.Builder
	for _, row := range table(t, "docs/clusters.md", "transient errors") {
		cells.WriteString(row[1] + "\n")
	}
	listed := errorNumber.FindAllString(cells.String(), -1)
	want = append(want, "1105") // transient if its text says that Vitess has no primary
	slices.Sort(want)
	slices.Sort(listed)
	if listed = slices.Compact(listed); !slices.Equal(listed, want) {
		t.Errorf("docs/clusters.md lists %v\ntransient.txt has %v", listed, want)
	}
	manual := read(t, "cmmsimport/doc.go")
	for _, number := range want {
		if number != "1105" && !strings.Contains(manual, number) {
			t.Errorf("cmmsimport/doc.go does not name error %s", number)
		}
	}
}
