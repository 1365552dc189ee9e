package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// listed is what go list says of a package.
type listed struct {
	ImportPath, Name, Export string
	DepOnly                  bool
	Module                   *struct{ Path string }
}

// moduleSurface returns a line for each exported thing in the public packages of the module at root, sorted. It asks the
// go command for compiled packages: no network, and the same types that hosts compile against.
func moduleSurface(ctx context.Context, root string) (lines []string, err error) {
	list := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-json=ImportPath,Name,Export,DepOnly,Module", "./...")
	list.Dir, list.Stderr = root, new(bytes.Buffer)
	output, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, list.Stderr)
	}
	exports := map[string]string{}
	var public []listed
	for decoder := json.NewDecoder(bytes.NewReader(output)); ; {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("go list: %w", err)
		}
		exports[p.ImportPath] = p.Export
		if !p.DepOnly && p.Name != "main" && !strings.Contains(p.ImportPath+"/", "/internal/") {
			public = append(public, p)
		}
	}
	load := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for _, p := range public {
		pkg, err := load.Import(p.ImportPath)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.ImportPath, err)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, p.Module.Path), "/")
		for _, line := range packageSurface(pkg) {
			lines = append(lines, name+": "+line)
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// minus returns the lines of a that b lacks.
func minus(a, b []string) (rest []string) {
	has := map[string]bool{}
	for _, line := range b {
		has[line] = true
	}
	for _, line := range a {
		if !has[line] {
			rest = append(rest, line)
		}
	}
	return rest
}

// packageSurface describes what a package exports, so that a change which breaks somebody's code takes a line away, and
// one which does not only adds lines. Names of parameters are left out.
func packageSurface(pkg *types.Package) (lines []string) {
	d := describer{pkg}
	for _, name := range pkg.Scope().Names() {
		object := pkg.Scope().Lookup(name)
		if !object.Exported() {
			continue
		}
		switch object := object.(type) {
		case *types.Const:
			lines = append(lines, fmt.Sprintf("const %s %s = %s", name, d.text(object.Type()), object.Val().ExactString()))
		case *types.Var:
			lines = append(lines, fmt.Sprintf("var %s %s", name, d.text(object.Type())))
		case *types.Func:
			lines = append(lines, "func "+name+d.signature(object.Signature()))
		case *types.TypeName:
			lines = append(lines, d.typeLines(object)...)
		}
	}
	return lines
}
