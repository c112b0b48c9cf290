package clienttest

import (
	"fmt"
	"strings"
)

// The helpers below make cases of a few lines.

// reply is an answer with those headers: names and values in turn.
func reply(status int, namesAndValues ...string) answer {
	return answer{Status: status, Headers: lines(namesAndValues...)}
}

func (a answer) with(namesAndValues ...string) answer {
	a.Headers = append(a.Headers[:len(a.Headers):len(a.Headers)], lines(namesAndValues...)...)
	return a
}

// to is the answer as a redirect.
func (a answer) to(status int, location string) answer {
	a = a.with("Location", location)
	a.Status = status
	return a
}

func lines(namesAndValues ...string) (l [][2]string) {
	for i := 0; i < len(namesAndValues); i += 2 {
		l = append(l, [2]string{namesAndValues[i], namesAndValues[i+1]})
	}
	return l
}

// each makes header lines of one name.
func each(name string, values ...string) (l [][2]string) {
	for _, v := range values {
		l = append(l, [2]string{name, v})
	}
	return l
}

// public lets everyone read without credentials, and allows all headers and the methods that are asked for here.
func public(status int) answer {
	return reply(status, acao, "*", acam, "PUT, DELETE, PATCH, QUERY, patch", acah, "*, authorization")
}

// private lets the page read, with credentials too.
func private(status int) answer {
	return reply(status, acao, "{page}", acac, "true", acam, "PUT, DELETE, PATCH", acah, "authorization, content-type, x-a, x-b, range")
}

// echo lets the origin read that the request says it is of, with credentials too.
func echo(status int) answer {
	return reply(status, acao, "{origin}", acac, "true", acam, "PUT, DELETE, PATCH", acah, "authorization, content-type, x-a, x-b, range")
}

// serve answers preflights and requests with one answer each.
func serve(preflight, request answer) *served {
	return &served{Preflight: []answer{preflight}, Request: []answer{request}}
}

// only answers requests, and preflights, should there be some, with all that they ask for.
func only(request ...answer) *served { return &served{Request: request} }

// one is a case of one step.
func one(id, about string, s step, answers *served) *testCase {
	return &testCase{ID: id, About: about, Steps: []step{s}, Serve: map[string]*served{withoutFragment(s.URL): answers}}
}

func withoutFragment(url string) string {
	url, _, _ = strings.Cut(url, "#")
	return url
}

// load is fetch() with those headers.
func load(url string, headers ...string) step { return step{URL: url, Headers: lines(headers...)} }

// slug is a value, or the lines of a header, as a part of an id.
func slug(values ...string) string {
	if len(values) == 0 {
		return "none"
	}
	var parts []string
	for _, v := range values {
		if v == "" {
			v = "empty"
		}
		if len(v) > 60 {
			parts = append(parts, fmt.Sprintf("%.10s…%d-bytes", v, len(v)))
			continue
		}
		var b strings.Builder
		for i := range len(v) {
			switch c := v[i]; {
			case c == ' ':
				b.WriteByte('_')
			case c < '!' || c > '~' || c == '%' || c == '"':
				fmt.Fprintf(&b, "%%%02x", c)
			default:
				b.WriteByte(c)
			}
		}
		parts = append(parts, b.String())
	}
	return strings.Join(parts, "|")
}

// families are cases about one thing each.
func families() (all []*testCase) {
	for _, f := range []func() []*testCase{preflightMethods, requestHeaders, preflightContents, preflightAnswers, corsChecks, credentials, exposing, caching, redirects, locations, originHeaders,
		noCORS, sameOriginMode, statuses, resourcePolicies, elements, xhrs, referrers, cacheModes, keepalives, aborts, streams, ports, throwing, secure} {
		all = append(all, f()...)
	}
	return all
}

// preflightMethods are about methods: which need a preflight, how they are written, and what has to allow them.
func preflightMethods() (all []*testCase) {
	for _, m := range []string{"GET", "get", "HEAD", "head", "POST", "post", "PUT", "put", "DELETE", "delete", "OPTIONS", "options", "PATCH", "patch", "Patch", "QUERY", "query", "PROPFIND", "CHICKEN", "chicken", "unlink", "M-SEARCH", "!", "GETS", "POSTS"} {
		for _, allowed := range []string{"listed", "wildcard", "other-case", "not-listed"} {
			list, about := m, "a preflight answer that lists it"
			switch allowed {
			case "listed":
				if m == "put" || m == "delete" || m == "options" {
					list = strings.ToUpper(m)
				}
			case "wildcard":
				list, about = "*", "a preflight answer that lists *"
			case "other-case":
				list, about = swapCase(m), "a preflight answer that lists it in another case"
			case "not-listed":
				list, about = "X-OTHER", "a preflight answer that does not list it"
			}
			if allowed != "listed" && strings.ContainsAny(m, "!-") {
				continue
			}
			s := step{URL: "{b/}x", Method: m}
			if m == "POST" || m == "PUT" || m == "PATCH" || m == "patch" {
				s.HasBody, s.Body, s.Headers = true, "body", lines("Content-Type", "text/plain")
			}
			all = append(all, one("method/"+m+"-"+allowed, fmt.Sprintf("The method %s, and %s.", m, about), s, serve(reply(200, acao, "*", acam, list), reply(200, acao, "*"))))
		}
		all = append(all, one("method/"+m+"-same-origin", fmt.Sprintf("The method %s to the page's own origin needs no preflight.", m), step{URL: "{a/}x", Method: m}, only(reply(200))))
	}
	return all
}

func swapCase(s string) string {
	if u := strings.ToUpper(s); u != s {
		return u
	}
	return strings.ToLower(s)
}

// requestHeaders ask of single headers whether they cause a preflight, and what of them arrives.
func requestHeaders() (all []*testCase) {
	long := strings.Repeat("x", 128)
	for _, h := range [][2]string{
		{"Accept", "*/*"}, {"Accept", ""}, {"accept", "text/html"}, {"ACCEPT", long}, {"Accept", long + "x"}, {"Accept", "a\tb"}, {"Accept", `"x"`}, {"Accept", "x:y"},
		{"Accept", "x<y"}, {"Accept", "x>y"}, {"Accept", "x?y"}, {"Accept", "x@y"}, {"Accept", "x[y"}, {"Accept", `x\y`}, {"Accept", "x]y"}, {"Accept", "x{y"}, {"Accept", "x}y"}, {"Accept", "(x)"},
		{"Accept", "x\x7fy"}, {"Accept", "x\x01y"}, {"Accept", "x\xe4y"}, {"Accept", "x\x80y"}, {"Accept", "application/json"}, {"Accept", "application/json, text/plain, */*"}, {"Accept", " x "},
		{"Accept-Language", "de"}, {"Accept-Language", "de-DE;q=0.5, *;q=0.1"}, {"Accept-Language", "de_DE"}, {"Accept-Language", "@"}, {"Accept-Language", long}, {"Accept-Language", long + "x"}, {"Accept-Language", "a/b"},
		{"Content-Language", "de"}, {"Content-Language", "de/en"}, {"Content-Language", ""}, {"Content-Language", "a:b"}, {"Content-Language", long + "x"},
		{"Content-Type", "text/plain"}, {"content-type", "TEXT/Plain"}, {"Content-Type", "text/plain;charset=utf-8"}, {"Content-Type", "text/plain; charset=\"utf-8\""}, {"Content-Type", "multipart/form-data;boundary=x"},
		{"Content-Type", "multipart/form-data"}, {"Content-Type", "multipart/mixed"}, {"Content-Type", "application/x-www-form-urlencoded"}, {"Content-Type", "application/x-www-form-urlencoded;x=y"}, {"Content-Type", "application/json"},
		{"Content-Type", "application/octet-stream"}, {"Content-Type", "text/html"}, {"Content-Type", "text/xml"}, {"Content-Type", ""}, {"Content-Type", "text/plain, text/html"}, {"Content-Type", "text/plain, text/plain"}, {"Content-Type", "text/plain;"},
		{"Content-Type", "text/plain ;x"}, {"Content-Type", "text /plain"}, {"Content-Type", "text/plain;a=b(c"}, {"Content-Type", "text/plain;a={b}"}, {"Content-Type", "text/plainx"}, {"Content-Type", "text/plain-x"}, {"Content-Type", "xtext/plain"}, {"Content-Type", "text/plain+json"},
		{"Content-Type", "text/plain;" + long}, {"Content-Type", "text/plain;" + long[:117]}, {"Content-Type", "text/plain;" + long[:118]}, {"Content-Type", "text"}, {"Content-Type", "text/"}, {"Content-Type", "application/json;x=text/plain"}, {"Content-Type", "application/csp-report"},
		{"Content-Type", "text/plain;x=\xe4"}, {"Content-Type", "text/plain; charset=utf-8; application/json"},
		{"Range", "bytes=0-"}, {"Range", "bytes=0-9"}, {"Range", "bytes=9-0"}, {"Range", "bytes=-9"}, {"Range", "bytes=0-9,20-29"}, {"Range", "BYTES=0-9"}, {"Range", "bytes = 0-9"}, {"Range", "bytes= 0-9"}, {"Range", "bytes=0 -9"},
		{"Range", "bytes=00-9"}, {"Range", "items=0-9"}, {"Range", "bytes=-"}, {"Range", ""}, {"Range", "bytes=0-9x"}, {"Range", "x"},
		{"X-Custom", "1"}, {"X-Custom", ""}, {"x-custom", " 1 "}, {"X-Custom", "\xff"}, {"Authorization", "Basic eDp5"}, {"authorization", "Bearer x"}, {"If-None-Match", "\"x\""}, {"If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"}, {"If-Match", "\"x\""},
		{"Cache-Control", "no-cache"}, {"Pragma", "no-cache"}, {"Last-Event-ID", "1"}, {"User-Agent", "me"}, {"Save-Data", "on"}, {"DPR", "1"}, {"Device-Memory", "1"}, {"Downlink", "1"}, {"Viewport-Width", "100"}, {"Width", "100"}, {"X-Requested-With", "XMLHttpRequest"},
		{"X-CSRF-Token", "x"}, {"Accept-Charset", "utf-8"}, {"Accept-Encoding", "x"}, {"DNT", "forged"}, {"Sec-CH-UA", "x"}, {"Sec-X", "1"}, {"sec-fetch-site", "same-origin"}, {"Sec-Fetch-Mode", "navigate"}, {"Proxy-X", "1"}, {"Proxy-Authorization", "x"}, {"Content-Length", "1"},
		{"Host", "x"}, {"Cookie", "a=b"}, {"Cookie2", "x"}, {"Set-Cookie", "x"}, {"Origin", "https://x.example"}, {"Referer", "https://x.example/"}, {"Date", "x"}, {"Expect", "100-continue"}, {"Via", "x"}, {"TE", "forged"}, {"Trailer", "x"}, {"Upgrade", "x"},
		{"Upgrade-Insecure-Requests", "1"}, {"Keep-Alive", "forged"}, {"Transfer-Encoding", "x"}, {"Connection", "x"}, {"Access-Control-Request-Headers", "x"}, {"Access-Control-Request-Method", "X"}, {"Access-Control-Request-Private-Network", "true"}, {"Access-Control-Allow-Origin", "*"},
		{"X-HTTP-Method", "TRACE"}, {"X-HTTP-Method", "PUT"}, {"X-HTTP-Method-Override", "put, trace"}, {"X-HTTP-Method-Override", "DELETE"}, {"X-Method-Override", "\"TRACE\""}, {"X-Method-Override", "connect"}, {"Purpose", "prefetch"}, {"Service-Worker", "script"},
		{"Priority", "u=1"}, {"Content-Encoding", "gzip"}, {"Content-Location", "/x"}, {"Forwarded", "for=x"}, {"X-Forwarded-For", "1.2.3.4"}, {"Sec", "x"}, {"Traceparent", "00-x"}, {"!#$%&'*+-.^_`|~", "x"}, {"1", "2"},
	} {
		s := step{URL: "{c/}x", Method: "POST", Headers: [][2]string{h}, Body: "body", HasBody: true}
		all = append(all, one("request-header/"+h[0]+"="+slug(h[1]), fmt.Sprintf("A page sets %s to %s.", h[0], shortly(h[1])), s, serve(public(204), public(200))))
	}
	for _, l := range [][]string{
		{"Accept", "a", "Accept", "b"}, {"X-A", "1", "X-A", "2"}, {"X-b", "1", "X-a", "2", "X-B", "3"}, {"Content-Type", "text/plain", "Content-Type", "text/plain"}, {"Content-Type", "text/plain", "Accept", "(", "X-A", "1"},
		{"Range", "bytes=0-1", "Range", "bytes=2-3"}, {"Range", "bytes=0-1", "If-Range", "x"}, {"X-Z", "1", "Content-Type", "application/json", "Authorization", "x", "Accept", "text/html", "A", "2"}, {"X-10", "1", "X-9", "2", "X-a", "3", "X_b", "4"},
		{"Accept", long, "Accept-Language", long, "Content-Language", long},
		{"Accept", long[:64], "Accept", long[:64]}, {"Accept", long[:70], "Accept", long[:70]},
	} {
		all = append(all, one("request-header/several="+slug(l...), "A page sets several headers.", load("{c/}x", l...), serve(public(204), public(200))))
	}
	// The sum of what is safelisted: 1024 bytes are the most.
	for _, n := range []int{8, 9} {
		var many []string
		for range n {
			many = append(many, "Accept", strings.Repeat("a", 128))
		}
		all = append(all, one(fmt.Sprintf("request-header/sum-%d", n*128), fmt.Sprintf("Safelisted values of %d bytes together, in headers of one name.", n*128), load("{c/}x", many...), serve(public(204), public(200))))
	}
	for _, extra := range []int{0, 1} {
		// Four names, 128 bytes each, are 512; five more Accepts make 1024, or 1025.
		l := []string{"Accept-Language", long, "Content-Language", long, "Content-Type", "text/plain;" + long[:117], "Accept", long, "Accept", long, "Accept", long, "Accept", long}
		if extra == 0 {
			l = append(l, "Accept", long)
		} else {
			l = append(l, "Accept", long, "Accept", "x")
		}
		all = append(all, one(fmt.Sprintf("request-header/sum-of-names-%d", 1024+extra), "Safelisted values of several names, at the limit of their sum.", load("{c/}x", l...), serve(public(204), public(200))))
	}
	for _, unsafe := range []int{10, 2000} {
		all = append(all, one(fmt.Sprintf("request-header/sum-beside-unsafe-%d", unsafe), "Unsafe values do not count for the sum of the safelisted ones.", load("{c/}x", "Accept", long, "Content-Language", long, "X-A", strings.Repeat("b", unsafe)), serve(public(204), public(200))))
	}
	return all
}

// shortly is a text for a sentence.
func shortly(s string) string {
	if len(s) > 40 {
		return fmt.Sprintf("%d bytes", len(s))
	}
	return fmt.Sprintf("%q", s)
}

// preflightContents are about what a preflight has, beside what it is for.
func preflightContents() (all []*testCase) {
	add := func(id, about string, s step) {
		s.URL = "{b/}x"
		all = append(all, one("preflight/"+id, about, s, serve(private(204), private(200))))
	}
	add("headers-sorted", "The names that a preflight asks for are lower-case, sorted, and joined by a comma alone.", step{Headers: lines("X-B", "1", "Content-Type", "application/json", "x-A", "2", "Authorization", "Bearer x")})
	add("safelisted-not-asked", "A preflight does not ask for headers that are safelisted.", step{Method: "PUT", Headers: lines("Accept", "text/html", "Accept-Language", "de", "X-A", "1", "Content-Type", "text/plain")})
	add("no-unsafe-header", "Without unsafe headers, a preflight has no Access-Control-Request-Headers.", step{Method: "PUT", Headers: lines("Accept", "text/html")})
	add("method-safelisted", "A preflight for a header asks for the method, safelisted or not.", step{Headers: lines("X-A", "1")})
	add("method-post", "A preflight for a header asks for POST.", step{Method: "POST", Headers: lines("Content-Type", "application/json"), HasBody: true, Body: "{}"})
	add("author-headers", "A preflight has none of the author's headers.", step{Method: "PUT", Headers: lines("Authorization", "Bearer x", "X-A", "secret", "Accept", "text/html", "Content-Type", "application/json", "Accept-Language", "de"), HasBody: true, Body: "{}"})
	add("forbidden-not-asked", "A preflight does not ask for headers that a page cannot set.", step{Headers: lines("X-A", "1", "Cookie", "a=b", "Origin", "https://x.example", "User-Agent", "me")})
	add("names-once", "A preflight asks for a name once.", step{Headers: lines("X-A", "1", "x-a", "2", "X-B", "3")})
	// Cookies, in each credentials mode.
	for _, mode := range []string{"omit", "same-origin", "include"} {
		all = append(all, withCookie("preflight/cookies-"+mode, "A preflight has no cookies, whatever the credentials mode of its request.", "{b/}x", "b",
			step{URL: "{b/}x", Method: "PUT", Credentials: mode, HasBody: true, Body: "x"}, serve(private(204), private(200))))
	}
	// A preflight cannot set cookies.
	c := &testCase{ID: "preflight/sets-cookies", About: "Cookies that the answer to a preflight sets are not kept.", Serve: map[string]*served{"{b/}x": serve(private(204).with("Set-Cookie", "pre=1; Path=/"), private(200))}}
	c.Steps = []step{{URL: "{b/}x", Method: "PUT", Credentials: "include"}, {URL: "{b/}y", Credentials: "include"}}
	c.Serve["{b/}y"] = only(private(200))
	return append(all, c)
}

// withCookie is a case in which the browser has a cookie of a host before the step.
func withCookie(id, about, url, letter string, s step, answers *served) *testCase {
	login := "{" + letter + "/}login"
	set := private(200).with("Set-Cookie", "sid=42; Path=/")
	return &testCase{ID: id, About: about, Steps: []step{{URL: login, Credentials: "include"}, s}, Serve: map[string]*served{login: only(set), withoutFragment(url): answers}}
}

// preflightAnswers are about what a preflight has to be answered.
func preflightAnswers() (all []*testCase) {
	put := step{URL: "{b/}x", Method: "PUT"}
	ok := reply(200, acao, "*")
	for _, status := range []int{200, 201, 202, 204, 205, 206, 226, 250, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 407, 500, 503, 599} {
		a := public(status)
		c := one(fmt.Sprintf("preflight-status/%d", status), fmt.Sprintf("A preflight is answered with status %d and all headers that allow the request.", status), put, serve(a, ok))
		if status >= 300 && status < 400 {
			c.Serve["{b/}x"].Preflight[0] = a.with("Location", "{b/}y")
			c.Serve["{b/}y"] = serve(public(204), ok)
		}
		all = append(all, c)
	}
	all = append(all, one("preflight-status/500-without-cors", "A preflight is answered with status 500 and nothing else.", put, serve(reply(500), ok)))
	all = append(all, one("preflight-status/closed", "A preflight gets no answer: the connection is closed.", put, serve(answer{}, ok)))
	for _, to := range []string{"{a/}y", "{c/}y"} {
		c := one("preflight-status/307-to-"+to[1:2], "The answer to a preflight redirects elsewhere.", put, serve(public(307).with("Location", to), ok))
		c.Serve[to] = serve(public(204), ok)
		all = append(all, c)
	}
	for _, values := range [][]string{
		nil, {"PUT"}, {"put"}, {"Put"}, {"GET"}, {""}, {"*"}, {"PUT, DELETE"}, {"DELETE,PUT"}, {" ,PUT, "}, {"PUT DELETE"}, {"PUT;DELETE"}, {"\"PUT\""}, {"PUT", "DELETE"}, {"DELETE", "PUT"}, {"*, PUT"}, {"PUT, a b"}, {"PUT", "a b"}, {"PU"}, {"PUTS"}, {"**"},
		{"PUT\xa0"}, {"PUT, (x)"}, {"DELETE, *"}, {"GET, HEAD, POST, PUT, DELETE, PATCH, OPTIONS"},
	} {
		for _, mode := range []string{"omit", "include"} {
			a := reply(204, acao, "{page}", acac, "true")
			a.Headers = append(a.Headers, each(acam, values...)...)
			s := put
			s.Credentials = mode
			all = append(all, one("allow-methods/"+mode+"="+slug(values...), fmt.Sprintf("Access-Control-Allow-Methods is %q for a PUT with credentials mode %q.", values, mode), s, serve(a, private(200))))
		}
	}
	for _, values := range [][]string{
		nil, {"X-A"}, {"x-a"}, {"X-B"}, {""}, {"*"}, {"X-A, X-B"}, {"x-b,X-a"}, {" ,X-A, "}, {"X-A X-B"}, {"X-A;X-B"}, {"\"X-A\""}, {"X-A", "X-B"}, {"*, x-b"}, {"X-A, a b"}, {"X-A", "(x)"}, {"X-"}, {"X-AB"}, {"**"}, {"X-A*"}, {"X-*"}, {"X-A\xa0"}, {"content-type, X-A, authorization"},
	} {
		for _, mode := range []string{"omit", "include"} {
			a := reply(204, acao, "{page}", acac, "true")
			a.Headers = append(a.Headers, each(acah, values...)...)
			s := load("{b/}x", "X-A", "1")
			s.Credentials = mode
			all = append(all, one("allow-headers/"+mode+"="+slug(values...), fmt.Sprintf("Access-Control-Allow-Headers is %q for X-A with credentials mode %q.", values, mode), s, serve(a, private(200))))
		}
	}
	for _, t := range []struct {
		list    string
		headers []string
	}{
		{"*", []string{"Authorization", "x"}}, {"authorization", []string{"Authorization", "x"}}, {"Authorization", []string{"AUTHORIZATION", "x"}}, {"*, authorization", []string{"Authorization", "x"}}, {"*", []string{"Authorization", "x", "X-A", "1"}}, {"*, Authorization", []string{"Authorization", "x", "X-A", "1"}},
		{"x-a", []string{"X-A", "1", "X-B", "2"}}, {"x-a, x-b", []string{"X-A", "1", "X-B", "2"}}, {"x-b", []string{"X-A", "1", "X-B", "2"}}, {"x-a, content-type", []string{"X-A", "1", "Content-Type", "application/json"}}, {"x-a", []string{"X-A", "1", "Content-Type", "text/plain"}},
		{"content-type", []string{"Content-Type", "application/json"}}, {"accept", []string{"X-A", "1"}}, {"*", []string{"X-A", "1", "X-B", "2", "Content-Type", "application/json"}}, {"*", []string{"*", "1"}},
	} {
		for _, mode := range []string{"omit", "include"} {
			s := load("{b/}x", t.headers...)
			s.Credentials = mode
			all = append(all, one(fmt.Sprintf("allow-headers/%s=%s-for-%s", mode, slug(t.list), slug(t.headers...)), fmt.Sprintf("Access-Control-Allow-Headers is %q, and the page sends %q with credentials mode %q.", t.list, t.headers, mode), s, serve(reply(204, acao, "{page}", acac, "true", acah, t.list), private(200))))
		}
	}
	// Both at once, and safelisted methods, which need not be listed.
	both := step{URL: "{b/}x", Method: "PUT", Headers: lines("X-A", "1")}
	for _, l := range [][]string{{acam, "PUT"}, {acah, "X-A"}, {acam, "PUT", acah, "X-A"}, {acam, "*", acah, "*"}, {acam, "POST", acah, "X-A"}, {}} {
		all = append(all, one("preflight-answer/both="+strings.ReplaceAll(slug(l...), "Access-Control-Allow-", ""), "A PUT with X-A has to have both allowed.", both, serve(reply(204, acao, "*").with(l...), ok)))
	}
	for _, m := range []string{"GET", "HEAD", "POST"} {
		all = append(all, one("preflight-answer/safelisted-"+m, "A safelisted method need not be allowed.", step{URL: "{b/}x", Method: m, Headers: lines("X-A", "1")}, serve(reply(204, acao, "*", acah, "X-A", acam, "DELETE"), ok)))
	}
	all = append(all, one("preflight-answer/then-request-refused", "A preflight allows the request, and the response does not allow the page.", put, serve(public(204), reply(200))))
	all = append(all, one("preflight-answer/before-request", "Nothing is sent before the preflight has passed.", put, serve(reply(204), ok)))
	return all
}

// corsChecks are responses with all sorts of Access-Control-Allow-Origin and -Credentials, on the request and on the
// preflight.
func corsChecks() (all []*testCase) {
	for _, values := range [][]string{
		nil, {"*"}, {"{page}"}, {"null"}, {"Null"}, {"{b}"}, {"{page}/"}, {" {page} "}, {"{page},"}, {",{page}"}, {"{page}, {page}"}, {"{page} {page}"}, {"*", "*"}, {"*, *"}, {"*", "{page}"}, {"{page}", "{page}"}, {"{page}", "{b}"}, {""}, {"", "*"}, {"*,"}, {"**"}, {"\"*\""},
		{"HTTP://LOCALHOST"}, {"http://localhost"}, {"{page}#"}, {"{page}\xa0"}, {"\xa0*"}, {"\f*"}, {"http://*"}, {"http://localhost:*"}, {"*.localhost"}, {"localhost"}, {"true"}, {"//localhost"}, {"{page}.example"}, {"{page}9"}, {"null", "null"}, {"\t*\t"}, {"{page}:80"}, {"{page}/x"}, {"{page}/{/}page"},
		{"http://Localhost:{port}"}, {"HTTP://localhost:{port}"}, {"https://localhost:{port}"}, {"http://127.0.0.1:{port}"}, {"http://u@localhost:{port}"},
	} {
		for _, mode := range []string{"same-origin", "include"} {
			a := reply(200, acac, "true")
			a.Headers = append(a.Headers, each(acao, values...)...)
			all = append(all, one("cors-check/"+mode+"="+slug(values...), fmt.Sprintf("Access-Control-Allow-Origin is %q, and the credentials mode %q.", values, mode), step{URL: "{b/}x", Credentials: mode}, only(a)))
		}
		a := reply(200, acam, "PUT")
		a.Headers = append(a.Headers, each(acao, values...)...)
		all = append(all, one("preflight-cors-check/"+slug(values...), fmt.Sprintf("Access-Control-Allow-Origin of a preflight's answer is %q.", values), step{URL: "{b/}x", Method: "PUT"}, serve(a, reply(200, acao, "*"))))
	}
	for _, values := range [][]string{nil, {"true"}, {"TRUE"}, {"True"}, {" true "}, {"true,"}, {"true, true"}, {"true", "true"}, {"1"}, {"yes"}, {"false"}, {""}, {"\"true\""}, {"\xa0true"}, {"false", "true"}, {"*"}, {"?1"}, {"truex"}} {
		a := reply(200, acao, "{page}", acam, "PUT")
		a.Headers = append(a.Headers, each(acac, values...)...)
		about := fmt.Sprintf("Access-Control-Allow-Credentials is %q", values)
		all = append(all, one("allow-credentials/"+slug(values...), about+" of a response to a request with credentials.", step{URL: "{b/}x", Credentials: "include"}, only(a)),
			one("preflight-allow-credentials/"+slug(values...), about+" of a preflight's answer, whose request has credentials.", step{URL: "{b/}x", Credentials: "include", Method: "PUT"}, serve(a, private(200))))
	}
	all = append(all, one("allow-credentials/with-wildcard", "A response to a request with credentials has * and true.", step{URL: "{b/}x", Credentials: "include"}, only(reply(200, acao, "*", acac, "true"))),
		one("preflight-allow-credentials/with-wildcard", "A preflight's answer has * and true, and its request credentials.", step{URL: "{b/}x", Credentials: "include", Method: "PUT"}, serve(reply(204, acao, "*", acac, "true", acam, "PUT"), private(200))),
		one("cors-check/names-in-other-case", "The names of the headers are in another case.", step{URL: "{b/}x", Credentials: "include"}, only(reply(200, "access-control-allow-ORIGIN", "{page}", "aCCESS-cONTROL-aLLOW-cREDENTIALS", "true"))),
		one("cors-check/same-origin", "The page's own origin needs no Access-Control-Allow-Origin.", load("{a/}x"), only(reply(200))),
		one("cors-check/same-origin-other", "To the page's own origin it makes no difference what is allowed.", load("{a/}x"), only(reply(200, acao, "https://x.example"))))
	for _, to := range "bcde" {
		for _, allow := range []string{"", "*", "{page}"} {
			c := one(fmt.Sprintf("cors-check/to-%c=%s", to, slug(allow)), fmt.Sprintf("Another origin answers with Access-Control-Allow-Origin %q.", allow), load(fmt.Sprintf("{%c/}x", to)), only(reply(200, acao, allow)))
			all = append(all, c)
		}
	}
	for _, m := range []string{"POST", "HEAD"} {
		all = append(all, one("cors-check/refused-"+m, "A response to "+m+" without Access-Control-Allow-Origin.", step{URL: "{b/}x", Method: m}, only(reply(200))))
	}
	return all
}

// credentials are about cookies: which requests have them, and which responses set them.
func credentials() (all []*testCase) {
	for _, mode := range []string{"omit", "same-origin", "include"} {
		for _, to := range "abc" {
			url := fmt.Sprintf("{%c/}x", to)
			all = append(all, withCookie(fmt.Sprintf("cookies/sent-%c-%s", to, mode), fmt.Sprintf("Whether a cookie is sent, with credentials mode %q.", mode), url, string(to), step{URL: url, Credentials: mode}, only(private(200))))
			c := &testCase{ID: fmt.Sprintf("cookies/set-%c-%s", to, mode), About: fmt.Sprintf("Whether a cookie of a response is kept, with credentials mode %q.", mode), Serve: map[string]*served{url: only(private(200).with("Set-Cookie", "new=1; Path=/"), private(200))}}
			c.Steps = []step{{URL: url, Credentials: mode}, {URL: url, Credentials: "include"}}
			all = append(all, c)
			all = append(all, withCookie(fmt.Sprintf("cookies/put-%c-%s", to, mode), fmt.Sprintf("Whether a PUT has a cookie, with credentials mode %q.", mode), url, string(to), step{URL: url, Method: "PUT", Credentials: mode}, serve(private(204), private(200))))
		}
		// By way of redirects.
		for _, hops := range []string{"ab", "ba", "bb", "aa", "aba"} {
			c := chain(fmt.Sprintf("cookies/redirect-%s-%s", hops, mode), fmt.Sprintf("Which requests of a redirected fetch have cookies, with credentials mode %q.", mode), hops, 302, step{Credentials: mode}, echo(200))
			c.Steps = append([]step{{URL: "{b/}login", Credentials: "include"}}, c.Steps...)
			c.Serve["{b/}login"] = only(private(200).with("Set-Cookie", "sid=42; Path=/"))
			all = append(all, c)
		}
	}
	// A response that the page may not read sets cookies all the same.
	c := &testCase{ID: "cookies/set-by-blocked", About: "A response that the page may not read sets cookies all the same.", Serve: map[string]*served{"{b/}x": only(reply(200, "Set-Cookie", "new=1; Path=/")), "{b/}y": only(private(200))}}
	c.Steps = []step{{URL: "{b/}x", Credentials: "include"}, {URL: "{b/}y", Credentials: "include"}}
	all = append(all, c)
	c = &testCase{ID: "cookies/set-by-redirect", About: "A redirect sets a cookie, which the next request has.", Serve: map[string]*served{"{a/}x": only(reply(302, "Set-Cookie", "new=1; Path=/", "Location", "{a/}y")), "{a/}y": only(reply(200))}}
	c.Steps = []step{{URL: "{a/}x"}}
	all = append(all, c)
	c = withCookie("cookies/of-page", "A page cannot add a cookie by a header.", "{a/}x", "a", step{URL: "{a/}x", Headers: lines("Cookie", "forged=1")}, only(reply(200)))
	all = append(all, c)
	c = withCookie("cookies/default-mode", "The default credentials mode is same-origin.", "{b/}x", "b", step{URL: "{b/}x"}, only(private(200)))
	return append(all, c)
}

// chain is a case of one step that is redirected through those origins, each of which answers so.
func chain(id, about, hops string, status int, s step, a answer) *testCase {
	c := &testCase{ID: id, About: about, Serve: map[string]*served{}}
	url := func(i int) string { return fmt.Sprintf("{%c/}%d", hops[i], i) }
	for i := range hops {
		r := a
		r.Headers = append([][2]string(nil), a.Headers...)
		if i+1 < len(hops) {
			r = r.to(status, url(i+1))
		}
		c.Serve[url(i)] = serve(private(204), r)
	}
	s.URL = url(0)
	c.Steps = []step{s}
	return c
}

// exposing is about the response headers that the page sees.
func exposing() (all []*testCase) {
	base := []string{"Cache-Control", "no-cache", "Content-Language", "de", "Content-Type", "text/plain", "Expires", "0", "Last-Modified", "Sat, 01 Jan 2000 00:00:00 GMT", "Pragma", "x",
		"X-One", "1", "X-Two", "2", "X-Two", "3", "Set-Cookie", "z=1", "Set-Cookie2", "y", "ETag", "\"x\"", "Vary", "Origin", "Authorization", "x"}
	for _, values := range [][]string{
		nil, {"*"}, {"X-One"}, {"x-one, X-TWO"}, {"X-One", "X-Two"}, {"X-One,,X-Two,"}, {"X-One X-Two"}, {"\"X-One\""}, {"*, X-One"}, {"X-One, *"}, {""}, {"Set-Cookie, X-One"}, {"set-cookie2"}, {"X-One;X-Two"}, {"X-One", "a b"},
		{"authorization"}, {"X-Three, Vary"}, {"\tX-One\t"}, {", ,X-Two"}, {acao}, {"*", "X-One"}, {"**"}, {"X-One, X-One"}, {"X-*"}, {"*", "a b"}, {"X-One, a b"}, {"X-O"},
	} {
		for _, mode := range []string{"omit", "include"} {
			a := reply(200, base...).with(acao, "{page}", acac, "true")
			a.Headers = append(a.Headers, each(aceh, values...)...)
			all = append(all, one("expose/"+mode+"="+slug(values...), fmt.Sprintf("Access-Control-Expose-Headers is %q, and the credentials mode %q.", values, mode), step{URL: "{b/}x", Credentials: mode}, only(a)))
		}
	}
	all = append(all, one("expose/same-origin", "Of its own origin a page sees all headers except Set-Cookie.", load("{a/}x"), only(reply(200, base...))),
		one("expose/error", "Headers of a response with status 404 are filtered as others are.", load("{b/}x"), only(reply(404, base...).with(acao, "*", aceh, "X-One"))),
		one("expose/safelisted", "Six headers of a response are shown always.", load("{b/}x"), only(reply(200, "Content-Language", "de", "Content-Type", "text/plain", "Expires", "0", "Last-Modified", "Sat, 01 Jan 2000 00:00:00 GMT", "Pragma", "x", "Cache-Control", "no-store", acao, "*"))))
	c := chain("expose/redirected", "What counts is the last response's Access-Control-Expose-Headers.", "bb", 302, step{}, reply(200, acao, "*", "X-One", "1"))
	c.Serve["{b/}0"].Request[0] = c.Serve["{b/}0"].Request[0].with(aceh, "X-One")
	return append(all, c)
}
