package innomaint_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"ic3.internal/innomaintsync/cmmsimport/internal/redact"
)

// TestMessages checks that no text of this package looks to redact.Text like a secret: what the package writes is redacted
// again before it is logged and stored.
func TestMessages(t *testing.T) {
	t.Parallel()
	texts := sourceTexts(t)
	if len(texts) < 300 {
		t.Fatalf("only %d texts found in the source", len(texts))
	}
	for text, at := range texts {
		if got := redact.Text(text); got != text && !strings.HasPrefix(text, "Bearer ") { // that one is a header
			t.Errorf("%s: %q becomes %q", at, text, got)
		}
	}
}

// sourceTexts returns every string of the package's code, and where it is. Concatenations are joined, with "…" for what is
// not a literal.
func sourceTexts(t *testing.T) map[string]token.Position {
	t.Helper()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	texts, set := map[string]token.Position{}, token.NewFileSet()
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			expr, ok := n.(ast.Expr)
			if text := joined(expr); ok && text != "" && text != "…" {
				texts[text] = set.Position(n.Pos())
				return false
			}
			return true
		})
	}
	return texts
}

// joined returns the text of a literal or of a concatenation, "…" for another expression.
func joined(expr ast.Expr) string {
	switch e := expr.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil && e.Kind == token.STRING {
			return text
		}
	case *ast.BinaryExpr:
		left, right := joined(e.X), joined(e.Y)
		if e.Op == token.ADD && left+right != "……" {
			return left + right
		}
	}
	return "…"
}
