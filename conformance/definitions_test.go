package conformance

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// definitionsFile lists the definitions of the standards, and what implements each.
const definitionsFile = "testdata/definitions.txt"

// A definition is a line of definitionsFile: "main-fetch | Main fetch | fetch.Machine.mainFetch", or with "- the
// reason" in place of identifiers where nothing implements it.
type definition struct {
	link        string // "https://fetch.spec.whatwg.org/#main-fetch"
	name        string // as steps are marked with it
	identifiers []string
	reason      string
	line        int
}

func readDefinitions(t *testing.T) (definitions []*definition) {
	t.Helper()
	data, err := os.ReadFile(definitionsFile)
	if err != nil {
		t.Fatal(err)
	}
	page, number := "", 0
	for line := range strings.Lines(string(data)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		columns := strings.Split(line, " | ")
		switch {
		case line == "" || strings.HasPrefix(line, "# "):
			continue
		case strings.HasSuffix(line, "#"):
			page = line
			continue
		case len(columns) != 3 || columns[1] == "" || columns[2] == "":
			t.Fatalf("%s:%d: %q: want an anchor, a name, and identifiers or a reason", definitionsFile, number, line)
		}
		d := &definition{link: page + columns[0], name: columns[1], line: number}
		if reason, ok := strings.CutPrefix(columns[2], "- "); ok {
			d.reason = reason
		} else {
			d.identifiers = strings.Split(columns[2], " ")
		}
		definitions = append(definitions, d)
	}
	return definitions
}

// A declared thing is what a declaration of the module's code declares, with its comment.
type declaredThing struct {
	identifier string // "fetch.Machine.mainFetch"
	doc        string
}

// declaredThings returns what the packages outside of conformance declare, fields and methods of interfaces too.
func declaredThings(t *testing.T) (things []declaredThing) {
	t.Helper()
	for _, p := range list(t, "./...") {
		if strings.HasPrefix(p.name(), "conformance") {
			continue
		}
		add := func(name string, docs ...*ast.CommentGroup) {
			for _, doc := range docs {
				if doc != nil {
					things = append(things, declaredThing{p.name() + "." + name, doc.Text()})
					return
				}
			}
			things = append(things, declaredThing{p.name() + "." + name, ""})
		}
		fields := func(of string, list *ast.FieldList) {
			for _, field := range list.List {
				for _, name := range field.Names {
					add(of+"."+name.Name, field.Doc)
				}
			}
		}
		for _, file := range p.GoFiles {
			parsed, err := parser.ParseFile(token.NewFileSet(), filepath.Join(p.Dir, file), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range parsed.Decls {
				switch d := d.(type) {
				case *ast.FuncDecl:
					add(declared(d), comments(parsed, d))
				case *ast.GenDecl:
					for i, spec := range d.Specs {
						group := d.Doc
						if i > 0 {
							group = nil // it is about the first
						}
						switch spec := spec.(type) {
						case *ast.TypeSpec:
							add(spec.Name.Name, spec.Doc, group)
							switch of := spec.Type.(type) {
							case *ast.StructType:
								fields(spec.Name.Name, of.Fields)
							case *ast.InterfaceType:
								fields(spec.Name.Name, of.Methods)
							}
						case *ast.ValueSpec:
							for _, name := range spec.Names {
								add(name.Name, spec.Doc, group)
							}
						}
					}
				}
			}
		}
	}
	return things
}

// comments returns the comment on a function and those inside it.
func comments(file *ast.File, d *ast.FuncDecl) *ast.CommentGroup {
	all := &ast.CommentGroup{}
	if d.Doc != nil {
		all.List = append(all.List, d.Doc.List...)
	}
	for _, group := range file.Comments {
		if group.Pos() > d.Pos() && group.End() < d.End() && group != d.Doc {
			all.List = append(all.List, group.List...)
		}
	}
	return all
}

// TestDefinitions holds that each definition in definitionsFile is implemented by what stands there, whose comment
// links it, and that each link in a comment on a declaration stands there. With -update, the identifiers become those
// that link.
func TestDefinitions(t *testing.T) {
	links := map[string][]string{} // the identifiers that link a definition
	exists := map[string]bool{}
	for _, thing := range declaredThings(t) {
		exists[thing.identifier] = true
		for _, link := range anchorLink.FindAllString(thing.doc, -1) {
			if !slices.Contains(links[link], thing.identifier) {
				links[link] = append(links[link], thing.identifier)
			}
		}
	}
	definitions := readDefinitions(t)
	if *update {
		updateDefinitions(t, definitions, links)
		return
	}
	const how = "if the code is right: go test ./conformance -run TestDefinitions -update"
	listed := map[string]bool{}
	for _, d := range definitions {
		at := fmt.Sprintf("%s:%d: %s", definitionsFile, d.line, d.link)
		switch {
		case listed[d.link]:
			t.Errorf("%s stands there twice", at)
		case strings.HasPrefix(d.name, "?"):
			t.Errorf("%s needs a name: the one with which its steps are marked", at)
		}
		listed[d.link] = true
		linking := slices.Sorted(slices.Values(links[d.link]))
		for _, identifier := range d.identifiers {
			switch {
			case !exists[identifier]:
				t.Errorf("%s: there is no %s (%s)", at, identifier, how)
			case !slices.Contains(linking, identifier):
				t.Errorf("%s: the comment of %s does not link it (%s)", at, identifier, how)
			}
		}
		for _, identifier := range linking {
			if !slices.Contains(d.identifiers, identifier) {
				t.Errorf("%s: the comment of %s links it too (%s)", at, identifier, how)
			}
		}
	}
	for _, link := range slices.Sorted(maps.Keys(links)) {
		if !listed[link] {
			t.Errorf("%s does not list %s, which %s links", definitionsFile, link, links[link])
		}
	}
	if len(definitions) < 200 {
		t.Errorf("there are %d definitions", len(definitions))
	}
}

// updateDefinitions writes the identifiers that link a definition, and adds definitions that are not listed, without
// names.
func updateDefinitions(t *testing.T, definitions []*definition, links map[string][]string) {
	t.Helper()
	data, err := os.ReadFile(definitionsFile)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimRight(string(data), "\n"), "\n")
	listed := map[string]bool{}
	for _, d := range definitions {
		listed[d.link] = true
		if linking := links[d.link]; len(linking) > 0 {
			_, anchor, _ := strings.Cut(d.link, "#")
			lines[d.line-1] = anchor + " | " + d.name + " | " + strings.Join(slices.Sorted(slices.Values(linking)), " ")
		}
	}
	for _, link := range slices.Sorted(maps.Keys(links)) {
		if listed[link] {
			continue
		}
		page, anchor, _ := strings.Cut(link, "#")
		row := anchor + " | ? | " + strings.Join(slices.Sorted(slices.Values(links[link])), " ")
		if i := slices.Index(lines, page+"#"); i >= 0 {
			lines = slices.Insert(lines, i+1, row)
		} else {
			lines = append(lines, "", page+"#", row)
		}
	}
	if err := os.WriteFile(definitionsFile, []byte(strings.Join(lines, "\n")+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
}
