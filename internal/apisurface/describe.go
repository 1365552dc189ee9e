package main

import (
	"fmt"
	"go/types"
	"strings"
)

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
	name := object.Name()
	if object.IsAlias() {
		return []string{"type " + name + " = " + d.text(types.Unalias(object.Type()))}
	}
	if named, ok := object.Type().(*types.Named); ok && named.TypeParams().Len() > 0 {
		name += d.typeParams(named.TypeParams())
	}
	switch u := object.Type().Underlying().(type) {
	case *types.Struct:
		lines = append(lines, "type "+name+" struct")
		for i := range u.NumFields() {
			if field := u.Field(i); field.Exported() {
				lines = append(lines, fmt.Sprintf("type %s struct, %s", name, d.field(field, u.Tag(i))))
			}
		}
	case *types.Interface:
		return []string{"type " + name + " interface " + d.methods(u)}
	default:
		lines = append(lines, "type "+name+" "+d.text(u))
	}
	if types.Comparable(object.Type()) {
		lines = append(lines, "type "+name+", comparable with ==")
	}
	set := types.NewMethodSet(types.NewPointer(object.Type()))
	byValue := types.NewMethodSet(object.Type())
	for i := range set.Len() {
		method := set.At(i).Obj().(*types.Func)
		if !method.Exported() {
			continue
		}
		receiver := "*" + name
		if byValue.Lookup(d.pkg, method.Name()) != nil {
			receiver = name
		}
		lines = append(lines, fmt.Sprintf("method (%s) %s%s", receiver, method.Name(), d.signature(set.At(i).Type().(*types.Signature))))
	}
	return lines
}

func (d describer) field(field *types.Var, tag string) string {
	text := field.Name() + " " + d.text(field.Type())
	if field.Embedded() {
		text = "embedded " + text
	}
	if tag != "" { // JSON keys and columns are relied on too
		text += " `" + tag + "`"
	}
	return text
}

// methods is a whole interface on one line: one more method breaks whoever implements it.
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

func (d describer) typeParams(list *types.TypeParamList) string {
	all := make([]string, list.Len())
	for i := range all {
		all[i] = list.At(i).Obj().Name() + " " + d.text(list.At(i).Constraint())
	}
	return "[" + strings.Join(all, ", ") + "]"
}

// withoutNames takes the names of parameters out of a function's type, which may have functions as parameters in turn. A
// generic one keeps them.
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
