package conformance

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// trapsFile says what each trap is: a point of the standards that implementations get wrong.
const trapsFile = "testdata/traps.txt"

var trapNumber = regexp.MustCompile(`^T[1-9][0-9]*$`)

// TestTrapsAreNamed holds that each trap is named by a vector, all of which TestVectors evaluates, or by a subtest, in
// a package that is tested like this one: t.Run("T52 append keeps the case", …). And what a number means stands in
// trapsFile.
func TestTrapsAreNamed(t *testing.T) {
	data, err := os.ReadFile(trapsFile)
	if err != nil {
		t.Fatal(err)
	}
	said, covered := map[string]bool{}, map[string]bool{}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSpace(line)
		trap, text, _ := strings.Cut(line, " ")
		switch {
		case line == "" || trap == "#":
		case !trapNumber.MatchString(trap) || !strings.HasSuffix(text, "."):
			t.Errorf("%s: %q is not a number and a sentence", trapsFile, line)
		case said[trap]:
			t.Errorf("%s: %s stands there twice", trapsFile, trap)
		default:
			said[trap] = true
		}
	}
	cover := func(trap, by string) {
		covered[trap] = true
		if !said[trap] {
			t.Errorf("%s names %s, and %s does not say what that is", by, trap, trapsFile)
		}
	}
	for _, v := range Vectors() {
		for _, trap := range v.Traps {
			cover(trap, v.ID)
		}
	}
	for name, at := range subtests(t) {
		if trap, _, _ := strings.Cut(name, " "); trapNumber.MatchString(trap) {
			cover(trap, at)
		}
	}
	for _, trap := range slices.Sorted(maps.Keys(said)) {
		if !covered[trap] {
			t.Errorf("%s is named by no vector and no subtest", trap)
		}
	}
	if len(said) < 186 {
		t.Errorf("%s has %d traps", trapsFile, len(said))
	}
}

// subtests returns the names, and the files, of the calls t.Run("name", …) in the module's tests.
func subtests(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, p := range list(t, "./...") {
		tests, err := fs.Glob(os.DirFS(p.Dir), "*_test.go")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range tests {
			file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			ast.Inspect(file, func(n ast.Node) bool {
				call, ok := n.(*ast.CallExpr)
				if !ok || len(call.Args) != 2 {
					return true
				}
				selector, ok := call.Fun.(*ast.SelectorExpr)
				if literal, isLiteral := call.Args[0].(*ast.BasicLit); ok && isLiteral && selector.Sel.Name == "Run" {
					found[strings.Trim(literal.Value, "\"`")] = p.name() + "/" + name
				}
				return true
			})
		}
	}
	return found
}
