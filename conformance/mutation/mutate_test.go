package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// program is a package with something of each kind.
const program = `package small

import "strings"

const limit = 5

type kind uint8

const (
	none kind = iota
	some
)

var table = map[string]bool{"a": true}

func decide(s string, n int) (k kind, ok bool) {
	if n < limit && s != "" || strings.HasPrefix(s, "x") {
		n++
		return some, true
	}
	return none, false
}

func length(s string) (int, error) { return len(s) + 1, nil }
`

// programTests passes without a mutant, and notices some.
const programTests = `package small

import "testing"

func TestDecide(t *testing.T) {
	for s, want := range map[string]bool{"": false, "b": true} {
		if _, ok := decide(s, 0); ok != want {
			t.Error(s, ok)
		}
	}
}
`

func TestMutants(t *testing.T) {
	root, out := t.TempDir(), t.TempDir()
	folder := filepath.Join(root, "small")
	write(t, filepath.Join(root, "go.mod"), "module "+module+"\n\ngo 1.26.0\n")
	write(t, filepath.Join(folder, "small.go"), program)
	write(t, filepath.Join(folder, "small_test.go"), programTests)
	packages, err := load(root, []string{"small"})
	if err != nil {
		t.Fatal(err)
	}
	mutants, err := instrument(root, out, packages, map[int]bool{})
	if err != nil {
		t.Fatal(err)
	}
	b, output, err := build(root, out, "small")
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	judges, err := b.judges(mutants[len(mutants)-1].id)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range mutants {
		v, err := try(m, judges)
		if err != nil {
			t.Fatal(err)
		}
		line := strings.TrimPrefix(m.Func, "small.") + ": " + m.Was + " → " + m.Becomes
		if v.By != "" {
			line += " (" + v.By + ")"
		}
		got = append(got, line)
	}
	if err := os.Remove(b.path); err != nil {
		t.Fatal(err)
	}
	if v, err := try(mutants[2], judges); err == nil {
		t.Errorf("without its binary, a judge says %+v", v)
	}
	want := []string{
		`table: "a" → "a" + "\x00"`,
		`table: true → false`,
		`decide: n < limit && s != "" || strings.HasPrefix(s, "x") → true (small TestDecide)`,
		`decide: n < limit && s != "" || strings.HasPrefix(s, "x") → false (small TestDecide)`,
		`decide: n < limit && s != "" || strings.HasPrefix(s, "x") → n < limit && s != "" && strings.HasPrefix(s, "x") (small TestDecide)`,
		`decide: n < limit && s != "" → false (small TestDecide)`,
		`decide: n < limit && s != "" → n < limit || s != "" (small TestDecide)`,
		`decide: n < limit → true`,
		`decide: n < limit → n <= limit`,
		`decide: limit → limit + 1`,
		`decide: limit → limit - 1`,
		`decide: s != "" → true (small TestDecide)`,
		`decide: s != "" → s == "" (small TestDecide)`,
		`decide: "" → "" + "\x00" (small TestDecide)`,
		`decide: strings.HasPrefix(s, "x") → false`,
		`decide: "x" → "x" + "\x00"`,
		`decide: n++ → `,
		`decide: some → some + 1`,
		`decide: true → false (small TestDecide)`,
		`decide: false → true (small TestDecide)`,
		`length: len(s) + 1 → len(s) - 1`,
		`length: len(s) + 1 → *new(int)`,
		`length: 1 → 1 + 1`,
		`length: 1 → 1 - 1`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

// TestEquivalent reads the list, and holds that each entry has all that it needs.
func TestEquivalent(t *testing.T) {
	known, err := readKnown("equivalent.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for m, why := range known {
		if m.Func == "" || m.Line == "" || m.Was == m.Becomes || len(why) < 10 {
			entry, _ := json.Marshal(m)
			t.Errorf("%s: %q", entry, why)
		}
	}
}
