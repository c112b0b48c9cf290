package clienttest

import (
	"fmt"
	"strings"
	"time"
)

// elementTypes are a Content-Type and a body for each element.
var elementTypes = map[string][2]string{"img": {"image/svg+xml", `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`}, "script": {"text/javascript", "void 0;\n"}}

// elements are about what loads without a script.
func elements() (all []*testCase) {
	anonymous, use := "anonymous", "use-credentials"
	loaded := func(via string, status int, l ...string) answer {
		a := reply(status, append([]string{"Content-Type", elementTypes[via][0]}, l...)...)
		a.Body = elementTypes[via][1]
		return a
	}
	for _, via := range []string{"img", "script"} {
		for _, cross := range []*string{nil, &anonymous, &use} {
			name := via + "-none"
			if cross != nil {
				name = via + "-" + *cross
			}
			for _, to := range "abc" {
				for _, l := range [][]string{nil, {acao, "*"}, {acao, "{page}"}, {acao, "{page}", acac, "true"}, {acao, "null"}, {acao, "*", acac, "true"}} {
					url := fmt.Sprintf("{%c/}x", to)
					all = append(all, one(fmt.Sprintf("element/%s-%c=%s", name, to, strings.ReplaceAll(slug(l...), "Access-Control-Allow-", "")), fmt.Sprintf("An element of another origin is answered with %q.", l), step{Via: via, URL: url, CrossOrigin: cross}, only(loaded(via, 200, l...))))
				}
			}
			for _, hops := range []string{"ab", "ba", "bb"} {
				c := chain(fmt.Sprintf("element/%s-redirect-%s", name, hops), "An element is redirected.", hops, 302, step{Via: via, CrossOrigin: cross}, echo(200))
				for _, s := range c.Serve {
					if s.Request[0].Status == 200 {
						s.Request[0] = loaded(via, 200, acao, "{origin}", acac, "true")
					}
				}
				all = append(all, c)
			}
			all = append(all, withCookie("element/"+name+"-cookies", "Whether an element's request has cookies.", "{b/}x", "b", step{Via: via, URL: "{b/}x", CrossOrigin: cross}, only(loaded(via, 200, acao, "{page}", acac, "true"))))
		}
		for _, l := range [][]string{{corp, "same-origin"}, {corp, "same-site"}, {corp, "cross-origin"}} {
			all = append(all, one("element/"+via+"-corp="+l[1], fmt.Sprintf("An element's response has %s: %s.", l[0], l[1]), step{Via: via, URL: "{c/}x"}, only(loaded(via, 200, l...))))
		}
	}
	// What is not a script.
	for _, t := range []string{"text/javascript", "application/javascript", "text/plain", "text/csv", "image/png", "audio/x", "video/x", "text/html", "application/json", "", "nonsense", "TEXT/JAVASCRIPT;x=y", "application/ecmascript"} {
		for _, sniff := range []string{"", "nosniff", "NOSNIFF", "x, nosniff", "nosniff, x"} {
			if (len(sniff) > 7 || sniff == "NOSNIFF") && t != "text/plain" {
				continue
			}
			a := answer{Status: 200, Body: "void 0;\n", Headers: lines("Content-Type", t)}
			if sniff != "" {
				a = a.with("X-Content-Type-Options", sniff)
			}
			all = append(all, one(fmt.Sprintf("script-type/%s-%s", slug(t), slug(or(sniff, "sniffed"))), fmt.Sprintf("A script with Content-Type %q and X-Content-Type-Options %q.", t, sniff), step{Via: "script", URL: "{a/}x"}, only(a)))
		}
	}
	return all
}

// xhrs are about XMLHttpRequest.
func xhrs() (all []*testCase) {
	for _, m := range []string{"GET", "POST", "PUT", "put", "DELETE", "patch", "HEAD"} {
		for _, mode := range []string{"", "include"} {
			for _, a := range []struct {
				name string
				answer
			}{{"page", reply(200, acao, "{page}", acac, "true", aceh, "X-A", "X-A", "1")}, {"wildcard", reply(200, acao, "*", "X-A", "1")}, {"unshared", reply(200)}} {
				preflight := reply(204, acao, "{page}", acac, "true", acam, "PUT, DELETE, patch", acah, "x-a")
				s := step{Via: "xhr", URL: "{b/}x", Method: m, Credentials: mode, Headers: lines("X-A", "1")}
				if m == "POST" || m == "PUT" {
					s.HasBody, s.Body = true, "x"
				}
				all = append(all, one(fmt.Sprintf("xhr/%s-%s-%s", m, strings.ReplaceAll(or(mode, "without"), "include", "with"), a.name), fmt.Sprintf("An XMLHttpRequest with method %s, and withCredentials %v.", m, mode != ""), s, serve(preflight, a.answer)))
			}
		}
		all = append(all, one("xhr/"+m+"-simple", fmt.Sprintf("An XMLHttpRequest with method %s, and no headers.", m), step{Via: "xhr", URL: "{b/}x", Method: m}, serve(public(204), public(200))),
			one("xhr/"+m+"-same-origin", fmt.Sprintf("An XMLHttpRequest with method %s to the page's own origin.", m), step{Via: "xhr", URL: "{a/}x", Method: m, Headers: lines("X-A", "1")}, only(reply(200, "X-A", "1", "Set-Cookie", "a=b"))))
	}
	for _, mode := range []string{"", "include"} {
		for _, to := range "ab" {
			url := fmt.Sprintf("{%c/}x", to)
			all = append(all, withCookie(fmt.Sprintf("xhr/cookies-%c-%s", to, strings.ReplaceAll(or(mode, "without"), "include", "with")), fmt.Sprintf("Whether an XMLHttpRequest has cookies, withCredentials %v.", mode != ""), url, string(to), step{Via: "xhr", URL: url, Credentials: mode}, only(private(200))))
		}
	}
	for _, h := range [][]string{{"Cookie", "a=b"}, {"Origin", "https://x.example"}, {"Referer", "https://x.example/"}, {"Host", "x"}, {"Sec-X", "1"}, {"Accept", "text/html"}, {"Content-Type", "application/json"}, {"X-A", "1", "X-A", "2"}, {"Authorization", "x"}, {"X-Requested-With", "XMLHttpRequest"}} {
		all = append(all, one("xhr/header-"+strings.ToLower(h[0])+strings.Repeat("-twice", len(h)/2-1), fmt.Sprintf("An XMLHttpRequest sets %s.", h[0]), step{Via: "xhr", URL: "{b/}x", Method: "POST", Headers: lines(h...), HasBody: true, Body: "x"}, serve(public(204), public(200))))
	}
	for _, hops := range []string{"ab", "bb", "bc", "ba"} {
		all = append(all, chain("xhr/redirect-"+hops, "An XMLHttpRequest is redirected.", hops, 302, step{Via: "xhr"}, echo(200)))
	}
	all = append(all, one("xhr/expose-wildcard-with-credentials", "* is not a wildcard for a request with credentials.", step{Via: "xhr", URL: "{b/}x", Credentials: "include"}, only(private(200).with(aceh, "*", "X-A", "1"))),
		one("xhr/wildcard-with-credentials", "A response with * is not for a request with credentials.", step{Via: "xhr", URL: "{b/}x", Credentials: "include"}, only(reply(200, acao, "*", acac, "true"))))
	return all
}

// referrers are about Referer.
func referrers() (all []*testCase) {
	policies := []string{"", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"}
	for _, policy := range policies {
		for _, to := range "ab" {
			s := step{URL: fmt.Sprintf("{%c/}x", to), Policy: policy}
			c := one(fmt.Sprintf("referrer/policy-%s-%c", or(policy, "default"), to), fmt.Sprintf("Referer with the referrer policy %q.", policy), s, only(public(200)))
			c.Needs = []Ability{AbilityReferrer}
			all = append(all, c)
		}
		for _, hops := range []string{"ab", "ba", "bb"} {
			all = append(all, needing(chain(fmt.Sprintf("referrer/redirect-%s-%s", or(policy, "default"), hops), fmt.Sprintf("Referer after a redirect, with the referrer policy %q.", policy), hops, 302, step{Policy: policy}, echo(200)), AbilityReferrer))
		}
	}
	for _, policy := range []string{"no-referrer", "unsafe-url", "origin", "nonsense"} {
		c := chain("referrer/policy-of-redirect-"+policy, fmt.Sprintf("A redirect sets the referrer policy %q.", policy), "ab", 302, step{}, echo(200).with("Referrer-Policy", policy))
		all = append(all, needing(c, AbilityReferrer))
	}
	for _, referrer := range []string{"", "about:client", "{page}/elsewhere?q#f", "https://x.example/y", "{b}/y"} {
		for _, to := range "ab" {
			s := step{URL: fmt.Sprintf("{%c/}x", to), Referrer: &referrer, Policy: "unsafe-url"}
			all = append(all, one(fmt.Sprintf("referrer/given-%c=%s", to, slug(referrer)), fmt.Sprintf("fetch() is given the referrer %q.", referrer), s, only(public(200))))
		}
	}
	all = append(all, needing(one("referrer/preflight", "A preflight has the Referer of its request.", step{URL: "{b/}x", Method: "PUT"}, serve(public(204), public(200))), AbilityReferrer))
	return all
}

func or(text, absent string) string {
	if text == "" {
		return absent
	}
	return text
}

func needing(c *testCase, a ...Ability) *testCase {
	c.Needs = append(c.Needs, a...)
	return c
}

// cacheModes are what of them goes over the wire.
func cacheModes() (all []*testCase) {
	for _, mode := range []string{"default", "no-store", "reload", "no-cache", "force-cache", "only-if-cached"} {
		for _, to := range "ab" {
			all = append(all, one(fmt.Sprintf("cache-mode/%s-%c", mode, to), fmt.Sprintf("The headers of cache mode %s.", mode), step{URL: fmt.Sprintf("{%c/}x", to), Cache: mode}, serve(public(204), public(200))))
		}
	}
	for _, mode := range []string{"no-store", "reload", "no-cache"} {
		all = append(all, one("cache-mode/preflight-"+mode, fmt.Sprintf("Cache mode %s asks for no preflight, and a page's headers stay.", mode), step{URL: "{b/}x", Cache: mode, Headers: lines("Content-Type", "text/plain"), Method: "POST", HasBody: true, Body: "x"}, serve(public(204), public(200))))
	}
	all = append(all, one("cache-mode/own-header", "A page's own Cache-Control needs a preflight.", step{URL: "{b/}x", Headers: lines("Cache-Control", "no-cache")}, serve(public(204), public(200))),
		one("cache-mode/only-if-cached-same-origin", "Nothing is cached: with only-if-cached nothing is sent.", step{URL: "{a/}x", Cache: "only-if-cached", Mode: "same-origin"}, only(reply(200))))
	return all
}

func keepalives() (all []*testCase) {
	for _, n := range []int{0, 1000, 65536, 65537, 100000} {
		for _, to := range "ab" {
			s := step{URL: fmt.Sprintf("{%c/}x", to), Method: "POST", Keepalive: true, HasBody: true, Body: strings.Repeat("k", n), Headers: lines("Content-Type", "text/plain")}
			if n == 0 {
				s.Headers, s.HasBody = nil, false
			}
			all = append(all, one(fmt.Sprintf("keepalive/%d-%c", n, to), fmt.Sprintf("A request with keepalive and a body of %d bytes.", n), s, only(public(200))))
		}
	}
	return append(all, one("keepalive/preflight", "A request with keepalive needs a preflight as others do.", step{URL: "{b/}x", Method: "PUT", Keepalive: true}, serve(reply(204, acao, "*"), public(200))),
		one("keepalive/not", "Without keepalive a body may be longer.", step{URL: "{b/}x", Method: "POST", HasBody: true, Body: strings.Repeat("k", 70000), Headers: lines("Content-Type", "text/plain")}, only(public(200))))
}

func aborts() (all []*testCase) {
	hold := answer{Hold: true}
	const after = 400 * time.Millisecond
	all = append(all, one("abort/request", "A page gives up while the response is awaited.", step{URL: "{b/}x", Abort: after}, only(hold)),
		one("abort/same-origin", "A page gives up while the response of its own origin is awaited.", step{URL: "{a/}x", Abort: after}, only(hold)),
		one("abort/preflight", "A page gives up while a preflight is under way: the request is not sent.", step{URL: "{b/}x", Method: "PUT", Abort: after}, serve(hold, public(200))),
		one("abort/after-preflight", "A page gives up after a preflight.", step{URL: "{b/}x", Method: "PUT", Abort: after}, serve(public(204), hold)))
	c := chain("abort/redirect", "A page gives up after a redirect.", "bb", 302, step{Abort: after}, echo(200))
	c.Serve["{b/}1"].Request[0] = hold
	return append(all, c)
}

func streams() (all []*testCase) {
	stream := func(method, url string) step {
		return step{URL: url, Method: method, Stream: true, HasBody: true, Body: "the stream"}
	}
	for _, m := range []string{"POST", "PUT"} {
		for _, l := range [][]string{nil, {acam, "PUT"}, {acam, "POST"}, {acam, "*"}, {acam, ""}} {
			all = append(all, one(fmt.Sprintf("stream/%s-allowing=%s", m, strings.ReplaceAll(slug(l...), "Access-Control-Allow-", "")), fmt.Sprintf("A %s whose body is a stream needs a preflight.", m), stream(m, "{b/}x"), serve(reply(204, acao, "*").with(l...), reply(200, acao, "*"))))
		}
	}
	all = append(all, one("stream/same-origin", "A stream to the page's own origin needs no preflight.", stream("POST", "{a/}x"), only(reply(200))),
		one("stream/refused", "A stream whose preflight is refused is not sent.", stream("POST", "{b/}x"), serve(reply(204), public(200))))
	for _, status := range []int{301, 302, 303, 307, 308} {
		all = append(all, chain(fmt.Sprintf("stream/redirect-%d", status), fmt.Sprintf("A stream is redirected with status %d: it cannot be sent twice.", status), "bb", status, stream("POST", ""), echo(200)))
	}
	return all
}

// ports are about ports that browsers block.
func ports() (all []*testCase) {
	bad := "http://127.0.0.1:{bad-port}{/}x"
	all = append(all, one("port/blocked", "A port is blocked: no connection is made.", load(bad), only(reply(200, acao, "*"))),
		one("port/blocked-no-cors", "A port is blocked with mode no-cors too.", step{URL: bad, Mode: "no-cors"}, only(reply(200))),
		one("port/blocked-put", "A port is blocked before a preflight.", step{URL: bad, Method: "PUT"}, serve(public(204), public(200))))
	c := one("port/blocked-redirect", "A redirect to a blocked port is not followed.", load("{b/}x"), only(public(302).with("Location", bad)))
	c.Serve[bad] = only(public(200))
	return append(all, c)
}

// throwing are calls of fetch() that send nothing.
func throwing() (all []*testCase) {
	for _, s := range []step{
		{Method: "CONNECT"}, {Method: "TRACE"}, {Method: "TRACK"}, {Method: "trace"}, {Method: "connect"}, {Method: "G E T"}, {Method: "GET "}, {Method: "G\xc9T"},
		{URL: "http://u:p@{host-b/}x"}, {URL: "http://u@{host-a/}x"}, {URL: "http://["}, {HasBody: true, Body: "x"}, {Method: "HEAD", HasBody: true, Body: "x"}, {Headers: lines("X A", "1")}, {Headers: lines("X-A", "1\n2")}, {Headers: lines("", "1")}, {Headers: lines("X-A", "a\x00b")},
		{Mode: "navigate"}, {Mode: "no-cors", Method: "PUT"}, {Cache: "only-if-cached"},
	} {
		s.URL = or(s.URL, "{b/}x")
		all = append(all, one("throws/"+slug(strings.TrimSuffix(strings.TrimPrefix(s.String(), "fetch("), ")")), "fetch() rejects at once, and nothing is sent.", s, serve(public(204), public(200))))
	}
	return all
}

// secure are cases with https.
func secure() (all []*testCase) {
	for _, to := range "fgha" {
		for _, m := range []string{"GET", "PUT"} {
			c := one(fmt.Sprintf("tls/%c-%s", to, m), "A page of https requests something.", step{URL: fmt.Sprintf("{%c/}x", to), Method: m}, serve(private(204), private(200)))
			c.Page = 'f'
			all = append(all, c)
		}
	}
	for _, to := range "gh" {
		for _, mode := range []string{"omit", "include"} {
			url := fmt.Sprintf("{%c/}x", to)
			c := &testCase{ID: fmt.Sprintf("tls/cookies-%c-%s", to, mode), Page: 'f', About: "Cookies over https, with SameSite=None.", Serve: map[string]*served{"{g/}login": only(private(200).with("Set-Cookie", "sid=42; Path=/; Secure; SameSite=None")), url: serve(private(204), private(200))}}
			c.Steps = []step{{URL: "{g/}login", Credentials: "include"}, {URL: url, Method: "PUT", Credentials: mode}}
			all = append(all, c)
		}
	}
	for _, to := range "bf" {
		c := one(fmt.Sprintf("tls/from-http-%c", to), "A page of http requests https.", load(fmt.Sprintf("{%c/}x", to)), only(private(200)))
		c.Needs = []Ability{AbilityTLS}
		all = append(all, c)
	}
	return all
}
