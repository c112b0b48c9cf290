package conformance

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

const module = "github.com/corspec/corspec"

// core lists the packages that are pure: what they decide depends on their arguments alone.
var core = []string{"origin", "safelist", "fetch", "fetch/explain", "fetch/initiator", "fetch/webapi", "policy"}

// A goPackage is what these tests ask of go list.
type goPackage struct {
	ImportPath string
	Dir        string
	Name       string
	Standard   bool
	GoFiles    []string
	Imports    []string
	Deps       []string
}

// name returns the package's path inside the module.
func (p goPackage) name() string {
	return strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
}

// isInternal reports whether only this module can import the package.
func (p goPackage) isInternal() bool {
	return slices.Contains(strings.Split(p.name(), "/"), "internal")
}

// list runs go list in the module's root.
func list(t *testing.T, args ...string) []goPackage {
	t.Helper()
	out := goCommand(t, append([]string{"list", "-json"}, args...)...)
	var packages []goPackage
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p goPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

func goCommand(t *testing.T, args ...string) []byte {
	t.Helper()
	root := testshared.Root(t)
	cmd := exec.Command("go", args...)
	cmd.Dir = root
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return out
}

// mayImport says for each part of the module which other parts it may import. A part is a folder with what is below it,
// except folders that are parts themselves; its own packages are always allowed.
var mayImport = map[string][]string{
	"internal":          {},
	"origin":            {"internal"},
	"safelist":          {"internal", "origin"},
	"fetch":             {"internal", "origin", "safelist"},
	"fetch/explain":     {"internal", "origin", "safelist", "fetch"},
	"fetch/initiator":   {"internal", "origin", "safelist", "fetch"},
	"fetch/webapi":      {"internal", "origin", "safelist", "fetch"},
	"fetch/fetchhttp":   {"internal", "origin", "safelist", "fetch", "fetch/explain", "fetch/initiator", "fetch/webapi"},
	"fetch/fetchtest":   {"internal", "origin", "safelist", "fetch", "fetch/explain", "fetch/initiator", "fetch/webapi", "fetch/fetchhttp"},
	"policy":            {"internal", "origin", "safelist"},
	"policy/policyhttp": {"internal", "origin", "safelist", "policy"},
	"conformance":       {"internal", "origin", "safelist", "fetch", "fetch/explain", "fetch/initiator", "fetch/webapi", "fetch/fetchhttp", "fetch/fetchtest", "policy", "policy/policyhttp"},
}

// partOf returns the part that a package belongs to, or "" for none.
func partOf(name string) (part string) {
	for p := range mayImport {
		if len(p) > len(part) && (name == p || strings.HasPrefix(name, p+"/")) {
			part = p
		}
	}
	return part
}

// TestImportsPointOneWay keeps the parts of the module in their order.
func TestImportsPointOneWay(t *testing.T) {
	parts := map[string]bool{}
	for _, p := range list(t, "./...") {
		part := partOf(p.name())
		parts[part] = true
		if part == "" {
			t.Errorf("%s belongs to no part of the module", p.ImportPath)
			continue
		}
		for _, imported := range p.Imports {
			inside, ours := strings.CutPrefix(imported, module+"/")
			if !ours {
				continue
			}
			if other := partOf(inside); other != part && !slices.Contains(mayImport[part], other) {
				t.Errorf("%s imports %s; %s may import %v", p.ImportPath, imported, part, mayImport[part])
			}
			if inside == "internal/testshared" {
				t.Errorf("%s imports %s, which is for tests", p.ImportPath, imported)
			}
		}
	}
	for part := range mayImport {
		if !parts[part] {
			t.Errorf("the module has no package in %s", part)
		}
	}
}

// TestCoreIsPure keeps networks, processes, logs and clocks out of what the core packages are made of.
func TestCoreIsPure(t *testing.T) {
	for _, name := range core {
		t.Run(name, func(t *testing.T) {
			for _, p := range list(t, "-deps", "./"+name) {
				switch p.ImportPath {
				case "net", "net/http", "net/url", "crypto/tls":
					t.Errorf("%s reaches %s", name, p.ImportPath)
				}
				if !strings.HasPrefix(p.ImportPath, module) {
					continue
				}
				for _, imported := range p.Imports {
					switch imported {
					case "os", "os/exec", "log", "log/slog", "net", "syscall", "math/rand", "math/rand/v2", "context":
						t.Errorf("%s imports %s", p.ImportPath, imported)
					}
				}
				for _, use := range clockUses(t, p) {
					t.Errorf("%s: a clock is read", use)
				}
			}
		})
	}
}

// clockUses returns the places where a package's files refer to a function of package time that reads the clock.
func clockUses(t *testing.T, p goPackage) (uses []string) {
	t.Helper()
	if !slices.Contains(p.Imports, "time") {
		return nil
	}
	files := token.NewFileSet()
	for _, name := range p.GoFiles {
		file, err := parser.ParseFile(files, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if x, ok := selector.X.(*ast.Ident); ok && x.Name == "time" {
				switch selector.Sel.Name {
				case "Now", "Since", "Until", "Sleep", "After", "AfterFunc", "Tick", "NewTimer", "NewTicker":
					uses = append(uses, files.Position(selector.Pos()).String())
				}
			}
			return true
		})
	}
	return uses
}

// overlay returns a file for go's flag -overlay, which puts a program into the module at conformance/<folder> without
// writing it there, so that it needs no go.mod of its own.
func overlay(t *testing.T, folder, program string) string {
	t.Helper()
	root := testshared.Root(t)
	dir := t.TempDir()
	source, file := filepath.Join(dir, "main.go"), filepath.Join(dir, "overlay.json")
	if err := os.WriteFile(source, []byte(program), 0o666); err != nil {
		t.Fatal(err)
	}
	replace := map[string]any{"Replace": map[string]string{filepath.Join(root, "conformance", folder, "main.go"): source}}
	if err := os.WriteFile(file, mustMarshal(t, replace), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestCoreLinksNoNetwork links a program around each core package and looks into it.
func TestCoreLinksNoNetwork(t *testing.T) {
	if testing.Short() {
		t.Skip("links programs")
	}
	// link returns the symbols of a program that imports a package and does nothing else.
	link := func(t *testing.T, path string) string {
		program := filepath.Join(t.TempDir(), "program.exe")
		main := fmt.Sprintf("package main\n\nimport _ %q\n\nfunc main() {}\n", path)
		goCommand(t, "build", "-overlay", overlay(t, "embedding", main), "-o", program, "./conformance/embedding")
		return string(goCommand(t, "tool", "nm", program))
	}
	links := func(symbols, path string) bool { return strings.Contains(symbols, " "+path+".") }

	if symbols := link(t, "net/http"); !links(symbols, "net/http") || !links(symbols, "crypto/tls") {
		t.Fatal("this test does not find net/http and crypto/tls in a program that imports net/http")
	}
	for _, name := range core {
		t.Run(name, func(t *testing.T) {
			symbols := link(t, module+"/"+name)
			for _, path := range []string{"net/http", "crypto/tls", "net/url"} {
				if links(symbols, path) {
					t.Errorf("a program that embeds %s links %s", name, path)
				}
			}
		})
	}
}

// TestModuleRequiresLittle keeps what the module requires to what its design allows.
func TestModuleRequiresLittle(t *testing.T) {
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
		Replace, Exclude []any
	}
	if err := json.Unmarshal(goCommand(t, "mod", "edit", "-json"), &mod); err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		switch {
		case r.Path == "golang.org/x/net" && !r.Indirect:
		case r.Path == "github.com/google/go-cmp" && !r.Indirect: // in tests only, see below
		case r.Path == "golang.org/x/text" && r.Indirect:
		default:
			t.Errorf("go.mod requires %s (indirect: %v)", r.Path, r.Indirect)
		}
	}
	if len(mod.Replace)+len(mod.Exclude) > 0 {
		t.Error("go.mod replaces or excludes modules")
	}
	for _, p := range list(t, "-deps", "./...") {
		if strings.HasPrefix(p.ImportPath, "github.com/") && !strings.HasPrefix(p.ImportPath, module) {
			t.Errorf("%s is reached by something other than a test", p.ImportPath)
		}
	}
}

// TestPackagesAreDocumented asks for a package doc and, from the packages that others import, for runnable examples in
// an external test package.
func TestPackagesAreDocumented(t *testing.T) {
	for _, p := range list(t, "./...") {
		documented, examples := false, false
		entries, err := os.ReadDir(p.Dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range entries {
			if !strings.HasSuffix(entry.Name(), ".go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, entry.Name()), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(entry.Name(), "_test.go") {
				documented = documented || file.Doc.Text() != ""
				continue
			}
			for _, d := range file.Decls {
				if f, ok := d.(*ast.FuncDecl); ok && strings.HasPrefix(f.Name.Name, "Example") && file.Name.Name == p.Name+"_test" {
					examples = true
				}
			}
		}
		if !documented {
			t.Errorf("%s has no package doc", p.ImportPath)
		}
		if !examples && p.Name != "main" && !p.isInternal() {
			t.Errorf("%s has no example in package %s", p.ImportPath, p.Name+"_test")
		}
	}
}
