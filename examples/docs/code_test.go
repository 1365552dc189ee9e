package docs_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// imports are the packages that a code block may use without an import declaration.
var imports = map[string]string{
	"context": "context", "errors": "errors", "fmt": "fmt", "http": "net/http", "log": "log", "maps": "maps", "os": "os",
	"slices": "slices", "slog": "log/slog", "sql": "database/sql", "strings": "strings", "testing": "testing", "time": "time",
	"gorm": "gorm.io/gorm", "mysql": "gorm.io/driver/mysql",
	"console":       "ic3.internal/innomaintsync/examples/console",
	"cmmsimport":    "ic3.internal/innomaintsync/cmmsimport",
	"innomaint":     "ic3.internal/innomaintsync/cmmsimport/innomaint",
	"innomainttest": "ic3.internal/innomaintsync/cmmsimport/innomaint/innomainttest",
	"synclog":       "ic3.internal/innomaintsync/cmmsimport/synclog",
}

// known declares the variables that a code block may use.
const known = `
var (
	ctx    context.Context
	db     *gorm.DB
	client *innomaint.Client
	key    string
	t      *testing.T
)
`

var goBlock = regexp.MustCompile("(?ms)^```go\n(.*?)^```")

func TestGoCodeCompiles(t *testing.T) {
	t.Parallel()
	loaded := load(t)
	checked := 0
	for _, page := range pages(t) {
		if strings.HasSuffix(page, "docs/testing.md") {
			continue // its code is copied from tests: TestTestingRecipesAreCopiesOfTests
		}
		text := read(t, page)
		for _, at := range goBlock.FindAllStringSubmatchIndex(text, -1) {
			line := strings.Count(text[:at[2]], "\n") + 1
			if err := compile(loaded, text[at[2]:at[3]]); err != nil {
				t.Errorf("%s:%d: %v", page, line, err)
			}
			checked++
		}
	}
	if checked < 10 {
		t.Errorf("only %d blocks of Go were found", checked)
	}
}

// load type-checks the packages of imports and all packages that code blocks import.
func load(t *testing.T) packageMap {
	t.Helper()
	wanted := slices.Sorted(maps.Values(imports))
	for _, page := range pages(t) {
		for _, block := range goBlock.FindAllStringSubmatch(read(t, page), -1) {
			file, err := parser.ParseFile(token.NewFileSet(), "", block[1], parser.ImportsOnly)
			if err != nil {
				continue // a fragment
			}
			for _, spec := range file.Imports {
				wanted = append(wanted, strings.Trim(spec.Path.Value, `"`))
			}
		}
	}
	slices.Sort(wanted)
	cfg := &packages.Config{Context: t.Context(), Mode: packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedDeps}
	list, err := packages.Load(cfg, slices.Compact(wanted)...)
	if err != nil {
		t.Fatal(err)
	}
	loaded := packageMap{}
	packages.Visit(list, nil, func(p *packages.Package) { loaded[p.PkgPath] = p.Types })
	return loaded
}

type packageMap map[string]*types.Package

// Import implements types.Importer.
func (m packageMap) Import(path string) (*types.Package, error) {
	if p := m[path]; p != nil && p.Complete() {
		return p, nil
	}
	return nil, fmt.Errorf("package %s was not found", path)
}

// compile type-checks one code block: a file, declarations, or statements. Unused variables and imports are not errors.
func compile(loaded packageMap, code string) error {
	set := token.NewFileSet()
	file, err := parse(set, code)
	if err != nil {
		return err
	}
	var first error
	cfg := types.Config{Importer: loaded, Error: func(err error) {
		if first == nil && !strings.Contains(err.Error(), "declared and not used") && !strings.Contains(err.Error(), "imported and not used") {
			first = err
		}
	}}
	_, _ = cfg.Check("page", set, []*ast.File{file}, nil) // Error receives the error
	return first
}

func parse(set *token.FileSet, code string) (*ast.File, error) {
	if strings.HasPrefix(code, "package ") || strings.HasPrefix(code, "//go:build") {
		return parser.ParseFile(set, "block.go", code, 0)
	}
	var header strings.Builder
	header.WriteString("package page\n")
	for _, name := range slices.Sorted(maps.Keys(imports)) {
		fmt.Fprintf(&header, "import %s %q\n", name, imports[name])
	}
	header.WriteString(known)
	file, err := parser.ParseFile(set, "block.go", header.String()+code, 0)
	if err == nil {
		return file, nil
	}
	file, statementErr := parser.ParseFile(set, "block.go", header.String()+"func _() (err error) {\n{\n"+code+"\n}\nreturn err\n}\n", 0)
	if statementErr != nil {
		return nil, statementErr
	}
	return file, nil
}
