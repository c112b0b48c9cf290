package main

import (
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/conformance"
)

const vectorsAbout = `
Vectors prints the embedded vectors as JSON lines: all of them, those of one algorithm, those that pin a step, or those with
the given ids. With -list it prints their ids and descriptions. The exit status is 1 if there is no such vector.

  corspec vectors -list -step cors-check:4     what pins a step
  corspec vectors -shapes fetch                what an algorithm takes and gives, and a row of it
  corspec vectors -coverage                    each step, its outcomes, and how many vectors pin it
  corspec vectors -export DIR                  files for people without Go: rows, schemas, licence, changes

With -run it puts them to a program that speaks the protocol of corspec exec, prints those that it answers otherwise, and
counts the rest. A row at which the program hangs or breaks off has failed, and the program is started again behind it. The
exit status is then 1 where one failed or none passed, and 2 where the program does not keep to the protocol at all. Of an
answer, -compare outcome compares what is decided, code also the codes of refusals, step everything.
`

// A listFlag is the value of a flag that may be repeated.
type listFlag []string

func (l *listFlag) String() string     { return "" }
func (l *listFlag) Set(s string) error { *l = append(*l, s); return nil }
func (l *listFlag) repeats()           {}

func runVectors(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("vectors", stderr, vectorsAbout)
	algorithm := flags.String("algorithm", "", "only those of the algorithm `NAME`")
	step := flags.String("step", "", "only those that pin a `STEP`, such as cors-check:4, or any step of an algorithm, such as cors-check")
	list := flags.Bool("list", false, "print ids and descriptions")
	shapes := flags.String("shapes", "", "print what the `ALGORITHM` takes and gives")
	coverage := flags.Bool("coverage", false, "print each step that is carried out, with the vectors that pin it; the exit status is 1 if one that can be reached has none")
	export := flags.String("export", "", "write the vectors with schemas, licence and changes to the directory `DIR`, which is made")
	program := flags.String("run", "", "the `PROGRAM` and its arguments, separated by spaces; no shell reads them")
	compare := flags.String("compare", string(conformance.ByOutcome), "with -run, compare by `outcome`, code or step")
	limit := durationFlag(10 * time.Second)
	flags.Var(&limit, "timeout", "with -run, what the program may take for an answer, a `DURATION`")
	var skip listFlag
	flags.Var(&skip, "skip", "with -run, `NAMES` of algorithms and ids that are not asked for, separated by commas; may be repeated")
	strict := flags.Bool("strict", false, "with -run, a vector that the program does not support and -skip does not name is exit status 1")
	junit := flags.String("junit", "", "with -run, write what became of each to `FILE`, as JUnit's XML")
	browser := flags.String("browser", "", "with -run, count apart what is answered otherwise as `NAME` is known to do: chromium, firefox or webkitgtk")
	ids, status, ok := parseArguments(flags, args, nil, stdout)
	if !ok {
		return status
	}
	fail := func(format string, args ...any) int {
		fmt.Fprintf(stderr, "corspec vectors: "+format+"\n", args...)
		return exitUsage
	}
	by := conformance.Comparison(*compare)
	command := strings.Fields(*program)
	given := given(flags)
	only := []string{} // of the flags that say what to do, those that were given
	for _, name := range []string{"list", "shapes", "coverage", "export", "run"} {
		if given[name] {
			only = append(only, "-"+name)
		}
	}
	switch {
	case len(command) == 0 && given["run"]:
		return fail("-run names no program")
	case len(only) > 1:
		return fail("%s: one of them at a time", strings.Join(only, " and "))
	case by != conformance.ByOutcome && by != conformance.ByCode && by != conformance.ByStep:
		return fail("-compare %q: it has to be outcome, code or step", *compare)
	case given["browser"] && !slices.Contains([]string{"chromium", "firefox", "webkitgtk"}, *browser):
		return fail("-browser %q: it has to be chromium, firefox or webkitgtk", *browser)
	case limit <= 0:
		return fail("-timeout %v: it has to be more than 0", time.Duration(limit))
	}
	for _, name := range []string{"compare", "timeout", "skip", "strict", "junit", "browser"} {
		if given[name] && !given["run"] {
			return fail("-%s is given, and -run names no program", name)
		}
	}
	if given["shapes"] {
		return printShape(*shapes, stdout, stderr)
	}
	if *coverage {
		return printCoverage(stdout)
	}

	chosen := slices.DeleteFunc(conformance.Vectors(), func(v conformance.Vector) bool {
		return *algorithm != "" && v.Algorithm() != *algorithm || len(ids) > 0 && !slices.Contains(ids, v.ID) || *step != "" && !pins(v.Step, *step)
	})
	if len(chosen) == 0 && len(ids) == 0 {
		what := fmt.Sprintf("of algorithm %q", *algorithm)
		if *step != "" {
			what = fmt.Sprintf("that pin the step %q", *step)
		}
		fmt.Fprintf(stderr, "corspec vectors: there are no vectors %s\n", what)
		return exitBad
	}
	for _, id := range ids {
		if !slices.ContainsFunc(chosen, func(v conformance.Vector) bool { return v.ID == id }) {
			fmt.Fprintf(stderr, "corspec vectors: there is no vector %q\n", id)
			status = exitBad
		}
	}
	all := conformance.Vectors()
	for _, name := range names(skip) {
		if !slices.ContainsFunc(all, func(v conformance.Vector) bool { return v.ID == name || v.Algorithm() == name }) {
			return fail("-skip %q: there is no such algorithm or id", name)
		}
	}
	switch {
	case len(chosen) == 0:
		return status
	case given["run"]:
		r := vectorRun{chosen, command, by, time.Duration(limit), names(skip), *strict, *junit, *browser, stdout, stderr}
		return max(status, r.run())
	case given["export"]:
		if err := exportVectors(*export, chosen); err != nil {
			return fail("%v", err)
		}
		fmt.Fprintf(stdout, "%s: %s\n", printable(*export), plural(len(chosen), "vector", "vectors"))
		return status
	}
	for _, v := range chosen {
		if *list {
			fmt.Fprintf(stdout, "%s: %s\n", v.ID, v.Description)
			continue
		}
		row, err := encode(v)
		if err != nil {
			return fail("%s: %v", v.ID, err)
		}
		fmt.Fprintf(stdout, "%s\n", row)
	}
	return status
}

// pins reports whether a vector's step is that step, a part of it, or any of an algorithm.
func pins(step, wanted string) bool {
	rest, ok := strings.CutPrefix(step, wanted)
	return ok && (rest == "" || rest[0] == ':' || rest[0] == '.')
}

// printShape prints what an algorithm takes and gives, and the first of its vectors.
func printShape(algorithm string, stdout, stderr io.Writer) int {
	input, output, notes, ok := conformance.Shape(algorithm)
	if !ok {
		fmt.Fprintf(stderr, "corspec vectors: there is no algorithm %q; corspec exec's \"hello\" lists them\n", algorithm)
		return exitBad
	}
	fmt.Fprintf(stdout, "%s\n  input:   %s\n  output:  %s\n", algorithm, input, output)
	for _, v := range conformance.Vectors() {
		if v.Algorithm() == algorithm {
			line, err := encode(question{v.ID, algorithm, v.Input})
			if err == nil {
				fmt.Fprintf(stdout, "  such as  %s\n  gives    %s\n", line, v.Output)
			}
			break
		}
	}
	for _, text := range notes {
		fmt.Fprintf(stdout, "\n%s\n", text)
	}
	return exitOK
}

// printCoverage prints each step that is carried out: how many vectors it decides and with which outcomes, or that
// others pass through it.
func printCoverage(stdout io.Writer) int {
	pinned := map[string][]string{} // the outcomes, by step
	for _, v := range conformance.Vectors() {
		steps := []string{v.Step}
		for _, match := range outputSteps.FindAllSubmatch(v.Output, -1) {
			if step := string(match[1]); step != v.Step {
				steps = append(steps, step)
			}
		}
		for _, step := range steps {
			pinned[step] = append(pinned[step], outcomeOf(v))
		}
	}
	status, through, none := exitOK, 0, 0
	for _, s := range conformance.Steps() {
		outcomes := pinned[s.Step]
		what := fmt.Sprintf("%4d  %s", len(outcomes), strings.Join(distinct(outcomes), ", "))
		switch {
		case len(outcomes) > 0:
		case s.Reached:
			through++
			what = "   -  passed through by vectors that other steps decide"
		default:
			none++
			what = "   0  not reached by vectors: see conformance/testdata/unreached.txt"
		}
		fmt.Fprintf(stdout, "%-70s %s\n", s.Step, what)
	}
	steps := conformance.Steps()
	fmt.Fprintf(stdout, "%d steps: %d pinned, %d passed through, %d not reached\n", len(steps), len(steps)-through-none, through, none)
	for _, s := range steps {
		if !s.Reached && len(pinned[s.Step]) > 0 {
			fmt.Fprintf(stdout, "%s is pinned by vectors that do not execute it\n", s.Step)
			status = exitBad
		}
	}
	return status
}

var outputSteps = regexp.MustCompile(`"step":\s*"([^"]+)"`)

// outcomeOf is the outcome of a vector in a word: a code, a boolean, null, failure, or that it has a value.
func outcomeOf(v conformance.Vector) string {
	var output any
	if err := json.Unmarshal(v.Output, &output); err != nil {
		return "value"
	}
	switch o := output.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprint(o)
	case map[string]any:
		for _, name := range []string{"code", "failure", "throws", "ok"} {
			switch value := o[name].(type) {
			case string:
				return value
			case bool:
				return map[bool]string{true: name, false: "not " + name}[value]
			}
		}
	}
	return "value"
}

// distinct returns each of the strings once, sorted.
func distinct(list []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(list)))
}
