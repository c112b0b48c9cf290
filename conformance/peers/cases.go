package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
)

// A testCase is one request under one configuration.
type testCase struct {
	name    string
	suite   string
	config  config
	request *http.Request
	others  []string // origins that ask as well: two that are allowed, if there are two, and one that is refused
}

// The suites: in theirs the response is a new recorder each time and has a body, as in jub0bs/cors-benchmarks. In ours
// it costs nothing, so that what is measured is the middleware's. Of growth only the picture is made.
const (
	suiteTheirs = "cors-benchmarks"
	suiteSmall  = "small"
	suiteLarge  = "large"
	suiteGrowth = "growth"
)

const target = "https://api.example.com/items"

func newRequest(method string, header ...string) *http.Request {
	r, err := http.NewRequest(method, target, nil)
	if err != nil {
		panic(err)
	}
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	r.RequestURI = r.URL.Path
	return r
}

func thousands(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func exactOrigins(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("https://tenant-%06d.example.com", i))
	}
	return list
}

func wildcards(n int) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf("https://*.tenant-%06d.example.com", i))
	}
	return list
}

func cases() []testCase { return append(theirs(), ours()...) }

// theirs are the configurations and requests of jub0bs/cors-benchmarks.
func theirs() (list []testCase) {
	deep := strings.Repeat(".a", 126) // with one label of one letter before it, as long as a host can be
	var numbered []string
	for i := range 1000 {
		numbered = append(numbered, fmt.Sprintf("https://%03d.example.com", i))
	}
	var ported []string
	for _, domain := range []string{"example.net", "example.org", "example.com"} {
		ported = append(ported, "https://*."+domain, "https://"+domain+":8080", "https://"+domain)
	}
	for _, s := range []struct {
		name                  string
		origins               []string
		allowed, too, refused string
	}{
		{"one", []string{"https://example.com"}, "https://example.com", "", "https://example.org"},
		{"multiple", ported, "https://example.com", "https://www.example.com", "https://example.org:6060"},
		{"two", []string{"https://a" + deep, "https://b" + deep}, "https://a" + deep, "https://b" + deep, "https://c" + deep},
		{"many", numbered, "https://999.example.com", "https://000.example.com", "https://example.org:6060"},
		{"all", []string{"*"}, "https://example.com", "https://www.example.com", ""},
	} {
		c := config{origins: s.origins, methods: []string{"PUT"}, headers: []string{"Accept", "Content-Type", "X-Requested-With"}}
		others := slices.DeleteFunc([]string{s.allowed, s.too, s.refused}, func(o string) bool { return o == "" })
		add := func(name string, r *http.Request) {
			list = append(list, testCase{s.name + ": " + name, suiteTheirs, c, r, others})
		}
		add("GET", newRequest("GET", "Origin", s.allowed))
		add("preflight", newRequest("OPTIONS", "Origin", s.allowed, "Access-Control-Request-Method", "PUT"))
		if s.refused != "" {
			add("GET refused", newRequest("GET", "Origin", s.refused))
			add("preflight refused", newRequest("OPTIONS", "Origin", s.refused, "Access-Control-Request-Method", "PUT"))
		} else {
			add("preflight with 1,024 commas", newRequest("OPTIONS", "Origin", s.allowed, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", strings.Repeat(",", 1024)))
		}
	}
	return list
}

// ours are 1 to 100,000 origins, 1 to 10,000 wildcards, and everybody; requests without Origin, and all that is
// refused.
func ours() (list []testCase) {
	const refused = "https://evil.example.org"
	type set struct {
		name    string
		n       int
		origins []string
		allowed []string
	}
	var sets []set
	for n := 1; n <= 1_000_000; n *= 10 {
		sets = append(sets, set{thousands(n) + " exact", n, exactOrigins(n), []string{fmt.Sprintf("https://tenant-%06d.example.com", n*7/10), "https://tenant-000000.example.com"}})
	}
	for n := 1; n <= 10_000; n *= 10 {
		sets = append(sets, set{thousands(n) + " wildcard", n, wildcards(n), []string{fmt.Sprintf("https://app.tenant-%06d.example.com", n*7/10), "https://www.tenant-000000.example.com"}})
	}
	sets = append(sets, set{"everybody", 1, []string{"*"}, []string{"https://app.example.com", "https://www.example.com"}})
	for _, s := range sets {
		everybody := s.origins[0] == "*"
		c := config{origins: s.origins, credentials: !everybody, methods: []string{"PUT"}, headers: []string{"Content-Type", "X-Foo"}, maxAge: 600}
		suite := suiteSmall
		switch {
		case s.n > 100_000:
			suite = suiteGrowth
		case s.n > 10:
			suite = suiteLarge
		}
		add := func(name string, r *http.Request) {
			list = append(list, testCase{s.name + ": " + name, suite, c, r, append(s.allowed[:2:2], refused)})
		}
		preflight := func(origin, method, names string) *http.Request {
			return newRequest("OPTIONS", "Origin", origin, "Access-Control-Request-Method", method, "Access-Control-Request-Headers", names)
		}
		add("GET", newRequest("GET", "Origin", s.allowed[0]))
		if suite == suiteGrowth {
			continue
		}
		add("preflight", preflight(s.allowed[0], "PUT", "content-type,x-foo"))
		if !everybody {
			add("GET refused", newRequest("GET", "Origin", refused))
			add("preflight refused", preflight(refused, "PUT", "content-type,x-foo"))
		}
		if s.n == 1 || s.n == 1000 {
			add("GET without Origin", newRequest("GET"))
			add("preflight of a method that is refused", preflight(s.allowed[0], "PATCH", "content-type,x-foo"))
			add("preflight of a header that is refused", preflight(s.allowed[0], "PUT", "content-type,x-bar"))
		}
		if s.n == 1 {
			add("preflight with 1,024 commas", preflight(s.allowed[0], "PUT", strings.Repeat(",", 1024)))
		}
	}
	return list
}

// application returns what is behind the middleware. It sets passed.
func (c *testCase) application(passed *bool) http.Handler {
	if c.suite == suiteTheirs {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			*passed = true
			io.WriteString(w, "Hello, World!")
		})
	}
	return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { *passed = true })
}

// serve returns the request as a loop makes it.
func (c *testCase) serve(h http.Handler) func() {
	if c.suite == suiteTheirs {
		return func() { h.ServeHTTP(httptest.NewRecorder(), c.request) }
	}
	w := &writer{http.Header{}}
	return func() {
		clear(w.header)
		h.ServeHTTP(w, c.request)
	}
}

// writer is a ResponseWriter that costs nothing.
type writer struct{ header http.Header }

func (w *writer) Header() http.Header         { return w.header }
func (w *writer) Write(b []byte) (int, error) { return len(b), nil }
func (w *writer) WriteHeader(int)             {}

// allSuites are those of which means are taken.
var allSuites = []string{suiteTheirs, suiteSmall, suiteLarge}

var suiteNames = map[string]string{
	suiteTheirs: "cors-benchmarks'", suiteSmall: "sets of up to 10", suiteLarge: "sets of 100 to 100,000", suiteGrowth: "growth",
}

func (c *Case) in(suites []string) bool { return slices.Contains(suites, c.Suite) }
