package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A testBinary is a package's tests, compiled with all mutants.
type testBinary struct {
	pkg  string
	path string
	root string
}

// A judge is a test, or the vectors of one algorithm, and what it gets to.
type judge struct {
	binary  *testBinary
	name    string
	takes   time.Duration
	reached []byte // for the number of each mutant, whether the test comes by
}

// A verdict is what became of a mutant.
type verdict struct {
	Mutant *Mutant `json:"mutant"`
	By     string  `json:"by,omitempty"` // the test that failed; "" if none did
	Hang   bool    `json:"hang,omitempty"`
	Judges int     `json:"judges"` // how many tests come by
}

// growth are tests that compare times. They are not judges, because other programs on the machine have a say in them.
var growth = regexp.MustCompile("Linear")

// vectorsPackage is the package whose test evaluates the vectors.
const vectorsPackage = "conformance"

// slow is what takes so long that it is asked last.
const slow = 150 * time.Millisecond

// build compiles the tests of a package with the overlay.
func build(root, out, pkg string) (*testBinary, []byte, error) {
	path := filepath.Join(out, strings.ReplaceAll(pkg, "/", "_")+".test")
	cmd := exec.Command("go", "test", "-c", "-vet=off", "-gcflags="+module+"/...=-e", "-overlay", filepath.Join(out, "overlay.json"), "-o", path, "./"+pkg)
	cmd.Dir = root
	output, err := cmd.CombinedOutput()
	return &testBinary{pkg, path, root}, output, err
}

// run runs tests of a binary with one mutant, or with 0 for none.
func (b *testBinary) run(id int, limit time.Duration, environment []string, args ...string) (output []byte, hang bool, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	// A mutant must not take the machine's memory.
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", `ulimit -v 8388608; exec "$@"`, "sh", b.path}, args...)...)
	cmd.Dir = filepath.Join(b.root, filepath.FromSlash(b.pkg))
	cmd.Env = append(append(os.Environ(), environment...), fmt.Sprintf("CORSPEC_MUTANT=%d", id))
	output, err = cmd.CombinedOutput()
	return output, ctx.Err() != nil, err
}

// pattern is what go test has to be asked for to run tests of a binary.
func (b *testBinary) pattern(names []string) string {
	all := "^(" + strings.Join(names, "|") + ")$"
	if b.pkg == vectorsPackage {
		return "-test.run=^TestVectors$/" + all
	}
	return "-test.run=" + all
}

// judges runs each test of a binary alone and without a mutant, and notes what it reaches.
func (b *testBinary) judges(mutants int) ([]*judge, error) {
	args := []string{"-test.list=."}
	if b.pkg == vectorsPackage {
		args = []string{"-test.run=^TestVectors$", "-test.v"}
	}
	output, _, err := b.run(0, time.Minute, nil, args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w\n%s", b.pkg, err, output)
	}
	var names []string
	for line := range strings.Lines(string(output)) {
		name, isSubtest := strings.CutPrefix(strings.TrimSpace(line), "=== RUN   TestVectors/")
		if isSubtest == (b.pkg == vectorsPackage) && regexp.MustCompile(`^\S+$`).MatchString(name) && !growth.MatchString(name) && !strings.HasPrefix(name, "Benchmark") {
			names = append(names, name)
		}
	}
	var judges []*judge
	file := b.path + ".reached"
	for _, name := range names {
		if err := os.WriteFile(file, make([]byte, mutants+1), 0o666); err != nil {
			return nil, err
		}
		began := time.Now()
		output, _, err := b.run(0, 5*time.Minute, []string{"CORSPEC_REACHED=" + file}, b.pattern([]string{name}))
		j := &judge{binary: b, name: name, takes: time.Since(began)}
		if err != nil {
			// What counts allocations may see those of the mutants' switches.
			fmt.Fprintf(os.Stderr, "%s: %s fails without a mutant, and does not judge\n%s", b.pkg, name, output)
			continue
		}
		if j.reached, err = os.ReadFile(file); err != nil {
			return nil, err
		}
		judges = append(judges, j)
	}
	return judges, nil
}

var failed = regexp.MustCompile(`(?m)^\s*--- FAIL: (\S+)`)

// try asks the judges that come by a mutant, the quick ones first, until one notices.
func try(m *Mutant, judges []*judge) (verdict, error) {
	groups := [...]map[*testBinary][]*judge{{}, {}}
	var order []*testBinary
	count := 0
	for _, j := range judges {
		if j.reached[m.id] == 0 {
			continue
		}
		count++
		i := 0
		if j.takes > 3*slow {
			i = 1
		}
		groups[i][j.binary] = append(groups[i][j.binary], j)
		if !slices.Contains(order, j.binary) {
			order = append(order, j.binary)
		}
	}
	for _, group := range groups {
		for _, b := range order {
			if len(group[b]) == 0 {
				continue
			}
			limit := 20 * time.Second
			var names []string
			for _, j := range group[b] {
				limit += 20 * j.takes
				names = append(names, j.name)
			}
			output, hang, err := b.run(m.id, limit, nil, "-test.failfast", b.pattern(names))
			if err == nil && !hang {
				continue
			}
			if e, ran := errors.AsType[*exec.ExitError](err); !hang && (!ran || e.ExitCode() >= 126) { // the shell's, if there is nothing to run
				return verdict{Mutant: m}, fmt.Errorf("%s: %w", b.pkg, err) // that it does not start says nothing of the mutant
			}
			by := b.pkg
			if names := failed.FindAllSubmatch(output, -1); len(names) > 0 {
				by += " " + string(names[len(names)-1][1])
			} else if bytes.Contains(output, []byte("panic")) {
				by += " (panic)"
			}
			return verdict{m, by, hang, count}, nil
		}
	}
	return verdict{Mutant: m, Judges: count}, nil
}
