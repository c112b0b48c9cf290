package main

import (
	"bytes"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
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
		if len(g.contenders) == 0 {
			t.Errorf("%s has no contenders", g.name)
		}
		for _, c := range g.contenders {
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

func TestSlowdowns(t *testing.T) {
	times := func(ratios ...Quartiles) (list []Times) {
		for i, q := range append([]Quartiles{{1, 1, 1}}, ratios...) {
			list = append(list, Times{Name: string(rune('a' + i)), Ratio: q})
		}
		return list
	}
	before := times(Quartiles{0.4, 0.5, 0.6}, Quartiles{0.9, 1, 1.1})
	for _, tt := range []struct {
		name string
		now  []Times
		want int
	}{
		{"the same", before, 0},
		{"faster", times(Quartiles{0.1, 0.2, 0.3}, Quartiles{0.4, 0.5, 0.6}), 0},
		{"slower", times(Quartiles{0.7, 0.8, 0.9}, Quartiles{1.4, 1.6, 1.8}), 2},
		{"slower within the spread", times(Quartiles{0.55, 0.65, 0.7}, Quartiles{1.05, 1.3, 1.4}), 0},
		{"beyond the spread by little", times(Quartiles{0.61, 0.61, 0.61}, Quartiles{1.11, 1.11, 1.11}), 2},
		{"a peer that became faster", times(Quartiles{0.7, 0.8, 0.9}, Quartiles{0.9, 1, 1.1}), 0},
	} {
		if got := slowdowns("x", before, tt.now); len(got) != tt.want {
			t.Errorf("%s: %+v, want %d", tt.name, got, tt.want)
		}
	}
	if got := change(before, times(Quartiles{0.5, 0.55, 0.6}, Quartiles{1, 1.1, 1.2})); got != 1.1 {
		t.Errorf("changed by %v, want 1.1", got)
	}
	for name, want := range map[string]int{nameNone: 0, nameEvaluate: 0, floorOf + "rs/cors": 0, floorOf + peers[0].name: 1, "rs/cors": 1} {
		named := func(q Quartiles) []Times { return append(times(), Times{Name: name, Ratio: q}) }
		if got := slowdowns("x", named(Quartiles{1, 1, 1}), named(Quartiles{2, 2, 2})); len(got) != want {
			t.Errorf("beside %s: %+v, want %d", name, got, want)
		}
	}
	for ratio, want := range map[float64]int{1.09: 0, 1.11: 2} {
		q := Quartiles{ratio, ratio, ratio}
		if got := slowdowns("x", times(Quartiles{1, 1, 1}, Quartiles{1, 1, 1}), times(q, q)); len(got) != want {
			t.Errorf("beside two, %v: %+v, want %d", ratio, got, want)
		}
	}
	for ratio, want := range map[float64]int{1.2: 0, 1.3: 1} {
		if got := slowdowns("x", times(Quartiles{1, 1, 1}), times(Quartiles{ratio, ratio, ratio})); len(got) != want {
			t.Errorf("beside a single one, %v: %+v, want %d", ratio, got, want)
		}
	}
}

// TestChecked has measurements that seem slower at first, or always.
func TestChecked(t *testing.T) {
	times := func(ratio, allocs float64) []Times {
		return []Times{{Allocs: allocs}, {Name: "rs/cors", Ratio: Quartiles{ratio, ratio, ratio}}}
	}
	for _, tt := range []struct {
		name   string
		now    [][]Times
		slower bool
	}{
		{"the same", [][]Times{times(1, 1)}, false},
		{"slower once", [][]Times{times(2, 1), times(1, 1)}, false},
		{"slower twice", [][]Times{times(2, 1), times(2, 1), times(1, 1)}, false},
		{"slower each time", [][]Times{times(2, 1), times(2, 1), times(2, 1)}, true},
		{"an allocation more", [][]Times{times(1, 2)}, true},
	} {
		asked := 0
		c := checked{"suite", "case", times(1, 1), func(int) ([]Times, error) {
			asked++
			return tt.now[asked-1], nil
		}}
		var said bytes.Buffer
		slower, changed, err := c.slower(&said, minRounds)
		if err != nil || slower != tt.slower || slower != (said.Len() > 0) || asked != len(tt.now) || changed != tt.now[0][1].Ratio.Median() {
			t.Errorf("%s: slower %v, %v times what it was, after %d measurements, %v; it says %q", tt.name, slower, changed, asked, err, &said)
		}
	}
}
