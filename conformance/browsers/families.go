package main

import (
	"fmt"
	"strconv"
	"strings"
)

// The helpers below make scenarios of a few lines.

func answer(status int, namesAndValues ...string) Answer {
	a := Answer{Status: status}
	for i := 0; i < len(namesAndValues); i += 2 {
		a.Headers = append(a.Headers, [2]string{namesAndValues[i], namesAndValues[i+1]})
	}
	return a
}

func (a Answer) with(namesAndValues ...string) Answer {
	a.Headers = append(a.Headers[:len(a.Headers):len(a.Headers)], answer(0, namesAndValues...).Headers...)
	return a
}

// redirecting is the answer with another status, and a Location.
func (a Answer) redirecting(status int, location string) Answer {
	a = a.with("Location", location)
	a.Status = status
	return a
}

// open lets everyone without credentials read, and allows all headers and the methods that are asked for here.
func openAnswer(status int) Answer {
	return answer(status, acao, "*", acam, "PUT, DELETE, PATCH, QUERY", acah, "*, authorization")
}

func serve(preflight, request Answer) *Served {
	return &Served{Preflight: []Answer{preflight}, Request: []Answer{request}}
}

func single(id string, step Step, served *Served) *Scenario {
	return &Scenario{ID: id, Steps: []Step{step}, Serve: map[string]*Served{step.URL: served}}
}

func get(url string, namesAndValues ...string) Step {
	return Step{Via: "fetch", URL: url, Headers: answer(0, namesAndValues...).Headers}
}

// families are scenarios about one thing each.
func families() (all []*Scenario) {
	for _, f := range []func() []*Scenario{requestHeaders, methods, exposing, corsChecks, preflightStatuses, cacheAges, cacheNames, redirectKinds, locations,
		origins, noCORS, sameOrigin, opaquePages, uploads, elements, statuses, resourcePolicies, contentTypes, severalTypes, httpsFamilies, schemes, borders, mixedContents, metadata, initiators} {
		all = append(all, f()...)
	}
	return all
}

// requestHeaders asks of single headers whether they cause a preflight, and what of them arrives.
func requestHeaders() (all []*Scenario) {
	long := strings.Repeat("x", 128)
	for i, h := range [][2]string{
		{"Accept", "*/*"}, {"Accept", ""}, {"accept", "text/html"}, {"ACCEPT", long}, {"Accept", long + "x"}, {"Accept", "a\tb"}, {"Accept", `"x"`}, {"Accept", "x:y"},
		{"Accept", "x<y"}, {"Accept", "x>y"}, {"Accept", "x?y"}, {"Accept", "x@y"}, {"Accept", "x[y"}, {"Accept", `x\y`}, {"Accept", "x]y"}, {"Accept", "x{y"}, {"Accept", "x}y"},
		{"Accept", "x\u007fy"}, {"Accept", "x\u0001y"}, {"Accept", "x\u00e4y"}, {"Accept", "x\u0080y"}, {"Accept", "(x)"},
		{"Accept-Language", "de"}, {"Accept-Language", "de-DE;q=0.5, *;q=0.1"}, {"Accept-Language", "de_DE"}, {"Accept-Language", "@"}, {"Accept-Language", "\u00e4"}, {"Accept-Language", long + "x"},
		{"Content-Language", "de"}, {"Content-Language", "de/en"}, {"Content-Language", ""}, {"Content-Language", "a:b"},
		{"Content-Type", "text/plain"}, {"Content-Type", "TEXT/Plain"}, {"Content-Type", "text/plain;charset=utf-8"}, {"Content-Type", "text/plain; charset=\"utf-8\""}, {"Content-Type", "multipart/form-data;boundary=x"},
		{"Content-Type", "application/x-www-form-urlencoded"}, {"Content-Type", "application/x-www-form-urlencoded;x=y"}, {"Content-Type", "application/json"}, {"Content-Type", "text/html"}, {"Content-Type", ""},
		{"Content-Type", "text/plain, text/html"}, {"Content-Type", "text/plain;"}, {"Content-Type", "text/plain ;x"}, {"Content-Type", "text /plain"}, {"Content-Type", "text/plain;a=b(c"},
		{"Content-Type", "text/plain;" + long}, {"Content-Type", "text"}, {"Content-Type", "text/"}, {"Content-Type", "text/plain;x=\u00e4"},
		{"Range", "bytes=0-"}, {"Range", "bytes=0-9"}, {"Range", "bytes=9-0"}, {"Range", "bytes=-9"}, {"Range", "bytes=0-9,20-29"}, {"Range", "BYTES=0-9"}, {"Range", "bytes = 0-9"}, {"Range", "bytes=0 -9"}, {"Range", "bytes=\t0-9"},
		{"Range", "bytes=00-9"}, {"Range", "items=0-9"}, {"Range", "bytes=-"}, {"Range", ""}, {"Range", "bytes=18446744073709551616-"},
		{"X-Custom", "1"}, {"X-Custom", ""}, {"x-custom", " 1 "}, {"X-Custom", "\u00ff"}, {"Authorization", "Basic eDp5"}, {"If-None-Match", "\"x\""}, {"If-Modified-Since", "Sat, 01 Jan 2000 00:00:00 GMT"}, {"Cache-Control", "no-cache"}, {"Pragma", "no-cache"},
		{"Last-Event-ID", "1"}, {"DNT", "1"}, {"User-Agent", "me"}, {"Accept-Charset", "utf-8"}, {"Accept-Encoding", "x"}, {"Save-Data", "on"}, {"DPR", "1"}, {"Device-Memory", "1"}, {"Downlink", "1"}, {"ECT", "4g"}, {"RTT", "100"},
		{"Viewport-Width", "100"}, {"Width", "100"}, {"Content-DPR", "1"}, {"Sec-CH-UA", "x"}, {"Sec-X", "1"}, {"Proxy-X", "1"}, {"Intervention", "x"}, {"Content-Length", "1"}, {"Host", "x"}, {"Cookie", "a=b"}, {"Cookie2", "x"}, {"Set-Cookie", "x"},
		{"Origin", "https://x.example"}, {"Referer", "https://x.example/"}, {"Date", "x"}, {"Expect", "100-continue"}, {"Via", "x"}, {"TE", "trailers"}, {"Trailer", "x"}, {"Upgrade", "x"}, {"Upgrade-Insecure-Requests", "1"}, {"Keep-Alive", "1"}, {"Transfer-Encoding", "x"},
		{"Access-Control-Request-Headers", "x"}, {"Access-Control-Request-Method", "X"}, {"Access-Control-Request-Private-Network", "true"}, {"Access-Control-Request-Local-Network", "true"}, {"Access-Control-Allow-Origin", "*"},
		{"X-HTTP-Method", "TRACE"}, {"X-HTTP-Method", "PUT"}, {"X-HTTP-Method-Override", "put, trace"}, {"X-Method-Override", "\"TRACE\""}, {"X-Method-Override", "connect"}, {"Purpose", "prefetch"}, {"Service-Worker", "script"}, {"Permissions-Policy", "x"},
		{"Priority", "u=1"}, {"Content-Encoding", "gzip"}, {"Content-Location", "/x"}, {"Forwarded", "for=x"}, {"Link", "<x>"}, {"Sec", "x"}, {"Early-Data", "1"}, {"Traceparent", "x"}, {"!#$%&'*+-.^_`|~", "x"}, {"1", "2"},
	} {
		step := Step{Via: "fetch", URL: "{c/}x", Method: "POST", Headers: [][2]string{h}, Body: true}
		all = append(all, single(fmt.Sprintf("request-header/%03d-%s", i, strings.ToLower(h[0])), step, serve(openAnswer(204), openAnswer(200))))
	}
	for i, l := range [][]string{
		{"Accept", "a", "Accept", "b"}, {"X-A", "1", "X-A", "2"}, {"X-b", "1", "X-a", "2", "X-B", "3"}, {"Content-Type", "text/plain", "Content-Type", "text/plain"}, {"Content-Type", "text/plain", "Accept", "(", "X-A", "1"},
		{"Range", "bytes=0-1", "Range", "bytes=2-3"}, {"Range", "bytes=0-1", "If-Range", "x"},
		{"Authorization", "a", "Authorization", "b"}, {"If-Modified-Since", "a", "If-Modified-Since", "b"}, {"From", "a", "From", "b"}, {"Max-Forwards", "1", "Max-Forwards", "2"}, {"Content-Disposition", "a", "Content-Disposition", "b"},
		{"Retry-After", "1", "Retry-After", "2"}, {"If-None-Match", "a", "If-None-Match", "b"}, {"Cache-Control", "a", "Cache-Control", "b"}, {"ETag", "a", "ETag", "b"}, {"If-Unmodified-Since", "a", "If-Unmodified-Since", "b"},
		{"Location", "a", "Location", "b"}, {"User-Agent", "a", "User-Agent", "b"}, {"Last-Modified", "a", "Last-Modified", "b"}, {"If-Range", "a", "If-Range", "b"}, {"Age", "1", "Age", "2"},
		{"Accept", long, "Accept-Language", strings.Repeat("x", 128), "Content-Language", strings.Repeat("x", 128)},
	} {
		all = append(all, single(fmt.Sprintf("request-header/several-%d", i), get("{c/}x", l...), serve(openAnswer(204), openAnswer(200))))
	}
	// The sum of what is safelisted: 1024 bytes are the most.
	var many []string
	for range 8 {
		many = append(many, "Accept", strings.Repeat("a", 128))
	}
	for _, extra := range []int{0, 1} {
		l := append([]string{}, "Content-Language", strings.Repeat("a", 128), "Content-Type", "text/plain;"+strings.Repeat("a", 117), "Accept-Language", strings.Repeat("a", 128), "Accept", strings.Repeat("a", 128))
		l = append(l, "X-A", strings.Repeat("b", 600+extra))
		all = append(all, single("request-header/much-unsafe-"+strconv.Itoa(extra), get("{c/}x", l...), serve(openAnswer(204), openAnswer(200))))
	}
	return append(all, single("request-header/accept-eight-times", get("{c/}x", many...), serve(openAnswer(204), openAnswer(200))))
}

func methods() (all []*Scenario) {
	for i, m := range []string{"get", "Get", "head", "post", "POST", "put", "Put", "delete", "options", "patch", "PATCH", "Patch", "QUERY", "query", "PROPFIND", "CHICKEN", "connect", "TRACE", "track", "G E T", "", "GÉT", "*", "MKCOL",
		"unlink", "M-SEARCH", "!", "POST "} {
		for _, allowed := range []string{"as-is", "*", "other-case"} {
			list := m
			switch allowed {
			case "*":
				list = "*"
			case "other-case":
				list = swapCase(m)
			}
			a := answer(200, acao, "*", acam, list)
			if m == "G E T" || m == "GÉT" || m == "" || m == "POST " {
				a = openAnswer(200)
			}
			all = append(all, single(fmt.Sprintf("method/%02d-%s-%s", i, strings.ToLower(strings.Trim(m, " !*É")), strings.Trim(allowed, "*")), Step{Via: "fetch", URL: "{b/}x", Method: m}, serve(a, answer(200, acao, "*"))))
		}
	}
	return all
}

// exposing is about the response headers that the page sees.
func exposing() (all []*Scenario) {
	base := []string{"Cache-Control", "no-cache", "Content-Language", "de", "Content-Type", "text/plain", "Expires", "0", "Last-Modified", "Sat, 01 Jan 2000 00:00:00 GMT", "Pragma", "x",
		"X-One", "1", "X-Two", "2", "X-Two", "3", "Set-Cookie", "z=1; Max-Age=0", "Set-Cookie2", "y", "ETag", "\"x\"", "Vary", "Origin", "Authorization", "x"}
	for i, values := range [][]string{
		nil, {"*"}, {"X-One"}, {"x-one, X-TWO"}, {"X-One", "X-Two"}, {"X-One,,X-Two,"}, {"X-One X-Two"}, {"\"X-One\""}, {"*, X-One"}, {"X-One, *"}, {""}, {"Set-Cookie, X-One"}, {"X-One;X-Two"}, {"X-One", "a b"}, {"X-Öne, X-One"},
		{"authorization"}, {"X-Three, Vary"}, {"\tX-One\t"}, {", ,X-Two"}, {"Access-Control-Allow-Origin"}, {"*", "X-One"}, {"**"}, {"X-One, X-One"},
		{"*", "a b"}, {"a b", "*"}, {"*, a b"}, {"a b, *"}, {"X-One", "*", "a b"}, {"X-One, X-Two", "a b"}, {"X-One, a b"},
	} {
		for _, credentials := range []string{"omit", "include"} {
			a := answer(200, base...).with(acao, "{page}", acac, "true")
			a.Headers = append(a.Headers, lines(aceh, values...)...)
			all = append(all, single(fmt.Sprintf("expose/%02d-%s", i, credentials), Step{Via: "fetch", URL: "{b/}x", Credentials: credentials}, serve(answer(204), a)))
		}
	}
	all = append(all, single("expose/same-origin", get("{a/}x"), serve(answer(204), answer(200, base...))))
	all = append(all, single("expose/xhr", Step{Via: "xhr", URL: "{b/}x"}, serve(answer(204), answer(200, base...).with(acao, "*", aceh, "X-Two"))))
	return all
}

// corsChecks are responses with all sorts of Access-Control-Allow-Origin and -Credentials, on the request and on the
// preflight.
func corsChecks() (all []*Scenario) {
	for i, values := range [][]string{
		nil, {"*"}, {"{page}"}, {"null"}, {"Null"}, {"{b}"}, {"{page}/"}, {" {page} "}, {"{page},"}, {",{page}"}, {"{page}, {page}"}, {"{page} {page}"}, {"*", "*"}, {"*, *"}, {"*", "{page}"}, {"{page}", "{page}"}, {""}, {"", "*"}, {"*,"}, {"**"}, {"\"*\""},
		{"HTTP://LOCALHOST"}, {"http://localhost"}, {"{page}#"}, {"{page}\u00a0"}, {"\u00a0*"}, {"\f*"}, {"*\v"}, {"http://*"}, {"*.localhost"}, {"localhost"}, {"true"}, {"//localhost"}, {"{page}.example"}, {"null", "null"}, {"\t*\t"}, {"{page}:80"},
	} {
		for _, credentials := range []string{"same-origin", "include"} {
			a := Answer{Status: 200, Headers: append(lines(acao, values...), [2]string{acac, "true"})}
			all = append(all, single(fmt.Sprintf("cors-check/%02d-%s", i, credentials), Step{Via: "fetch", URL: "{b/}x", Credentials: credentials}, serve(answer(204), a)))
		}
		a := Answer{Status: 200, Headers: append(lines(acao, values...), [2]string{acam, "PUT"})}
		all = append(all, single(fmt.Sprintf("preflight-cors-check/%02d", i), Step{Via: "fetch", URL: "{b/}x", Method: "PUT"}, serve(a, answer(200, acao, "*"))))
	}
	for i, values := range [][]string{nil, {"true"}, {"TRUE"}, {"True"}, {"true "}, {"true,"}, {"true, true"}, {"true", "true"}, {"1"}, {"yes"}, {"false"}, {""}, {"\"true\""}, {"\u00a0true"}, {"false", "true"}, {"*"}, {"?1"}} {
		a := Answer{Status: 200, Headers: append(lines(acac, values...), [2]string{acao, "{page}"}, [2]string{acam, "PUT"})}
		ok := answer(200, acao, "{page}", acac, "true")
		all = append(all, single(fmt.Sprintf("allow-credentials/%02d", i), Step{Via: "fetch", URL: "{b/}x", Credentials: "include"}, serve(answer(204), a)),
			single(fmt.Sprintf("preflight-allow-credentials/%02d", i), Step{Via: "fetch", URL: "{b/}x", Credentials: "include", Method: "PUT"}, serve(a, ok)))
	}
	// The names of the headers, in other cases.
	all = append(all, single("cors-check/case", Step{Via: "fetch", URL: "{b/}x", Credentials: "include"}, serve(answer(204), answer(200, "access-control-allow-ORIGIN", "{page}", "aCCESS-cONTROL-aLLOW-cREDENTIALS", "true"))))
	return all
}

func preflightStatuses() (all []*Scenario) {
	for _, status := range []int{200, 201, 202, 203, 204, 205, 206, 226, 250, 299, 300, 301, 302, 303, 304, 307, 308, 400, 401, 403, 404, 405, 407, 421, 500, 503, 599} {
		a := openAnswer(status).with("Location", "{b/}y")
		all = append(all, single("preflight-status/"+strconv.Itoa(status), Step{Via: "fetch", URL: "{b/}x", Method: "PUT"}, serve(a, answer(200, acao, "*"))))
	}
	all = append(all, single("preflight-status/500-without-cors", Step{Via: "fetch", URL: "{b/}x", Method: "PUT"}, serve(answer(500), answer(200, acao, "*"))))
	// A preflight that is not answered.
	all = append(all, single("preflight-status/closed", Step{Via: "fetch", URL: "{b/}x", Method: "PUT"}, &Served{Request: []Answer{answer(200, acao, "*")}}))
	return all
}

// cacheAges are about Access-Control-Max-Age: two requests, some with a wait between them.
func cacheAges() (all []*Scenario) {
	for i, values := range maxAges {
		all = append(all, maxAgePair(fmt.Sprintf("max-age/%02d", i), 0, values...))
	}
	return append(all, maxAgePair("max-age/1-after-1300-ms", 1300, "1"), maxAgePair("max-age/3-after-1300-ms", 1300, "3"), maxAgePair("max-age/none-after-6000-ms", 6000))
}

// maxAgePair is two requests that need a preflight, with that many milliseconds between them, where
// Access-Control-Max-Age has those lines.
func maxAgePair(id string, after int, values ...string) *Scenario {
	step := Step{Via: "fetch", URL: "{c/}x", Method: "PUT"}
	again := step
	again.After = after
	s := single(id, step, serve(Answer{Status: 204, Headers: append(lines(acma, values...), [2]string{acao, "*"}, [2]string{acam, "PUT"})}, answer(200, acao, "*")))
	s.Steps = append(s.Steps, again)
	return s
}

// cacheNames are about what a cached preflight covers.
func cacheNames() (all []*Scenario) {
	steps := func(id string, preflight, request Answer, steps ...Step) {
		s := &Scenario{ID: "cache-match/" + id, Serve: map[string]*Served{"{c/}x": serve(preflight, request)}}
		for _, step := range steps {
			step.Via = "fetch"
			if step.URL == "" {
				step.URL = "{c/}x"
			}
			s.Steps = append(s.Steps, step)
		}
		all = append(all, s)
	}
	h := func(names ...string) (l [][2]string) {
		for _, n := range names {
			l = append(l, [2]string{n, "1"})
		}
		return l
	}
	ok := answer(200, acao, "*")
	both := answer(200, acao, "{page}", acac, "true")
	allow := func(values ...string) Answer {
		return answer(204, append([]string{acao, "*", acma, "600"}, values...)...)
	}
	allowBoth := func(values ...string) Answer {
		return answer(204, append([]string{acao, "{page}", acac, "true", acma, "600"}, values...)...)
	}
	steps("other-method", allow(acam, "PUT, DELETE"), ok, Step{Method: "PUT"}, Step{Method: "DELETE"})
	steps("method-then-header", allow(acam, "PUT", acah, "X-A"), ok, Step{Method: "PUT"}, Step{Headers: h("X-A")})
	steps("header-then-both", allow(acam, "PUT", acah, "X-A"), ok, Step{Headers: h("X-A")}, Step{Method: "PUT", Headers: h("x-a")})
	steps("header-without-acam", allow(acah, "X-A, X-B"), ok, Step{Headers: h("X-A")}, Step{Headers: h("X-B")}, Step{Headers: h("X-A", "X-B")})
	steps("head-with-header", allow(acah, "X-A"), ok, Step{Method: "HEAD", Headers: h("X-A")}, Step{Method: "HEAD", Headers: h("X-A")}, Step{Method: "POST", Headers: h("X-A")})
	steps("post-with-header", allow(acah, "X-A"), ok, Step{Method: "POST", Headers: h("X-A")}, Step{Method: "POST", Headers: h("X-A")})
	steps("any-method", allow(acam, "*"), ok, Step{Method: "PUT"}, Step{Method: "PUT"}, Step{Method: "DELETE"}, Step{Method: "patch"})
	steps("any-header", allow(acah, "*"), ok, Step{Headers: h("X-A")}, Step{Headers: h("X-A")}, Step{Headers: h("X-B")})
	steps("any-header-and-authorization", allow(acah, "*, Authorization"), ok, Step{Headers: h("X-A")}, Step{Headers: h("Authorization")}, Step{Headers: h("Authorization", "X-C")})
	steps("any-after-credentials", allowBoth(acam, "*", acah, "X-A, *"), both, Step{Headers: h("X-A"), Credentials: "include"}, Step{Headers: h("X-B"), Credentials: "include"}, Step{Headers: h("X-B")})
	steps("any-method-after-credentials", allowBoth(acam, "*", acah, "X-A"), both, Step{Headers: h("X-A"), Credentials: "include"}, Step{Method: "PUT", Credentials: "include"}, Step{Method: "PUT"})
	steps("without-then-with", allowBoth(acam, "PUT"), both, Step{Method: "PUT"}, Step{Method: "PUT", Credentials: "include"}, Step{Method: "PUT"}, Step{Method: "PUT", Credentials: "include"})
	steps("with-then-without", allowBoth(acam, "PUT"), both, Step{Method: "PUT", Credentials: "include"}, Step{Method: "PUT"}, Step{Method: "PUT", Credentials: "omit"}, Step{Method: "PUT", Credentials: "include"})
	steps("fragment", allow(acam, "PUT"), ok, Step{Method: "PUT"}, Step{Method: "PUT", URL: "{c/}x#y"})
	steps("same-origin-mode-is-omit", allow(acam, "PUT"), ok, Step{Method: "PUT", Credentials: "omit"}, Step{Method: "PUT", Credentials: "same-origin"})
	// A second preflight adds to the first or takes its place.
	s := &Scenario{ID: "cache-match/second-adds", Serve: map[string]*Served{"{c/}x": {Preflight: []Answer{allow(acam, "PUT"), allow(acam, "DELETE")}, Request: []Answer{ok}}}}
	for _, m := range []string{"PUT", "DELETE", "PUT", "DELETE"} {
		s.Steps = append(s.Steps, Step{Via: "fetch", URL: "{c/}x", Method: m})
	}
	all = append(all, s)
	// A failure clears entries.
	s = &Scenario{ID: "cache-match/failure-clears", Serve: map[string]*Served{"{c/}x": {Preflight: []Answer{allow(acam, "PUT")}, Request: []Answer{ok, answer(200), ok}}}}
	for range 4 {
		s.Steps = append(s.Steps, Step{Via: "fetch", URL: "{c/}x", Method: "PUT"})
	}
	all = append(all, s)
	s = &Scenario{ID: "cache-match/simple-failure-does-not-clear", Serve: map[string]*Served{"{c/}x": {Preflight: []Answer{allow(acam, "PUT")}, Request: []Answer{ok, answer(200), ok}}}}
	for _, m := range []string{"PUT", "GET", "PUT"} {
		s.Steps = append(s.Steps, Step{Via: "fetch", URL: "{c/}x", Method: m})
	}
	all = append(all, s)
	s = &Scenario{ID: "cache-match/refused-preflight-does-not-clear", Serve: map[string]*Served{"{c/}x": {Preflight: []Answer{allow(acam, "PUT"), answer(403)}, Request: []Answer{ok}}}}
	for _, m := range []string{"PUT", "DELETE", "PUT"} {
		s.Steps = append(s.Steps, Step{Via: "fetch", URL: "{c/}x", Method: m})
	}
	all = append(all, s)
	s = &Scenario{ID: "cache-match/refused-method-is-cached", Serve: map[string]*Served{"{c/}x": serve(allow(acam, "PUT"), ok)}}
	for _, m := range []string{"DELETE", "PUT", "PUT"} {
		s.Steps = append(s.Steps, Step{Via: "fetch", URL: "{c/}x", Method: m})
	}
	all = append(all, s)
	// Two pages of one opaque origin, one after another.
	o := &Scenario{ID: "cache-match/opaque", Page: Page{Frame: "sandbox"}, Serve: map[string]*Served{"{c/}x": serve(allow(acam, "PUT"), ok)}}
	o.Steps = []Step{{Via: "fetch", URL: "{c/}x", Method: "PUT"}, {Via: "fetch", URL: "{c/}x", Method: "PUT"}}
	all = append(all, o)
	// Another path is another entry.
	s = &Scenario{ID: "cache-match/other-url", Serve: map[string]*Served{"{c/}x": serve(allow(acam, "PUT"), ok), "{c/}x?y": serve(allow(acam, "PUT"), ok)}}
	s.Steps = []Step{{Via: "fetch", URL: "{c/}x", Method: "PUT"}, {Via: "fetch", URL: "{c/}x?y", Method: "PUT"}}
	return append(all, s)
}

// redirectKinds are redirects of all statuses and methods, and modes.
func redirectKinds() (all []*Scenario) {
	yes := []string{acao, "{page}", acac, "true", acam, "PUT, DELETE, PATCH", acah, "*, content-type, x-a"}
	for _, hops := range []string{"a>a", "a>b", "b>b"} {
		for _, status := range []int{300, 301, 302, 303, 304, 305, 306, 307, 308} {
			for _, m := range []string{"GET", "HEAD", "POST", "PUT", "DELETE"} {
				from, to := fmt.Sprintf("{%c/}x", hops[0]), fmt.Sprintf("{%c/}y", hops[2])
				step := Step{Via: "fetch", URL: from, Method: m, Body: m == "POST" || m == "PUT"}
				if m == "POST" {
					step.Headers = [][2]string{{"Content-Type", "application/json"}}
				}
				all = append(all, &Scenario{ID: fmt.Sprintf("redirect-status/%s-%d-%s", hops, status, m), Steps: []Step{step}, Serve: map[string]*Served{
					from: serve(answer(204, yes...), answer(status, yes...).with("Location", to)), to: serve(answer(204, yes...), answer(200, yes...)),
				}})
			}
		}
	}
	for _, hop := range []string{"a", "b"} {
		for _, mode := range []string{"follow", "error", "manual"} {
			for _, m := range []string{"cors", "same-origin", "no-cors"} {
				url := "{" + hop + "/}x"
				all = append(all, &Scenario{ID: fmt.Sprintf("redirect-mode/%s-%s-%s", hop, mode, m), Steps: []Step{{Via: "fetch", URL: url, Redirect: mode, Mode: m}}, Serve: map[string]*Served{
					url: serve(answer(204), answer(302, yes...).with("Location", "{b/}y")), "{b/}y": serve(answer(204), answer(200, yes...)),
				}})
			}
		}
	}
	// Redirect statuses without a Location.
	for _, to := range []string{"a", "b"} {
		for _, mode := range []string{"follow", "error", "manual"} {
			for _, m := range []string{"cors", "no-cors"} {
				url := "{" + to + "/}x"
				all = append(all, single(fmt.Sprintf("redirect-mode/no-location-%s-%s-%s", to, mode, m), Step{Via: "fetch", URL: url, Redirect: mode, Mode: m}, serve(answer(204), answer(302, yes...))),
					single(fmt.Sprintf("redirect-mode/bad-location-%s-%s-%s", to, mode, m), Step{Via: "fetch", URL: url, Redirect: mode, Mode: m}, serve(answer(204), answer(302, yes...).with("Location", "http://["))),
					single(fmt.Sprintf("redirect-mode/empty-location-%s-%s-%s", to, mode, m), Step{Via: "fetch", URL: url, Redirect: mode, Mode: m}, &Served{Request: []Answer{answer(302, yes...).with("Location", ""), answer(200, yes...)}}))
			}
		}
	}
	// Authorization across redirects.
	for _, hops := range []string{"aa", "ab", "bb", "bc"} {
		from, to := fmt.Sprintf("{%c/}x", hops[0]), fmt.Sprintf("{%c/}y", hops[1])
		l := []string{acao, "*", acah, "authorization, x-a"}
		all = append(all, &Scenario{ID: "redirect-authorization/" + hops, Steps: []Step{get(from, "Authorization", "x", "X-A", "1")}, Serve: map[string]*Served{
			from: serve(answer(204, l...), answer(307, l...).with("Location", to)), to: serve(answer(204, l...), answer(200, l...)),
		}})
	}
	// How many redirects are followed.
	for _, n := range []int{19, 20, 21} {
		for _, o := range []string{"a", "b"} {
			s := &Scenario{ID: fmt.Sprintf("redirect-count/%s-%d", o, n), Steps: []Step{get("{" + o + "/}0")}, Serve: map[string]*Served{}}
			for i := range n {
				s.Serve[fmt.Sprintf("{%s/}%d", o, i)] = serve(answer(204), answer(302, acao, "*", "Location", fmt.Sprintf("{%s/}%d", o, i+1)))
			}
			s.Serve[fmt.Sprintf("{%s/}%d", o, n)] = serve(answer(204), answer(200, acao, "*"))
			all = append(all, s)
		}
	}
	// The response of a hop that fails its check, and a preflight that fails at the second hop.
	all = append(all, &Scenario{ID: "redirect-check/first-hop-without-acao", Steps: []Step{get("{b/}x")}, Serve: map[string]*Served{"{b/}x": serve(answer(204), answer(302, "Location", "{b/}y")), "{b/}y": serve(answer(204), answer(200, acao, "*"))}},
		&Scenario{ID: "redirect-check/to-same-origin-needs-null", Steps: []Step{get("{b/}x")}, Serve: map[string]*Served{"{b/}x": serve(answer(204), answer(302, acao, "*", "Location", "{a/}y")), "{a/}y": serve(answer(204), answer(200, acao, "{page}"))}},
		&Scenario{ID: "redirect-check/second-preflight-fails", Steps: []Step{get("{b/}x", "X-A", "1")}, Serve: map[string]*Served{"{b/}x": serve(answer(204, acao, "*", acah, "X-A"), answer(302, acao, "*", "Location", "{c/}y")), "{c/}y": serve(answer(204, acao, "*"), answer(200, acao, "*"))}})
	return all
}

// locations are values of Location.
func locations() (all []*Scenario) {
	for i, l := range [][]string{
		nil, {""}, {"y"}, {"./y"}, {"?y"}, {"#f"}, {"{b/}y"}, {"{b/}y#f"}, {" {b/}y "}, {"{b/}y", "{b/}y"}, {"{b/}y", "{b/}z"}, {"{b/}\u00e4"}, {"{b/}\u00c3\u00a4"}, {"{b/}%zz"}, {"http://"}, {"http://[/"}, {"data:,x"}, {"about:blank"}, {"blob:{b}/x"}, {"mailto:x"}, {"javascript:1"}, {"ftp://localhost/"}, {"x:y"},
		{"http://u:p@{host}y"}, {"http://u@{host}y"}, {"http://:p@{host}y"}, {"http://@{host}y"}, {"{b/}a b"}, {"{b/}y, {b/}z"}, {"{b/}z/../y"}, {"{b/}y\\z"}, {"//{host}y"}, {"http:y"}, {"{b/}y?\u00e4"},
		{"file:///etc/hosts"}, {"{b/}y?a=\"b\""},
	} {
		for _, mode := range []string{"cors", "no-cors"} {
			ok := answer(200, acao, "*")
			s := &Scenario{ID: fmt.Sprintf("location/%02d-%s", i, mode), Steps: []Step{{Via: "fetch", URL: "{b/}x", Mode: mode}}, Serve: map[string]*Served{}}
			for _, p := range []string{"", "y", "z", "%C3%A4", "%E4", "%zz", "a%20b", "y,%20", "y/z", "x?y", "y?%C3%A4", "y?%E4", "y?a=%22b%22"} {
				s.Serve["{b/}"+p] = serve(answer(204), ok)
			}
			s.Serve["{b/}x"] = serve(answer(204), Answer{Status: 302, Headers: append(lines("Location", l...), [2]string{acao, "*"})})
			if i == 5 { // it leads to itself
				s.Serve["{b/}x"].Request = append(s.Serve["{b/}x"].Request, ok)
			}
			all = append(all, s)
		}
	}
	for i, l := range []string{"http://u:p@{host-a}y", "http://u@{host-a}y"} {
		for _, mode := range []string{"cors", "same-origin"} {
			all = append(all, &Scenario{ID: fmt.Sprintf("location/same-origin-%d-%s", i, mode), Steps: []Step{{Via: "fetch", URL: "{a/}x", Mode: mode}}, Serve: map[string]*Served{"{a/}x": serve(answer(204), answer(302, "Location", l)), "{a/}y": serve(answer(204), answer(200))}})
		}
	}
	return all
}

// origins are about the Origin header.
func origins() (all []*Scenario) {
	for _, m := range []string{"GET", "HEAD", "POST", "PUT"} {
		for _, to := range []string{"a", "b", "c"} {
			for _, policy := range []string{"", "no-referrer", "no-referrer-when-downgrade", "same-origin", "origin", "strict-origin", "origin-when-cross-origin", "strict-origin-when-cross-origin", "unsafe-url"} {
				for _, mode := range []string{"cors", "no-cors", "same-origin"} {
					if m == "PUT" && mode == "no-cors" || m == "HEAD" && policy != "" || mode == "same-origin" && to != "a" || to == "c" && policy != "same-origin" {
						continue // nothing new
					}
					url := "{" + to + "/}x"
					all = append(all, single(fmt.Sprintf("origin-header/%s-%s-%s-%s", m, to, mode, policy), Step{Via: "fetch", URL: url, Method: m, Mode: mode, ReferrerPolicy: policy, Body: m == "POST"}, serve(openAnswer(204), openAnswer(200))))
				}
			}
		}
	}
	// Redirects of requests that have an Origin without being CORS requests.
	for _, hops := range []string{"aab", "aba", "bab", "bcb", "bba"} {
		for _, mode := range []string{"cors", "no-cors"} {
			s := &Scenario{ID: "origin-header/redirected-" + hops + "-" + mode, Steps: []Step{{Via: "fetch", URL: fmt.Sprintf("{%c/}0", hops[0]), Method: "POST", Mode: mode, Body: true}}, Serve: map[string]*Served{}}
			for i := range hops {
				a := answer(200, acao, "*")
				if i < 2 {
					a = answer(307, acao, "*", "Location", fmt.Sprintf("{%c/}%d", hops[i+1], i+1))
				}
				s.Serve[fmt.Sprintf("{%c/}%d", hops[i], i)] = serve(answer(204), a)
			}
			all = append(all, s)
		}
	}
	// A policy that a redirect sets.
	for _, policy := range []string{"no-referrer", "same-origin", "origin", "nonsense", "no-referrer, nonsense"} {
		all = append(all, &Scenario{ID: "origin-header/policy-of-redirect-" + policy, Steps: []Step{{Via: "fetch", URL: "{a/}x", Method: "POST", Mode: "same-origin", Body: true}}, Serve: map[string]*Served{
			"{a/}x": serve(answer(204), answer(307, "Referrer-Policy", policy, "Location", "{a/}y")), "{a/}y": serve(answer(204), answer(200))}})
	}
	return all
}

func noCORS() (all []*Scenario) {
	for i, h := range [][]string{
		{"Accept", "x"}, {"X-A", "1"}, {"Content-Type", "application/json"}, {"Content-Type", "text/plain"}, {"Range", "bytes=0-1"}, {"Authorization", "x"}, {"Accept-Language", "de"}, {"Content-Language", "x"}, {"Accept", "("}, {"Accept", strings.Repeat("x", 129)},
		{"Accept", strings.Repeat("x", 100), "Accept", strings.Repeat("x", 100)}, {"Content-Type", "text/plain", "Content-Type", "text/plain"},
	} {
		for _, to := range []string{"a", "b"} {
			step := get("{"+to+"/}x", h...)
			step.Mode, step.Method, step.Body = "no-cors", "POST", true
			all = append(all, single(fmt.Sprintf("no-cors-header/%s-%02d", to, i), step, serve(answer(204), answer(200))))
		}
	}
	for _, m := range []string{"GET", "HEAD", "POST", "PUT", "get"} {
		for _, c := range []string{"omit", "same-origin", "include"} {
			all = append(all, single("no-cors/"+m+"-"+c, Step{Via: "fetch", URL: "{b/}x", Mode: "no-cors", Method: m, Credentials: c}, serve(answer(204), answer(200, "X-A", "1"))))
		}
	}
	return all
}

func sameOrigin() (all []*Scenario) {
	for _, m := range []string{"GET", "POST", "PUT", "DELETE", "OPTIONS"} {
		for _, c := range []string{"omit", "same-origin", "include"} {
			all = append(all, single("same-origin/"+m+"-"+c, Step{Via: "fetch", URL: "{a/}x", Method: m, Credentials: c, Headers: [][2]string{{"X-A", "1"}, {"Authorization", "x"}}}, serve(answer(403), answer(200, "X-B", "1", "Set-Cookie", "z=1; Max-Age=0"))))
		}
	}
	for _, to := range []string{"a", "b", "c"} {
		all = append(all, single("mode-same-origin/"+to, Step{Via: "fetch", URL: "{" + to + "/}x", Mode: "same-origin"}, serve(answer(204), answer(200, acao, "*"))))
	}
	all = append(all, &Scenario{ID: "mode-same-origin/redirected-away", Steps: []Step{{Via: "fetch", URL: "{a/}x", Mode: "same-origin"}}, Serve: map[string]*Served{"{a/}x": serve(answer(204), answer(302, "Location", "{b/}y")), "{b/}y": serve(answer(204), answer(200, acao, "*"))}})
	for i, url := range []string{"data:text/plain,x", "data:,x", "data:text/plain", "about:blank", "about:srcdoc", "blob:{a}/x", "x:y", "ftp://localhost/", "mailto:x", "http://localhost:1/", "http://localhost:25/", "http://u:p@localhost/", "http://["} {
		for _, mode := range []string{"cors", "no-cors", "same-origin"} {
			all = append(all, &Scenario{ID: fmt.Sprintf("scheme/%02d-%s", i, mode), Steps: []Step{{Via: "fetch", URL: url, Mode: mode}}, Serve: map[string]*Served{}})
		}
	}
	return all
}

// opaquePages are what a sandboxed frame does, and one that is a data: URL.
func opaquePages() (all []*Scenario) {
	for _, s := range framed() {
		s.Frame = "sandbox"
		all = append(all, s)
	}
	for _, s := range framed() {
		s.ID, s.Frame = strings.Replace(s.ID, "/", "/frame-", 1), "data"
		all = append(all, s)
	}
	return all
}

func framed() (all []*Scenario) {
	for _, to := range []string{"a", "b"} {
		for _, value := range []string{"*", "null", "Null", "", "{a}"} {
			for _, c := range []string{"omit", "include"} {
				for _, m := range []string{"GET", "PUT"} {
					url := "{" + to + "/}x"
					a := answer(200, acao, value, acac, "true", acam, "PUT")
					all = append(all, single(fmt.Sprintf("opaque-page/%s-%s-%s-%s", to, m, strings.Trim(value, "*{}"), c), Step{Via: "fetch", URL: url, Method: m, Credentials: c}, serve(a, a)))
				}
			}
		}
	}
	for _, m := range []string{"no-cors", "same-origin"} {
		all = append(all, single("opaque-page/"+m, Step{Via: "fetch", URL: "{a/}x", Mode: m, Method: "POST", Body: true}, serve(answer(204), answer(200))))
	}
	for _, policy := range []string{"same-origin", "same-site", "cross-origin"} {
		all = append(all, single("opaque-page/corp-"+policy, Step{Via: "fetch", URL: "{a/}x", Mode: "no-cors"}, serve(answer(204), answer(200, corp, policy))))
	}
	return append(all, single("opaque-page/data", Step{Via: "fetch", URL: "data:text/plain,x"}, serve(answer(204), answer(200))))
}

// uploads are XMLHttpRequests.
func uploads() (all []*Scenario) {
	for _, m := range []string{"GET", "POST", "PUT"} {
		for _, c := range []string{"", "include"} {
			for _, upload := range []bool{false, true} {
				for i, methods := range [][]string{nil, {"PUT"}, {"*"}, {""}, {"GET"}} {
					a := answer(200, acao, "{page}", acac, "true", aceh, "X-A", "X-A", "1")
					a.Headers = append(a.Headers, lines(acam, methods...)...)
					all = append(all, single(fmt.Sprintf("xhr/%s-%s-%v-%d", m, c, upload, i), Step{Via: "xhr", URL: "{b/}x", Method: m, Credentials: c, Body: m != "GET", Upload: upload}, serve(a, a)))
				}
			}
		}
	}
	// What was observed once may be cached: then a method has to be listed, CORS-safelisted or not.
	for _, upload := range []bool{false, true} {
		for i, methods := range [][]string{nil, {"PUT"}, {"POST"}, {"*"}} {
			a := answer(200, acao, "*", acma, "600", acah, "X-A")
			a.Headers = append(a.Headers, lines(acam, methods...)...)
			first := Step{Via: "xhr", URL: "{c/}x", Method: "POST", Body: true, Upload: true}
			second := first
			second.Upload = upload
			with := second
			with.Headers = [][2]string{{"X-A", "1"}}
			s := single(fmt.Sprintf("xhr/twice-%v-%d", upload, i), first, serve(a, a))
			s.Steps = append(s.Steps, second, with)
			all = append(all, s)
		}
	}
	for _, status := range []int{303, 307} {
		for i, to := range []string{"{c/}x", "{c/}y"} {
			a := answer(200, acao, "*", acam, "PUT", acma, "600")
			redirect := a.with("Location", to)
			redirect.Status = status
			s := &Scenario{ID: fmt.Sprintf("xhr/upload-redirected-%d-%d", status, i), Steps: []Step{{Via: "xhr", URL: "{c/}x", Method: "POST", Body: true, Upload: true}},
				Serve: map[string]*Served{"{c/}y": serve(a, a)}}
			s.Serve["{c/}x"] = &Served{Preflight: []Answer{a}, Request: []Answer{redirect, a}}
			all = append(all, s)
		}
	}
	all = append(all, single("xhr/combined-headers", Step{Via: "xhr", URL: "{b/}x", Headers: [][2]string{{"X-A", "1"}, {"X-A", "2"}, {"Accept", "a"}, {"Accept", "b"}}}, serve(openAnswer(204), openAnswer(200))))
	return all
}

// elementTypes are a Content-Type and a body for each element.
var elementTypes = map[string][2]string{"img": {"image/svg+xml", "svg"}, "script": {"text/javascript", "js"}, "module-script": {"text/javascript", "js"}, "link-stylesheet": {"text/css", "css"}, "font": {"font/ttf", "font"}}

// An element is one with a state of its crossorigin attribute, which fonts do not have.
type element struct {
	via, name   string
	crossOrigin *string
}

func allElements() (all []element) {
	anonymous, use := "anonymous", "use-credentials"
	for _, via := range []string{"img", "script", "module-script", "link-stylesheet"} {
		all = append(all, element{via, via + "-none", nil}, element{via, via + "-anonymous", &anonymous}, element{via, via + "-use-credentials", &use})
	}
	return append(all, element{"font", "font-none", nil})
}

// answer has what the element takes.
func (e element) answer(status int, l ...string) Answer {
	a := answer(status, append([]string{"Content-Type", elementTypes[e.via][0]}, l...)...)
	a.Body = elementTypes[e.via][1]
	return a
}

func (e element) step(url string) Step { return Step{Via: e.via, URL: url, CrossOrigin: e.crossOrigin} }

func elements() (all []*Scenario) {
	for _, e := range allElements() {
		for _, to := range []string{"a", "b", "c"} {
			for i, l := range [][]string{{}, {acao, "*"}, {acao, "{page}"}, {acao, "{page}", acac, "true"}, {acao, "null"}, {acao, "*", acac, "true"}} {
				all = append(all, single(fmt.Sprintf("element/%s-%s-%d", e.name, to, i), e.step("{"+to+"/}x"), serve(answer(204), e.answer(200, l...))))
			}
		}
		for _, hops := range []string{"ab", "ba", "bc", "bb"} {
			for i, l := range [][]string{{acao, "*"}, {acao, "{page}", acac, "true"}, {acao, "null", acac, "true"}} {
				from, to := fmt.Sprintf("{%c/}x", hops[0]), fmt.Sprintf("{%c/}y", hops[1])
				all = append(all, &Scenario{ID: fmt.Sprintf("element-redirect/%s-%s-%d", e.name, hops, i), Steps: []Step{e.step(from)}, Serve: map[string]*Served{
					from: serve(answer(204), answer(302, append(l, "Location", to)...)), to: serve(answer(204), e.answer(200, l...))}})
			}
		}
	}
	return all
}

func statuses() (all []*Scenario) {
	for _, status := range []int{200, 201, 204, 205, 206, 207, 226, 299, 300, 304, 400, 401, 402, 403, 404, 407, 409, 410, 416, 418, 421, 425, 429, 451, 499, 500, 501, 503, 511, 599, 600, 999} {
		for _, to := range []string{"a", "b"} {
			all = append(all, single(fmt.Sprintf("status/%s-%d", to, status), get("{"+to+"/}x"), serve(answer(204), answer(status, acao, "*"))))
		}
	}
	for _, to := range []string{"a", "b"} {
		all = append(all, single("status/"+to+"-closed", get("{"+to+"/}x"), &Served{}))
	}
	return all
}

func resourcePolicies() (all []*Scenario) {
	for i, l := range [][]string{nil, {"same-origin"}, {"same-site"}, {"cross-origin"}, {"Same-Origin"}, {"same-origin, same-origin"}, {"same-origin", "same-origin"}, {"same-site", "cross-origin"}, {"nonsense"}, {""}, {"\"same-origin\""}, {"same-origin;"}} {
		for _, to := range []string{"a", "b", "c"} {
			url := "{" + to + "/}x"
			all = append(all, single(fmt.Sprintf("corp/%s-%02d", to, i), Step{Via: "fetch", URL: url, Mode: "no-cors"}, serve(answer(204), Answer{Status: 200, Headers: lines(corp, l...)})))
		}
		all = append(all, single(fmt.Sprintf("corp/img-%02d", i), Step{Via: "img", URL: "{c/}x"}, serve(answer(204), Answer{Status: 200, Body: "svg", Headers: append(lines(corp, l...), [2]string{"Content-Type", "image/svg+xml"})})))
	}
	// On a redirect.
	all = append(all, &Scenario{ID: "corp/redirect", Steps: []Step{{Via: "fetch", URL: "{b/}x", Mode: "no-cors"}}, Serve: map[string]*Served{"{b/}x": serve(answer(204), answer(302, corp, "same-origin", "Location", "{b/}y")), "{b/}y": serve(answer(204), answer(200))}})
	all = append(all, single("corp/cors", get("{c/}x"), serve(answer(204), answer(200, acao, "*", corp, "same-origin"))))
	return all
}

// severalTypes are about scripts with several types.
func severalTypes() (all []*Scenario) {
	for i, types := range [][]string{
		{"text/javascript", "image/png"}, {"image/png", "text/javascript"}, {"text/javascript, image/png"}, {"image/png, text/javascript"}, {"text/javascript", "nonsense"}, {"nonsense", "text/javascript"},
		{"nonsense", "image/png"}, {"image/png", "nonsense"}, {"image/png, nonsense"}, {"nonsense, image/png"}, {"text/javascript;x=y, image/png"}, {"", "image/png"}, {"image/png", ""}, {"text/javascript", "image/png", "text/javascript"},
		{"text/csv-schema"}, {"text/csvx"}, {"text/csv;x=y"}, {"TEXT/CSV"}, {"text/cs"}, {"imagex/png"}, {"image/"}, {"image"}, {" image/png"}, {"image /png"}, {"audio/"}, {"video/;"}, {"text/javascript, text/plain"}, {"*/*"}, {"text/plain", "*/*"},
	} {
		for _, sniff := range []string{"", "nosniff"} {
			a := Answer{Status: 200, Body: "js", Headers: append(lines("Content-Type", types...), [2]string{"X-Content-Type-Options", sniff})}
			all = append(all, single(fmt.Sprintf("content-types/%02d-%s", i, sniff), Step{Via: "script", URL: "{a/}x"}, serve(answer(204), a)))
		}
	}
	return all
}

// contentTypes are about nosniff and the types that are not scripts.
func contentTypes() (all []*Scenario) {
	for i, t := range []string{"text/javascript", "application/javascript", "text/plain", "text/csv", "image/png", "audio/x", "video/x", "text/html", "application/json", "", "nonsense", "TEXT/JAVASCRIPT;x=y", "application/ecmascript", "text/jscript", "application/x-javascript"} {
		for j, sniff := range [][]string{nil, {"nosniff"}, {"NOSNIFF"}, {"x, nosniff"}, {"nosniff, x"}, {"nosniff", "x"}, {"\"nosniff\""}, {",nosniff"}} {
			if j > 1 && i != 2 {
				continue
			}
			for _, via := range []string{"script", "link-stylesheet"} {
				a := Answer{Status: 200, Body: "js", Headers: append(lines("X-Content-Type-Options", sniff...), [2]string{"Content-Type", t})}
				if via == "link-stylesheet" {
					a.Body = "css"
					if j == 0 || j == 3 || j > 5 {
						continue // without nosniff it is for HTML to say what a style sheet is
					}
				}
				all = append(all, single(fmt.Sprintf("content-type/%s-%02d-%d", via, i, j), Step{Via: via, URL: "{a/}x"}, serve(answer(204), a)))
			}
		}
	}
	return all
}
