package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/corspec/corspec/conformance/clienttest"
)

// results are what was found of all user agents.
type results struct {
	agents map[string]measured
}

// measured is what was found of one.
type measured struct {
	Client  string // what it calls itself, with its version
	Date    string // of the measurement
	Against string // the profile that it was compared with
	Runs    int    // how often corspec was run until nothing more could be had

	// Verdicts are what became of each case, by id: "pass", "unsupported", "inconclusive", or the worst severity of
	// what was found and the kinds of that, such as "unsafe: read, sent". A case with nothing but notes passes: "note:
	// request-header".
	Verdicts map[string]string

	Inconclusive map[string]string // why, by id
}

// add takes what a report says, in place of what an earlier one said.
func (m *measured) add(report clienttest.Report) {
	type worst struct {
		severity clienttest.Severity
		kinds    []string
	}
	found := map[string]worst{}
	for _, f := range report.Findings {
		w, ok := found[f.ID]
		if !ok || f.Severity > w.severity {
			w = worst{severity: f.Severity}
		}
		if f.Severity == w.severity && !slices.Contains(w.kinds, f.Kind) {
			w.kinds = append(w.kinds, f.Kind)
		}
		found[f.ID] = w
	}
	for _, c := range report.Cases {
		delete(m.Inconclusive, c.ID)
		verdict := string(c.Outcome)
		w, ok := found[c.ID]
		switch {
		case c.Outcome == clienttest.OutcomeInconclusive:
			m.Inconclusive[c.ID] = c.Reason
		case ok:
			slices.Sort(w.kinds)
			verdict = w.severity.String() + ": " + strings.Join(w.kinds, ", ")
		}
		m.Verdicts[c.ID] = verdict
	}
}

// class is the first word of a verdict.
func class(verdict string) string {
	word, _, _ := strings.Cut(verdict, ":")
	return word
}

// The form of results.json: of each case one line, which says which user agents have which verdict.
type (
	jsonResults struct {
		Agents map[string]jsonAgent           `json:"agents"`
		Cases  map[string]map[string][]string `json:"cases"`
	}
	jsonAgent struct {
		Client       string            `json:"client"`
		Date         string            `json:"date"`
		Against      string            `json:"against"`
		Runs         int               `json:"runs"`
		Inconclusive map[string]string `json:"inconclusive,omitempty"`
	}
)

// readResults reads results.json, if there is one.
func readResults() (*results, error) {
	r := &results{agents: map[string]measured{}}
	text, err := os.ReadFile("results.json")
	if errors.Is(err, fs.ErrNotExist) {
		return r, nil
	}
	var in jsonResults
	if err == nil {
		err = json.Unmarshal(text, &in)
	}
	if err != nil {
		return nil, fmt.Errorf("results.json: %w", err)
	}
	for name, a := range in.Agents {
		m := measured{a.Client, a.Date, a.Against, a.Runs, map[string]string{}, a.Inconclusive}
		for id, verdicts := range in.Cases {
			for verdict, names := range verdicts {
				if slices.Contains(names, name) {
					m.Verdicts[id] = verdict
				}
			}
		}
		r.agents[name] = m
	}
	return r, nil
}

// update changes results.json, and makes RESULTS.md of it.
func update(change func(*results)) error {
	r, err := readResults()
	if err != nil {
		return err
	}
	change(r)
	if err := os.WriteFile("results.json", r.json(), 0o666); err != nil {
		return err
	}
	return os.WriteFile("RESULTS.md", r.markdown(), 0o666)
}

// json returns results.json.
func (r *results) json() []byte {
	out := jsonResults{map[string]jsonAgent{}, map[string]map[string][]string{}}
	for _, name := range slices.Sorted(maps.Keys(r.agents)) {
		m := r.agents[name]
		out.Agents[name] = jsonAgent{m.Client, m.Date, m.Against, m.Runs, m.Inconclusive}
		for id, verdict := range m.Verdicts {
			if out.Cases[id] == nil {
				out.Cases[id] = map[string][]string{}
			}
			out.Cases[id][verdict] = append(out.Cases[id][verdict], name)
		}
	}
	var b bytes.Buffer
	b.WriteString("{\n\"agents\": {\n")
	lines(&b, out.Agents)
	b.WriteString("},\n\"cases\": {\n")
	lines(&b, out.Cases)
	b.WriteString("}\n}\n")
	return b.Bytes()
}

// lines writes the members of an object, a line each.
func lines[V any](b *bytes.Buffer, members map[string]V) {
	e := json.NewEncoder(b)
	e.SetEscapeHTML(false)
	text := func(v any) {
		if err := e.Encode(v); err != nil {
			panic(err) // cannot be: it is made of strings and numbers
		}
		b.Truncate(b.Len() - len("\n"))
	}
	names := slices.Sorted(maps.Keys(members))
	for i, name := range names {
		text(name)
		b.WriteString(": ")
		text(members[name])
		if i < len(names)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
}

// measuredAgents returns those that have results, in the order of the table.
func (r *results) measuredAgents() []*agent {
	return slices.DeleteFunc(slices.Clone(agents), func(a *agent) bool { _, ok := r.agents[a.name]; return !ok })
}

// classes are the columns of the table.
var classes = []string{"pass", "unsafe", "broken", "wasteful", "unsupported", "inconclusive"}

// table returns the table of all user agents.
func (r *results) table() string {
	var b strings.Builder
	b.WriteString("| user agent | measured | against | cases | " + strings.Join(classes, " | ") + " | command |\n|---|---|---|---:|" + strings.Repeat("---:|", len(classes)) + "---|\n")
	for _, a := range r.measuredAgents() {
		m := r.agents[a.name]
		counts := map[string]int{}
		for _, verdict := range m.Verdicts {
			counts[class(verdict)]++
		}
		counts["pass"] += counts["note"]
		fmt.Fprintf(&b, "| %s (%s) | %s | %s | %d |", a.title, m.Client, m.Date, m.Against, len(m.Verdicts))
		for _, c := range classes {
			fmt.Fprintf(&b, " %d |", counts[c])
		}
		fmt.Fprintf(&b, " `go run . -run %s` |\n", a.name)
	}
	return b.String()
}

// markdown returns RESULTS.md.
func (r *results) markdown() []byte {
	var b bytes.Buffer
	b.WriteString(`# What came of each case

This file is generated of ` + "`results.json`, which has the verdict of each user agent in each case, by `go run . -render`; `go run .`" + `
measures all again, and the command in the table one of them. [README.md](README.md) says in words what they do.

A case counts once, by the worst that was found in it: **unsafe** if a script reads what it must not, or something is sent that
must not be; **broken** if what works in a browser does not; **wasteful** if it costs a needless preflight. A case with nothing
but notes passes. **Unsupported** is what the user agent does not have, and is never a pass; **inconclusive** is where its driver
failed.

`)
	b.WriteString(r.table())
	for _, a := range r.measuredAgents() {
		m := r.agents[a.name]
		fmt.Fprintf(&b, "\n## %s\n\n", a.title)
		type sort struct {
			verdict string
			ids     []string
		}
		var sorts []*sort
		for _, id := range slices.Sorted(maps.Keys(m.Verdicts)) {
			verdict := m.Verdicts[id]
			if c := class(verdict); c == "pass" || c == "unsupported" || c == "inconclusive" {
				continue
			}
			i := slices.IndexFunc(sorts, func(s *sort) bool { return s.verdict == verdict })
			if i < 0 {
				i, sorts = len(sorts), append(sorts, &sort{verdict: verdict})
			}
			sorts[i].ids = append(sorts[i].ids, id)
		}
		order := func(s *sort) int {
			return slices.Index([]string{"unsafe", "broken", "wasteful", "note"}, class(s.verdict))
		}
		slices.SortStableFunc(sorts, func(a, b *sort) int {
			if d := order(a) - order(b); d != 0 {
				return d
			}
			return len(b.ids) - len(a.ids)
		})
		if len(sorts) == 0 {
			b.WriteString("Nothing was found, not even a note.\n")
		} else {
			b.WriteString("| found | cases | such as |\n|---|---:|---|\n")
		}
		for _, s := range sorts {
			fmt.Fprintf(&b, "| %s | %d | `%s` |\n", s.verdict, len(s.ids), strings.ReplaceAll(s.ids[0], "|", `\|`))
		}
		if m.Runs > 1 {
			fmt.Fprintf(&b, "\nCorspec was run %d times: what was inconclusive was asked again.\n", m.Runs)
		}
		if len(m.Inconclusive) > 0 {
			b.WriteString("\nInconclusive:\n\n")
		}
		for _, id := range slices.Sorted(maps.Keys(m.Inconclusive)) {
			fmt.Fprintf(&b, "* `%s`: %s\n", id, m.Inconclusive[id])
		}
	}
	return b.Bytes()
}
