package clienttest

import (
	"fmt"
	"strings"
	"time"
)

// soon is within how much time a step has to follow, where what was cached lives for five seconds.
const soon = 3 * time.Second

// caching is about the CORS-preflight cache.
func caching() (all []*testCase) {
	put := step{URL: "{b/}x", Method: "PUT"}
	ok := reply(200, acao, "*")
	// Access-Control-Max-Age, at once and later.
	age := func(id, about string, after time.Duration, within time.Duration, values ...string) {
		a := reply(204, acao, "*", acam, "PUT")
		a.Headers = append(a.Headers, each(acma, values...)...)
		again := put
		again.After, again.Soon = after, within
		all = append(all, &testCase{ID: "max-age/" + id, About: about, Steps: []step{put, again}, Serve: map[string]*served{"{b/}x": serve(a, ok)}})
	}
	for _, values := range [][]string{nil, {"600"}, {"0"}, {"1e3"}, {"600.0"}, {""}, {"x"}, {"600, 600"}, {"600", "600"}, {"0", "600"}, {"600", "0"}, {"00600"}, {"99999999999999999999"}, {"2147483648"}, {"\"600\""}, {" 600 "}, {"6 00"}, {"0x10"}, {"600;"}, {"+600"}, {"-0"}, {"600, x"}} {
		within := soon
		if len(values) == 1 && (values[0] == "600" || values[0] == "0") {
			within = 0
		}
		age("at-once="+slug(values...), fmt.Sprintf("A second PUT at once, where Access-Control-Max-Age is %q.", values), 0, within, values...)
	}
	age("none-after-7", "Without Access-Control-Max-Age a preflight counts for five seconds.", 7*time.Second, 0)
	age("1-after-2", "A preflight whose Access-Control-Max-Age is 1 does not count two seconds later.", 2*time.Second, 0, "1")
	age("600-after-2", "A preflight whose Access-Control-Max-Age is 600 counts two seconds later.", 2*time.Second, 0, "600")
	age("600-after-7", "A preflight whose Access-Control-Max-Age is 600 counts seven seconds later.", 7*time.Second, 0, "600")
	age("3-after-7", "A preflight whose Access-Control-Max-Age is 3 does not count seven seconds later.", 7*time.Second, 0, "3")
	age("x-after-7", "A preflight whose Access-Control-Max-Age is not a number does not count seven seconds later.", 7*time.Second, 0, "x")
	age("600.5-after-7", "What begins with a number is not one.", 7*time.Second, 0, "600.5")
	age("600;-after-7", "What begins with a number is not one.", 7*time.Second, 0, "600;")
	age("1e3-after-7", "A number in another notation is not a number here.", 7*time.Second, 0, "1e3")
	age("two-lines-after-7", "Of two Access-Control-Max-Age none counts.", 7*time.Second, 0, "600", "600")
	age("60-after-50", "A preflight whose Access-Control-Max-Age is 60 counts 50 seconds later.", 50*time.Second, 0, "60")
	age("60-after-61", "A preflight whose Access-Control-Max-Age is 60 does not count 61 seconds later.", 61*time.Second, 0, "60")
	age("300-after-290", "A preflight whose Access-Control-Max-Age is 300 counts 290 seconds later.", 290*time.Second, 0, "300")

	steps := func(id, about string, preflight, request answer, steps ...step) {
		c := &testCase{ID: "cache/" + id, About: about, Serve: map[string]*served{"{b/}x": serve(preflight, request)}}
		for _, s := range steps {
			if s.URL == "" {
				s.URL = "{b/}x"
			}
			c.Steps = append(c.Steps, s)
		}
		all = append(all, c)
	}
	h := func(names ...string) (l [][2]string) {
		for _, n := range names {
			l = append(l, [2]string{n, "1"})
		}
		return l
	}
	both := reply(200, acao, "{page}", acac, "true")
	allow := func(values ...string) answer { return reply(204, acao, "*", acma, "600").with(values...) }
	allowBoth := func(values ...string) answer {
		return reply(204, acao, "{page}", acac, "true", acma, "600").with(values...)
	}
	steps("same-again", "The same again needs no second preflight.", allow(acam, "PUT", acah, "X-A"), ok, step{Method: "PUT", Headers: h("X-A")}, step{Method: "PUT", Headers: h("X-A")}, step{Method: "PUT", Headers: h("x-a")})
	steps("simple-between", "Requests that need no preflight make no difference to the cache.", allow(acam, "PUT"), ok, step{Method: "PUT"}, step{}, step{Method: "POST"}, step{Method: "PUT"})
	steps("other-method-listed", "A preflight covers all methods that its answer lists.", allow(acam, "PUT, DELETE"), ok, step{Method: "PUT"}, step{Method: "DELETE"})
	steps("other-method", "A preflight does not cover a method that its answer does not list.", allow(acam, "PUT"), ok, step{Method: "PUT"}, step{Method: "DELETE"})
	steps("method-in-other-case", "Methods are compared as they are.", allow(acam, "PATCH, patch"), ok, step{Method: "PATCH"}, step{Method: "patch"}, step{Method: "Patch"})
	steps("method-then-header", "A preflight covers the headers that its answer lists, whatever was asked.", allow(acam, "PUT", acah, "X-A"), ok, step{Method: "PUT"}, step{Headers: h("X-A")})
	steps("other-header", "A preflight does not cover a header that its answer does not list.", allow(acah, "X-A"), ok, step{Headers: h("X-A")}, step{Headers: h("X-B")})
	steps("more-headers", "A preflight that covers one header does not cover two.", allow(acah, "X-A"), ok, step{Headers: h("X-A")}, step{Headers: h("X-A", "X-B")})
	steps("fewer-headers", "A preflight that covers two headers covers each.", allow(acah, "X-A, X-B"), ok, step{Headers: h("X-A", "X-B")}, step{Headers: h("X-B")}, step{Headers: h("X-A")})
	steps("header-then-both", "A preflight covers what its answer lists, together too.", allow(acam, "PUT", acah, "X-A"), ok, step{Headers: h("X-A")}, step{Method: "PUT", Headers: h("x-a")})
	steps("header-without-method", "A preflight without Access-Control-Allow-Methods covers headers for safelisted methods.", allow(acah, "X-A"), ok, step{Headers: h("X-A")}, step{Method: "POST", Headers: h("X-A")}, step{Method: "PUT", Headers: h("X-A")})
	steps("any-method", "A preflight whose answer lists * covers every method.", allow(acam, "*"), ok, step{Method: "PUT"}, step{Method: "DELETE"}, step{Method: "patch"})
	steps("any-header", "A preflight whose answer lists * covers every header.", allow(acah, "*"), ok, step{Headers: h("X-A")}, step{Headers: h("X-B", "Content-Type")})
	steps("any-header-not-authorization", "A cached * does not cover Authorization.", allow(acah, "*"), ok, step{Headers: h("X-A")}, step{Headers: h("Authorization")})
	steps("authorization", "A preflight whose answer lists Authorization covers it.", allow(acah, "*, Authorization"), ok, step{Headers: h("X-A")}, step{Headers: h("Authorization")})
	steps("any-with-credentials", "A * that was cached with credentials is not a wildcard.", allowBoth(acam, "*", acah, "X-A, *"), both, step{Headers: h("X-A"), Credentials: "include"}, step{Headers: h("X-B"), Credentials: "include"})
	steps("any-method-with-credentials", "A * that was cached with credentials is not a wildcard for methods.", allowBoth(acam, "*", acah, "X-A"), both, step{Headers: h("X-A"), Credentials: "include"}, step{Method: "PUT", Credentials: "include"})
	steps("without-then-with", "A preflight without credentials does not cover a request with them.", allowBoth(acam, "PUT"), both, step{Method: "PUT", Credentials: "omit"}, step{Method: "PUT", Credentials: "include"})
	steps("same-origin-then-with", "A preflight of credentials mode same-origin does not cover a request with them.", allowBoth(acam, "PUT"), both, step{Method: "PUT"}, step{Method: "PUT", Credentials: "include"})
	steps("with-then-with", "A preflight with credentials covers a request with them.", allowBoth(acam, "PUT"), both, step{Method: "PUT", Credentials: "include"}, step{Method: "PUT", Credentials: "include"})
	steps("with-then-without", "A preflight with credentials covers a request without them.", allowBoth(acam, "PUT"), both, step{Method: "PUT", Credentials: "include"}, step{Method: "PUT", Credentials: "omit"}, step{Method: "PUT", Credentials: "include"})
	steps("omit-then-same-origin", "Credentials modes that send none share what is cached.", allow(acam, "PUT"), ok, step{Method: "PUT", Credentials: "omit"}, step{Method: "PUT", Credentials: "same-origin"})
	steps("answer-with-credentials-without", "What counts is the request's credentials, not Access-Control-Allow-Credentials.", allowBoth(acam, "PUT"), both, step{Method: "PUT", Credentials: "omit"}, step{Method: "PUT", Credentials: "include"}, step{Method: "PUT", Credentials: "include"})
	steps("refused-then-again", "A preflight that was refused is asked for again.", reply(403, acao, "*", acam, "PUT", acma, "600"), ok, step{Method: "PUT"})
	// URLs.
	for _, url := range []string{"{b/}y", "{b/}x?y", "{b/}x/", "{c/}x", "{b/}X", "{b/}"} {
		c := &testCase{ID: "cache/url=" + slug(url), About: "A preflight covers requests to its own URL alone.", Serve: map[string]*served{"{b/}x": serve(allow(acam, "PUT"), ok), url: serve(allow(acam, "PUT"), ok)}}
		c.Steps = []step{{URL: "{b/}x", Method: "PUT"}, {URL: url, Method: "PUT"}, {URL: "{b/}x", Method: "PUT"}}
		all = append(all, c)
	}
	// Pages.
	c := &testCase{ID: "cache/other-page", About: "What was cached for a page of one origin is not for one of another.", Serve: map[string]*served{"{c/}x": serve(echo(204).with(acma, "600"), echo(200))}}
	c.Steps = []step{{URL: "{c/}x", Method: "PUT"}, {Page: 'b', URL: "{c/}x", Method: "PUT"}, {URL: "{c/}x", Method: "PUT"}}
	all = append(all, c)
	c = &testCase{ID: "cache/other-site", About: "What was cached for a page of one site is not for one of another.", Serve: map[string]*served{"{b/}x": serve(echo(204).with(acma, "600"), echo(200))}}
	c.Steps = []step{{URL: "{b/}x", Method: "PUT"}, {Page: 'c', URL: "{b/}x", Method: "PUT"}}
	all = append(all, c)
	// A second preflight adds to the first.
	c = &testCase{ID: "cache/failure-clears", About: "A request that fails after its preflight clears what was cached for its URL.", Serve: map[string]*served{"{b/}x": {Preflight: []answer{allow(acam, "PUT")}, Request: []answer{ok, reply(200), ok}}}}
	for range 4 {
		c.Steps = append(c.Steps, step{URL: "{b/}x", Method: "PUT"})
	}
	all = append(all, c)
	c = &testCase{ID: "cache/second-adds", About: "A second preflight adds to what the first has cached.", Serve: map[string]*served{"{b/}x": {Preflight: []answer{allow(acam, "PUT"), allow(acam, "DELETE"), allow(acam, "DELETE, PUT")}, Request: []answer{ok}}}}
	for _, m := range []string{"PUT", "DELETE", "PUT", "DELETE"} {
		c.Steps = append(c.Steps, step{URL: "{b/}x", Method: m})
	}
	all = append(all, c)
	c = &testCase{ID: "cache/refused-preflight", About: "A preflight that is refused leaves what was cached.", Serve: map[string]*served{"{b/}x": {Preflight: []answer{allow(acam, "PUT"), reply(403)}, Request: []answer{ok}}}}
	for _, m := range []string{"PUT", "DELETE", "PUT"} {
		c.Steps = append(c.Steps, step{URL: "{b/}x", Method: m})
	}
	all = append(all, c)
	c = &testCase{ID: "cache/refused-method", About: "A preflight that refuses its own method caches nothing.", Serve: map[string]*served{"{b/}x": serve(allow(acam, "PUT"), ok)}}
	for _, m := range []string{"DELETE", "PUT", "PUT"} {
		c.Steps = append(c.Steps, step{URL: "{b/}x", Method: m})
	}
	all = append(all, c)
	c = &testCase{ID: "cache/simple-failure", About: "A simple request that fails clears nothing.", Serve: map[string]*served{"{b/}x": {Preflight: []answer{allow(acam, "PUT")}, Request: []answer{ok, reply(200), ok}}}}
	for _, m := range []string{"PUT", "GET", "PUT"} {
		c.Steps = append(c.Steps, step{URL: "{b/}x", Method: m})
	}
	all = append(all, c)
	// By way of a redirect the origin is null, which is another key.
	c = chain("cache/tainted", "What was cached for a page is not for a request whose origin has become null.", "cb", 307, step{Method: "PUT"}, echo(200))
	c.Serve["{c/}0"].Preflight[0] = private(204)
	c.Serve["{b/}1"].Preflight[0] = echo(204).with(acma, "600")
	c.Steps = append([]step{{URL: "{b/}1", Method: "PUT"}}, c.Steps...)
	return append(all, c)
}

// redirects are of all statuses, methods, modes and origins.
func redirects() (all []*testCase) {
	for _, hops := range []string{"aa", "ab", "bb", "ba", "bc"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			for _, m := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
				if (m == "HEAD" || m == "DELETE") && hops != "aa" && hops != "bb" {
					continue
				}
				s := step{Method: m}
				if m == "POST" || m == "PUT" {
					s.HasBody, s.Body, s.Headers = true, "the body", lines("Content-Type", "text/plain", "Content-Language", "de")
				}
				c := chain(fmt.Sprintf("redirect/%s-%d-%s", hops, status, m), fmt.Sprintf("A %s is redirected with status %d.", m, status), hops, status, s, echo(200))
				for _, s := range c.Serve {
					s.Preflight[0] = echo(204)
				}
				all = append(all, c)
			}
		}
	}
	for _, status := range []int{300, 304, 305, 306, 310, 399} {
		for _, hops := range []string{"aa", "bb"} {
			all = append(all, chain(fmt.Sprintf("redirect/%s-%d-GET", hops, status), fmt.Sprintf("The status %d is not a redirect, even with Location.", status), hops, status, step{}, echo(200)))
		}
	}
	for _, hop := range "ab" {
		for _, mode := range []string{"error", "manual"} {
			for _, m := range []string{"cors", "same-origin", "no-cors"} {
				if hop == 'b' && m == "same-origin" {
					continue
				}
				url := fmt.Sprintf("{%c/}x", hop)
				c := one(fmt.Sprintf("redirect-mode/%c-%s-%s", hop, mode, m), fmt.Sprintf("A redirect with redirect mode %q and mode %q.", mode, m), step{URL: url, Redirect: mode, Mode: m}, only(private(302).with("Location", "{b/}y", "X-A", "1")))
				c.Serve["{b/}y"] = only(private(200))
				all = append(all, c)
			}
			url := fmt.Sprintf("{%c/}x", hop)
			all = append(all, one(fmt.Sprintf("redirect-mode/%c-%s-without", hop, mode), fmt.Sprintf("A response that is not a redirect, with redirect mode %q.", mode), step{URL: url, Redirect: mode}, only(private(200))))
		}
	}
	all = append(all, one("redirect-mode/b-manual-unshared", "A redirect of another origin with redirect mode manual need not be shared.", step{URL: "{b/}x", Redirect: "manual"}, only(reply(302, "Location", "{b/}y"))))
	// Mode same-origin.
	c := chain("redirect/same-origin-mode", "With mode same-origin, a redirect to another origin is not followed.", "ab", 302, step{Mode: "same-origin"}, private(200))
	all = append(all, c, chain("redirect/same-origin-mode-stays", "With mode same-origin, a redirect to the same origin is followed.", "aa", 302, step{Mode: "same-origin"}, reply(200)))
	// Without Location.
	for _, to := range "ab" {
		all = append(all, one(fmt.Sprintf("redirect/no-location-%c", to), "A redirect status without Location is a response like others.", load(fmt.Sprintf("{%c/}x", to)), only(private(302))))
	}
	// Authorization.
	for _, hops := range []string{"aa", "ab", "bb", "bc", "ba"} {
		c := chain("redirect-authorization/"+hops, "Authorization does not go along to another origin.", hops, 307, step{Headers: lines("Authorization", "Bearer x", "X-A", "1")}, echo(200))
		for _, s := range c.Serve {
			s.Preflight[0] = echo(204)
		}
		all = append(all, c)
	}
	// How many are followed.
	for _, n := range []int{5, 10, 11, 19, 20, 21} {
		for _, o := range "ab" {
			c := chain(fmt.Sprintf("redirect-count/%c-%d", o, n), fmt.Sprintf("%d redirects: 20 are followed.", n), strings.Repeat(string(o), n+1), 302, step{}, echo(200))
			all = append(all, c)
		}
	}
	// Taint: after a redirect between two other origins the request's origin is null.
	for _, hops := range []string{"bc", "bb", "bcb", "ab", "aba", "ba", "bab", "cdb", "abb"} {
		for _, m := range []string{"GET", "PUT"} {
			for _, allowed := range []string{"echo", "page", "null"} {
				a := echo(200)
				if allowed != "echo" {
					a.Headers[0][1] = map[string]string{"page": "{page}", "null": "null"}[allowed]
				}
				c := chain(fmt.Sprintf("redirect-taint/%s-%s-%s", hops, m, allowed), "The request's origin after redirects, and whom the last response allows.", hops, 307, step{Method: m}, echo(200))
				for _, s := range c.Serve {
					s.Preflight[0] = echo(204)
				}
				end := c.Serve[fmt.Sprintf("{%c/}%d", hops[len(hops)-1], len(hops)-1)]
				end.Request[0] = a
				all = append(all, c)
			}
		}
	}
	// Each hop has its own preflight.
	for _, fails := range []string{"none", "status", "method", "origin"} {
		c := chain("redirect-preflight/second-"+fails, "After a redirect, what is not simple needs a preflight again.", "bc", 307, step{Method: "PUT", Headers: lines("X-A", "1"), HasBody: true, Body: "x"}, echo(200))
		second := &c.Serve["{c/}1"].Preflight[0]
		*second = echo(204)
		switch fails {
		case "status":
			second.Status = 403
		case "method":
			second.Headers = lines(acao, "{origin}", acac, "true", acah, "x-a, content-type")
		case "origin":
			second.Headers[0][1] = "{page}"
		}
		all = append(all, c)
	}
	c = chain("redirect-preflight/from-same-origin", "A request that needs none at first needs a preflight once it is redirected elsewhere.", "ab", 307, step{Method: "PUT", Headers: lines("X-A", "1")}, private(200))
	all = append(all, c)
	c = chain("redirect-preflight/303", "A POST that becomes GET needs no preflight for its Content-Type.", "ab", 303, step{Method: "POST", Headers: lines("Content-Type", "application/json"), HasBody: true, Body: "{}"}, private(200))
	all = append(all, c)
	// Checks of the redirect itself.
	c = chain("redirect-check/first-unshared", "A redirect of another origin has to be shared too.", "bb", 302, step{}, private(200))
	c.Serve["{b/}0"].Request[0] = reply(302, "Location", "{b/}1")
	all = append(all, c)
	c = chain("redirect-check/last-unshared", "The last response has to be shared.", "bb", 302, step{}, private(200))
	c.Serve["{b/}1"].Request[0] = reply(200)
	all = append(all, c)
	c = chain("redirect-check/credentials", "A redirect of a request with credentials has to allow them.", "bb", 302, step{Credentials: "include"}, private(200))
	c.Serve["{b/}0"].Request[0] = reply(302, acao, "{page}", "Location", "{b/}1")
	all = append(all, c)
	c = chain("redirect-check/to-own-origin", "A response of the page's own origin has to be shared after a redirect from elsewhere.", "ba", 302, step{}, private(200))
	c.Serve["{a/}1"].Request[0] = reply(200)
	return append(all, c)
}

// locations are values of Location.
func locations() (all []*testCase) {
	for _, l := range [][]string{
		{""}, {"y"}, {"./y"}, {"?y"}, {"{b/}y"}, {"{b/}y#f"}, {" {b/}y "}, {"{b/}y", "{b/}z"}, {"{b/}\xc3\xa4"}, {"{b/}%zz"}, {"http://"}, {"http://[/"}, {"data:,x"}, {"about:blank"}, {"blob:{b/}x"}, {"mailto:x"}, {"javascript:1"}, {"ftp://localhost/"}, {"x:y"}, {"file:///etc/hosts"},
		{"http://u:p@{host-b/}y"}, {"http://u@{host-b/}y"}, {"http://:p@{host-b/}y"}, {"http://@{host-b/}y"}, {"http://u:p@{host-a/}y"}, {"{b/}a b"}, {"{b/}z/../y"}, {"{b/}y\\z"}, {"//{host-b/}y"}, {"{/}y"}, {"{b/}y?a=\"b\""},
	} {
		for _, mode := range []string{"cors", "no-cors"} {
			ok := reply(200, acao, "*")
			if strings.Contains(l[0], "host-a") && mode == "no-cors" {
				continue
			}
			c := &testCase{ID: "location/" + mode + "=" + slug(l...), About: fmt.Sprintf("Location is %q.", l), Steps: []step{{URL: "{b/}x", Mode: mode}}, Serve: map[string]*served{}}
			for _, p := range []string{"", "y", "z", "%C3%A4", "%zz", "a%20b", "y/z", "x?y", "y?a=%22b%22"} {
				c.Serve["{b/}"+p] = only(ok)
			}
			c.Serve["{a/}y"] = only(ok)
			first := reply(302, acao, "*")
			first.Headers = append(first.Headers, each("Location", l...)...)
			c.Serve["{b/}x"] = only(first)
			if l[0] == "" {
				c.Serve["{b/}x"] = only(first, ok) // it leads to itself
			}
			all = append(all, c)
		}
	}
	for _, l := range []string{"http://u:p@{host-a/}y", "http://u@{host-a/}y", "http://u:p@{host-b/}y"} {
		for _, mode := range []string{"cors", "same-origin"} {
			c := one("location/from-same-origin-"+mode+"="+slug(l), fmt.Sprintf("The page's own origin redirects to %q.", l), step{URL: "{a/}x", Mode: mode}, only(reply(302, "Location", l)))
			c.Serve["{a/}y"], c.Serve["{b/}y"] = only(reply(200)), only(private(200))
			all = append(all, c)
		}
	}
	// A fragment goes along, and is not sent.
	c := one("location/fragment", "A fragment is neither sent nor shown.", load("{b/}x#f"), only(public(302).with("Location", "{b/}y")))
	c.Serve["{b/}y"] = only(public(200))
	return append(all, c)
}

// originHeaders are about Origin.
func originHeaders() (all []*testCase) {
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
		for _, to := range "abc" {
			for _, mode := range []string{"cors", "no-cors", "same-origin"} {
				if (m == "PUT" || m == "DELETE") && mode == "no-cors" || mode == "same-origin" && to != 'a' {
					continue
				}
				url := fmt.Sprintf("{%c/}x", to)
				all = append(all, one(fmt.Sprintf("origin/%s-%c-%s", m, to, mode), fmt.Sprintf("Whether a %s with mode %q has Origin.", m, mode), step{URL: url, Method: m, Mode: mode}, serve(public(204), public(200))))
			}
		}
	}
	for _, hops := range []string{"aab", "aba", "bab", "bcb", "bba"} {
		for _, mode := range []string{"cors", "no-cors"} {
			all = append(all, chain("origin/redirected-"+hops+"-"+mode, fmt.Sprintf("The Origin of a POST with mode %q that is redirected.", mode), hops, 307, step{Method: "POST", Mode: mode, HasBody: true, Body: "x"}, echo(200)))
		}
	}
	for _, policy := range []string{"no-referrer", "same-origin", "origin", "strict-origin-when-cross-origin", "unsafe-url", "no-referrer-when-downgrade"} {
		for _, to := range "ab" {
			for _, mode := range []string{"cors", "no-cors"} {
				all = append(all, one(fmt.Sprintf("origin/policy-%s-%c-%s", policy, to, mode), fmt.Sprintf("The Origin of a POST with mode %q and referrer policy %s.", mode, policy), step{URL: fmt.Sprintf("{%c/}x", to), Method: "POST", Mode: mode, Policy: policy, HasBody: true, Body: "x"}, serve(public(204), public(200))))
			}
		}
	}
	for _, page := range "bc" {
		for _, to := range "ab" {
			if page == to {
				continue
			}
			c := one(fmt.Sprintf("origin/page-%c-%c", page, to), "The Origin of a page elsewhere.", step{URL: fmt.Sprintf("{%c/}x", to), Method: "PUT"}, serve(private(204), private(200)))
			c.Page = byte(page)
			all = append(all, c)
		}
	}
	return all
}

func noCORS() (all []*testCase) {
	long := strings.Repeat("x", 128)
	for _, h := range [][]string{
		{"Accept", "x"}, {"X-A", "1"}, {"Content-Type", "application/json"}, {"Content-Type", "text/plain"}, {"Range", "bytes=0-1"}, {"Authorization", "x"}, {"Accept-Language", "de"}, {"Content-Language", "x"}, {"Accept", "("}, {"Accept", long}, {"Accept", long + "x"},
		{"Accept", long[:100], "Accept", long[:100]}, {"Content-Type", "text/plain", "Content-Type", "text/plain"}, {"X-Requested-With", "XMLHttpRequest"}, {"Content-Type", "text/plain;charset=utf-8"}, {"If-None-Match", "\"x\""}, {"Cache-Control", "no-cache"},
	} {
		for _, to := range "ab" {
			s := load(fmt.Sprintf("{%c/}x", to), h...)
			s.Mode, s.Method, s.HasBody, s.Body = "no-cors", "POST", true, "x"
			all = append(all, one(fmt.Sprintf("no-cors/header-%c-%s", to, slug(h...)), fmt.Sprintf("With mode no-cors a page sets %s to %s.", h[0], shortly(h[1])), s, only(reply(200))))
		}
	}
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "get", "PATCH", "DELETE", "OPTIONS", "CHICKEN"} {
		for _, to := range "ab" {
			all = append(all, one(fmt.Sprintf("no-cors/method-%c-%s", to, m), fmt.Sprintf("The method %s with mode no-cors.", m), step{URL: fmt.Sprintf("{%c/}x", to), Method: m, Mode: "no-cors"}, only(reply(200))))
		}
	}
	secret := reply(200, "X-A", "1", aceh, "*", "Content-Type", "text/plain")
	for _, to := range "abc" {
		all = append(all, one(fmt.Sprintf("no-cors/opaque-%c", to), "A response of another origin is opaque with mode no-cors.", step{URL: fmt.Sprintf("{%c/}x", to), Mode: "no-cors"}, only(secret)),
			one(fmt.Sprintf("no-cors/opaque-shared-%c", to), "A response is opaque with mode no-cors, even where it is shared.", step{URL: fmt.Sprintf("{%c/}x", to), Mode: "no-cors"}, only(private(200).with(aceh, "X-A", "X-A", "1"))),
			one(fmt.Sprintf("no-cors/opaque-404-%c", to), "The status of an opaque response is 0.", step{URL: fmt.Sprintf("{%c/}x", to), Mode: "no-cors"}, only(reply(404))))
	}
	for _, hops := range []string{"ab", "ba", "bb", "aba", "aa"} {
		all = append(all, chain("no-cors/redirect-"+hops, "A response after redirects with mode no-cors.", hops, 302, step{Mode: "no-cors"}, reply(200, "X-A", "1")))
	}
	for _, mode := range []string{"omit", "same-origin", "include"} {
		for _, to := range "ab" {
			url := fmt.Sprintf("{%c/}x", to)
			all = append(all, withCookie(fmt.Sprintf("no-cors/cookies-%c-%s", to, mode), fmt.Sprintf("Cookies with mode no-cors and credentials mode %q.", mode), url, string(to), step{URL: url, Mode: "no-cors", Credentials: mode}, only(reply(200))))
		}
	}
	return all
}

func sameOriginMode() (all []*testCase) {
	for _, m := range []string{"GET", "POST", "PUT", "HEAD"} {
		for _, to := range "abc" {
			all = append(all, one(fmt.Sprintf("same-origin/%c-%s", to, m), fmt.Sprintf("A %s with mode same-origin.", m), step{URL: fmt.Sprintf("{%c/}x", to), Method: m, Mode: "same-origin"}, serve(private(204), private(200))))
		}
	}
	all = append(all, one("same-origin/headers", "With mode same-origin headers need no preflight.", step{URL: "{a/}x", Mode: "same-origin", Headers: lines("X-A", "1", "Authorization", "x")}, only(reply(200))))
	return all
}

func statuses() (all []*testCase) {
	for _, status := range []int{200, 201, 202, 203, 204, 205, 206, 226, 299, 300, 304, 400, 401, 403, 404, 407, 409, 410, 416, 418, 429, 451, 500, 501, 503, 599} {
		for _, to := range "ab" {
			if status == 401 || status == 407 {
				if to == 'a' {
					continue // somebody may be asked for a password
				}
			}
			all = append(all, one(fmt.Sprintf("status/%c-%d", to, status), fmt.Sprintf("The response has status %d.", status), load(fmt.Sprintf("{%c/}x", to)), only(reply(status, acao, "*"))))
		}
		all = append(all, one(fmt.Sprintf("status/unshared-%d", status), fmt.Sprintf("The response has status %d and is not shared.", status), load("{b/}x"), only(reply(status))))
	}
	for _, to := range "ab" {
		all = append(all, one(fmt.Sprintf("status/%c-closed", to), "The connection is closed without an answer.", load(fmt.Sprintf("{%c/}x", to)), only(answer{})))
	}
	return all
}

func resourcePolicies() (all []*testCase) {
	for _, l := range [][]string{nil, {"same-origin"}, {"same-site"}, {"cross-origin"}, {"Same-Origin"}, {"same-origin, same-origin"}, {"same-origin", "same-origin"}, {"same-site", "cross-origin"}, {"nonsense"}, {""}, {"\"same-origin\""}, {" same-origin "}} {
		for _, to := range "abc" {
			a := answer{Status: 200, Headers: each(corp, l...)}
			all = append(all, one(fmt.Sprintf("corp/%c=%s", to, slug(l...)), fmt.Sprintf("Cross-Origin-Resource-Policy is %q, with mode no-cors.", l), step{URL: fmt.Sprintf("{%c/}x", to), Mode: "no-cors"}, only(a)))
		}
	}
	c := one("corp/redirect", "Cross-Origin-Resource-Policy counts on redirects too.", step{URL: "{b/}x", Mode: "no-cors"}, only(reply(302, corp, "same-origin", "Location", "{b/}y")))
	c.Serve["{b/}y"] = only(reply(200))
	return append(all, c, one("corp/cors", "With mode cors, Cross-Origin-Resource-Policy does not count.", load("{c/}x"), only(reply(200, acao, "*", corp, "same-origin"))))
}
