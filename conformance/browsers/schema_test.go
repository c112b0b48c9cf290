package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/corspec/corspec/fetch"
)

// schema compiles results.schema.json, or what of it has that fragment.
func schema(t *testing.T, fragment string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile("results.schema.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate validates JSON, or what it becomes where old is replaced by new, once.
func validate(t *testing.T, s *jsonschema.Schema, data []byte, old, new string) error {
	t.Helper()
	if !bytes.Contains(data, []byte(old)) {
		t.Fatalf("there is no %s in it", old)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(bytes.Replace(data, []byte(old), []byte(new), 1)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

// TestResultsFitSchema validates results.json, with what a browser that failed and differences that nobody explains
// add, and with what is wrong.
func TestResultsFitSchema(t *testing.T) {
	s := schema(t, "")
	data, err := os.ReadFile("results.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := validate(t, s, data, "", ""); err != nil {
		t.Errorf("results.json: %v", err)
	}
	r := Results{Date: "2026-11-29", Standard: strings.Repeat("0", 40), Scenarios: 1, Pairs: 1, Browsers: []*Measured{measure(&Browser{Name: "firefox", programs: []string{"no-such-browser"}}, Scenarios()[:1], time.Now(), t.Logf)}}
	m := r.Browsers[0]
	m.Differences["x-1"], m.NotAsked = []string{"a/b"}, map[string][]string{"x": {"a/b c"}}
	m.Unexplained, m.Unsupported, m.NotRun = []Unexplained{{"a/b", []string{"x"}}}, []string{"a/b"}, []string{"a/b"}
	if err := validate(t, s, r.json(), "", ""); err != nil {
		t.Errorf("what was not measured: %v", err)
	}
	for _, wrong := range [][2]string{{`"date": "`, `"date": "x`}, {`"standard": "`, `"standard": "x`}, {`"name": "chromium"`, `"name": "opera"`}, {`"scenarios": `, `"scenarios": -`}, {`"differences": {`, `"differences": {"X": [],`},
		{`"unexplained": [`, `"unexplained": ["x"`}, {`"userAgent"`, `"useragent"`}, {`"compared"`, `"Compared"`}, {`"exceptions": {`, `"exceptions": {"x": [1],`}} {
		if err := validate(t, s, data, wrong[0], wrong[1]); err == nil {
			t.Errorf("with %s it is valid", wrong[1])
		}
	}
}

// TestDataFitsSchema validates what -data would write of browsers that do as the profiles.
func TestDataFitsSchema(t *testing.T) {
	s := schema(t, "#/$defs/performed")
	for i, sc := range Scenarios() {
		profile := fetch.Profiles()[1:][i%3]
		e := sc.expand(exampleOrigins(), "/s/x/1/", "token")
		o, err := predict(e, profile)
		if err != nil {
			t.Fatal(err)
		}
		line := mustJSON(datum{profile.String(), e, o})
		if err := validate(t, s, line, "", ""); err != nil {
			t.Fatalf("%s: %v\n%s", sc.ID, err, line)
		}
		if err := validate(t, s, line, `"network":`, `"net":`); err == nil {
			t.Fatalf("%s: without its network it is valid", sc.ID)
		}
	}
	var b strings.Builder
	p := performed{expanded: Scenarios()[0].expand(exampleOrigins(), "/s/x/1/", "token"), observed: Observation{Network: []Sent{}, Results: []Outcome{}}}
	writeData(&b, &Measured{Name: "firefox", data: []performed{p, p}})
	lines := strings.Split(strings.TrimSpace(b.String()), "\n")
	var d datum
	if err := json.Unmarshal([]byte(lines[0]), &d); len(lines) != 2 || err != nil || d.Browser != "firefox" || d.Scenario.ID != p.expanded.ID {
		t.Errorf("it writes %q: %v", b.String(), err)
	}
}
