package cmmsimporttest_test

import (
	"os"
	"strings"
	"testing"
)

// Every block of Go in docs/testing.md stands in a file that is compiled and run, line by line.
func TestTheDocsAreCompiled(t *testing.T) {
	t.Parallel()
	var compiled strings.Builder
	for _, file := range []string{"example_test.go", "recipes_test.go", "../example_enrich_test.go"} {
		compiled.WriteString(withoutIndents(read(t, file)))
	}
	blocks := strings.Split(read(t, "../../docs/testing.md"), "```go\n")[1:]
	if len(blocks) < 4 {
		t.Errorf("%d blocks of Go were found", len(blocks))
	}
	for _, block := range blocks {
		block, _, _ = strings.Cut(block, "```")
		if !strings.Contains(compiled.String(), withoutIndents(block)) {
			t.Errorf("docs/testing.md shows what is not compiled:\n%s", block)
		}
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	must(t, err)
	return string(text)
}

func withoutIndents(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}
