package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"
)

// The library's own surface, as recorded.
func TestTheSurfaceIsRecorded(t *testing.T) {
	t.Parallel()
	s, err := read(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	if len(s.code) < 100 {
		t.Errorf("only %d lines of surface were found", len(s.code))
	}
	if err := s.check(); err != nil {
		t.Error(err)
	}
}

// surfaceOf returns the surface of a package's source without imports.
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

func TestWhatBreaksHosts(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		before, after string
		gone, added   int
	}{
		"nothing":                         {"func F(a int) error { return nil }", "func F(b int) error { return nil }", 0, 0},
		"the name of a nested parameter":  {"type F func(f func(a int))", "type F func(g func(b int))", 0, 0},
		"an unexported thing":             {"func f() {}; type T struct { a int }", "type T struct { b int }", 0, 0},
		"a new function":                  {"", "func F() {}", 0, 1},
		"a removed function":              {"func F() {}", "", 1, 0},
		"one more parameter":              {"func F() {}", "func F(...int) {}", 1, 1},
		"another result":                  {"func F() (int, error) { return 0, nil }", "func F() (int64, error) { return 0, nil }", 1, 1},
		"a new field":                     {"type T struct { A int }", "type T struct { A, B int }", 0, 1},
		"another type of a field":         {"type T struct { A int }", "type T struct { A string }", 1, 1},
		"another key in JSON":             {"type T struct { A int `json:\"a\"` }", "type T struct { A int `json:\"b\"` }", 1, 1},
		"no == any more":                  {"type T struct { a int }", "type T struct { a []int }", 1, 0},
		"a new method":                    {"type T int", "type T int; func (T) M() {}", 0, 1},
		"a method of pointers only":       {"type T int; func (T) M() {}", "type T int; func (*T) M() {}", 1, 1},
		"a method through an embedding":   {"type u int; func (u) M() {}; type T struct { u }", "type T struct { }", 1, 0},
		"one more method of an interface": {"type I interface { M() }", "type I interface { M(); N() }", 1, 1},
		"one that none can implement":     {"type I interface { M() }", "type I interface { M(); n() }", 1, 1},
		"another value of a constant":     {"const C = 1", "const C = 2", 1, 1},
		"another type of a variable":      {"var V error", "var V any", 1, 1},
		"a type's nature":                 {"type T int", "type T struct{}", 1, 1},
		"an alias":                        {"type T = int", "type T = string", 1, 1},
		"a type parameter":                {"type T[P any] []P", "type T[P comparable] []P", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before, after := surfaceOf(t, test.before), surfaceOf(t, test.after)
			gone, added := minus(before, after), minus(after, before)
			if len(gone) != test.gone || len(added) != test.added {
				t.Errorf("gone:\n%s\nadded:\n%s", strings.Join(gone, "\n"), strings.Join(added, "\n"))
			}
		})
	}
}
