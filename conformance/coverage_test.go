package conformance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

// measured lists the packages whose functions the vectors have to execute.
var measured = []string{"internal/header", "internal/idna", "internal/mime", "internal/structured", "internal/weburl", "origin", "safelist", "fetch", "fetch/initiator", "fetch/webapi", "policy"}

// A place is a line and a byte of it. Both count from 1, as in go/token.
type place struct{ line, column int }

func (p place) before(q place) bool {
	return p.line < q.line || p.line == q.line && p.column < q.column
}

// A block is a part of a file that is executed as a whole, as go tool cover tells them apart.
type block struct {
	start, end place
	count      int // executions
}

// A profile has the blocks of each file, by its slash-separated path in the module.
type profile map[string][]block

// runProfile runs tests of a binary with coverage counters.
func runProfile(t *testing.T, binary, run string) profile {
	t.Helper()
	file := filepath.Join(t.TempDir(), "profile")
	if out, err := exec.Command(binary, "-test.run="+run, "-test.coverprofile="+file).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", run, err, out)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p := profile{}
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "mode: ") {
			continue
		}
		name, rest, ok := strings.Cut(strings.TrimPrefix(line, module+"/"), ":")
		var b block
		var statements int
		_, err := fmt.Sscanf(rest, "%d.%d,%d.%d %d %d", &b.start.line, &b.start.column, &b.end.line, &b.end.column, &statements, &b.count)
		if !ok || err != nil {
			t.Fatalf("the coverage profile has the line %q: %v", line, err)
		}
		p[name] = append(p[name], b)
	}
	return p
}

// count returns how often what stands at a place was executed: the innermost block around it; -1 if there is none.
func (p profile) count(file string, at place) int {
	count, start := -1, place{}
	for _, b := range p[file] {
		if !at.before(b.start) && (at.before(b.end) || at == b.start) && !b.start.before(start) {
			count, start = b.count, b.start
		}
	}
	return count
}

// A coverage tells what the vectors execute.
type coverage struct {
	vectors profile
	initial profile // what is executed when packages are initialised, which is not the vectors' doing
}

// measureCoverage runs TestVectors with coverage counters.
func measureCoverage(t *testing.T) coverage {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		if testshared.Required() {
			t.Fatalf("the go command is required here: %v", err)
		}
		t.Skipf("SKIPPED, coverage is measured with the go command: %v", err)
	}
	packages := make([]string, len(measured))
	for i, p := range measured {
		packages[i] = module + "/" + p
	}
	binary := filepath.Join(t.TempDir(), "conformance.test")
	goCommand(t, "test", "-c", "-o="+binary, "-vet=off", "-covermode=count", "-coverpkg="+strings.Join(packages, ","), "./conformance")
	return coverage{runProfile(t, binary, "^TestVectors$"), runProfile(t, binary, "^$")}
}

// covers reports whether the vectors execute what stands at a place. What is in no block is counted nowhere, and
// passes.
func (c coverage) covers(file string, at place) bool {
	n := c.vectors.count(file, at)
	return n < 0 || n > c.initial.count(file, at)
}

// A function is a declaration with statements: a function, or a variable with function literals.
type function struct {
	name    string // "fetch.Machine.mainFetch"
	file    string // slash-separated, in the module
	links   []string
	marks   []codeMark
	steps   map[string]bool // the steps that verdicts name, and whether the vectors execute the code there
	missing []missing
	// statements counts all, executed those that the vectors execute.
	statements, executed int
}

// ofStandard reports whether f is there for a definition of a standard: its comments link one, or mark steps.
func (f *function) ofStandard() bool { return len(f.links) > 0 || len(f.marks) > 0 }

// A codeMark is a mark, and whether the vectors execute the code that it is for.
type codeMark struct {
	mark
	executed bool
}

// A missing is the beginning of statements that the vectors do not execute.
type missing struct {
	line int
	text string // of the line: of the first statement in a block that of the condition
}

// A source is a parsed file of the module, and what the vectors execute of it.
type source struct {
	name     string
	fset     *token.FileSet
	file     *ast.File
	lines    []string
	coverage coverage
}

// functions returns the declarations with statements in the measured packages.
func (c coverage) functions(t *testing.T) (functions []*function) {
	t.Helper()
	names := algorithmNames(t)
	for _, name := range slices.Sorted(maps.Keys(c.vectors)) {
		text := testshared.RootFile(t, name)
		s := &source{name: name, fset: token.NewFileSet(), lines: strings.Split(string(text), "\n"), coverage: c}
		var err error
		if s.file, err = parser.ParseFile(s.fset, name, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
		for _, d := range s.file.Decls {
			if f := s.function(d, names); f != nil {
				functions = append(functions, f)
			}
		}
	}
	return functions
}

func (s *source) at(p token.Pos) place {
	position := s.fset.Position(p)
	return place{position.Line, position.Column}
}

func (s *source) executes(p token.Pos) bool { return s.coverage.covers(s.name, s.at(p)) }

// function returns what there is to know of a declaration, or nil where it has no statements.
func (s *source) function(d ast.Decl, names []string) *function {
	f := &function{name: path.Dir(s.name) + "." + declared(d), file: s.name}
	s.lists(d, func(opening token.Pos, list []ast.Stmt) bool { return s.measure(f, opening, list) })
	if f.statements == 0 {
		return nil
	}
	f.steps = s.steps(d)
	for _, group := range s.file.Comments {
		if group.Pos() >= d.Pos() && group.End() <= d.End() || group == docOf(d) {
			f.links = append(f.links, anchorLink.FindAllString(group.Text(), -1)...)
			for _, m := range marksIn(group.Text(), names) {
				f.marks = append(f.marks, codeMark{m, s.executes(s.codeOf(d, group))})
			}
		}
	}
	return f
}

func docOf(d ast.Decl) *ast.CommentGroup {
	switch d := d.(type) {
	case *ast.FuncDecl:
		return d.Doc
	case *ast.GenDecl:
		return d.Doc
	}
	return nil
}

// lists calls each with the lists of statements in n and where they open, and goes into those for which it returns
// true, and no further into statements that are not executed.
func (s *source) lists(n ast.Node, each func(opening token.Pos, list []ast.Stmt) bool) {
	ast.Inspect(n, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			if len(n.List) > 0 && !isClause(n.List[0]) {
				return each(n.Lbrace, n.List)
			}
		case *ast.CaseClause:
			return each(n.Colon+1, n.Body)
		case *ast.CommClause:
			return each(n.Colon+1, n.Body)
		case ast.Stmt:
			return s.executes(n.Pos())
		}
		return true
	})
}

func isClause(s ast.Stmt) bool {
	switch s.(type) {
	case *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// measure counts the statements of a list, and notes where the vectors leave it. It returns false where they do not
// enter it.
func (s *source) measure(f *function, opening token.Pos, list []ast.Stmt) bool {
	f.statements += max(len(list), 1)
	for i, statement := range list {
		if s.executes(statement.Pos()) {
			f.executed++
			continue
		}
		if i > 0 {
			opening = statement.Pos()
		}
		f.missing = append(f.missing, s.missing(opening))
		return i > 0
	}
	if len(list) == 0 {
		if !s.executes(opening) {
			f.missing = append(f.missing, s.missing(opening))
			return false
		}
		f.executed++
	}
	return true
}

// missing returns the line at p, without a comment behind the code.
func (s *source) missing(p token.Pos) missing {
	line := s.at(p).line
	code, _, _ := strings.Cut(s.lines[line-1], " // ")
	return missing{line, strings.TrimSpace(code)}
}

// codeOf returns where the code is that a comment is for: behind the code before it on its line, and else after it.
func (s *source) codeOf(d ast.Decl, comment *ast.CommentGroup) token.Pos {
	line := s.at(comment.Pos()).line
	before, after := token.NoPos, token.NoPos
	ast.Inspect(d, func(n ast.Node) bool {
		var p token.Pos
		switch n := n.(type) {
		case *ast.BlockStmt:
			if p = n.Lbrace; len(n.List) > 0 && s.at(p).line == line {
				p = n.List[0].Pos()
			}
			if s.at(n.Lbrace).line == line && n.Lbrace < comment.Pos() {
				before = p
			}
			return true
		case *ast.CaseClause:
			if p = n.Colon + 1; len(n.Body) > 0 {
				p = n.Body[0].Pos()
			}
			if s.at(n.Colon).line == line && n.Colon < comment.Pos() {
				before = p
			}
		case ast.Stmt:
			if p = n.Pos(); s.at(p).line == line && p < comment.Pos() && before == token.NoPos {
				before = p
			}
		default:
			return true
		}
		if p > comment.End() && (after == token.NoPos || p < after) {
			after = p
		}
		return true
	})
	switch {
	case before != token.NoPos:
		return before
	case after != token.NoPos:
		return after
	}
	return comment.Pos()
}

// steps returns the steps named by string literals, except for those of traces, which are events and not verdicts.
func (s *source) steps(d ast.Decl) map[string]bool {
	steps := map[string]bool{}
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			name, ok := n.Type.(*ast.Ident)
			return !ok || name.Name != "Event"
		case *ast.BasicLit:
			if stepString.MatchString(n.Value) {
				step := strings.Trim(n.Value, `"`)
				steps[step] = steps[step] || s.executes(n.Pos())
			}
		}
		return true
	})
	return steps
}

// declared returns the name of what a declaration declares, with the receiver's type before that of a method.
func declared(declaration ast.Decl) string {
	switch d := declaration.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil {
			return d.Name.Name
		}
		receiver := d.Recv.List[0].Type
		if star, ok := receiver.(*ast.StarExpr); ok {
			receiver = star.X
		}
		return fmt.Sprintf("%v.%s", receiver, d.Name.Name)
	case *ast.GenDecl:
		if spec, ok := d.Specs[0].(*ast.ValueSpec); ok {
			return spec.Names[0].Name
		}
	}
	return "_"
}
