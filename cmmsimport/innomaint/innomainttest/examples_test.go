package innomainttest_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What a host calls is shown in an Example that runs: each exported function and method.
func TestEveryFunctionHasAnExample(t *testing.T) {
	t.Parallel()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := token.NewFileSet()
	var files []*ast.File
	var shown strings.Builder // the source of the examples that run
	for _, name := range names {
		file, err := parser.ParseFile(set, name, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, file)
		if len(doc.Examples(file)) > 0 {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			shown.Write(text)
			for _, e := range doc.Examples(file) {
				if e.Output == "" {
					t.Errorf("Example%s has no output to check", e.Name)
				}
			}
		}
	}
	pkg, err := doc.NewFromFiles(set, files, "ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest")
	if err != nil {
		t.Fatal(err)
	}
	functions := pkg.Funcs
	for _, typ := range pkg.Types {
		functions = append(append(functions, typ.Funcs...), typ.Methods...)
	}
	for _, f := range functions {
		if !strings.Contains(shown.String(), "."+f.Name+"(") {
			t.Errorf("no example calls %s", f.Name)
		}
	}
	if len(functions) < 15 {
		t.Errorf("only %d functions were found", len(functions))
	}
}
