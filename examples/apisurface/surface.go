// Package apisurface lists a module's public API: one line for each exported thing. Its test compares the library with
// api/current.txt, so that an incompatible change fails.
//
//	make api
//
// records what is new. It removes nothing: if a removal or change is intended, delete the line by hand and list it in
// CHANGELOG.md under Incompatible.
package apisurface

import (
	"context"
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

// Module returns the sorted lines of all public packages of the module at root. It reads the compiled packages of
// the go command: no network, and the types that hosts compile against.
func Module(ctx context.Context, root string) (lines []string, err error) {
	const format = "{{.ImportPath}}\t{{.Export}}\t{{if not .DepOnly}}{{.Name}}{{end}}\t{{with .Module}}{{.Path}}{{end}}"
	list := exec.CommandContext(ctx, "go", "list", "-export", "-deps", "-f", format, "./...")
	list.Dir, list.Stderr = root, os.Stderr
	output, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports, public := map[string]string{}, map[string]string{} // by import path: the compiled file; the name below the module
	for line := range strings.Lines(string(output)) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		path, export, name, module := parts[0], parts[1], parts[2], parts[3]
		exports[path] = export
		if name != "" && name != "main" && !strings.Contains(path+"/", "/internal/") {
			public[path] = strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		}
	}
	load := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	for path, name := range public {
		pkg, err := load.Import(path)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		for _, line := range packageSurface(pkg) {
			lines = append(lines, name+": "+line)
		}
	}
	slices.Sort(lines)
	return lines, nil
}

// packageSurface describes what a package exports. A change that breaks a caller removes a line; any other change only
// adds lines. Parameter names are left out.
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

// describer writes types as they read inside its package.
type describer struct{ pkg *types.Package }

func (d describer) text(t types.Type) string {
	return types.TypeString(withoutNames(t), func(other *types.Package) string {
		if other == d.pkg {
			return ""
		}
		return other.Name()
	})
}

// signature is a function's type without the word func.
func (d describer) signature(s *types.Signature) string { return strings.TrimPrefix(d.text(s), "func") }

func (d describer) typeLines(object *types.TypeName) (lines []string) {
	if object.IsAlias() {
		return []string{"type " + object.Name() + " = " + d.text(types.Unalias(object.Type()))}
	}
	name := d.text(object.Type()) // with type parameters
	switch u := object.Type().Underlying().(type) {
	case *types.Interface:
		return []string{"type " + name + " interface " + d.methods(u)}
	case *types.Struct:
		lines = append(lines, "type "+name+" struct")
		for i := range u.NumFields() {
			if field := u.Field(i); field.Exported() {
				lines = append(lines, fmt.Sprintf("type %s struct, %s", name, d.field(field, u.Tag(i))))
			}
		}
	default:
		lines = append(lines, "type "+name+" "+d.text(u))
	}
	if types.Comparable(object.Type()) {
		lines = append(lines, "type "+name+", comparable with ==")
	}
	byValue := types.NewMethodSet(object.Type())
	for method := range types.NewMethodSet(types.NewPointer(object.Type())).Methods() {
		if !method.Obj().Exported() {
			continue
		}
		receiver := "*" + name
		if byValue.Lookup(d.pkg, method.Obj().Name()) != nil {
			receiver = name
		}
		lines = append(lines, fmt.Sprintf("method (%s) %s%s", receiver, method.Obj().Name(), d.signature(method.Type().(*types.Signature))))
	}
	return lines
}

func (d describer) field(field *types.Var, tag string) string {
	text := field.Name() + " " + d.text(field.Type())
	if field.Embedded() {
		text = "embedded " + text
	}
	if tag != "" { // hosts rely on JSON keys and column names too
		text += " `" + tag + "`"
	}
	return text
}

// methods puts an interface on one line: a new method breaks every type that implements it.
func (d describer) methods(u *types.Interface) string {
	var all []string
	for method := range u.Methods() {
		if method.Exported() {
			all = append(all, method.Name()+d.signature(method.Signature()))
		} else {
			all = append(all, "unexported methods")
		}
	}
	if u.IsComparable() || !u.IsMethodSet() {
		all = append(all, d.text(u))
	}
	return "{ " + strings.Join(all, "; ") + " }"
}

// withoutNames removes the parameter names from a function's type, at every depth. A generic function keeps them.
func withoutNames(t types.Type) types.Type {
	s, ok := t.(*types.Signature)
	if !ok || s.TypeParams().Len() > 0 {
		return t
	}
	unnamed := func(tuple *types.Tuple) *types.Tuple {
		var all []*types.Var
		for v := range tuple.Variables() {
			all = append(all, types.NewParam(0, nil, "", withoutNames(v.Type())))
		}
		return types.NewTuple(all...)
	}
	return types.NewSignatureType(nil, nil, nil, unnamed(s.Params()), unnamed(s.Results()), s.Variadic())
}
