package conformance

import (
	"go/ast"
	"go/doc"
	"maps"
	"slices"
	"testing"
)

// mostNames says how many names a package may export, without the constants of its own types and without the methods
// that make and read their text. Somebody has to learn each of them.
var mostNames = map[string]int{
	"origin":          75,
	"safelist":        65,
	"fetch":           200,
	"fetch/fetchtest": 8,
	"policy":          80,
}

// TestNames counts what packages export, which -v prints.
func TestNames(t *testing.T) {
	counted := map[string]bool{}
	for _, p := range list(t, "./...") {
		if p.Name == "main" || p.isInternal() {
			continue
		}
		d, _ := documentation(t, p)
		all, constants, texts := countNames(d)
		n := all - constants - texts
		t.Logf("%s exports %d names: %d, %d constants of its types, %d methods for their text", p.name(), all, n, constants, texts)
		counted[p.name()] = true
		if most, limited := mostNames[p.name()]; limited && n > most {
			t.Errorf("%s exports %d names, and may export %d", p.name(), n, most)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(mostNames)) {
		if !counted[name] {
			t.Errorf("there is no package %s, which has a limit", name)
		}
	}
}

// countNames counts the exported types, functions, methods, constants, variables, and fields of structs. Embedded
// fields have no name of their own.
func countNames(d *doc.Package) (all, constants, texts int) {
	values := func(groups []*doc.Value) (n int) {
		for _, group := range groups {
			for _, name := range group.Names {
				if ast.IsExported(name) {
					n++
				}
			}
		}
		return n
	}
	all = len(d.Funcs) + values(d.Consts) + values(d.Vars)
	for _, t := range d.Types {
		ofType := values(t.Consts)
		constants += ofType
		all += 1 + ofType + values(t.Vars) + len(t.Funcs) + len(t.Methods)
		for _, m := range t.Methods {
			if slices.Contains([]string{"String", "MarshalText", "UnmarshalText"}, m.Name) {
				texts++
			}
		}
		for _, spec := range t.Decl.Specs {
			structure, ok := spec.(*ast.TypeSpec).Type.(*ast.StructType)
			if !ok {
				continue
			}
			for _, field := range structure.Fields.List {
				for _, name := range field.Names {
					if name.IsExported() {
						all++
					}
				}
			}
		}
	}
	return all, constants, texts
}
