package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const module = "github.com/corspec/corspec"

// A loaded is a package with its types.
type loaded struct {
	folder string // slash-separated, in the module
	dir    string
	fset   *token.FileSet
	files  []*ast.File
	names  []string // of the files
	types  *types.Package
	info   *types.Info
}

// load reads packages of the module at root and finds out their types.
func load(root string, folders []string) ([]*loaded, error) {
	patterns := make([]string, len(folders))
	for i, f := range folders {
		patterns[i] = "./" + f
	}
	cmd := exec.Command("go", append([]string{"list", "-deps", "-export", "-json=ImportPath,Dir,Export,GoFiles"}, patterns...)...)
	cmd.Dir = root
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w", err)
	}
	exports := map[string]string{}
	var packages []*loaded
	fset := token.NewFileSet()
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct {
			ImportPath, Dir, Export string
			GoFiles                 []string
		}
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			return nil, err
		}
		exports[p.ImportPath] = p.Export
		if folder := strings.TrimPrefix(p.ImportPath, module+"/"); slices.Contains(folders, folder) {
			packages = append(packages, &loaded{folder: folder, dir: p.Dir, fset: fset, names: p.GoFiles})
		}
	}
	lookup := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	for _, p := range packages {
		for _, name := range p.names {
			file, err := parser.ParseFile(fset, filepath.Join(p.dir, name), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			p.files = append(p.files, file)
		}
		config := types.Config{Importer: importer.ForCompiler(fset, "gc", lookup)}
		p.info = &types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{}}
		if p.types, err = config.Check(module+"/"+p.folder, fset, p.files, p.info); err != nil {
			return nil, err
		}
	}
	return packages, nil
}

// switchPackage is what the instrumented code asks which mutant acts.
const switchPackage = `package mutant

import (
	"os"
	"strconv"
	"syscall"
)

var active, _ = strconv.Atoi(os.Getenv("CORSPEC_MUTANT"))

// reached is a file that outlives the process.
var reached = func() []byte {
	f, err := os.OpenFile(os.Getenv("CORSPEC_REACHED"), os.O_RDWR, 0)
	if err != nil {
		return nil
	}
	info, err := f.Stat()
	if err != nil {
		panic(err)
	}
	b, err := syscall.Mmap(int(f.Fd()), 0, int(info.Size()), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		panic(err)
	}
	return b
}()

func reach(first, last int) {
	for i := first; i <= last; i++ {
		reached[i] = 1
	}
}

func On(id int) bool {
	if reached != nil {
		reach(id, id)
	}
	return id == active
}

func In(first, last int) bool { return first <= active && active <= last }

func Pick[T any](id int, mutant, original T) T {
	if reached != nil {
		reach(id, id)
	}
	if id == active {
		return mutant
	}
	return original
}
`

// instrument writes the packages with all their mutants into a folder, with the file for go's flag -overlay.
func instrument(root, out string, packages []*loaded, skip map[int]bool) ([]*Mutant, error) {
	replace := map[string]string{filepath.Join(root, "internal", "mutant", "mutant.go"): filepath.Join(out, "mutant.go")}
	if err := os.WriteFile(filepath.Join(out, "mutant.go"), []byte(switchPackage), 0o666); err != nil {
		return nil, err
	}
	var mutants []*Mutant
	id := 0
	for _, p := range packages {
		seen := map[Mutant]int{}
		for i, file := range p.files {
			path := filepath.Join(p.dir, p.names[i])
			source, err := os.ReadFile(path)
			if err != nil {
				return nil, err
			}
			m := &mutator{pkg: p, file: file, name: p.folder + "/" + p.names[i], source: source, next: func() int { id++; return id }, skip: skip, seen: seen}
			ast.Inspect(file, m.visit)
			mutants = append(mutants, m.mutants...)
			if len(m.edits) == 0 {
				continue
			}
			end := m.offset(file.Name.End())
			m.edits = append(m.edits, edit{start: end, end: end, before: fmt.Sprintf("; import mutant_ %q", module+"/internal/mutant")})
			target := filepath.Join(out, strings.ReplaceAll(m.name, "/", "_"))
			if err := os.WriteFile(target, apply(source, m.edits), 0o666); err != nil {
				return nil, err
			}
			replace[path] = target
		}
	}
	data, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		return nil, err
	}
	return mutants, os.WriteFile(filepath.Join(out, "overlay.json"), data, 0o666)
}

// apply inserts what the edits say. Of those that begin or end at the same place, the longer is outside.
func apply(source []byte, edits []edit) []byte {
	type insertion struct {
		at, order int
		text      string
	}
	var all []insertion
	for i, e := range edits {
		// Of edits of the same part, the first is outside, except for statements.
		length := (e.end-e.start)*4*len(edits) + len(edits) - i
		if e.statement {
			length += 2 * len(edits)
		}
		all = append(all, insertion{e.start, -length, e.before}, insertion{e.end, length - 1<<50, e.after})
	}
	slices.SortStableFunc(all, func(a, b insertion) int {
		if a.at != b.at {
			return a.at - b.at
		}
		return a.order - b.order
	})
	var b bytes.Buffer
	last := 0
	for _, i := range all {
		b.Write(source[last:i.at])
		b.WriteString(i.text)
		last = i.at
	}
	b.Write(source[last:])
	return b.Bytes()
}

var (
	compileError = regexp.MustCompile(`(?m)^(?:\S*/)?([a-zA-Z0-9_]+\.go):(\d+)(?::\d+)?: (.*)$`)
	switchID     = regexp.MustCompile(`mutant_\.(?:On|Pick\[[^(]*\])\((\d+)`)
)

// culprits returns the numbers of mutants on the lines that a compiler's output names.
func culprits(out string, output []byte) []int {
	var ids []int
	for _, match := range compileError.FindAllSubmatch(output, -1) {
		number, _ := strconv.Atoi(string(match[2]))
		files, _ := filepath.Glob(filepath.Join(out, "*"+string(match[1])))
		for _, file := range files {
			data, err := os.ReadFile(file)
			if err != nil {
				continue
			}
			lines := strings.Split(string(data), "\n")
			if number > len(lines) {
				continue
			}
			for _, id := range switchID.FindAllStringSubmatch(lines[number-1], -1) {
				n, _ := strconv.Atoi(id[1])
				ids = append(ids, n)
			}
		}
	}
	return ids
}
