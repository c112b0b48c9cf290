package main

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the table of EVIDENCE.md anew")

// TestEvidence holds the table in EVIDENCE.md against measured.jsonl.
func TestEvidence(t *testing.T) {
	const begin, end = "<!-- mutation: begin -->\n", "<!-- mutation: end -->"
	all, err := readMeasured("measured.jsonl")
	if err != nil || len(all) == 0 {
		t.Fatalf("%d measurements, %v", len(all), err)
	}
	name := filepath.Join("..", "EVIDENCE.md")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, opened := strings.Cut(string(data), begin)
	got, after, closed := strings.Cut(rest, end)
	if !opened || !closed {
		t.Fatalf("%s does not have %s and %s", name, begin, end)
	}
	want := table(all)
	if *update {
		if err := os.WriteFile(name, []byte(before+begin+want+end+after), 0o666); err != nil {
			t.Fatal(err)
		}
	} else if got != want {
		t.Errorf("%s says\n%s\nand measured.jsonl\n%s\nwith -update it is written anew", name, got, want)
	}
}

func TestMeasure(t *testing.T) {
	mutant := func(pkg, f string) *Mutant { return &Mutant{Func: f, pkg: pkg} }
	same := mutant("a", "same")
	measured := measure([]verdict{{Mutant: mutant("b", "f"), By: "x"}, {Mutant: mutant("a", "f"), By: "x"}, {Mutant: mutant("a", "g"), By: "x", Hang: true}, {Mutant: mutant("a", "h")}, {Mutant: same}},
		map[Mutant]string{same.key(): "why"})
	name := filepath.Join(t.TempDir(), "measured.jsonl")
	for range 2 {
		for i := range measured {
			measured[i].Percent, measured[i].Seed = 10, "s"
		}
		if err := record(name, measured); err != nil {
			t.Fatal(err)
		}
	}
	all, err := readMeasured(name)
	if err != nil {
		t.Fatal(err)
	}
	all[1].Percent = 100
	const want = `| package | functions | mutants | killed | hang | equivalent | survive | noticed |
|---|---|---:|---:|---:|---:|---:|---:|
| a | 10 % (seed s) | 4 | 1 | 1 | 1 | 1 | 66.7 % |
| b | all | 1 | 1 | 0 | 0 | 0 | 100.0 % |
| all |  | 5 | 2 | 1 | 1 | 1 | 75.0 % |
`
	if got := table(all); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
