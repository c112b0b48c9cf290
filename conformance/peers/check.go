package main

import (
	"archive/tar"
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
)

// What became slower is found by running the code as it is beside the code that results.json measured, in turn. The
// ratios of results.json themselves do not tell: what other programs do to caches and memory disturbs corspec and its
// peers unlike, and a set of origins, as a map, is laid out anew in each process.

// A row is something that is compared: the first contender of a case or of a group.
type row struct {
	Suite, Name string
	prepare     func() (run func(), err error)
}

func (r row) String() string { return r.Suite + ": " + r.Name }

// besides is the suite of the groups.
const besides = "besides requests"

func rows() (list []row) {
	for _, c := range cases() {
		list = append(list, row{suiteNames[c.suite], c.name, func() (func(), error) {
			h, err := peers[0].wrap(c.config, c.application(new(bool)))
			return c.serve(h), err
		}})
	}
	for _, g := range groups() {
		list = append(list, row{besides, g.budget + ", " + g.name, func() (func(), error) { return g.contenders()[0].run, nil }})
	}
	return list
}

// measureRows says which rows there are, and then measures a loop of each that is asked for by its index: a line has
// the nanoseconds of an operation, its allocations, and their bytes. What garbage costs is not in the time: the
// collector works now and then, and for long.
func measureRows(in io.Reader, out io.Writer) error {
	debug.SetGCPercent(-1)
	list := rows()
	if err := json.NewEncoder(out).Encode(list); err != nil {
		return err
	}
	type prepared struct {
		run          func()
		n            int
		allocs, size float64
	}
	ready := make([]prepared, len(list))
	var live uint64
	asked := 0
	for lines := bufio.NewReader(in); ; {
		switch _, err := fmt.Fscan(lines, &asked); {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case asked < 0 || asked >= len(list):
			return fmt.Errorf("there are %d rows, and row %d is asked for", len(list), asked)
		}
		live = collect(live)
		r := &ready[asked]
		if r.run == nil {
			var err error
			if r.run, err = list[asked].prepare(); err != nil {
				return fmt.Errorf("%s: %w", list[asked], err)
			}
			r.n = loops(r.run)
			r.allocs, r.size = allocated(r.n, r.run)
		}
		from := processorTime()
		for range r.n {
			r.run()
		}
		fmt.Fprintln(out, max(1, float64(processorTime()-from))/float64(r.n), r.allocs, r.size)
	}
}

// collect collects garbage if there is much more than was live before, and returns how much is live.
func collect(live uint64) uint64 {
	const much = 256 << 20
	var stats runtime.MemStats
	if runtime.ReadMemStats(&stats); stats.HeapAlloc < live+much {
		return live
	}
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// A process measures the rows of one state of the code.
type process struct {
	rows []row
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
}

func start(program string) (*process, error) {
	p := &process{cmd: exec.Command(program, "-rows")}
	p.cmd.Stderr = os.Stderr
	var err error
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.cmd.Start(); err != nil {
		return nil, err
	}
	p.out = bufio.NewReader(out)
	line, err := p.out.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &p.rows)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s -rows: %w", program, err), p.end())
	}
	return p, nil
}

func (p *process) end() error {
	p.in.Close()
	return p.cmd.Wait()
}

// measure runs a loop of a row.
func (p *process) measure(i int) (c cost, err error) {
	if _, err = fmt.Fprintln(p.in, i); err == nil {
		_, err = fmt.Fscanln(p.out, &c.ns, &c.allocs, &c.bytes)
	}
	return c, err
}

// A cost is that of an operation.
type cost struct{ ns, allocs, bytes float64 }

// A comparison is what came of a row.
type comparison struct {
	row
	changes
	at    [2]int  // its index before and now
	costs [2]cost // what was measured last, before and now
}

const (
	// So many pairs of processes measure everything; so many measure what seems slower again.
	pairs, pairsAgain = 5, 15

	// A row is slower from half way to a fifth on. In pairs of processes of the same code a row differs by some
	// hundredths, so that the middle of five does not come so far. Where memory is slow, it may differ by a third: then
	// the middle does, and as many pairs find it faster as find it slower.
	rowSlower = 1.1

	// A mean is slower from half way to a twentieth on. On a machine at rest, that of so many rows or more is within
	// a hundredth for the same code; on a busy one, cors-benchmarks' has come out at 0.93 to 1.07, and twice is needed.
	// Of fewer rows, the rows themselves say more.
	meanSlower = 1.025
	meanOf     = 10

	// Of the pairs that measure again, no more find what is slower faster: of equals, so few do in one of 270.
	faster = 2
)

// changes are how many times what it was a time is, by each pair of processes.
type changes []float64

// median is the one in the middle of the pairs.
func (c changes) median() float64 { return quartiles(slices.Clone(c)).Median() }

// exceed reports whether the change is more than a bound, in the middle of the pairs.
func (c changes) exceed(bound float64) bool { return c.median() > bound }

// exceedAgain reports whether it is so in the middle of many pairs, of which nearly all find it slower.
func (c changes) exceedAgain(bound float64) bool {
	n := 0
	for _, change := range c {
		if change <= 1 {
			n++
		}
	}
	return c.exceed(bound) && n <= faster
}

// allocates reports whether it makes more allocations, or larger ones; goroutines make one more or less.
func (c *comparison) allocates() bool {
	before, now := c.costs[0], c.costs[1]
	return now.allocs > 1.05*before.allocs || now.bytes > 1.05*before.bytes
}

// A suite is the geometric mean of its rows, pair by pair: what a process does to all of them is not averaged out.
type suite struct {
	name string
	rows int
	changes
}

// slower reports whether it seems slower, once.
func (s *suite) slower() bool { return s.rows >= meanOf && s.exceed(meanSlower) }

// suitesOf returns the suites, in the order of the rows.
func suitesOf(list []comparison) (suites []suite) {
	for _, c := range list {
		if !slices.ContainsFunc(suites, func(s suite) bool { return s.name == c.Suite }) {
			suites = append(suites, suite{name: c.Suite})
		}
	}
	for i := range suites {
		s := &suites[i]
		means := make([]mean, len(list[0].changes))
		for _, c := range list {
			if c.Suite == s.name {
				s.rows++
				for pair, change := range c.changes {
					means[pair].add(change)
				}
			}
		}
		for _, m := range means {
			s.changes = append(s.changes, m.value())
		}
	}
	return suites
}

// suspects returns the rows to compare again: those that seem slower or to allocate more, and those of suites that
// seem slower.
func suspects(list []comparison) (again []comparison) {
	suites := suitesOf(list)
	for _, c := range list {
		if c.exceed(rowSlower) || c.allocates() || slices.ContainsFunc(suites, func(s suite) bool { return s.name == c.Suite && s.slower() }) {
			again = append(again, c)
		}
	}
	return again
}

// findSlower compares the rows, and those that seem slower again with other processes. It returns what seems so twice.
func findSlower(compare func(pairs int, only func(row) bool) ([]comparison, error)) (all []comparison, slower []string, err error) {
	if all, err = compare(pairs, func(row) bool { return true }); err != nil {
		return nil, nil, err
	}
	first := suspects(all)
	if len(first) == 0 {
		return all, nil, nil
	}
	again, err := compare(pairsAgain, func(r row) bool {
		return slices.ContainsFunc(first, func(c comparison) bool { return c.String() == r.String() })
	})
	if err != nil {
		return nil, nil, err
	}
	for i, once := range first {
		twice := again[i]
		if before, now := twice.costs[0], twice.costs[1]; once.allocates() && twice.allocates() {
			slower = append(slower, fmt.Sprintf("%s: %.0f allocations of %.0f bytes, were %.0f of %.0f", once, now.allocs, now.bytes, before.allocs, before.bytes))
		}
		if once.exceed(rowSlower) && twice.exceedAgain(rowSlower) {
			slower = append(slower, fmt.Sprintf("%s: %.2f and %.2f times what it was", once, once.median(), twice.median()))
		}
	}
	for _, once := range suitesOf(all) {
		for _, twice := range suitesOf(again) {
			if once.name == twice.name && once.slower() && twice.exceedAgain(meanSlower) {
				slower = append(slower, fmt.Sprintf("%s: %.3f and %.3f times what it was, on the geometric mean of %d", once.name, once.median(), twice.median(), once.rows))
			}
		}
	}
	return all, slower, nil
}

// comparePairs compares the rows of two programs with that many pairs of processes.
func comparePairs(random *rand.Rand, rounds, pairs int, before, after string, only func(row) bool) (list []comparison, err error) {
	for range pairs {
		if list, err = comparePair(random, rounds, before, after, only, list); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// comparePair compares with one more pair of processes. In each round both run a loop of each row, one right behind the
// other, in an order that random makes anew: so what else the machine does disturbs both alike, and it disturbs a row
// now and then, and not all the time.
func comparePair(random *rand.Rand, rounds int, before, after string, only func(row) bool, list []comparison) ([]comparison, error) {
	var both [2]*process
	for i, program := range []string{before, after} {
		p, err := start(program)
		if err != nil {
			return nil, err
		}
		defer p.end()
		both[i] = p
	}
	if list == nil {
		for i, r := range both[1].rows {
			old := slices.IndexFunc(both[0].rows, func(o row) bool { return o.String() == r.String() })
			if only(r) && old >= 0 { // else it is new
				list = append(list, comparison{row: r, at: [2]int{old, i}})
			}
		}
	}
	byRound := make([][]float64, len(list))
	for range rounds {
		for _, i := range random.Perm(len(list)) {
			c := &list[i]
			for _, which := range random.Perm(2) {
				var err error
				if c.costs[which], err = both[which].measure(c.at[which]); err != nil {
					return nil, fmt.Errorf("%s: %w", c, err)
				}
			}
			byRound[i] = append(byRound[i], c.costs[1].ns/c.costs[0].ns)
		}
	}
	for i := range list {
		list[i].changes = append(list[i].changes, quartiles(byRound[i]).Median())
	}
	return list, nil
}

// checkAll says what of the rows that match became slower since that commit, or since the one that has written
// results.json if it is empty.
func checkAll(w io.Writer, only *regexp.Regexp, rounds int, seed uint64, since string) error {
	dir, err := os.MkdirTemp("", "corspec-peers-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if since == "" {
		text, err := output("git", "log", "-1", "--format=%H", "--", resultsFile)
		if since = strings.TrimSpace(string(text)); err != nil || since == "" {
			return fmt.Errorf("-check needs the repository's history, with the commit that has written %s (err: %v); or name another one with -since", resultsFile, err)
		}
	}
	before, after := filepath.Join(dir, "before"), filepath.Join(dir, "after")
	if err := buildAt(since, filepath.Join(dir, "tree"), before); err != nil {
		return err
	}
	if err := build(".", after); err != nil {
		return err
	}
	fmt.Fprintf(w, "seed %d, beside %s\n", seed, since)
	random := rand.New(rand.NewPCG(seed, 0))
	all, slower, err := findSlower(func(pairs int, among func(row) bool) ([]comparison, error) {
		return comparePairs(random, rounds, pairs, before, after, func(r row) bool { return only.MatchString(r.Name) && among(r) })
	})
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("nothing matches")
	}
	for _, s := range suitesOf(all) {
		fmt.Fprintf(w, "%s: %.3f times what it was, on the geometric mean of %d\n", s.name, s.median(), s.rows)
	}
	worst := slices.MaxFunc(all, func(a, b comparison) int { return cmp.Compare(a.median(), b.median()) })
	fmt.Fprintf(w, "the most is %.3f times (%.2f): %s\n", worst.median(), worst.changes, worst)
	for _, line := range slower {
		fmt.Fprintln(w, "slower:", line)
	}
	if len(slower) > 0 {
		return fmt.Errorf("of %d rows and the means of them, %d became slower", len(all), len(slower))
	}
	fmt.Fprintf(w, "none of %d became slower\n", len(all))
	return nil
}

// build makes this command of the sources in a directory. Of the same sources it makes the same.
func build(dir, program string) error {
	c := exec.Command("go", "build", "-trimpath", "-buildvcs=false", "-o", program, ".")
	if c.Dir = dir; c.Dir != "." {
		c.Env = append(os.Environ(), "GOWORK=off")
	}
	if text, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("go build in %s: %w\n%s", dir, err, text)
	}
	return nil
}

// buildAt makes this command, as it is now, over the library as it was at a commit. It is put together in dir.
func buildAt(commit, dir, program string) error {
	// The library alone: of the conformance modules, this one is enough.
	library, err := output("git", "-C", "../..", "archive", "--format=tar", commit, "--", ".", ":(exclude)conformance")
	if err != nil {
		return err
	}
	if err := untar(bytes.NewReader(library), dir); err != nil {
		return err
	}
	here := filepath.Join(dir, "conformance", "peers")
	if err := os.MkdirAll(here, 0o777); err != nil {
		return err
	}
	for _, pattern := range []string{"*.go", "go.mod", "go.sum"} {
		names, _ := filepath.Glob(pattern)
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err == nil && !strings.HasSuffix(name, "_test.go") {
				err = os.WriteFile(filepath.Join(here, name), text, 0o666)
			}
			if err != nil {
				return err
			}
		}
	}
	if err := build(here, program); err != nil {
		return fmt.Errorf("the library of %s has not what is measured now; name a later commit with -since, or measure anew: %w", commit, err)
	}
	return nil
}

func untar(r io.Reader, dir string) error {
	for t := tar.NewReader(r); ; {
		h, err := t.Next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case !filepath.IsLocal(h.Name) || h.Typeflag != tar.TypeReg:
			continue
		}
		name := filepath.Join(dir, h.Name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			return err
		}
		text, err := io.ReadAll(t)
		if err == nil {
			err = os.WriteFile(name, text, 0o666)
		}
		if err != nil {
			return err
		}
	}
}

// output runs a command and returns what it prints, or an error with what it complains of.
func output(name string, arguments ...string) ([]byte, error) {
	var complaint bytes.Buffer
	c := exec.Command(name, arguments...)
	c.Stderr = &complaint
	text, err := c.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", name, arguments[0], err, &complaint)
	}
	return text, err
}
