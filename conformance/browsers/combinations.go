package main

import (
	"fmt"
	"strconv"
	"strings"
)

// A value is one value of a factor: a name, and what it does to a combination.
type value struct {
	name string
	do   func(c *combination)
}

// A factor is something of which a combination has one value.
type factor struct {
	name   string
	values []value
}

// A combination is a scenario in the making.
type combination struct {
	step         Step
	allowOrigin  [][2]string
	allowCreds   [][2]string
	allowMethods [][2]string
	allowHeaders [][2]string
	maxAge       [][2]string
	hops         []byte // the origins of the URLs
	status       int    // of the redirects
	steps        func(s Step) []Step
}

// names returns the names of the step's headers.
func (c *combination) names() (names []string) {
	for _, h := range c.step.Headers {
		names = append(names, h[0])
	}
	return names
}

// lines makes header lines of one name.
func lines(name string, values ...string) (l [][2]string) {
	for _, v := range values {
		l = append(l, [2]string{name, v})
	}
	return l
}

var methodFactor = factor{"method", []value{
	method("GET"), method("HEAD"), method("POST"), method("PUT"), method("DELETE"), method("PATCH"), method("patch"), method("OPTIONS"), method("get"), method("Chicken"),
}}

func method(m string) value {
	return value{m, func(c *combination) {
		c.step.Method = m
		c.step.Body = m == "POST" || m == "PUT" || m == "PATCH"
	}}
}

var headerFactor = factor{"headers", []value{
	headers("none"),
	headers("accept", "Accept", "text/html, */*;q=0.5"),
	headers("text", "Content-Type", "text/plain;charset=utf-8"),
	headers("json", "Content-Type", "application/json"),
	headers("custom", "X-Custom", "1"),
	headers("unsorted", "X-Zoo", "1", "Content-Type", "application/json", "x-apple", "2"),
	headers("authorization", "Authorization", "Bearer x"),
	headers("authorization-and", "X-Custom", "1", "Authorization", "Bearer x"),
	headers("long", "Accept", strings.Repeat("a", 129)),
	headers("unsafe-byte", "Accept", "a(b"),
	headers("range", "Range", "bytes=0-9"),
	headers("range-end", "Range", "bytes=-9"),
	headers("language", "Accept-Language", "en, de;q=0.5", "Content-Language", "en_GB"),
	headers("over-1024", "Accept", strings.Repeat("a", 128), "Accept-Language", strings.Repeat("b", 128), "Content-Language", strings.Repeat("c", 128),
		"Content-Type", "text/plain;"+strings.Repeat("d", 117)),
}}

func headers(name string, namesAndValues ...string) value {
	return value{name, func(c *combination) {
		for i := 0; i < len(namesAndValues); i += 2 {
			c.step.Headers = append(c.step.Headers, [2]string{namesAndValues[i], namesAndValues[i+1]})
		}
	}}
}

var credentialsFactor = factor{"credentials", []value{credentials("omit"), credentials("same-origin"), credentials("include")}}

func credentials(mode string) value {
	return value{mode, func(c *combination) { c.step.Credentials = mode }}
}

const (
	acao = "Access-Control-Allow-Origin"
	acac = "Access-Control-Allow-Credentials"
	acam = "Access-Control-Allow-Methods"
	acah = "Access-Control-Allow-Headers"
	aceh = "Access-Control-Expose-Headers"
	acma = "Access-Control-Max-Age"
	coep = "Cross-Origin-Embedder-Policy"
	corp = "Cross-Origin-Resource-Policy"
)

var allowOriginFactor = factor{acao, append(goodOrigins.values, []value{
	allowOrigin("no-origin"), allowOrigin("null", "null"), allowOrigin("other", "{d}"), allowOrigin("slash", "{page}/"),
	allowOrigin("two-lines", "{page}", "{page}"), allowOrigin("list", "{page}, {d}"), allowOrigin("empty-origin", ""),
}...)}

// goodOrigins are those that let most requests pass.
var goodOrigins = factor{acao, []value{allowOrigin("page", "{page}"), allowOrigin("any", "*")}}

func allowOrigin(name string, values ...string) value {
	return value{name, func(c *combination) { c.allowOrigin = lines(acao, values...) }}
}

var allowCredentialsFactor = factor{acac, []value{
	allowCredentials("true", "true"), allowCredentials("no-acac"), allowCredentials("True", "True"), allowCredentials("true-twice", "true", "true"), allowCredentials("false", "false"),
}}

func allowCredentials(name string, values ...string) value {
	return value{name, func(c *combination) { c.allowCreds = lines(acac, values...) }}
}

var allowMethodsFactor = factor{acam, []value{
	allowMethods("method", func(m string) []string { return []string{m} }),
	allowMethods("no-acam", func(m string) []string { return nil }),
	allowMethods("any-method", func(m string) []string { return []string{"*"} }),
	allowMethods("method-in-lines", func(m string) []string { return []string{"GET, X", ", " + m + " ,,"} }),
	allowMethods("method-other-case", func(m string) []string { return []string{swapCase(m)} }),
	allowMethods("empty-acam", func(m string) []string { return []string{""} }),
	allowMethods("bad-acam", func(m string) []string { return []string{m + ", a b"} }),
}}

func allowMethods(name string, f func(m string) []string) value {
	return value{name, func(c *combination) { c.allowMethods = lines(acam, f(c.step.Method)...) }}
}

// swapCase returns s in upper case, or in lower case if it was in upper case.
func swapCase(s string) string {
	if u := strings.ToUpper(s); u != s {
		return u
	}
	return strings.ToLower(s)
}

var allowHeadersFactor = factor{acah, []value{
	allowHeaders("names", func(names []string) []string { return []string{strings.Join(names, ", ")} }),
	allowHeaders("no-acah", func(names []string) []string { return nil }),
	allowHeaders("any-header", func(names []string) []string { return []string{"*"} }),
	allowHeaders("any-and-authorization", func(names []string) []string { return []string{"*, authorization"} }),
	allowHeaders("names-in-lines", func(names []string) []string {
		return append([]string{"X-Other,"}, strings.Split(strings.ToUpper(strings.Join(names, "\n")), "\n")...)
	}),
	allowHeaders("first-name", func(names []string) []string { return append(names, "x")[:1] }),
	allowHeaders("empty-acah", func(names []string) []string { return []string{""} }),
	allowHeaders("bad-acah", func(names []string) []string { return []string{strings.Join(append(names, "a b"), ",")} }),
}}

func allowHeaders(name string, f func(names []string) []string) value {
	return value{name, func(c *combination) { c.allowHeaders = lines(acah, f(c.names())...) }}
}

var redirectFactor = factor{"redirects", []value{
	redirects("b", 0), redirects("c", 0), redirects("a>b", 302), redirects("b>b", 307), redirects("b>c", 302), redirects("b>a", 307), redirects("b>c>d", 308),
	redirects("a>c>a", 307), redirects("c>b", 303), redirects("a>a>b", 301),
}}

func redirects(name string, status int) value {
	return value{name, func(c *combination) { c.hops, c.status = []byte(strings.ReplaceAll(name, ">", "")), status }}
}

var cacheFactor = factor{"cache", []value{
	cached("once", "", func(s Step) []Step { return []Step{s} }),
	cached("again", "", func(s Step) []Step { return []Step{s, s} }),
	cached("again-600", "600", func(s Step) []Step { return []Step{s, s} }),
	cached("again-0", "0", func(s Step) []Step { return []Step{s, s} }),
	cached("again-with", "600", func(s Step) []Step { return []Step{withCredentials(s, "omit"), withCredentials(s, "include")} }),
	cached("again-without", "600", func(s Step) []Step { return []Step{withCredentials(s, "include"), withCredentials(s, "omit")} }),
	cached("then-more", "600", func(s Step) []Step { return []Step{s, withHeader(s)} }),
	cached("then-delete", "600", func(s Step) []Step {
		d := s
		d.Method, d.Body = "DELETE", false
		return []Step{s, d}
	}),
}}

func withCredentials(s Step, mode string) Step {
	s.Credentials = mode
	return s
}

func withHeader(s Step) Step {
	s.Headers = append(s.Headers[:len(s.Headers):len(s.Headers)], [2]string{"X-More", "1"})
	return s
}

func cached(name, age string, f func(s Step) []Step) value {
	return value{name, func(c *combination) {
		c.steps = f
		if age != "" {
			c.maxAge = lines(acma, age)
		}
	}}
}

// scenario makes the scenario of a combination. Its servers answer alike at every hop, and to preflights and requests.
func (c *combination) scenario(id string) *Scenario {
	var all [][2]string
	for _, l := range [][][2]string{c.allowOrigin, c.allowCreds, c.allowMethods, c.allowHeaders, c.maxAge} {
		all = append(all, l...)
	}
	s := &Scenario{ID: id, Serve: map[string]*Served{}}
	url := func(i int) string { return fmt.Sprintf("{%c/}%d", c.hops[i], i) }
	for i := range c.hops {
		answer := Answer{Status: 200, Headers: append(all[:len(all):len(all)], [2]string{"X-Secret", "1"})}
		if i+1 < len(c.hops) {
			answer.Status, answer.Headers = c.status, append(all[:len(all):len(all)], [2]string{"Location", url(i + 1)})
		}
		s.Serve[url(i)] = &Served{Preflight: []Answer{{Status: 204, Headers: all}}, Request: []Answer{answer}}
	}
	c.step.Via, c.step.URL = "fetch", url(0)
	s.Steps = c.steps(c.step)
	return s
}

// combine makes a scenario of each row of pairwise.
func combine(family string, factors []factor) (all []*Scenario) {
	counts := make([]int, len(factors))
	for i, f := range factors {
		counts[i] = len(f.values)
	}
	for _, row := range pairwise(counts) {
		c := &combination{hops: []byte("b"), steps: func(s Step) []Step { return []Step{s} }}
		var names []string
		for i, f := range factors {
			v := f.values[row[i]]
			v.do(c)
			names = append(names, v.name)
		}
		all = append(all, c.scenario(family+"/"+strings.Join(names, "+")))
	}
	return all
}

// pairFactors are the factors of which every pair of values is in some scenario.
func pairFactors() []factor {
	return []factor{methodFactor, headerFactor, credentialsFactor, allowOriginFactor, allowCredentialsFactor, allowMethodsFactor, allowHeadersFactor, redirectFactor, cacheFactor}
}

// combinations are all pairs of all factors, and then more where servers let most requests pass: a pair says nothing
// where another factor of its row has ended the fetch before.
func combinations() []*Scenario {
	all := combine("pairs", pairFactors())
	good := func(f factor, values ...string) factor {
		g := factor{name: f.name}
		for _, v := range f.values {
			for _, name := range values {
				if v.name == name {
					g.values = append(g.values, v)
				}
			}
		}
		if len(g.values) != len(values) {
			panic("no such value among those of " + f.name + ": " + strconv.Quote(strings.Join(values, " ")))
		}
		return g
	}
	page, anyOrigin := good(allowOriginFactor, "page"), good(allowOriginFactor, "any")
	yes := good(allowCredentialsFactor, "true")
	once := good(cacheFactor, "once")
	b := good(redirectFactor, "b")
	without := good(credentialsFactor, "omit", "same-origin")
	include := good(credentialsFactor, "include")
	// Preflights, with credentials and without.
	all = append(all, combine("preflight", []factor{methodFactor, headerFactor, include, page, yes, allowMethodsFactor, allowHeadersFactor, b, once})...)
	all = append(all, combine("preflight", []factor{methodFactor, headerFactor, without, anyOrigin, yes, allowMethodsFactor, allowHeadersFactor, b, once})...)
	// The cache.
	methods := good(allowMethodsFactor, "method", "any-method")
	names := good(allowHeadersFactor, "names", "any-header")
	for _, m := range []string{"GET", "PUT"} {
		all = append(all, combine("cache", []factor{good(methodFactor, m), headerFactor, credentialsFactor, page, yes, methods, names, good(redirectFactor, "b", "c"), cacheFactor})...)
	}
	// Redirects.
	for _, o := range []string{"any", "page", "null"} {
		all = append(all, combine("redirect", []factor{methodFactor, good(headerFactor, "none", "text", "custom", "authorization-and"), credentialsFactor, good(allowOriginFactor, o), yes,
			good(allowMethodsFactor, "method"), good(allowHeadersFactor, "names"), redirectFactor, good(cacheFactor, "once", "again-600")})...)
	}
	return unique(all)
}

// unique drops scenarios whose id was there before.
func unique(all []*Scenario) (out []*Scenario) {
	seen := map[string]bool{}
	for _, s := range all {
		if !seen[s.ID] {
			out = append(out, s)
		}
		seen[s.ID] = true
	}
	return out
}
