package conformance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

var departureRow = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .+ \\| .+ \\|$")

// TestDepartures holds the table of departures in UPSTREAM.md to the places of the code that are marked "AD-HOC:": each
// has a row by the name of its declaration, one for each mark, and each row has a place.
func TestDepartures(t *testing.T) {
	listed := map[string]int{}
	for _, row := range departureRow.FindAllStringSubmatch(string(testshared.RootFile(t, "conformance/UPSTREAM.md")), -1) {
		listed[row[1]]++
	}
	marked := map[string]int{}
	root := testshared.Root(t)
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if err != nil || entry.IsDir() || !strings.HasSuffix(rel, ".go") || strings.HasSuffix(rel, "_test.go") || strings.HasPrefix(rel, "conformance/") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		for _, group := range file.Comments {
			for range strings.Count(group.Text(), "AD-HOC:") {
				marked[strings.TrimPrefix(filepath.ToSlash(filepath.Dir(rel))+".", "./")+declarationAt(file, group)]++
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for name, n := range marked {
		if listed[name] != n {
			t.Errorf("%s is marked AD-HOC %d times and has %d rows in conformance/UPSTREAM.md", name, n, listed[name])
		}
	}
	for name := range listed {
		if marked[name] == 0 {
			t.Errorf("conformance/UPSTREAM.md lists %s, which is not marked AD-HOC", name)
		}
	}
}

// declarationAt names the declaration that a comment stands in or above.
func declarationAt(file *ast.File, group *ast.CommentGroup) string {
	for _, d := range file.Decls {
		if group.Pos() > d.End() {
			continue
		}
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Recv == nil {
				return d.Name.Name
			}
			receiver := d.Recv.List[0].Type
			if star, ok := receiver.(*ast.StarExpr); ok {
				receiver = star.X
			}
			return fmt.Sprintf("%s.%s", receiver.(*ast.Ident).Name, d.Name.Name)
		case *ast.GenDecl:
			for _, s := range d.Specs {
				switch s := s.(type) {
				case *ast.ValueSpec:
					return s.Names[0].Name
				case *ast.TypeSpec:
					return s.Name.Name
				}
			}
		}
	}
	return "?"
}
