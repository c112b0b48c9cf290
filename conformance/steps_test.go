package conformance

import (
	stdcmp "cmp"
	"maps"
	"os"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// unreachedFile lists what no vector executes, with the reasons.
const unreachedFile = "testdata/unreached.txt"

// TestStepCoverage measures which statements of the core the embedded vectors execute, by way of Evaluate alone. They
// have to execute all of every function that links a definition of a standard or marks its steps, except for what
// unreachedFile lists.
func TestStepCoverage(t *testing.T) {
	if info, ok := debug.ReadBuildInfo(); ok && slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		t.Skip("the race detector does not change what is executed, which is measured without it")
	}
	if testing.Short() {
		t.Skip("builds the core once more, with coverage counters")
	}
	unreached := readUnreached(t)
	functions := measureCoverage(t).functions(t)

	var statements, executed, marks, executedMarks int
	reached := map[string]bool{} // by what unreachedFile calls them; false where something is missing
	for _, f := range functions {
		reached[f.name] = f.executed > 0
		if !f.ofStandard() {
			continue
		}
		statements += f.statements
		executed += f.executed
		for _, m := range f.missing {
			name := f.name + ": " + m.text
			reached[name] = false
			if unreached[f.name] == 0 && unreached[name] == 0 {
				t.Errorf("%s:%d: no vector executes what starts here. Add one, or this to %s:\n\t%s", f.file, m.line, unreachedFile, name)
			}
		}
		for _, m := range f.marks {
			marks++
			if m.executed {
				executedMarks++
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(unreached)) {
		if executed, known := reached[name]; !known {
			t.Errorf("%s:%d: there is no %s that vectors do not execute", unreachedFile, unreached[name], name)
		} else if executed {
			t.Errorf("%s:%d: vectors do execute %s", unreachedFile, unreached[name], name)
		}
	}
	checkSteps(t, functions)
	checkStepsText(t, functions)
	t.Logf("the vectors pass through %d of %d marked steps and %d of %d statements; %s has %d lines for the others",
		executedMarks, marks, executed, statements, unreachedFile, len(unreached))
	if executedMarks == 0 || executed == 0 {
		t.Error("nothing has been measured")
	}
}

// readUnreached returns the functions and blocks that unreachedFile names, and in which line.
func readUnreached(t *testing.T) map[string]int {
	t.Helper()
	data, err := os.ReadFile(unreachedFile)
	if err != nil {
		t.Fatal(err)
	}
	names, number, reason := map[string]int{}, 0, false
	for line := range strings.Lines(string(data)) {
		number++
		line = strings.TrimRight(line, "\r\n")
		name, indented := strings.CutPrefix(line, "\t")
		switch {
		case strings.HasPrefix(line, "#"):
		case !indented:
			reason = line != ""
		case !reason:
			t.Errorf("%s:%d: %s stands there without a reason", unreachedFile, number, name)
		case names[name] != 0:
			t.Errorf("%s:%d: %s stands also in line %d", unreachedFile, number, name, names[name])
		default:
			names[name] = number
		}
	}
	return names
}

// checkStepsText holds steps.txt to the marks and to what vectors execute; with -update it writes it.
func checkStepsText(t *testing.T, functions []*function) {
	t.Helper()
	anchors := map[string]string{} // by the name of their definition, the first
	for _, d := range readDefinitions(t) {
		if _, anchor, _ := strings.Cut(d.link, "#"); anchors[d.name] == "" {
			anchors[d.name] = anchor
		}
	}
	reached, names := map[string]bool{}, map[string]string{}
	for _, f := range functions {
		for _, m := range f.marks {
			for _, number := range m.numbers {
				step := anchors[m.algorithm] + ":" + number
				reached[step], names[step] = reached[step] || m.executed, m.algorithm
			}
		}
	}
	var b strings.Builder
	for _, step := range slices.SortedFunc(maps.Keys(names), compareSteps) {
		b.WriteString(step + " | " + names[step])
		if !reached[step] {
			b.WriteString(" | not reached")
		}
		b.WriteByte('\n')
	}
	if *update {
		if err := os.WriteFile("steps.txt", []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if diff := cmp.Diff(stepsText, b.String()); diff != "" {
		t.Errorf("steps.txt is of another state of the code (go test ./conformance -run TestStepCoverage -update): -it +measured\n%s", diff)
	}
}

// compareSteps orders steps by anchor, and then by their numbers.
func compareSteps(a, b string) int {
	aAnchor, aNumber, _ := strings.Cut(a, ":")
	bAnchor, bNumber, _ := strings.Cut(b, ":")
	numbers := func(s string) (l []int) {
		for part := range strings.SplitSeq(s, ".") {
			n, _ := strconv.Atoi(part)
			l = append(l, n)
		}
		return l
	}
	return stdcmp.Or(stdcmp.Compare(aAnchor, bAnchor), slices.Compare(numbers(aNumber), numbers(bNumber)))
}

// checkSteps compares the steps that rows name with those of the code. Each step that a verdict names in code that
// vectors execute is in some output. The step that a row says decides is one of its output's, or, where that has none,
// marked in the code.
func checkSteps(t *testing.T, functions []*function) {
	t.Helper()
	anchors := map[string][]string{} // by the name of their definition
	for _, d := range readDefinitions(t) {
		_, anchor, _ := strings.Cut(d.link, "#")
		anchors[d.name] = append(anchors[d.name], anchor)
	}
	emitted, marked := map[string]bool{}, map[string]bool{}
	for _, f := range functions {
		for step, executed := range f.steps {
			emitted[step] = emitted[step] || executed
		}
		for _, m := range f.marks {
			for _, anchor := range anchors[m.algorithm] {
				for _, number := range m.numbers {
					marked[anchor+":"+number] = true
				}
			}
		}
	}
	outputs := map[string]bool{}
	for _, v := range Vectors() {
		var own []string
		for _, match := range outputStep.FindAllSubmatch(v.Output, -1) {
			own = append(own, string(match[1]))
			outputs[string(match[1])] = true
		}
		switch {
		case v.Step == "":
		case len(own) > 0 && !slices.Contains(own, v.Step):
			t.Errorf("%s is to be decided by step %s, and its output says by %q", v.ID, v.Step, own)
		case len(own) == 0 && !isMarked(marked, v.Step):
			t.Errorf("%s is decided by step %s, which is marked nowhere in the code", v.ID, v.Step)
		}
	}
	for _, step := range slices.Sorted(maps.Keys(emitted)) {
		if emitted[step] && !outputs[step] {
			t.Errorf("verdicts name step %s, which is in the output of no vector", step)
		}
	}
	for _, step := range slices.Sorted(maps.Keys(outputs)) {
		if _, ok := emitted[step]; !ok {
			t.Errorf("vectors have outputs with step %s, which no verdict names", step)
		}
	}
}

var outputStep = regexp.MustCompile(`"step":\s*"([^"]+)"`)

// isMarked reports whether a step is marked, or one of its substeps, or the step of which it is one.
func isMarked(marked map[string]bool, step string) bool {
	for m := range marked {
		if m == step || strings.HasPrefix(m, step+".") || strings.HasPrefix(step, m+".") {
			return true
		}
	}
	return false
}
