package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
)

func TestPairwiseCoversEveryPair(t *testing.T) {
	for _, counts := range [][]int{{2, 2}, {3, 1, 2}, {10, 14, 3, 9, 5, 7, 8, 10, 8}, {1, 1}, {5, 4, 3, 2, 1}} {
		rows := pairwise(counts)
		for i := range counts {
			for j := i + 1; j < len(counts); j++ {
				for a := range counts[i] {
					for b := range counts[j] {
						if !slices.ContainsFunc(rows, func(row []int) bool { return row[i] == a && row[j] == b }) {
							t.Errorf("%v: no row has %d at %d and %d at %d", counts, a, i, b, j)
						}
					}
				}
			}
		}
		product := 1
		for _, n := range counts {
			product *= n
		}
		if len(rows) > product {
			t.Errorf("%v: %d rows are more than all combinations", counts, len(rows))
		}
		if again := pairwise(counts); !slices.EqualFunc(rows, again, slices.Equal[[]int]) {
			t.Errorf("%v: it does not give the same rows again", counts)
		}
	}
}

// TestCombinationsHaveEveryPair reads the pairs from the names of the scenarios.
func TestCombinationsHaveEveryPair(t *testing.T) {
	rows := map[string][]string{}
	for _, s := range combinations() {
		if name, ok := strings.CutPrefix(s.ID, "pairs/"); ok {
			rows[s.ID] = strings.Split(name, "+")
		}
	}
	factors := pairFactors()
	pairs := 0
	for i := range factors {
		for j := i + 1; j < len(factors); j++ {
			for _, a := range factors[i].values {
				for _, b := range factors[j].values {
					pairs++
					found := false
					for _, row := range rows {
						found = found || row[i] == a.name && row[j] == b.name
					}
					if !found {
						t.Errorf("no scenario has %s %q and %s %q", factors[i].name, a.name, factors[j].name, b.name)
					}
				}
			}
		}
	}
	if pairs != coveredPairs() {
		t.Errorf("coveredPairs says %d, there are %d", coveredPairs(), pairs)
	}
}

func TestScenarios(t *testing.T) {
	all := Scenarios()
	if len(all) < 1000 {
		t.Errorf("there are %d scenarios, want 1000 or more", len(all))
	}
	again := Scenarios()
	seen := map[string]bool{}
	vectors, elements := 0, 0
	for i, s := range all {
		if seen[s.ID] {
			t.Errorf("%s: the id is there twice", s.ID)
		}
		seen[s.ID] = true
		if string(mustJSON(s)) != string(mustJSON(again[i])) {
			t.Errorf("%s: it is another one when made again", s.ID)
		}
		if strings.HasPrefix(s.ID, "vectors/") {
			vectors++
		}
		if strings.HasPrefix(s.ID, "element") {
			elements++
		}
		e := s.expand(exampleOrigins(), "/s/x/1/", "token")
		text := string(mustJSON(e))
		for _, place := range []string{"{a}", "{b}", "{c}", "{d}", "{e}", "{h}", "{a/}", "{b/}", "{c/}", "{d/}", "{e/}", "{i/}", "{page}", "{host}", "{host-a}", "{path}"} {
			if strings.Contains(text, place) {
				t.Errorf("%s: %s is not filled", s.ID, place)
			}
		}
		for _, p := range fetch.Profiles() {
			o, err := predict(e, p)
			if err != nil {
				t.Errorf("%s: %s: %v", s.ID, p, err)
			} else if len(o.Results) != len(e.Steps) {
				t.Errorf("%s: %s: %d results of %d steps", s.ID, p, len(o.Results), len(e.Steps))
			}
		}
	}
	if vectors < 500 || elements < 100 {
		t.Errorf("there are %d scenarios of vectors and %d of elements", vectors, elements)
	}
}

// TestVectorsKeepTheirValues looks at a scenario whose vector names no page.
func TestVectorsKeepTheirValues(t *testing.T) {
	for _, s := range Scenarios() {
		if s.ID == "vectors/extract-header-list-values/max-age-usual" {
			if got, want := string(mustJSON(s.Serve["{b/}x"].Preflight)), `[{"status":204,"headers":[["Vary","Origin"],["Access-Control-Max-Age","600"],["Access-Control-Allow-Origin","*"],["Access-Control-Allow-Methods","PUT"]]}]`; got != want {
				t.Errorf("the preflight is answered with %s", got)
			}
			return
		}
	}
	t.Error("there is no such scenario")
}

func TestFontIsAligned(t *testing.T) {
	if f := font(); len(f)%4 != 0 || !strings.HasPrefix(f, "\x00\x01\x00\x00") {
		t.Errorf("the font is %d bytes and starts with %q", len(f), f[:4])
	}
}
