package main

import (
	"bytes"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance"
	"github.com/corspec/corspec/fetch"
)

// TestEveryDifferenceIsExplained holds differences.json against the profiles.
func TestEveryDifferenceIsExplained(t *testing.T) {
	missing, extra := undocumented()
	if len(missing) > 0 || len(extra) > 0 {
		t.Errorf("differences.json lacks %q and has %q, which no profile has", missing, extra)
	}
	anchors, err := os.ReadFile("../testdata/anchors.txt")
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, n := range slices.Concat(notes().Differences, notes().Exceptions) {
		if seen[n.Name] {
			t.Errorf("%s: it is there twice", n.Name)
		}
		seen[n.Name] = true
		if n.Engine == "" || n.Standard == "" {
			t.Errorf("%s: it does not say what the standard says and what engines do", n.Name)
		}
		if n.Issue != "" && !strings.HasPrefix(n.Issue, "https://") {
			t.Errorf("%s: the issue is %q", n.Name, n.Issue)
		}
		anchor, _, ok := strings.Cut(n.Standard, ": ")
		if anchor, _, _ = strings.Cut(anchor, ":"); !ok || !strings.Contains(anchor, " ") && !bytes.Contains(anchors, []byte("\n"+anchor+"\n")) {
			t.Errorf("%s: %q is no anchor of the standard", n.Name, anchor)
		}
	}
	for _, n := range notes().Exceptions {
		if p, ok := fetch.ProfileByName(n.Only); !ok || !slices.ContainsFunc(browsers, func(b *Browser) bool { return b.Name == n.Only }) {
			t.Errorf("%s: it is for %v", n.Name, p)
		}
		pattern, err := regexp.Compile("^(?:" + n.Scenarios + ")$")
		if err != nil {
			t.Errorf("%s: %v", n.Name, err)
		} else if !slices.ContainsFunc(Scenarios(), func(s *Scenario) bool { return pattern.MatchString(s.ID) }) {
			t.Errorf("%s: it is for no scenario", n.Name)
		}
	}
}

// TestResultsAreOfThisTree holds the results that are committed against the scenarios, the notes and the standard's commit.
func TestResultsAreOfThisTree(t *testing.T) {
	data, err := os.ReadFile("results.json")
	if err != nil {
		t.Fatal(err)
	}
	var r Results
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&r); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(r.json(), data) {
		t.Error("results.json is not as this program writes it")
	}
	markdown, err := os.ReadFile("RESULTS.md")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(r.markdown(), markdown) {
		t.Error("RESULTS.md is not what results.json and differences.json make")
	}
	if r.Standard != conformance.Standard {
		t.Errorf("the results are of commit %s of the standard, not %s", r.Standard, conformance.Standard)
	}
	if len(r.Browsers) != len(browsers) {
		t.Errorf("there are results of %d browsers", len(r.Browsers))
	}
	ids := map[string]bool{}
	for _, s := range Scenarios() {
		ids[s.ID] = true
	}
	for _, m := range r.Browsers {
		if m.Failure != "" || len(m.Unexplained) > 0 || m.Scenarios+len(m.Unsupported) != r.Scenarios {
			t.Errorf("%s was not measured to the end, or has differences that nobody explains", m.Name)
		}
		for _, id := range m.Unsupported {
			if !strings.HasPrefix(id, "stream/") {
				t.Errorf("%s: %s is given as unsupported", m.Name, id)
			}
		}
		for name, list := range m.Differences {
			if !slices.ContainsFunc(notes().Differences, func(n Note) bool { return n.Name == name }) {
				t.Errorf("%s: %q is not in differences.json", m.Name, name)
			}
			for _, id := range list {
				if !ids[id] {
					t.Errorf("%s: %s: there is no scenario %s; measure again", m.Name, name, id)
				}
			}
		}
		profile, _ := fetch.ProfileByName(m.Name)
		for _, d := range profile.Differences() {
			if len(m.Differences[string(d)]) == 0 {
				t.Errorf("%s: its profile has %v, and no scenario shows it", m.Name, d)
			}
		}
	}
	if diff := r.compare(data); diff != "" {
		t.Errorf("the results differ from themselves: %s", diff)
	}
	r.Browsers[0].Standard++
	if r.compare(data) == "" {
		t.Error("other results do not differ")
	}
}
