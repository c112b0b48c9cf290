package conformance

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"go/ast"
	"go/doc"
	"go/format"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the listings of the API to testdata/api instead of comparing")

// TestAPI compares what each package exports with its listing in testdata/api.
func TestAPI(t *testing.T) {
	const folder = "testdata/api"
	listings := map[string][]byte{}
	for _, p := range list(t, "./...") {
		if p.Name == "main" || p.isInternal() {
			continue
		}
		listings[strings.ReplaceAll(p.name(), "/", ".")+".txt"] = apiListing(t, p)
	}
	old := map[string][]byte{}
	entries, err := os.ReadDir(folder)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
	for _, entry := range entries {
		if old[entry.Name()], err = os.ReadFile(filepath.Join(folder, entry.Name())); err != nil {
			t.Fatal(err)
		}
	}
	if *update {
		if err := os.MkdirAll(folder, 0o777); err != nil {
			t.Fatal(err)
		}
		for name := range old {
			if listings[name] == nil {
				if err := os.Remove(filepath.Join(folder, name)); err != nil {
					t.Fatal(err)
				}
			}
		}
		for name, listing := range listings {
			if err := os.WriteFile(filepath.Join(folder, name), listing, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		return
	}
	const how = "if that is meant: go test ./conformance -run TestAPI -update"
	for name, listing := range listings {
		if !bytes.Equal(old[name], listing) {
			t.Errorf("the API differs from conformance/%s/%s (%s)\n%s", folder, name, how, lineDiff(old[name], listing))
		}
	}
	for name := range old {
		if listings[name] == nil {
			t.Errorf("conformance/%s/%s lists a package that is not there (%s)", folder, name, how)
		}
	}
}

// lineDiff returns the lines that only one of two texts holds, and says so where they differ in their order alone.
func lineDiff(listed, exported []byte) string {
	var b strings.Builder
	only := func(mark string, of, than []byte) {
		lines := strings.Split(string(than), "\n")
		for line := range strings.Lines(string(of)) {
			if line = strings.TrimSuffix(line, "\n"); !slices.Contains(lines, line) {
				fmt.Fprintf(&b, "%s %s\n", mark, line)
			}
		}
	}
	only("-", listed, exported)
	only("+", exported, listed)
	if b.Len() == 0 {
		return "the order of the lines differs"
	}
	return b.String()
}

// hideValues removes what variables start with, which is not part of the API, except for a sign where they have no type
// of their own.
func hideValues(variables *ast.GenDecl) {
	for _, spec := range variables.Specs {
		v := spec.(*ast.ValueSpec)
		if v.Type == nil {
			for i := range v.Values {
				v.Values[i] = ast.NewIdent("…")
			}
			continue
		}
		v.Values = nil
	}
}

// documentation reads what a package exports.
func documentation(t *testing.T, p goPackage) (*doc.Package, *token.FileSet) {
	t.Helper()
	files := token.NewFileSet()
	var parsed []*ast.File
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		parsed = append(parsed, file)
	}
	pkg, err := doc.NewFromFiles(files, parsed, p.ImportPath)
	if err != nil {
		t.Fatal(err)
	}
	return pkg, files
}

// apiListing returns the exported declarations of a package without comments, bodies and unexported fields, sorted,
// functions and methods under the types they belong to.
func apiListing(t *testing.T, p goPackage) []byte {
	t.Helper()
	pkg, files := documentation(t, p)
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s // import %q\n", pkg.Name, p.ImportPath)
	print := func(declaration ast.Node) {
		var text bytes.Buffer
		if err := format.Node(&text, files, declaration); err != nil {
			t.Fatal(err)
		}
		// A position that go/doc took over from a comment leaves empty lines.
		lines := slices.DeleteFunc(strings.Split(text.String(), "\n"), func(line string) bool { return strings.TrimSpace(line) == "" })
		fmt.Fprintf(&b, "\n%s\n", strings.Join(lines, "\n"))
	}
	values := func(values []*doc.Value) {
		slices.SortFunc(values, func(a, b *doc.Value) int { return strings.Compare(a.Names[0], b.Names[0]) })
		for _, v := range values {
			if v.Decl.Tok == token.VAR {
				hideValues(v.Decl)
			}
			print(v.Decl)
		}
	}
	functions := func(functions []*doc.Func) {
		for _, f := range functions {
			print(f.Decl)
		}
	}
	values(pkg.Consts)
	values(pkg.Vars)
	functions(pkg.Funcs)
	for _, typ := range pkg.Types {
		print(typ.Decl)
		values(typ.Consts)
		values(typ.Vars)
		functions(typ.Funcs)
		functions(typ.Methods)
	}
	return b.Bytes()
}
