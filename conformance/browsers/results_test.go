package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

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
	seen, all := map[string]bool{}, Scenarios()
	for _, n := range slices.Concat(notes().Differences, notes().Exceptions, notes().NotAsked) {
		if seen[n.Name] {
			t.Errorf("%s: it is there twice", n.Name)
		}
		seen[n.Name] = true
		if n.Scenarios != "" {
			checkScenarios(t, n, all)
		}
		if slices.ContainsFunc(notes().NotAsked, func(not Note) bool { return not.Name == n.Name }) {
			if n.Engine == "" || n.Instead != nil || n.Differs != "" {
				t.Errorf("%s: what is not asked has a reason and nothing else", n.Name)
			}
			continue
		}
		if n.Engine == "" || n.Standard == "" {
			t.Errorf("%s: it does not say what the standard says and what engines do", n.Name)
		}
		if _, err := time.Parse(time.DateOnly, n.Searched); n.Issue == "" && n.Source == "" && err != nil || n.Issue != "" && !strings.HasPrefix(n.Issue, "https://") {
			t.Errorf("%s: the issue is %q, the source %q, and it was searched for on %q", n.Name, n.Issue, n.Source, n.Searched)
		}
		anchor, _, ok := strings.Cut(n.Standard, ": ")
		if anchor, _, _ = strings.Cut(anchor, ":"); !ok || !strings.Contains(anchor, " ") && !bytes.Contains(anchors, []byte("\n"+anchor+"\n")) {
			t.Errorf("%s: %q is not an anchor of the standard", n.Name, anchor)
		}
	}
	for _, n := range notes().Exceptions {
		if (n.Instead == nil) == (n.Differs == "") {
			t.Errorf("%s: it says what the engine does instead, or how it may differ, and not both", n.Name)
		}
	}
}

// checkScenarios holds a note against the scenarios that there are: each of its engines and scenarios is one, and what
// it says that an engine does instead makes a difference there.
func checkScenarios(t *testing.T, n Note, all []*Scenario) {
	pattern, err := regexp.Compile("^(?:" + n.Scenarios + ")$")
	if err != nil {
		t.Fatalf("%s: %v", n.Name, err)
	}
	all = slices.DeleteFunc(slices.Clone(all), func(s *Scenario) bool { return !pattern.MatchString(s.ID) })
	if len(all) == 0 {
		t.Errorf("%s: it is for no scenario", n.Name)
	}
	if n.Differs != "" {
		if _, err := regexp.Compile(n.Differs); err != nil {
			t.Errorf("%s: %v", n.Name, err)
		}
	}
	for _, engine := range strings.Fields(n.Only) {
		profile, ok := fetch.ProfileByName(engine)
		if !ok || !slices.ContainsFunc(browsers, func(b *Browser) bool { return b.Name == engine }) {
			t.Errorf("%s: it is for %q", n.Name, engine)
			continue
		}
		if n.Instead != nil && !slices.ContainsFunc(all, func(s *Scenario) bool {
			e := s.expand(exampleOrigins(), "/s/x/0/", "token")
			with, err := predict(e, profile, &n)
			if err != nil {
				t.Fatal(err)
			}
			without, err := predict(e, profile)
			if err != nil {
				t.Fatal(err)
			}
			return len(differences(without, with)) > 0
		}) {
			t.Errorf("%s: what it says of %s changes nothing", n.Name, engine)
		}
	}
}

// algorithms are the names under which comments mark the steps that notes name.
var algorithms = map[string]string{
	"abstract-opdef-append-the-fetch-metadata-headers-for-a-request": "Append the Fetch metadata headers for a request", "abstract-opdef-set-site": "Set Sec-Fetch-Site", "determine-requests-referrer": "Determine request's referrer",
	"append-a-request-origin-header": "Append a request `Origin` header", "concept-header-extract-mime-type": "Extract a MIME type", "concept-request-tainted-origin": "Redirect-taint",
	"concept-response-location-url": "Location URL", "cors-check": "CORS check", "cors-preflight-fetch": "CORS-preflight fetch", "cors-safelisted-request-header": "CORS-safelisted request-header",
	"cors-unsafe-request-header-names": "CORS-unsafe request-header names", "cross-origin-embedder-policy-allows-credentials": "Cross-Origin-Embedder-Policy allows credentials",
	"cross-origin-resource-policy-internal-check": "Cross-origin resource policy internal check", "extract-header-list-values": "Extract header list values", "forbidden-request-header": "Forbidden request-header",
	"determine-the-same-site-mode": "Determine the same-site mode", "http-fetch": "HTTP fetch", "http-network-or-cache-fetch": "HTTP-network-or-cache fetch", "http-redirect-fetch": "HTTP-redirect fetch", "main-fetch": "Main fetch", "scheme-fetch": "Scheme fetch",
	"should-block-fetch": "Should fetching request be blocked as mixed content", "should-response-to-request-be-blocked-due-to-mime-type?": "Should response to request be blocked due to its MIME type", "simple-range-header-value": "Parse a single range header value",
}

// TestStepsOfNotes holds the steps that differences.json names against those that the code is marked with.
func TestStepsOfNotes(t *testing.T) {
	marked := map[string]bool{}
	for _, pattern := range []string{"../../fetch/*.go", "../../fetch/fetchhttp/*.go", "../../safelist/*.go", "../../internal/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, name := range files {
			code, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range regexp.MustCompile(`// ([^,\n]+), steps? ([0-9][0-9., andto]*)`).FindAllStringSubmatch(string(code), -1) {
				for step := range stepsIn(m[2]) {
					marked[strings.ToLower(m[1])+" "+step] = true
				}
			}
		}
	}
	for _, n := range slices.Concat(notes().Differences, notes().Exceptions) {
		anchor, rest, _ := strings.Cut(n.Standard, ":")
		step, _, _ := strings.Cut(rest, ":")
		if strings.HasPrefix(step, " ") {
			continue // an algorithm or a definition as a whole
		}
		if name := algorithms[anchor]; !marked[strings.ToLower(name)+" "+step] {
			t.Errorf("%s: no code is marked as step %s of %q (%s)", n.Name, step, name, anchor)
		}
	}
}

// stepsIn are the steps of "3", "7.1 to 7.3" or "2, 4 and 6".
func stepsIn(text string) map[string]bool {
	steps := map[string]bool{}
	for _, part := range regexp.MustCompile(`,| and `).Split(text, -1) {
		first, last, isRange := strings.Cut(strings.Trim(part, " ."), " to ")
		steps[strings.Trim(first, " .")] = true
		cut := strings.LastIndex(first, ".") + 1
		from, err1 := strconv.Atoi(first[cut:])
		to, err2 := strconv.Atoi(strings.Trim(last[min(cut, len(last)):], " ."))
		for i := from; isRange && err1 == nil && err2 == nil && i <= to; i++ {
			steps[first[:cut]+strconv.Itoa(i)] = true
		}
	}
	return steps
}

// isShown reports whether some scenario shows a difference, so that it is measured once the scenarios that there are
// now are.
func isShown(t *testing.T, p fetch.Profile, d string) bool {
	return slices.ContainsFunc(Scenarios(), func(s *Scenario) bool {
		e := s.expand(exampleOrigins(), "/s/x/0/", "token")
		with, err := predict(e, p)
		if err != nil {
			t.Fatal(err)
		}
		without, err := predict(e, p.Without(d))
		if err != nil {
			t.Fatal(err)
		}
		return len(differences(without, with)) > 0
	})
}

// TestListsAreSorted sorts what a run brought in another order.
func TestListsAreSorted(t *testing.T) {
	lists := func() map[string][]string { return map[string][]string{"x": {"b", "a"}, "y": {"c"}} }
	m := &Measured{Differences: lists(), Exceptions: lists(), NotAsked: lists(), Unsupported: []string{"b", "a"}, NotRun: []string{"b", "a"}, Unexplained: []Unexplained{{Scenario: "b"}, {Scenario: "a"}}}
	m.sort()
	if got, want := fmt.Sprint(m.Differences, m.Exceptions, m.NotAsked, m.Unsupported, m.NotRun, m.Unexplained), "map[x:[a b] y:[c]] map[x:[a b] y:[c]] map[x:[a b] y:[c]] [a b] [a b] [{a []} {b []}]"; got != want {
		t.Errorf("they are %s, want %s", got, want)
	}
}

// TestResultsAreOfThisTree holds the results that are committed against the scenarios, the notes and the standard's
// commit.
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
	profiles, err := os.ReadFile("../../fetch/profile.go")
	if err != nil {
		t.Fatal(err)
	}
	ids := map[string]bool{}
	for _, s := range Scenarios() {
		ids[s.ID] = true
	}
	for _, m := range r.Browsers {
		if m.Failure != "" || len(m.Unexplained) > 0 || m.Scenarios+len(m.Unsupported)+len(union(m.NotAsked)) != r.Scenarios {
			t.Errorf("%s was not measured to the end, or has differences that nobody explains", m.Name)
		}
		for _, id := range m.Unsupported {
			if !strings.HasPrefix(id, "stream/") && !strings.HasPrefix(id, "initiator/") {
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
		m.sort()
		profile, _ := fetch.ProfileByName(m.Name)
		if version := versionNumber.FindString(m.Version); !bytes.Contains(profiles, []byte(version)) {
			t.Errorf("%s: version %s was measured, and the documentation of the profiles does not say so", m.Name, version)
		}
		for _, d := range profile.Differences() {
			if len(m.Differences[string(d)]) == 0 && (r.Scenarios == len(Scenarios()) || !isShown(t, profile, d)) {
				t.Errorf("%s: its profile has %v, and no scenario shows it", m.Name, d)
			}
		}
	}
	if diff := r.compare(data); diff != "" {
		t.Errorf("the results are not sorted: %s", diff)
	}
	r.Browsers[0].Standard++
	if r.compare(data) == "" {
		t.Error("other results do not differ")
	}
}
