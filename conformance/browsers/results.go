package main

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
)

// Results are what was measured.
type Results struct {
	Date      string      `json:"date"`
	Standard  string      `json:"standard"` // the commit
	Scenarios int         `json:"scenarios"`
	Pairs     int         `json:"pairs"` // of values of two factors, each of which some scenario has
	Browsers  []*Measured `json:"browsers"`
}

// Measured is what was measured of one browser.
type Measured struct {
	Name      string `json:"name"`
	Version   string `json:"version"`
	UserAgent string `json:"userAgent"`
	Failure   string `json:"failure,omitempty"` // why it was not measured, or not to the end

	Scenarios int `json:"scenarios"` // that it has done
	Standard  int `json:"standard"`  // that agree with the standard
	Profile   int `json:"profile"`   // that agree with the profile

	Differences map[string][]string `json:"differences"`        // the scenarios that differ from the standard, by the difference's name
	Exceptions  map[string][]string `json:"exceptions"`         // those that differ from the profile too, by the exception's name
	NotAsked    map[string][]string `json:"notAsked,omitempty"` // those that the browser cannot do as it is run here, by the reason's name
	Unexplained []Unexplained       `json:"unexplained"`
	Unsupported []string            `json:"unsupported,omitempty"` // scenarios of a feature that it does not have
	NotRun      []string            `json:"notRun,omitempty"`
	Reasons     Reasons             `json:"reasons"`

	Repeated int `json:"-"` // scenarios that were done again, because they were not as expected
	Restarts int `json:"-"`

	data []performed // all that counts
}

// A datum is a line of what -data writes: a scenario as a browser did it, and what came of it.
type datum struct {
	Browser  string      `json:"browser"`
	Scenario *Scenario   `json:"scenario"`
	Observed Observation `json:"observed"`
}

// writeData writes what was done, a line of JSON for each scenario.
func writeData(w io.Writer, m *Measured) error {
	for _, p := range m.data {
		if _, err := w.Write(append(mustJSON(datum{m.Name, p.expanded, p.observed}), '\n')); err != nil {
			return err
		}
	}
	return nil
}

// Unexplained is a scenario in which a browser differs and nobody knows why.
type Unexplained struct {
	Scenario    string   `json:"scenario"`
	Differences []string `json:"differences"`
}

// A Note explains a difference.
type Note struct {
	Name     string `json:"name"`
	Standard string `json:"standard"` // the step, and what it says
	Engine   string `json:"engine"`   // what engines do
	Issue    string `json:"issue"`    // where it is known
	Source   string `json:"source"`   // or its place in an engine's source
	Searched string `json:"searched"` // or the date on which neither was found

	// Of an exception, and of what is not asked: the engines, with spaces between them, and the scenarios.
	Only      string `json:"only,omitempty"`
	Scenarios string `json:"scenarios,omitempty"` // a regular expression

	// Of an exception: what the engine does instead, to which it is held; or how it may differ, one of these texts or
	// several.
	Instead *Instead `json:"instead,omitempty"`
	Differs string   `json:"differs,omitempty"` // a regular expression for each text
}

// fits reports whether the note is about a scenario in an engine.
func (n *Note) fits(engine, id string) bool {
	return slices.Contains(strings.Fields(n.Only), engine) && matches(n.Scenarios, id)
}

func matches(pattern, s string) bool {
	return regexp.MustCompile("^(?:" + pattern + ")$").MatchString(s)
}

// Instead is what an engine does instead of what the standard says of the request of a step. An empty member changes
// nothing.
type Instead struct {
	Mode        string `json:"mode,omitempty"`
	Credentials string `json:"credentials,omitempty"`
	Destination string `json:"destination,omitempty"`
	Cache       string `json:"cache,omitempty"`
	Redirect    string `json:"redirect,omitempty"`
	NoReferrer  bool   `json:"noReferrer,omitempty"`
	As          string `json:"as,omitempty"`      // that the engine takes for the link's
	Nothing     bool   `json:"nothing,omitempty"` // no request is made
	Outcome     string `json:"outcome,omitempty"` // that the page learns

	Without string `json:"without,omitempty"` // a difference of its profile that it does not have here
}

// change makes a request what it is instead.
func (i *Instead) change(r *fetch.Request) error {
	for _, f := range []struct {
		text string
		set  func([]byte) error
	}{{i.Mode, r.Mode.UnmarshalText}, {i.Credentials, r.Credentials.UnmarshalText}, {i.Destination, r.Destination.UnmarshalText}, {i.Cache, r.Cache.UnmarshalText}, {i.Redirect, r.Redirect.UnmarshalText}} {
		if f.text == "" {
			continue
		}
		if err := f.set([]byte(f.text)); err != nil {
			return err
		}
	}
	if i.NoReferrer {
		r.Referrer = origin.URL{}
	}
	return nil
}

//go:embed differences.json
var differencesJSON []byte

var notes = sync.OnceValue(func() (n struct{ Differences, Exceptions, NotAsked []Note }) {
	d := json.NewDecoder(bytes.NewReader(differencesJSON))
	d.DisallowUnknownFields()
	if err := d.Decode(&n); err != nil {
		panic("differences.json: " + err.Error()) // a test excludes it
	}
	return n
})

// notesFor returns those of the notes that are about a scenario in an engine.
func notesFor(all []Note, engine, id string) (fitting []*Note) {
	for i := range all {
		if all[i].fits(engine, id) {
			fitting = append(fitting, &all[i])
		}
	}
	return fitting
}

// compare says how results differ from those in a file, except in their date; "" where they do not.
func (r *Results) compare(before []byte) string {
	var old Results
	if err := json.Unmarshal(before, &old); err != nil {
		return err.Error()
	}
	old.Date = r.Date
	a, b := strings.Split(string(old.json()), "\n"), strings.Split(string(r.json()), "\n")
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return fmt.Sprintf("line %d is %s and was %s", i+1, strings.TrimSpace(b[i]), strings.TrimSpace(a[i]))
		}
	}
	if len(a) != len(b) {
		return fmt.Sprintf("there are %d lines and were %d", len(b), len(a))
	}
	return ""
}

// titles are the browsers' names for people.
var titles = map[string]string{"chromium": "Chromium", "firefox": "Firefox", "webkitgtk": "WebKitGTK"}

// markdown renders the results: first the table of evidence, then that of differences.
func (r *Results) markdown() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "# Browsers\n\nMeasured on %s against whatwg/fetch %.7s with `go run . -write`. This file is generated; `results.json` has the\nscenarios of each difference, `differences.json` what is known of it.\n\nBoth can be taken as data: `results.schema.json` describes `results.json`, and what `go run . -data FILE` writes, a line for each\nscenario in each browser: the page, its steps, what servers answered (`scenario`), and the requests that arrived and what the page\nlearnt (`observed`).\n\n", r.Date, r.Standard)
	b.WriteString("On Debian, as root: `apt-get install -y --no-install-recommends chromium-headless-shell firefox-esr libwebkit2gtk-4.1-0 xvfb`, then\n`go run . -again results.json` in this folder measures and compares.\n\n")
	b.WriteString(r.evidence())
	fmt.Fprintf(&b, "\nThe scenarios have every pair of method, headers, credentials mode, four response headers, redirects and state of the cache\n(%d pairs), and those of the vectors of `fetch` and `safelist` that can be run in a page. Pages are of http, of https, with\nembedder policies, and in frames with an opaque origin. On https, cookies go across sites (`Secure; SameSite=None`), and which\ncookies each request has is compared: whether credentials go with it, and whether those of a response were stored before; so are\nthose of each `SameSite`, and of none, that documents of other sites have set when they were shown.\nOf every request and preflight, what the standard determines is compared byte for byte: the author's headers, `Origin`,\n`Access-Control-Request-*`, `Referer`, `Sec-Fetch-*`, what cache modes and ranges add. What elements accept is left to them.\n\nWhat is not CORS is kept out: browsers are told to take cookies from third parties and the certificate of the servers, which is\nmade for the run.\n", r.Pairs)
	for _, m := range r.Browsers {
		if n := len(m.Unsupported); n > 0 {
			fmt.Fprintf(&b, "\n%s does not do %d scenarios, of features that it does not have: %s.\n", titles[m.Name], n, features(m.Unsupported))
		}
		for _, note := range notesOf(m.NotAsked) {
			fmt.Fprintf(&b, "\n%s is not asked %d scenarios: %s.\n", titles[m.Name], len(m.NotAsked[note.Name]), note.Engine)
		}
	}
	b.WriteString("\n## Differences\n\nIn how many scenarios an engine differs from the standard for that reason. Profiles of package `fetch` have them by name.\n\n| difference | ")
	for _, m := range r.Browsers {
		b.WriteString(titles[m.Name] + " | ")
	}
	b.WriteString("the standard | engines |\n|---|" + strings.Repeat("---:|", len(r.Browsers)) + "---|---|\n")
	count := func(n int) string {
		if n == 0 {
			return " "
		}
		return fmt.Sprint(n)
	}
	row := func(n Note, of func(*Measured) int) {
		fmt.Fprintf(&b, "| `%s` |", n.Name)
		for _, m := range r.Browsers {
			b.WriteString(" " + count(of(m)) + " |")
		}
		engine := n.Engine
		switch {
		case n.Issue != "":
			engine += " " + n.Issue
		case n.Source != "":
			engine += " (" + n.Source + ")"
		default:
			engine += " (no issue found on " + n.Searched + ")"
		}
		fmt.Fprintf(&b, " %s | %s |\n", n.Standard, engine)
	}
	for _, n := range notes().Differences {
		row(n, func(m *Measured) int { return len(m.Differences[n.Name]) })
	}
	b.WriteString("\n## Exceptions\n\nWhere an engine differs from its profile as well.\n\n| exception | ")
	for _, m := range r.Browsers {
		b.WriteString(titles[m.Name] + " | ")
	}
	b.WriteString("the standard | engines |\n|---|" + strings.Repeat("---:|", len(r.Browsers)) + "---|---|\n")
	for _, n := range notes().Exceptions {
		row(n, func(m *Measured) int { return len(m.Exceptions[n.Name]) })
	}
	return []byte(b.String())
}

// notesOf are the notes that some scenarios were not asked for.
func notesOf(notAsked map[string][]string) []Note {
	return slices.DeleteFunc(slices.Clone(notes().NotAsked), func(n Note) bool { return len(notAsked[n.Name]) == 0 })
}

// features says in words what scenarios need.
func features(ids []string) string {
	count := map[string]int{}
	for _, s := range Scenarios() {
		if !slices.Contains(ids, s.ID) {
			continue
		}
		feature := "bodies of requests that are streams"
		if via := s.Steps[0].Via; via != "fetch" {
			feature = strings.TrimSpace("`" + via + "` " + s.Steps[0].Property)
		}
		count[feature]++
	}
	var list []string
	for feature, n := range count {
		list = append(list, fmt.Sprintf("%s (%d)", feature, n))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

// evidence is the table that EVIDENCE.md has, too.
func (r *Results) evidence() string {
	var b strings.Builder
	b.WriteString("| browser | scenarios | as the standard | as its profile | exceptions | unexplained |\n|---|---:|---:|---:|---:|---:|\n")
	for _, m := range r.Browsers {
		if m.Failure != "" {
			fmt.Fprintf(&b, "| %s | not measured: %s | | | | |\n", titles[m.Name], m.Failure)
			continue
		}
		fmt.Fprintf(&b, "| %s | %d | %d | %d | %d | %d |\n", m.title(), m.Scenarios, m.Standard, m.Profile, m.excepted(), len(m.Unexplained))
	}
	return b.String()
}

var versionNumber = regexp.MustCompile(`[0-9]+(\.[0-9a-z]+)+`)

func (m *Measured) title() string {
	return titles[m.Name] + " " + versionNumber.FindString(m.Version)
}

// undocumented returns the differences of all profiles that differences.json does not explain, and what it explains
// that no profile has.
func undocumented() (missing, extra []string) {
	known := map[string]bool{}
	for _, n := range notes().Differences {
		known[n.Name] = true
	}
	for _, p := range fetch.Profiles() {
		for _, d := range p.Differences() {
			if _, ok := known[string(d)]; !ok && !slices.Contains(missing, string(d)) {
				missing = append(missing, string(d))
			}
			known[string(d)] = false
		}
	}
	for name, unused := range known {
		if unused {
			extra = append(extra, name)
		}
	}
	sort.Strings(extra)
	return missing, extra
}
