package docs_test

import (
	"strings"
	"testing"
)

// recipes are the test files that the code of docs/testing.md is copied from.
var recipes = []string{
	"cmmsimport/cmmsimporttest/example_test.go", "cmmsimport/cmmsimporttest/recipes_test.go", "cmmsimport/example_enrich_test.go",
}

func TestTestingRecipesAreCopiesOfTests(t *testing.T) {
	t.Parallel()
	var compiled strings.Builder
	for _, file := range recipes {
		compiled.WriteString(withoutIndents(read(t, file)))
	}
	blocks := goBlock.FindAllStringSubmatch(read(t, "docs/testing.md"), -1)
	if len(blocks) < 4 {
		t.Errorf("%d blocks of Go were found", len(blocks))
	}
	for _, block := range blocks {
		if !strings.Contains(compiled.String(), withoutIndents(block[1])) {
			t.Errorf("docs/testing.md shows code that is in none of %v:\n%s", recipes, block[1])
		}
	}
}

func withoutIndents(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(strings.TrimSpace(line) + "\n")
	}
	return b.String()
}
