package conformance

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// A mark names steps of an algorithm in a comment: "// CORS check, steps 6 and 7."
type mark struct {
	algorithm string // "CORS check", a name in definitionsFile
	numbers   []string
	fault     string // why it is not a mark as all are
}

const stepList = `[0-9]+(?:\.[0-9]+)*(?:(?:, | and | to )[0-9]+(?:\.[0-9]+)*)*`

var (
	stepWord    = regexp.MustCompile(`\b[Ss]teps? [0-9]`)
	stepsMarked = regexp.MustCompile(`^steps? (` + stepList + `)(?:[.,:;)]|$)`)
	stepInStep  = regexp.MustCompile(`^(.*), steps? ` + stepList + `, [a-z-]+$`)
	stepNumber  = regexp.MustCompile(`[0-9]+(?:\.[0-9]+)*`)
	stepThrough = regexp.MustCompile(`([0-9.]*[0-9]) to (?:[0-9]+\.)*([0-9]+)`)
)

// marksIn returns the marks in a comment, those with a fault too. Names are those of algorithms.
func marksIn(comment string, names []string) (marks []mark) {
	comment = strings.Join(strings.Fields(comment), " ")
	for _, at := range stepWord.FindAllStringIndex(comment, -1) {
		marks = append(marks, newMark(comment[:at[0]], comment[at[0]:], names))
	}
	return marks
}

// newMark reads a mark from "step 12." and what follows, and what stands before it.
func newMark(before, steps string, names []string) mark {
	marked := stepsMarked.FindStringSubmatch(steps)
	if marked == nil {
		return mark{fault: "want step, numbers, and a full stop"}
	}
	before, ok := strings.CutSuffix(before, ", ")
	if !ok {
		return mark{fault: "want an algorithm and a comma before step"}
	}
	// "CORS-safelisted request-header, step 2, content-type, step 4."
	if outer := stepInStep.FindStringSubmatch(before); outer != nil {
		before = outer[1]
	}
	m := mark{numbers: stepNumbers(marked[1]), fault: "there is no algorithm of that name in " + definitionsFile}
	for _, name := range names {
		rest, ok := strings.CutSuffix(before, name)
		if ok && len(name) > len(m.algorithm) && (rest == "" || strings.HasSuffix(rest, " ") || strings.HasSuffix(rest, "(")) {
			m.algorithm, m.fault = name, ""
		}
	}
	return m
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

func TestMarksIn(t *testing.T) {
	names := []string{"CORS check", "Get, decode, and split", "Main fetch", "new Request(input, init)", "Same site", "Same site, of two sites", "CORS-unsafe names"}
	for _, tt := range []struct{ comment, want string }{
		{"// CORS check, step 4.", "CORS check: 4"},
		{"// It decides. CORS check, steps 6\n// and 7, and more", "CORS check: 6 7"},
		{"// Get, decode, and split, steps 5.3 to 5.8.", "Get, decode, and split: 5.3 5.8 5.4 5.5 5.6 5.7"},
		{"// CORS-unsafe names, steps 4.1, 4.2 and 5.", "CORS-unsafe names: 4.1 4.2 5"},
		{"// Same site, of two sites, step 1. Main fetch, step 2.", "Same site, of two sites: 1|Main fetch: 2"},
		{"// CORS check, step 2, content-type, steps 1 and 2.", "CORS check: 2|CORS check: 1 2"},
		{"// new Request(input, init), step 1:", "new Request(input, init): 1"},
		{"// The steps of a redirect.", ""},
		{"// main fetch, step 12.", "!"},
		{"// Domain fetch, step 12.", "!"},
		{"// unMain fetch, step 12.", "!"},
		{"// Step 12.", "!"},
		{"// Main fetch, step 12 is it", "!"},
		{"// Main fetch's step 12.", "!"},
	} {
		var got []string
		for _, m := range marksIn(strings.ReplaceAll(tt.comment, "//", ""), names) {
			if m.fault != "" {
				got = append(got, "!")
				continue
			}
			got = append(got, m.algorithm+": "+strings.Join(m.numbers, " "))
		}
		if strings.Join(got, "|") != tt.want {
			t.Errorf("%s: %q, want %q", tt.comment, got, tt.want)
		}
	}
}

// TestStepMarks holds that steps are marked in one way everywhere: "// Main fetch, step 12.", with the name of an
// algorithm as definitionsFile has it.
func TestStepMarks(t *testing.T) {
	names, found := algorithmNames(t), 0
	for _, p := range list(t, "./...") {
		for _, file := range p.GoFiles {
			files := token.NewFileSet()
			parsed, err := parser.ParseFile(files, filepath.Join(p.Dir, file), nil, parser.ParseComments|parser.SkipObjectResolution)
			if err != nil {
				t.Fatal(err)
			}
			for _, group := range parsed.Comments {
				for _, m := range marksIn(group.Text(), names) {
					found++
					if m.fault != "" {
						t.Errorf("%s/%s:%d: a step is marked, and not as steps are: %s", p.name(), file, files.Position(group.Pos()).Line, m.fault)
					}
				}
			}
		}
	}
	if found < 400 {
		t.Errorf("found %d marks", found)
	}
}

// algorithmNames returns the names of all definitions.
func algorithmNames(t *testing.T) (names []string) {
	for _, d := range readDefinitions(t) {
		if !slices.Contains(names, d.name) {
			names = append(names, d.name)
		}
	}
	return names
}
