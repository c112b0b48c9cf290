package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
)

// TestGenerated holds the tables and the picture against the data. It measures nothing.
func TestGenerated(t *testing.T) {
	r, err := readResults()
	if err != nil {
		t.Fatal(err)
	}
	files, err := generated(r)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range files {
		if got, err := os.ReadFile(name); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s is not what results.json makes (%v); run: go run . -tables", name, err)
		}
	}
	if again, err := r.picture(); err != nil || !bytes.Equal(again, files["whole.svg"]) {
		t.Error("the same data make another picture", err)
	}
	if r.Rounds < minRounds || r.Seed == 0 || r.Date == "" || r.Machine == "" || r.Go == "" || len(r.Versions) != len(peers)-1 {
		t.Errorf("the data do not say of what they are: %+v", r)
	}
	elsewhere, err := readElsewhere()
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range elsewhere {
		if !slices.ContainsFunc(budgets, func(b budget) bool { return b.what == e.What && b.judge == nil }) {
			t.Errorf("%q of elsewhere.json is not a budget that is measured elsewhere", e.What)
		}
	}
}

// TestAnswers asks the peers again, except where that takes long, and wants the answers to mean what the data say.
func TestAnswers(t *testing.T) {
	r, err := readResults()
	if err != nil {
		t.Fatal(err)
	}
	all := cases()
	if len(all) != len(r.Cases) {
		t.Errorf("%d cases, and %d in results.json; run: go run .", len(all), len(r.Cases))
	}
	for _, c := range all {
		i := slices.IndexFunc(r.Cases, func(old Case) bool { return old.Suite == c.suite && old.Name == c.name })
		if i < 0 {
			t.Errorf("%s is not in results.json", c.name)
			continue
		}
		if len(c.config.origins) > 1000 {
			continue
		}
		_, answers, err := c.contenders()
		if err != nil {
			t.Fatal(err)
		}
		if !slices.EqualFunc(answers, r.Cases[i].Answers, func(a, b Answer) bool {
			return a.Peer == b.Peer && a.Differs == b.Differs && slices.Equal(a.LeftOut, b.LeftOut)
		}) {
			t.Errorf("%s: %+v, and in results.json %+v", c.name, answers, r.Cases[i].Answers)
		}
	}
}

// TestMeaning holds the comparison against handlers with one thing wrong each.
func TestMeaning(t *testing.T) {
	const from = "https://app.example.com"
	c := testCase{config: config{origins: []string{from, "https://admin.example.com"}, credentials: true, methods: []string{"PUT"}, headers: []string{"X-Foo"}, maxAge: 600}, others: []string{from, "https://admin.example.com", "https://evil.example.org"}}
	ask := func(h http.HandlerFunc) answer {
		t.Helper()
		var passed bool
		a, err := c.ask(h, &passed)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	policy, err := peers[0].wrap(c.config, http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name    string
		request *http.Request
		change  func(http.Header)
		differs bool
		leftOut []string
	}{
		{"nothing", newRequest("GET", "Origin", from), func(http.Header) {}, false, nil},
		{"no Vary", newRequest("GET", "Origin", from), func(h http.Header) { h.Del("Vary") }, false, []string{"Vary"}},
		{"no Vary on what others get", newRequest("GET"), func(h http.Header) { h.Del("Vary") }, false, []string{"Vary"}},
		{"another Vary", newRequest("GET", "Origin", from), func(h http.Header) { h.Set("Vary", "Accept") }, false, []string{"Vary"}},
		{"more Vary", newRequest("GET", "Origin", from), func(h http.Header) { h.Set("Vary", "Accept, ORIGIN") }, false, nil},
		{"no credentials", newRequest("GET", "Origin", from), func(h http.Header) { h.Del("Access-Control-Allow-Credentials") }, true, nil},
		{"no origin", newRequest("GET", "Origin", from), func(h http.Header) { h.Del("Access-Control-Allow-Origin") }, true, nil},
		{"anybody", newRequest("GET", "Origin", "https://evil.example.org"), func(h http.Header) {
			h.Set("Access-Control-Allow-Origin", "https://evil.example.org")
			h.Set("Access-Control-Allow-Credentials", "true")
		}, true, nil},
		{"no method", newRequest("OPTIONS", "Origin", from, requestMethod, "GET"), func(h http.Header) { h.Del("Access-Control-Allow-Methods") }, false, []string{"methods"}},
		{"safelisted methods", newRequest("OPTIONS", "Origin", from, requestMethod, "PUT"), func(h http.Header) { h.Set("Access-Control-Allow-Methods", "PUT") }, false, nil},
		{"a method less", newRequest("OPTIONS", "Origin", from, requestMethod, "PUT"), func(h http.Header) { h.Set("Access-Control-Allow-Methods", "put") }, true, nil},
		{"no header", newRequest("OPTIONS", "Origin", from, requestMethod, "PUT"), func(h http.Header) { h.Del("Access-Control-Allow-Headers") }, false, []string{"headers"}},
		{"a header in upper case", newRequest("OPTIONS", "Origin", from, requestMethod, "PUT", requestHeaders, "x-foo"), func(h http.Header) { h.Set("Access-Control-Allow-Headers", "X-FOO") }, false, nil},
		{"less time", newRequest("OPTIONS", "Origin", from, requestMethod, "PUT"), func(h http.Header) { h.Set("Access-Control-Max-Age", "599") }, false, []string{"max-age"}},
		{"what is refused, without lists", newRequest("OPTIONS", "Origin", from, requestMethod, "PATCH"), func(h http.Header) {
			h.Del("Access-Control-Allow-Methods")
			h.Del("Access-Control-Allow-Headers")
		}, false, []string{"methods", "headers"}},
		{"a refusal for all who ask", newRequest("OPTIONS", "Origin", "https://evil.example.org", requestMethod, "PUT"), func(h http.Header) { h.Del("Vary") }, false, []string{"Vary"}},
	} {
		c.request = tt.request
		ours := ask(policy.ServeHTTP)
		other := ask(func(w http.ResponseWriter, r *http.Request) {
			policy.ServeHTTP(changing{w, tt.change}, r)
		})
		differs, leftOut := compare(ours, other)
		if (differs != "") != tt.differs || !slices.Equal(leftOut, tt.leftOut) {
			t.Errorf("%s: %q, left out %q, want %v, %q", tt.name, differs, leftOut, tt.differs, tt.leftOut)
		}
		other = ours
		if other.passed = !ours.passed; ours.readable == other.readable {
			if differs, _ := compare(ours, other); differs == "" {
				t.Errorf("%s: the application is asked by one of two, and they are taken for the same", tt.name)
			}
		}
	}
}

// changing changes the header when it is written.
type changing struct {
	http.ResponseWriter
	change func(http.Header)
}

func (w changing) WriteHeader(status int) {
	w.change(w.Header())
	w.ResponseWriter.WriteHeader(status)
}

func (w changing) Write(b []byte) (int, error) { return w.ResponseWriter.Write(b) }

// TestHardCoded wants the floor to give the answer that it was made of.
func TestHardCoded(t *testing.T) {
	for _, c := range cases() {
		if len(c.config.origins) > 10 {
			continue
		}
		var passed bool
		app := c.application(&passed)
		for _, p := range peers {
			h, err := p.wrap(c.config, app)
			if err != nil {
				t.Fatal(err)
			}
			want, err := c.ask(h, &passed)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.ask(hardCoded(want, app), &passed)
			if err != nil {
				t.Fatal(err)
			}
			// What a recorder finds out of the body is not an answer.
			got.header.Del("Content-Type")
			want.header.Del("Content-Type")
			if got.status != want.status || got.passed != want.passed || got.verdict != want.verdict || len(got.header) != len(want.header) {
				t.Errorf("%s: %s: %+v, want %+v", c.name, p.name, got, want)
			}
		}
	}
}

// TestGroups runs each once.
func TestGroups(t *testing.T) {
	for _, g := range groups() {
		contenders := g.contenders()
		if len(contenders) == 0 {
			t.Errorf("%s has no contenders", g.name)
		}
		for _, c := range contenders {
			c.run()
		}
	}
}

func TestLives(t *testing.T) {
	list, err := lives()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list {
		if len(l.Preflights) != len(fetch.Profiles()) || l.Blocked != 0 || l.Preflights["standard"] == 0 {
			t.Errorf("%+v", l)
		}
	}
}

func TestMeasure(t *testing.T) {
	if q := quartiles([]float64{5, 1, 4, 2, 3}); q != (Quartiles{2, 3, 4}) {
		t.Error(q)
	}
	if f := digits(123456); f != 123500 {
		t.Error(f)
	}
	if f := digits(0.123456); f != 0.1235 {
		t.Error(f)
	}
	var b []byte
	times := measure(rand.New(rand.NewPCG(1, 1)), 3, []contender{{"nothing", func() {}}, {"something", func() { b = make([]byte, 100) }}})
	if times[0].Allocs != 0 || times[1].Allocs != 1 || times[1].Bytes < 100 || len(b) != 100 || times[0].Ratio != (Quartiles{1, 1, 1}) {
		t.Errorf("%+v", times)
	}
}

// noisy makes comparisons of rows whose time is as many times what it was as real says, as noisy as a busy machine
// makes them: each pair of processes is off by a few hundredths, and those of the row "memory" by a third.
func noisy(random *rand.Rand, pairs int, list []row, real func(row) float64) (made []comparison) {
	for _, r := range list {
		c := comparison{row: r, costs: [2]cost{{1, 10, 1000}, {1, 10, 1000}}}
		noise := 0.04
		if r.Name == "memory" {
			noise = 0.33
		}
		for range pairs {
			c.changes = append(c.changes, real(r)*math.Exp(noise*random.NormFloat64()))
		}
		made = append(made, c)
	}
	return made
}

// TestFindSlower has measurements that are made up.
func TestFindSlower(t *testing.T) {
	var list []row
	for i := range 30 {
		list = append(list, row{Suite: "large", Name: fmt.Sprint(i)}, row{Suite: "small", Name: fmt.Sprint(i)})
	}
	list = append(list, row{Suite: "alone", Name: "0"}, row{Suite: "large", Name: "memory"})
	find := func(seed uint64, real func(row) float64, change func(*comparison)) []string {
		random := rand.New(rand.NewPCG(seed, 1))
		_, slower, err := findSlower(func(pairs int, only func(row) bool) ([]comparison, error) {
			made := noisy(random, pairs, slices.DeleteFunc(slices.Clone(list), func(r row) bool { return !only(r) }), real)
			for i := range made {
				change(&made[i])
			}
			return made, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return slower
	}
	same := func(*comparison) {}
	for _, tt := range []struct {
		name   string
		real   func(row) float64
		change func(*comparison)
		want   string // each line that is said has it; empty: nothing is said
	}{
		{"the same", func(row) float64 { return 1 }, same, ""},
		{"faster", func(row) float64 { return 0.7 }, same, ""},
		{"a row by a fifth", func(r row) float64 {
			if r.String() == "large: 7" {
				return 1.2
			}
			return 1
		}, same, "large: 7: "},
		{"a row that is alone in its suite by a fifth", func(r row) float64 {
			if r.Suite == "alone" {
				return 1.2
			}
			return 1
		}, same, "alone: 0: "},
		{"a row that is alone in its suite by a twentieth", func(r row) float64 {
			if r.Suite == "alone" {
				return 1.05
			}
			return 1
		}, same, ""},
		{"a suite by a twentieth", func(r row) float64 {
			if r.Suite == "small" {
				return 1.05
			}
			return 1
		}, same, "small: 1.0"},
		{"a suite by a hundredth", func(row) float64 { return 1.01 }, same, ""},
		{"an allocation more", func(row) float64 { return 1 }, func(c *comparison) {
			if c.Name == "3" && c.Suite == "small" {
				c.costs[1].allocs++
			}
		}, "small: 3: 11 allocations of 1000 bytes, were 10 of 1000"},
		{"larger allocations", func(row) float64 { return 1 }, func(c *comparison) {
			if c.Name == "3" && c.Suite == "small" {
				c.costs[1].bytes = 1100
			}
		}, "small: 3: 10 allocations of 1100 bytes, were 10 of 1000"},
	} {
		for seed := range uint64(200) {
			slower := find(seed, tt.real, tt.change)
			if (len(slower) > 0) != (tt.want != "") || slices.ContainsFunc(slower, func(s string) bool { return !strings.HasPrefix(s, tt.want) }) {
				t.Errorf("%s, seed %d: says %q, want %q", tt.name, seed, slower, tt.want)
			}
		}
	}
	if slower := find(1, func(row) float64 { return 1 }, func(c *comparison) {
		if len(c.changes) == pairs { // the first time
			c.changes, c.costs[1].allocs = changes{2, 2, 2, 2, 2}, 20
		}
	}); slower != nil {
		t.Errorf("of what seems slower once it says %q", slower)
	}
}

// TestMeasureRows asks for a row as -check does, and for what there is not.
func TestMeasureRows(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(100))
	list := rows()
	at := slices.IndexFunc(list, func(r row) bool { return r.Name == "everybody: GET" })
	var out bytes.Buffer
	if err := measureRows(strings.NewReader(fmt.Sprintf("%d\n%d\n", at, at)), &out); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	var named []row
	if err := json.Unmarshal([]byte(lines[0]), &named); err != nil || len(named) != len(list) || named[at].String() != list[at].String() {
		t.Errorf("%v; %d rows, want %d", err, len(named), len(list))
	}
	var c cost
	if n, err := fmt.Sscan(lines[2], &c.ns, &c.allocs, &c.bytes); n != 3 || c.ns <= 0 || c.allocs != 1 || len(lines) != 4 {
		t.Errorf("%q: %+v, %v", lines[1:], c, err)
	}
	if err := measureRows(strings.NewReader("100000"), &out); err == nil {
		t.Error("measures a row that there is not")
	}
	names := map[string]bool{}
	for _, r := range list {
		if names[r.String()] {
			t.Errorf("%s stands for two rows", r)
		}
		names[r.String()] = true
	}
}

// TestBuildAt puts the command together over a library that git has.
func TestBuildAt(t *testing.T) {
	if _, err := output("git", "rev-parse", "HEAD"); err != nil {
		t.Skip("the history is not here: ", err)
	}
	dir := t.TempDir()
	program := filepath.Join(dir, "before")
	if err := buildAt("HEAD", filepath.Join(dir, "tree"), program); err != nil {
		t.Fatal(err)
	}
	p, err := start(program)
	if err != nil {
		t.Fatal(err)
	}
	c, err := p.measure(0)
	if err := errors.Join(err, p.end()); err != nil || c.ns <= 0 || len(p.rows) == 0 {
		t.Errorf("%d rows; the first: %+v, %v", len(p.rows), c, err)
	}
	if err := buildAt("no such commit", filepath.Join(dir, "other"), program); err == nil {
		t.Error("builds what there is not")
	}
}
