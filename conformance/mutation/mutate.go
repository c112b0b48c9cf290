package main

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// A Mutant is one small change to the code. Where the code around it stays, so does what names it: Func, Line, Was,
// Becomes and Again. Nothing in it is a number of a line.
type Mutant struct {
	Func     string `json:"func"`    // "fetch.PreflightCache.store": the folder, and what is declared there
	Line     string `json:"line"`    // the line of source on which it begins, without white space around it
	Was      string `json:"was"`     // what stands there
	Becomes  string `json:"becomes"` // what would stand there
	Again    int    `json:"again,omitempty"`
	id       int
	pkg      string // folder of the package
	file     string
	at       int // number of the line
	operator string
}

func (m *Mutant) String() string {
	return fmt.Sprintf("%s:%d: %s: %s → %s", m.file, m.at, m.Func, m.Was, m.Becomes)
}

// key is what a list of explained mutants finds it by.
func (m *Mutant) key() Mutant {
	return Mutant{Func: m.Func, Line: m.Line, Was: m.Was, Becomes: m.Becomes, Again: m.Again}
}

// An edit inserts text around a part of a file: before at its start, after at its end.
type edit struct {
	start, end    int // offsets
	before, after string
	statement     bool
}

// A mutator finds the mutants of a file. All stand in one program, and a variable of its environment says which of them
// acts: so a package is compiled once for all.
type mutator struct {
	pkg     *loaded
	file    *ast.File
	name    string // of the file, slash-separated, in the module
	source  []byte
	stack   []ast.Node
	edits   []edit
	mutants []*Mutant
	next    func() int
	skip    map[int]bool // ids that do not compile
	seen    map[Mutant]int
}

func (m *mutator) offset(p token.Pos) int { return m.pkg.fset.Position(p).Offset }

func (m *mutator) text(n ast.Node) string {
	return string(m.source[m.offset(n.Pos()):m.offset(n.End())])
}

// parent returns the node around the current one; 1 is the nearest.
func (m *mutator) parent(i int) ast.Node {
	if i = len(m.stack) - 1 - i; i >= 0 {
		return m.stack[i]
	}
	return nil
}

var spaces = regexp.MustCompile(`\s+`)

// add notes a mutant and returns its number, and false if it is to be left out.
func (m *mutator) add(n ast.Node, operator, was, becomes string) (int, bool) {
	position := m.pkg.fset.Position(n.Pos())
	start, end := position.Offset, position.Offset
	for start > 0 && m.source[start-1] != '\n' {
		start--
	}
	for end < len(m.source) && m.source[end] != '\n' {
		end++
	}
	short := func(s string) string { return strings.TrimSpace(spaces.ReplaceAllString(s, " ")) }
	mutant := &Mutant{
		Func: m.declaration(), Line: strings.TrimSpace(string(m.source[start:end])), Was: short(was), Becomes: short(becomes),
		id: m.next(), pkg: m.pkg.folder, file: m.name, at: position.Line, operator: operator,
	}
	m.seen[mutant.key()]++
	mutant.Again = m.seen[mutant.key()] - 1
	if m.skip[mutant.id] {
		return 0, false
	}
	m.mutants = append(m.mutants, mutant)
	return mutant.id, true
}

// declaration names the top-level declaration around the current node.
func (m *mutator) declaration() string {
	name := ""
	for _, n := range m.stack {
		switch n := n.(type) {
		case *ast.FuncDecl:
			name = n.Name.Name
			if n.Recv != nil {
				t := n.Recv.List[0].Type
				if star, ok := t.(*ast.StarExpr); ok {
					t = star.X
				}
				if index, ok := t.(*ast.IndexExpr); ok {
					t = index.X
				}
				name = t.(*ast.Ident).Name + "." + name
			}
			return m.pkg.folder + "." + name
		case *ast.ValueSpec:
			return m.pkg.folder + "." + n.Names[0].Name
		}
	}
	return m.pkg.folder + "." + name
}

// visit is for ast.Inspect.
func (m *mutator) visit(n ast.Node) bool {
	if n == nil {
		m.stack = m.stack[:len(m.stack)-1]
		return true
	}
	if m.leaveOut(n) {
		return false
	}
	m.stack = append(m.stack, n)
	switch n := n.(type) {
	case ast.Stmt:
		m.statement(n)
	case ast.Expr:
		m.expression(n)
	}
	return true
}

// leaveOut reports whether nothing below n can be changed, because the language wants constants or types there.
func (m *mutator) leaveOut(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.ImportSpec, *ast.FieldList, *ast.TypeSpec:
		return true
	case *ast.GenDecl:
		return n.Tok == token.CONST
	case *ast.DeclStmt:
		return n.Decl.(*ast.GenDecl).Tok == token.CONST
	}
	switch p := m.parent(0).(type) {
	case *ast.ArrayType:
		return true
	case *ast.SelectorExpr:
		return n == p.Sel
	case *ast.CallExpr:
		return n == p.Fun && m.pkg.info.Types[p.Fun].IsType()
	case *ast.KeyValueExpr:
		if n != p.Key {
			return false
		}
		_, isMap := m.pkg.info.TypeOf(m.parent(1).(ast.Expr)).Underlying().(*types.Map)
		return !isMap
	case *ast.CaseClause:
		_, isType := m.parent(2).(*ast.TypeSwitchStmt)
		e, isExpr := n.(ast.Expr)
		return isType && isExpr && e != nil
	}
	return false
}

// inList reports whether the current node is a statement in a list of them.
func (m *mutator) inList() bool {
	switch m.parent(1).(type) {
	case *ast.BlockStmt, *ast.CaseClause, *ast.CommClause:
		return true
	}
	return false
}

// statement removes a statement.
func (m *mutator) statement(s ast.Stmt) {
	if !m.inList() {
		return
	}
	switch s := s.(type) {
	case *ast.AssignStmt:
		if s.Tok == token.DEFINE {
			return
		}
		if blank, ok := s.Lhs[0].(*ast.Ident); ok && blank.Name == "_" && len(s.Lhs) == 1 {
			return
		}
	case *ast.ExprStmt:
		if call, ok := s.X.(*ast.CallExpr); ok {
			if f, ok := call.Fun.(*ast.Ident); ok && f.Name == "panic" {
				return
			}
		}
	case *ast.IncDecStmt:
	case *ast.BranchStmt:
		if s.Tok != token.CONTINUE && s.Tok != token.BREAK {
			return
		}
	default:
		return
	}
	if id, ok := m.add(s, "remove", m.text(s), ""); ok {
		m.edits = append(m.edits, edit{m.offset(s.Pos()), m.offset(s.End()), fmt.Sprintf("if !mutant_.On(%d) { ", id), " }", true})
	}
}

// expression changes an expression.
func (m *mutator) expression(e ast.Expr) {
	t := m.pkg.info.Types[e]
	if t.Type == nil || !t.IsValue() && t.Value == nil || m.isBesideFailure(e) {
		return
	}
	switch basic, _ := t.Type.Underlying().(*types.Basic); {
	case t.Value != nil && basic != nil:
		m.constant(e, t.Value, basic)
	case basic != nil && basic.Kind() == types.Bool || basic != nil && basic.Kind() == types.UntypedBool:
		m.condition(e)
	case basic != nil && basic.Info()&types.IsInteger != 0:
		m.arithmetic(e)
		m.zero(e)
	default:
		m.zero(e)
	}
}

// isBesideFailure reports whether e is returned beside false or an error, where nobody looks at it.
func (m *mutator) isBesideFailure(e ast.Expr) bool {
	ret, ok := m.parent(1).(*ast.ReturnStmt)
	if !ok || len(ret.Results) < 2 {
		return false
	}
	last := ret.Results[len(ret.Results)-1]
	if last == e {
		return false
	}
	t := m.pkg.info.Types[last]
	if t.Value != nil && t.Value.Kind() == constant.Bool {
		return !constant.BoolVal(t.Value)
	}
	results := m.results()
	return !t.IsNil() && results != nil && results.Len() == len(ret.Results) && m.isError(results.At(results.Len()-1).Type())
}

// isError reports whether values of the type are errors, of which nil is not one.
func (m *mutator) isError(t types.Type) bool {
	_, isPointer := t.(*types.Pointer)
	return (isPointer || types.IsInterface(t)) && types.Implements(t, types.Universe.Lookup("error").Type().Underlying().(*types.Interface))
}

// condition replaces a condition, moves its border, or swaps && and ||.
func (m *mutator) condition(e ast.Expr) {
	if _, ok := e.(*ast.ParenExpr); ok {
		return
	}
	if named, ok := m.pkg.info.TypeOf(e).(*types.Named); ok && named != nil {
		return
	}
	var becomes []string
	var operators []string
	put := func(operator, text string) { operators, becomes = append(operators, operator), append(becomes, text) }
	p := m.parent(1)
	var inner ast.Node = e
	for {
		paren, ok := p.(*ast.ParenExpr)
		if !ok {
			break
		}
		inner = paren
		for i := range m.stack {
			if m.stack[i] == paren {
				p = m.stack[i-1]
			}
		}
	}
	both := func() { put("condition", "true"); put("condition", "false") }
	switch p := p.(type) {
	case *ast.AssignStmt:
		if slices.Contains(p.Lhs, e) {
			return
		}
		both()
	case *ast.IfStmt, *ast.ReturnStmt, *ast.ValueSpec, *ast.KeyValueExpr:
		both()
	case *ast.CaseClause:
		both()
	case *ast.CallExpr:
		if inner != p.Fun {
			both()
		}
	case *ast.ForStmt:
		put("condition", "false")
	case *ast.BinaryExpr:
		switch p.Op {
		case token.LAND:
			put("condition", "true")
		case token.LOR:
			put("condition", "false")
		}
	}
	if b, ok := e.(*ast.BinaryExpr); ok {
		swap := map[token.Token]token.Token{
			token.LSS: token.LEQ, token.LEQ: token.LSS, token.GTR: token.GEQ, token.GEQ: token.GTR,
			token.LAND: token.LOR, token.LOR: token.LAND, token.EQL: token.NEQ, token.NEQ: token.EQL,
		}
		if op, ok := swap[b.Op]; ok {
			operator := "border"
			switch b.Op {
			case token.LAND, token.LOR:
				operator = "logic"
			case token.EQL, token.NEQ:
				operator = "negation"
			}
			if operator != "negation" || len(becomes) < 2 { // which are noticed less easily
				put(operator, m.text(b.X)+" "+op.String()+" "+m.text(b.Y))
			}
		}
	}
	if u, ok := e.(*ast.UnaryExpr); ok && u.Op == token.NOT && len(becomes) < 2 {
		put("negation", m.text(u.X))
	}
	if len(becomes) == 0 {
		return
	}
	var first, last int
	var before strings.Builder
	before.WriteString("(")
	for i, text := range becomes {
		if id, ok := m.add(e, operators[i], m.text(e), text); ok {
			if first == 0 {
				first = id
			}
			last = id
			fmt.Fprintf(&before, "mutant_.On(%d) && (%s) || ", id, text)
		}
	}
	if first == 0 {
		return
	}
	fmt.Fprintf(&before, "!mutant_.In(%d, %d) && (", first, last)
	m.edits = append(m.edits, edit{m.offset(e.Pos()), m.offset(e.End()), before.String(), "))", false})
}

// constant changes a literal, or one use of a constant.
func (m *mutator) constant(e ast.Expr, value constant.Value, basic *types.Basic) {
	named := false
	switch e := e.(type) {
	case *ast.BasicLit:
	case *ast.Ident, *ast.SelectorExpr:
		id, ok := e.(*ast.Ident)
		if !ok {
			id = e.(*ast.SelectorExpr).Sel
		}
		object, ok := m.pkg.info.Uses[id].(*types.Const)
		if !ok || object.Pkg() != nil && !strings.HasPrefix(object.Pkg().Path(), module) || object.Pkg() == nil && basic.Info()&types.IsBoolean == 0 {
			return
		}
		_, named = object.Type().(*types.Named)
	default:
		return
	}
	typ, ok := m.nameOf(m.pkg.info.TypeOf(e))
	if !ok {
		return
	}
	var becomes []string
	operator := "number"
	switch {
	case basic.Info()&types.IsBoolean != 0:
		operator = "boolean"
		becomes = append(becomes, strconv.FormatBool(!constant.BoolVal(value)))
	case basic.Info()&types.IsString != 0:
		operator = "string"
		if m.isText(e, constant.StringVal(value)) {
			return
		}
		becomes = append(becomes, m.text(e)+` + "\x00"`)
	case basic.Info()&types.IsInteger != 0:
		one := constant.MakeInt64(1)
		more, less := constant.BinaryOp(value, token.ADD, one), constant.BinaryOp(value, token.SUB, one)
		target := basic
		if basic.Info()&types.IsUntyped != 0 {
			target = types.Typ[types.Int]
		}
		lit, isLit := e.(*ast.BasicLit)
		if fits(more, target) {
			becomes = append(becomes, m.text(e)+" + 1")
		}
		if fits(less, target) && (len(becomes) == 0 || !named && !(isLit && lit.Kind == token.CHAR)) {
			becomes = append(becomes, m.text(e)+" - 1")
		}
	}
	for _, text := range becomes {
		if id, ok := m.add(e, operator, m.text(e), text); ok {
			m.pick(e, typ, id, text)
		}
	}
}

// fits reports whether an integer is a value of the type.
func fits(value constant.Value, basic *types.Basic) bool {
	sizes := types.SizesFor("gc", "amd64")
	bits := uint(sizes.Sizeof(basic) * 8)
	if basic.Info()&types.IsUnsigned != 0 {
		return constant.Sign(value) >= 0 && constant.BitLen(value) <= int(bits)
	}
	return constant.BitLen(value) < int(bits)
}

// isText reports whether a string is words for people, or part of them.
func (m *mutator) isText(e ast.Expr, value string) bool {
	if strings.Contains(strings.TrimSpace(value), " ") && !strings.HasPrefix(value, "max-age") {
		return true
	}
	switch p := m.parent(1).(type) {
	case *ast.BinaryExpr:
		if p.Op == token.ADD {
			return true
		}
	case *ast.ReturnStmt:
		_, isLit := e.(*ast.BasicLit)
		return isLit
	}
	for i := 1; i < len(m.stack); i++ {
		call, ok := m.parent(i).(*ast.CallExpr)
		if !ok {
			continue
		}
		switch f := call.Fun.(type) {
		case *ast.Ident:
			if f.Name == "panic" {
				return true
			}
		case *ast.SelectorExpr:
			if x, ok := f.X.(*ast.Ident); ok {
				switch x.Name {
				case "fmt", "errors", "quote":
					return true
				}
			}
		}
	}
	return false
}

// arithmetic swaps operators. Both sides are evaluated, so that there must be no calls in them.
func (m *mutator) arithmetic(e ast.Expr) {
	b, ok := e.(*ast.BinaryExpr)
	if !ok {
		return
	}
	op, ok := map[token.Token]token.Token{
		token.ADD: token.SUB, token.SUB: token.ADD, token.AND: token.OR, token.OR: token.AND, token.SHL: token.SHR, token.SHR: token.SHL,
	}[b.Op]
	if !ok {
		return
	}
	pure := true
	ast.Inspect(e, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			f, ok := call.Fun.(*ast.Ident)
			pure = pure && (m.pkg.info.Types[call.Fun].IsType() || ok && (f.Name == "len" || f.Name == "min" || f.Name == "max"))
		}
		return true
	})
	typ, named := m.nameOf(m.pkg.info.TypeOf(e))
	if !pure || !named {
		return
	}
	text := m.text(b.X) + " " + op.String() + " " + m.text(b.Y)
	if id, ok := m.add(e, "arithmetic", m.text(e), text); ok {
		m.pick(e, typ, id, text)
	}
}

// zero returns the zero value of what a function returns.
func (m *mutator) zero(e ast.Expr) {
	ret, ok := m.parent(1).(*ast.ReturnStmt)
	if !ok {
		return
	}
	if id, ok := e.(*ast.Ident); ok && id.Name == "nil" {
		return
	}
	if c, ok := e.(*ast.CompositeLit); ok && len(c.Elts) == 0 {
		return
	}
	results := m.results()
	if results == nil || results.Len() != len(ret.Results) {
		return
	}
	for i, r := range ret.Results {
		if r != e {
			continue
		}
		if typ, ok := m.nameOf(results.At(i).Type()); ok {
			zero := "*new(" + typ + ")"
			if id, ok := m.add(e, "zero", m.text(e), zero); ok {
				m.pick(e, typ, id, zero)
			}
		}
	}
}

// results are those of the innermost function.
func (m *mutator) results() *types.Tuple {
	for i := range m.stack {
		switch f := m.parent(i).(type) {
		case *ast.FuncLit:
			return m.pkg.info.TypeOf(f).(*types.Signature).Results()
		case *ast.FuncDecl:
			return m.pkg.info.Defs[f.Name].Type().(*types.Signature).Results()
		}
	}
	return nil
}

// pick makes an expression a choice between itself and the mutant.
func (m *mutator) pick(e ast.Expr, typ string, id int, text string) {
	before := fmt.Sprintf("mutant_.Pick[%s](%d, %s, ", typ, id, text)
	m.edits = append(m.edits, edit{m.offset(e.Pos()), m.offset(e.End()), before, ")", false})
}

// nameOf returns how the file can name a type, and false if it cannot.
func (m *mutator) nameOf(t types.Type) (string, bool) {
	ok := true
	name := types.TypeString(types.Default(t), func(p *types.Package) string {
		if p == m.pkg.types {
			return ""
		}
		for _, spec := range m.file.Imports {
			if path, _ := strconv.Unquote(spec.Path.Value); path == p.Path() {
				if spec.Name != nil {
					return spec.Name.Name
				}
				return p.Name()
			}
		}
		ok = false
		return p.Name()
	})
	return name, ok && name != "untyped nil"
}
