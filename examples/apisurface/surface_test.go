package apisurface

import (
	"errors"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const recordFile = "../../api/current.txt"

var record = flag.Bool("record", false, "add what is new to api/current.txt")

func TestLibraryMatchesRecord(t *testing.T) {
	t.Parallel()
	code, err := Module(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(recordFile)
	if err != nil {
		t.Fatal(err)
	}
	recorded := strings.Split(strings.TrimSpace(string(text)), "\n")
	if removed := minus(recorded, code); len(removed) > 0 {
		t.Fatalf("removed or changed, which breaks hosts; if this is intended, delete these lines from api/current.txt and list "+
			"the change in CHANGELOG.md under Incompatible:\n%s", strings.Join(removed, "\n"))
	}
	if *record {
		if err := os.WriteFile(recordFile, []byte(strings.Join(code, "\n")+"\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if added := minus(code, recorded); len(added) > 0 {
		t.Errorf("not yet in api/current.txt; make api records it:\n%s", strings.Join(added, "\n"))
	}
	for _, name := range []string{
		"cmmsimport", "cmmsimport/cmmsimporttest", "cmmsimport/innomaint", "cmmsimport/innomaint/innomainttest", "cmmsimport/synclog",
	} {
		if !slices.ContainsFunc(code, func(line string) bool { return strings.HasPrefix(line, name+": ") }) {
			t.Errorf("package %s is missing", name)
		}
	}
}

func TestModuleLeavesOutInternalPackagesAndPrograms(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	for name, text := range map[string]string{
		"go.mod":          "module example.com/m\n\ngo 1.25\n",
		"internal/x/x.go": "package x\n\nfunc Hidden() {}\n",
		"cmd/main.go":     "package main\n\nfunc Hidden() {}\n\nfunc main() {}\n",
		"p/p.go":          "package p\n\nimport \"context\"\n\nfunc F(ctx context.Context) {}\n",
	} {
		path := filepath.Join(root, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	lines, err := Module(t.Context(), root)
	if want := []string{"p: func F(context.Context)"}; err != nil || !slices.Equal(lines, want) {
		t.Errorf("got %q, %v, want %q", lines, err, want)
	}
}

// minus returns the lines of a that b lacks.
func minus(a, b []string) []string {
	return slices.DeleteFunc(slices.Clone(a), func(line string) bool { return line == "" || slices.Contains(b, line) })
}

// surfaceOf returns the surface of a package whose source has no imports.
func surfaceOf(t *testing.T, source string) []string {
	t.Helper()
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, "p.go", "package p\n"+source, 0)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := new(types.Config).Check("p", files, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return packageSurface(pkg)
}

func TestIncompatibleChangeRemovesALine(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after  string
		removed, added int
	}{
		"nothing":                            {"func F(a int) error { return nil }", "func F(b int) error { return nil }", 0, 0},
		"the name of a nested parameter":     {"type F func(f func(a int))", "type F func(g func(b int))", 0, 0},
		"an unexported thing":                {"func f() {}; type T struct { a int }", "type T struct { b int }", 0, 0},
		"a new function":                     {"", "func F() {}", 0, 1},
		"a removed function":                 {"func F() {}", "", 1, 0},
		"one more parameter":                 {"func F() {}", "func F(...int) {}", 1, 1},
		"another result":                     {"func F() (int, error) { return 0, nil }", "func F() (int64, error) { return 0, nil }", 1, 1},
		"a new field":                        {"type T struct { A int }", "type T struct { A, B int }", 0, 1},
		"another type of a field":            {"type T struct { A int }", "type T struct { A string }", 1, 1},
		"another key in JSON":                {"type T struct { A int `json:\"a\"` }", "type T struct { A int `json:\"b\"` }", 1, 1},
		"no longer comparable":               {"type T struct { a int }", "type T struct { a []int }", 1, 0},
		"a new method":                       {"type T int", "type T int; func (T) M() {}", 0, 1},
		"a method of pointers only":          {"type T int; func (T) M() {}", "type T int; func (*T) M() {}", 1, 1},
		"a method through an embedding":      {"type u int; func (u) M() {}; type T struct { u }", "type T struct { }", 1, 0},
		"one more method of an interface":    {"type I interface { M() }", "type I interface { M(); N() }", 1, 1},
		"an interface no host can implement": {"type I interface { M() }", "type I interface { M(); n() }", 1, 1},
		"another value of a constant":        {"const C = 1", "const C = 2", 1, 1},
		"another type of a variable":         {"var V error", "var V any", 1, 1},
		"a kind of type":                     {"type T int", "type T struct{}", 1, 1},
		"an alias":                           {"type T = int", "type T = string", 1, 1},
		"a type parameter":                   {"type T[P any] []P", "type T[P comparable] []P", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := surfaceOf(t, test.before), surfaceOf(t, test.after)
			removed, added := minus(before, after), minus(after, before)
			if len(removed) != test.removed || len(added) != test.added {
				t.Errorf("removed:\n%s\nadded:\n%s", strings.Join(removed, "\n"), strings.Join(added, "\n"))
			}
		})
	}
}
