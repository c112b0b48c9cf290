package conformance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/corspec/corspec/internal/testshared"
)

// measured lists the packages whose functions the vectors have to execute.
var measured = []string{"internal/header", "internal/idna", "internal/mime", "internal/structured", "internal/weburl", "origin", "safelist", "fetch", "fetch/webapi", "policy"}

var (
	docAnchor   = regexp.MustCompile(`https://\S+#([A-Za-z0-9?_-]+)`)
	stepMark    = regexp.MustCompile(`^//\s*(?:(.*?),? )??[Ss]teps? ([0-9.]+(?:(?:,| to|,? and) [0-9.]+)*)`)
	stepNumber  = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)*`)
	stepThrough = regexp.MustCompile(`([0-9.]*[0-9]) to (?:[0-9]+\.)*([0-9]+)`)
)

// A place is a line and a byte of it. Both count from 1, as in go/token.
type place struct{ line, column int }

func (p place) before(q place) bool {
	return p.line < q.line || p.line == q.line && p.column < q.column
}

// A block is a run of statements that are executed together, as go tool cover tells them apart.
type block struct {
	start, end place
	count      int  // executions, with those at initialisation
	covered    bool // by the vectors
}

// A mark is a comment in a function that names steps of a standard: "// CORS check, steps 6 and 7."
type mark struct {
	algorithm string   // "CORS check", or empty where neither it nor the marks before it in the function say
	numbers   []string // "6", "7"
	line      int
	in        *block // nil where no code is
}

// A function is a declaration with statements: a function, or a variable with function literals.
type function struct {
	name    string   // "fetch.Machine.mainFetch"
	file    string   // slash-separated, in the module
	source  []string // the file's lines
	anchors []string // of the definitions that its comments link
	blocks  []*block // in the order of where they start
	marks   []mark
	steps   map[string][]*block // the steps that verdicts name, with the blocks in which they do; nil in no block
}

// ofStandard reports whether f is there for a definition of a standard: its comments link one, or mark steps.
func (f *function) ofStandard() bool { return len(f.anchors) > 0 || len(f.marks) > 0 }

// text returns the code of a line, without a comment behind it.
func (f *function) text(line int) string {
	code, _, _ := strings.Cut(f.source[line-1], " // ")
	return strings.TrimSpace(code)
}

// at returns the innermost block around a place, or nil.
func (f *function) at(p place) (found *block) {
	for _, b := range f.blocks {
		if !p.before(b.start) && p.before(b.end) {
			found = b
		}
	}
	return found
}

// measure runs TestVectors with coverage counters and returns the functions of the measured packages.
func measure(t *testing.T) (functions []*function) {
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
	// What is executed when packages are initialised is not the vectors' doing.
	files, before := counted(t, binary, "^TestVectors$"), counted(t, binary, "^$")
	for name, blocks := range files {
		for i, b := range blocks {
			b.covered = b.count > before[name][i].count
		}
	}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		functions = append(functions, functionsOf(t, name, files[name])...)
	}
	return functions
}

// counted runs tests of a binary and returns the blocks of each file, by its slash-separated path in the module.
func counted(t *testing.T, binary, run string) map[string][]*block {
	t.Helper()
	profile := filepath.Join(t.TempDir(), "profile")
	if out, err := exec.Command(binary, "-test.run="+run, "-test.coverprofile="+profile).CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", run, err, out)
	}
	data, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]*block{}
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
		files[name] = append(files[name], &b)
	}
	for _, blocks := range files {
		slices.SortFunc(blocks, func(a, b *block) int {
			if a.start.before(b.start) {
				return -1
			}
			return 1
		})
	}
	return files
}

// functionsOf parses a file of the module and gives its functions their blocks.
func functionsOf(t *testing.T, name string, blocks []*block) (functions []*function) {
	t.Helper()
	source := testshared.RootFile(t, name)
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, source, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	at := func(p token.Pos) place {
		position := files.Position(p)
		return place{position.Line, position.Column}
	}
	lines := strings.Split(string(source), "\n")
	blocks = wholeBlocks(blocks, file, lines, at)
	given := 0
	for _, declaration := range file.Decls {
		f := &function{name: strings.TrimSuffix(name, "/"+filepath.Base(name)) + "." + declared(declaration), file: name, source: lines}
		start, end := at(declaration.Pos()), at(declaration.End())
		for _, b := range blocks {
			if !b.start.before(start) && b.start.before(end) {
				f.blocks = append(f.blocks, b)
			}
		}
		given += len(f.blocks)
		functions = append(functions, f)
		if d, ok := declaration.(*ast.FuncDecl); ok {
			f.anchors = linked(d.Doc.Text())
		}
		f.steps = stepsIn(declaration, func(p token.Pos) *block { return f.at(at(p)) })
		if len(f.blocks) == 0 {
			continue // marks in the comments of types and fields are none
		}
		for _, group := range file.Comments {
			for _, comment := range group.List {
				if comment.Pos() < declaration.Pos() || comment.End() > declaration.End() {
					continue
				}
				f.anchors = append(f.anchors, linked(comment.Text)...)
				parts := stepMark.FindStringSubmatch(comment.Text)
				if parts == nil {
					continue
				}
				m := mark{algorithm: parts[1], numbers: stepNumbers(parts[2]), line: at(comment.Pos()).line}
				if m.algorithm == "" && len(f.marks) > 0 {
					m.algorithm = f.marks[len(f.marks)-1].algorithm
				}
				// A comment belongs to the code before it on its line, and else to the statement after it.
				code := strings.TrimRight(lines[m.line-1][:at(comment.Pos()).column-1], " \t")
				switch first := len(code) - len(strings.TrimLeft(code, " \t")); {
				case code == "":
					m.in = f.at(at(nextCode(declaration, comment.End())))
				case strings.HasSuffix(code, ":"): // the body of a case begins behind it
					m.in = f.at(place{m.line, len(code) + 1})
				case strings.HasPrefix(code[first:], "switch "):
					m.in = f.at(place{m.line, first + 1})
				default:
					m.in = f.at(place{m.line, len(code)})
				}
				f.marks = append(f.marks, m)
			}
		}
	}
	if given != len(blocks) {
		t.Errorf("%s: of %d blocks %d are in a declaration", name, len(blocks), given)
	}
	return functions
}

// wholeBlocks makes of the blocks of a file what they are before Go 1.27, from which on go tool cover leaves out the
// braces around them, and divides them where lines have no code.
func wholeBlocks(blocks []*block, file *ast.File, lines []string, at func(token.Pos) place) (whole []*block) {
	opened := map[place]place{} // by the place of the first statement
	open := func(list []ast.Stmt, p place) {
		if len(list) > 0 {
			opened[at(list[0].Pos())] = p
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BlockStmt:
			open(n.List, at(n.Lbrace))
		case *ast.CaseClause:
			open(n.Body, at(n.Colon+1))
		case *ast.CommClause:
			open(n.Body, at(n.Colon+1))
		}
		return true
	})
	withoutCode := func(lines []string) bool {
		return !slices.ContainsFunc(lines, func(line string) bool {
			line = strings.TrimSpace(line)
			return line != "" && !strings.HasPrefix(line, "//")
		})
	}
	for _, b := range blocks {
		if p, ok := opened[b.start]; ok {
			b.start = p
		} else if len(whole) > 0 {
			last := whole[len(whole)-1]
			if last.end.column == 1 && last.end.line < b.start.line && withoutCode(lines[last.end.line-1:b.start.line-1]) {
				last.end = b.end
				continue
			}
		}
		whole = append(whole, b)
	}
	return whole
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

// linked returns the anchors that a comment links.
func linked(comment string) (anchors []string) {
	for _, link := range docAnchor.FindAllStringSubmatch(comment, -1) {
		anchors = append(anchors, link[1])
	}
	return anchors
}

// stepNumbers returns the numbers in "4.1, 4.2 and 5", and also those in between in "6 to 8".
func stepNumbers(text string) []string {
	numbers := stepNumber.FindAllString(text, -1)
	for _, span := range stepThrough.FindAllStringSubmatch(text, -1) {
		dot := strings.LastIndexByte(span[1], '.') + 1
		from, _ := strconv.Atoi(span[1][dot:])
		to, _ := strconv.Atoi(span[2])
		for n := from + 1; n < to; n++ {
			numbers = append(numbers, span[1][:dot]+strconv.Itoa(n))
		}
	}
	return numbers
}

// nextCode returns where the statement begins that a comment on a line of its own stands before. Of a case that is where its
// body begins; where no statement follows, it is the comment itself.
func nextCode(in ast.Node, comment token.Pos) token.Pos {
	next := comment
	ast.Inspect(in, func(n ast.Node) bool {
		if n == nil || n.End() <= comment {
			return false
		}
		if _, ok := n.(ast.Stmt); !ok || n.Pos() < comment || next != comment && n.Pos() >= next {
			return true
		}
		if clause, ok := n.(*ast.CaseClause); ok {
			next = clause.Colon + 1
			return false
		}
		next = n.Pos()
		return true
	})
	return next
}

// stepsIn returns the steps named by string literals, except for those of traces, which are events and no verdicts.
func stepsIn(in ast.Node, at func(token.Pos) *block) map[string][]*block {
	steps := map[string][]*block{}
	ast.Inspect(in, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			name, ok := n.Type.(*ast.Ident)
			return !ok || name.Name != "Event"
		case *ast.BasicLit:
			if stepString.MatchString(n.Value) {
				step := strings.Trim(n.Value, `"`)
				steps[step] = append(steps[step], at(n.Pos()))
			}
		}
		return true
	})
	return steps
}

func TestStepMark(t *testing.T) {
	for _, tt := range []struct{ comment, algorithm, numbers string }{
		{"// CORS check, step 4.", "CORS check", "4"},
		{"// CORS check, steps 6 and 7.", "CORS check", "6 7"},
		{"// Get, decode, and split, steps 5.3 to 5.8.", "Get, decode, and split", "5.3 5.8 5.4 5.5 5.6 5.7"},
		{"// CORS-unsafe request-header names, steps 4.1, 4.2 and 5.", "CORS-unsafe request-header names", "4.1 4.2 5"},
		{"// Step 3, and scheme start state, step 2.", "", "3"},
		{"// Steps 2 to 4. What fails is opaque.", "", "2 4 3"},
		{"// The steps of a redirect.", "", ""},
	} {
		parts := append(stepMark.FindStringSubmatch(tt.comment), "", "", "")
		if got := strings.Join(stepNumbers(parts[2]), " "); parts[1] != tt.algorithm || got != tt.numbers {
			t.Errorf("%s: algorithm %q, numbers %q", tt.comment, parts[1], got)
		}
	}
}
