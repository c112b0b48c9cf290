package clienttest_test

import (
	"bytes"
	"context"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/corspec/corspec/conformance/clienttest"
	"github.com/corspec/corspec/fetch/fetchhttp"
)

const (
	wasteful = clienttest.SeverityWasteful
	broken   = clienttest.SeverityBroken
	unsafe   = clienttest.SeverityUnsafe
)

// A wrong client is the right one with a small change, which a case has to find.
type wrongClient struct {
	name     string
	change   func(*client)
	severity clienttest.Severity
	id       string // of the case
	kind     string // of the finding
}

// has reports whether the page sets a header of that name.
func has(name string) func(x *exchange) bool {
	return func(x *exchange) bool { _, ok := author(x.q, name); return ok }
}

func isMethod(names ...string) func(x *exchange) bool {
	return func(x *exchange) bool {
		return slices.Contains(names, x.request.Header.Get("Access-Control-Request-Method"))
	}
}

// onlyHeader reports whether a preflight is for that header alone.
func onlyHeader(name string) func(x *exchange) bool {
	return func(x *exchange) bool { return x.request.Header.Get("Access-Control-Request-Headers") == name }
}

func simpleMethod(x *exchange) bool {
	return isMethod("GET", "HEAD", "POST")(x)
}

func both(a, b func(x *exchange) bool) func(x *exchange) bool {
	return func(x *exchange) bool { return a(x) && b(x) }
}

// authored reports whether the page sets a header to such a value.
func authored(name string, is func(value string) bool) func(x *exchange) bool {
	return func(x *exchange) bool { v, ok := author(x.q, name); return ok && is(v) }
}

// crossing reports whether a request goes to another origin, and something else.
func crossing(and func(x *exchange) bool) func(x *exchange) bool {
	return func(x *exchange) bool { return x.crossOrigin() && x.q.Init.Mode == "cors" && and(x) }
}

func simple(x *exchange) bool {
	return slices.Contains([]string{"GET", "HEAD", "POST"}, x.request.Method)
}

// list changes a list in an answer to a preflight.
func list(name string, f func(x *exchange, value string) string) func(*client) {
	return takesPreflight(func(x *exchange, h http.Header) {
		if values, ok := h[name]; ok {
			h[name] = []string{f(x, strings.Join(values, ", "))}
		}
	})
}

func wanted(x *exchange, name string) string {
	if name == acam {
		return x.request.Header.Get("Access-Control-Request-Method")
	}
	return x.request.Header.Get("Access-Control-Request-Headers")
}

// grants allows what a preflight asks for, if a condition on the list holds.
func grants(name string, when func(x *exchange, value string) bool) func(*client) {
	return takesPreflight(func(x *exchange, h http.Header) {
		if asked := wanted(x, name); asked != "" && when(x, strings.Join(h[name], ", ")) {
			h[name] = []string{asked}
		}
	})
}

// follow goes where a response redirects to, once, and takes the answer from there.
func follow(x *exchange) {
	to, err := x.request.URL.Parse(x.resp.Header.Get("Location"))
	if err != nil || x.resp.Header.Get("Location") == "" {
		return
	}
	r := x.request.Clone(x.request.Context())
	r.URL, r.Host, r.Body = to, to.Host, nil
	if resp, err := x.next.RoundTrip(r); err == nil {
		x.resp = resp
	}
}

func isRedirect(x *exchange) bool {
	return slices.Contains([]int{301, 302, 303, 307, 308}, x.resp.StatusCode)
}

var wrongClients = []wrongClient{
	// Which requests need a preflight.
	{"never sends preflights", skips(always), unsafe, "method/PUT-listed", "missing-preflight"},
	{"sends no preflight for PATCH", skips(isMethod("PATCH")), unsafe, "method/PATCH-listed", "missing-preflight"},
	{"sends no preflight for DELETE", skips(isMethod("DELETE")), unsafe, "method/DELETE-listed", "missing-preflight"},
	{"sends no preflight for methods that it does not know", skips(isMethod("CHICKEN", "QUERY", "PROPFIND")), unsafe, "method/CHICKEN-listed", "missing-preflight"},
	{"sends no preflight for OPTIONS", skips(isMethod("OPTIONS")), unsafe, "method/OPTIONS-listed", "missing-preflight"},
	{"takes methods for safelisted in any case", skips(isMethod("GETS", "chicken", "patch")), unsafe, "method/patch-listed", "missing-preflight"},
	{"takes any Content-Type for safelisted", skips(both(simpleMethod, onlyHeader("content-type"))), unsafe, "request-header/Content-Type=application/json", "missing-preflight"},
	{"takes Content-Type for safelisted by how it begins", skips(both(simpleMethod, authored("Content-Type", func(v string) bool { return strings.HasPrefix(v, "text/plain") }))), unsafe, "request-header/Content-Type=text/plainx", "missing-preflight"},
	{"takes Content-Type for safelisted by what is in it", skips(both(simpleMethod, authored("Content-Type", func(v string) bool { return strings.Contains(v, "text/plain") }))), unsafe, "request-header/Content-Type=xtext/plain", "missing-preflight"},
	{"takes Authorization for safelisted", skips(both(simpleMethod, onlyHeader("authorization"))), unsafe, "request-header/Authorization=Basic_eDp5", "missing-preflight"},
	{"takes X- for safelisted", skips(both(simpleMethod, onlyHeader("x-custom"))), unsafe, "request-header/X-Custom=1", "missing-preflight"},
	{"takes X-Requested-With for safelisted", skips(onlyHeader("x-requested-with")), unsafe, "request-header/X-Requested-With=XMLHttpRequest", "missing-preflight"},
	{"does not know the 128 bytes", skips(both(simpleMethod, func(x *exchange) bool {
		return slices.ContainsFunc(x.q.Init.Headers, func(h [2]string) bool { return len(h[1]) > 128 })
	})), unsafe, "request-header/Accept=xxxxxxxxxx…129-bytes", "missing-preflight"},
	{"does not know the 1024 bytes together", skips(both(simpleMethod, func(x *exchange) bool { return len(x.q.Init.Headers) > 8 })), unsafe, "request-header/sum-1152", "missing-preflight"},
	{"does not know unsafe bytes", skips(both(simpleMethod, authored("Accept", func(v string) bool { return strings.ContainsAny(v, `"(:<>?@[\]{}`) && len(v) < 128 }))), unsafe, "request-header/Accept=%22x%22", "missing-preflight"},
	{"does not know the bytes of languages", skips(both(simpleMethod, onlyHeader("accept-language"))), unsafe, "request-header/Accept-Language=@", "missing-preflight"},
	{"takes all ranges for safelisted", skips(both(simpleMethod, onlyHeader("range"))), unsafe, "request-header/Range=bytes=-9", "missing-preflight"},
	{"takes conditional headers for safelisted", skips(both(simpleMethod, onlyHeader("if-none-match"))), unsafe, "request-header/If-None-Match=%22x%22", "missing-preflight"},
	{"sends preflights for all requests to other origins", preflights(crossing(simple)), wasteful, "cors-check/same-origin=*", "needless-preflight"},
	{"sends preflights to its own origin", preflights(func(x *exchange) bool { return !x.crossOrigin() && !simple(x) }), wasteful, "method/PUT-same-origin", "needless-preflight"},
	{"sends preflights for POST", preflights(crossing(func(x *exchange) bool { return x.request.Method == "POST" })), wasteful, "method/POST-listed", "needless-preflight"},
	{"sends preflights for HEAD", preflights(crossing(func(x *exchange) bool { return x.request.Method == "HEAD" })), wasteful, "method/HEAD-listed", "needless-preflight"},
	{"sends preflights for Content-Type with parameters", preflights(crossing(authored("Content-Type", func(v string) bool { return strings.Contains(v, ";") }))), wasteful, "request-header/Content-Type=text/plain;charset=utf-8", "needless-preflight"},
	{"sends preflights for Content-Type in another case", preflights(crossing(authored("Content-Type", func(v string) bool { return v == "TEXT/Plain" }))), wasteful, "request-header/content-type=TEXT/Plain", "needless-preflight"},
	{"sends preflights for any Accept", preflights(crossing(both(simple, has("Accept")))), wasteful, "request-header/accept=text/html", "needless-preflight"},
	{"sends preflights for any range", preflights(crossing(both(simple, has("Range")))), wasteful, "request-header/Range=bytes=0-9", "needless-preflight"},
	{"sends preflights for forms", preflights(crossing(authored("Content-Type", func(v string) bool { return strings.HasPrefix(v, "multipart/form-data") }))), wasteful, "request-header/Content-Type=multipart/form-data;boundary=x", "needless-preflight"},
	{"sends preflights for headers that a page cannot set", preflights(crossing(both(simple, has("Cookie")))), wasteful, "request-header/Cookie=a=b", "needless-preflight"},
	{"sends preflights with mode no-cors", preflights(func(x *exchange) bool { return x.crossOrigin() && x.q.Init.Mode == "no-cors" }), wasteful, "no-cors/header-b-X-A|1", "needless-preflight"},
	{"writes patch in capitals", methodOf(func(m string) string { return strings.ReplaceAll(m, "patch", "PATCH") }), broken, "method/patch-listed", "asked-method"},
	{"does not write put in capitals", sends(func(x *exchange, h http.Header) {
		if x.q.Init.Method == "put" {
			x.request.Method = "put"
		}
	}), broken, "method/put-listed", "method"},

	// What a preflight has.
	{"sends preflights with cookies", keepsCookies(func(x *exchange) bool { return !x.preflight() }, func(x *exchange) bool { return x.preflight() }), unsafe, "preflight/cookies-include", "cookies"},
	{"sends preflights with Authorization", asks(func(x *exchange, h http.Header) {
		if v, ok := author(x.q, "Authorization"); ok {
			h["Authorization"] = []string{v}
		}
	}), unsafe, "preflight/author-headers", "header-sent"},
	{"sends preflights with the headers of the request", asks(func(x *exchange, h http.Header) {
		for _, v := range x.q.Init.Headers {
			h[v[0]] = []string{v[1]}
		}
	}), unsafe, "preflight/author-headers", "header-sent"},
	{"sends preflights with a body", asks(func(x *exchange, h http.Header) {
		x.request.Body, x.request.ContentLength = http.NoBody, 0
		x.request.Body = ioBody("{}")
		x.request.ContentLength = 2
	}), unsafe, "preflight/method-post", "body"},
	{"joins names by a comma and a space", asks(func(x *exchange, h http.Header) {
		if v := h.Get("Access-Control-Request-Headers"); v != "" {
			h.Set("Access-Control-Request-Headers", strings.ReplaceAll(v, ",", ", "))
		}
	}), broken, "preflight/headers-sorted", "asked-headers"},
	{"does not sort names", asks(func(x *exchange, h http.Header) {
		if v := strings.Split(h.Get("Access-Control-Request-Headers"), ","); len(v) > 1 {
			slices.Reverse(v)
			h.Set("Access-Control-Request-Headers", strings.Join(v, ","))
		}
	}), broken, "preflight/headers-sorted", "asked-headers"},
	{"writes names as the page does", asks(func(x *exchange, h http.Header) {
		if v := h.Get("Access-Control-Request-Headers"); v != "" {
			h.Set("Access-Control-Request-Headers", strings.ToUpper(v))
		}
	}), broken, "preflight/names-once", "asked-headers"},
	{"asks for safelisted headers", asks(func(x *exchange, h http.Header) {
		if v := h.Get("Access-Control-Request-Headers"); v != "" && has("Accept")(x) {
			h.Set("Access-Control-Request-Headers", "accept,"+v)
		}
	}), broken, "preflight/safelisted-not-asked", "asked-headers"},
	{"asks for headers that it does not send", asks(func(x *exchange, h http.Header) {
		if has("Cookie")(x) {
			h.Set("Access-Control-Request-Headers", "cookie,x-a")
		}
	}), broken, "preflight/forbidden-not-asked", "asked-headers"},
	{"does not ask for headers", asks(func(x *exchange, h http.Header) { h.Del("Access-Control-Request-Headers") }), broken, "preflight/headers-sorted", "asked-headers"},
	{"asks for no headers in an empty list", asks(func(x *exchange, h http.Header) {
		if h.Get("Access-Control-Request-Headers") == "" {
			h["Access-Control-Request-Headers"] = []string{""}
		}
	}), broken, "preflight/no-unsafe-header", "asked-headers"},
	{"writes the method that it asks for in small letters", asks(func(x *exchange, h http.Header) {
		h.Set("Access-Control-Request-Method", strings.ToLower(h.Get("Access-Control-Request-Method")))
	}), broken, "method/PUT-listed", "asked-method"},
	{"asks for OPTIONS", asks(func(x *exchange, h http.Header) { h.Set("Access-Control-Request-Method", "OPTIONS") }), broken, "preflight/method-post", "asked-method"},
	{"does not say which method", asks(func(x *exchange, h http.Header) { h.Del("Access-Control-Request-Method") }), broken, "method/PUT-listed", "asked-method"},
	{"sends preflights without Origin", asks(func(x *exchange, h http.Header) { h.Del("Origin") }), broken, "preflight/no-unsafe-header", "origin"},
	{"sends preflights with Origin null", asks(func(x *exchange, h http.Header) { h.Set("Origin", "null") }), broken, "preflight/no-unsafe-header", "origin"},
	{"says in preflights to be of the server", asks(func(x *exchange, h http.Header) { h.Set("Origin", "http://"+x.request.Host) }), unsafe, "preflight/no-unsafe-header", "origin"},

	// What a preflight is answered.
	{"takes any status of a preflight", takesPreflight(func(x *exchange, h http.Header) { x.resp.StatusCode = 204 }), unsafe, "preflight-status/403", "sent"},
	{"takes only 200 and 204 of a preflight", takesPreflight(func(x *exchange, h http.Header) {
		if x.resp.StatusCode != 200 && x.resp.StatusCode != 204 {
			x.resp.StatusCode = 500
		}
	}), broken, "preflight-status/201", "not-sent"},
	{"follows redirects of preflights", func(c *client) {
		c.after = func(x *exchange) {
			if x.preflight() && isRedirect(x) {
				follow(x)
			}
		}
	}, unsafe, "preflight-status/307", "sent"},
	{"takes redirects of preflights for success", takesPreflight(func(x *exchange, h http.Header) {
		if isRedirect(x) {
			x.resp.StatusCode = 200
		}
	}), unsafe, "preflight-status/302", "sent"},
	{"does not check whom a preflight allows", takesPreflight(func(x *exchange, h http.Header) { h[acao], h[acac] = []string{x.origin()}, []string{"true"} }), unsafe, "preflight-cors-check/none", "sent"},
	{"does not ask preflights for credentials", takesPreflight(func(x *exchange, h http.Header) { h[acac] = []string{"true"} }), unsafe, "preflight-allow-credentials/none", "sent"},
	{"takes * of preflights with credentials", takesPreflight(func(x *exchange, h http.Header) {
		if h.Get(acao) == "*" {
			allowed(x, h)
		}
	}), unsafe, "preflight-allow-credentials/with-wildcard", "sent"},
	{"never reads Access-Control-Allow-Methods", grants(acam, func(*exchange, string) bool { return true }), unsafe, "allow-methods/omit=none", "sent"},
	{"takes a missing Access-Control-Allow-Methods for all", grants(acam, func(_ *exchange, v string) bool { return v == "" }), unsafe, "allow-methods/omit=none", "sent"},
	{"reads methods in any case", list(acam, func(_ *exchange, v string) string { return strings.ToUpper(v) }), unsafe, "allow-methods/omit=put", "sent"},
	{"does not know * among methods", list(acam, func(_ *exchange, v string) string { return strings.ReplaceAll(v, "*", "X") }), broken, "allow-methods/omit=*", "not-sent"},
	{"takes * among methods with credentials", grants(acam, func(_ *exchange, v string) bool { return v == "*" }), unsafe, "allow-methods/include=*", "sent"},
	{"looks for the method anywhere in the list", grants(acam, func(x *exchange, v string) bool { return strings.Contains(v, wanted(x, acam)) }), unsafe, "allow-methods/omit=PUTS", "sent"},
	{"overlooks what is malformed among methods", list(acam, func(_ *exchange, v string) string { return strings.ReplaceAll(v, "a b", "x") }), unsafe, "allow-methods/omit=PUT,_a_b", "sent"},
	{"reads one line of methods", takesPreflight(func(x *exchange, h http.Header) {
		if v := h[acam]; len(v) > 1 {
			h[acam] = v[:1]
		}
	}), broken, "allow-methods/omit=DELETE|PUT", "not-sent"},
	{"splits lists at comma and space", list(acam, func(_ *exchange, v string) string {
		if strings.Contains(strings.ReplaceAll(v, ", ", ""), ",") {
			return "x"
		}
		return v
	}), broken, "allow-methods/omit=DELETE,PUT", "not-sent"},
	{"splits methods at spaces", list(acam, func(_ *exchange, v string) string { return strings.ReplaceAll(v, " ", ",") }), unsafe, "allow-methods/omit=PUT_DELETE", "sent"},
	{"wants safelisted methods to be listed", takesPreflight(func(x *exchange, h http.Header) {
		if v := h.Get(acam); !strings.Contains(v, wanted(x, acam)) && v != "*" {
			x.resp.StatusCode = 500
		}
	}), broken, "preflight-answer/safelisted-POST", "not-sent"},
	{"never reads Access-Control-Allow-Headers", grants(acah, func(*exchange, string) bool { return true }), unsafe, "allow-headers/omit=none", "sent"},
	{"takes one header that is allowed for all", grants(acah, func(x *exchange, v string) bool { return v == "x-a" }), unsafe, "allow-headers/omit=x-a-for-X-A|1|X-B|2", "sent"},
	{"reads header names in one case", list(acah, func(x *exchange, v string) string {
		if v == "X-A" {
			return "x"
		}
		return v
	}), broken, "allow-headers/omit=X-A", "not-sent"},
	{"does not know * among headers", list(acah, func(_ *exchange, v string) string { return strings.ReplaceAll(v, "*", "X") }), broken, "allow-headers/omit=*", "not-sent"},
	{"takes * among headers with credentials", grants(acah, func(x *exchange, v string) bool { return v == "*" && !has("Authorization")(x) }), unsafe, "allow-headers/include=*", "sent"},
	{"takes * for Authorization", grants(acah, func(x *exchange, v string) bool { return v == "*" && !x.include() }), unsafe, "allow-headers/omit=*-for-Authorization|x", "sent"},
	{"looks for header names anywhere in the list", grants(acah, func(x *exchange, v string) bool { return strings.Contains(strings.ToLower(v), wanted(x, acah)) }), unsafe, "allow-headers/omit=X-AB", "sent"},
	{"takes header names for patterns", grants(acah, func(x *exchange, v string) bool { return v == "X-*" }), unsafe, "allow-headers/omit=X-*", "sent"},
	{"overlooks what is malformed among headers", list(acah, func(_ *exchange, v string) string { return strings.NewReplacer("a b", "x", "(x)", "x").Replace(v) }), unsafe, "allow-headers/omit=X-A,_a_b", "sent"},
	{"wants Content-Type to be listed always", takesPreflight(func(x *exchange, h http.Header) {
		if has("Content-Type")(x) && !strings.Contains(strings.ToLower(h.Get(acah)), "content-type") && h.Get(acah) != "*" {
			x.resp.StatusCode = 500
		}
	}), broken, "allow-headers/omit=x-a-for-X-A|1|Content-Type|text/plain", "not-sent"},

	// The preflight cache.
	{"has no preflight cache", takesPreflight(func(x *exchange, h http.Header) { h[acma] = []string{"0"} }), wasteful, "cache/same-again", "needless-preflight"},
	{"caches nothing without Access-Control-Max-Age", takesPreflight(func(x *exchange, h http.Header) {
		if h.Get(acma) == "" {
			h[acma] = []string{"0"}
		}
	}), wasteful, "max-age/at-once=none", "needless-preflight"},
	{"caches for ever", takesPreflight(func(x *exchange, h http.Header) {
		if h.Get(acma) != "0" {
			h[acma] = []string{"7200"}
		}
	}), unsafe, "max-age/1-after-2", "missing-preflight"},
	{"caches for ever without Access-Control-Max-Age", takesPreflight(func(x *exchange, h http.Header) {
		if h.Get(acma) == "" {
			h[acma] = []string{"7200"}
		}
	}), unsafe, "max-age/none-after-7", "missing-preflight"},
	{"does not know Access-Control-Max-Age: 0", takesPreflight(func(x *exchange, h http.Header) {
		if h.Get(acma) == "0" {
			h.Del(acma)
		}
	}), unsafe, "max-age/at-once=0", "missing-preflight"},
	{"reads max-age as far as it is a number", takesPreflight(func(x *exchange, h http.Header) {
		v := h.Get(acma)
		end := strings.IndexFunc(v, func(r rune) bool { return r < '0' || r > '9' })
		if end > 0 {
			h[acma] = []string{v[:end]}
		}
	}), unsafe, "max-age/600.5-after-7", "missing-preflight"},
	{"takes the first of two max-ages", takesPreflight(func(x *exchange, h http.Header) {
		if v := h[acma]; len(v) > 1 {
			h[acma] = v[:1]
		}
	}), unsafe, "max-age/two-lines-after-7", "missing-preflight"},
	{"takes max-age for milliseconds", takesPreflight(func(x *exchange, h http.Header) {
		if n, err := strconv.Atoi(h.Get(acma)); err == nil {
			h[acma] = []string{strconv.Itoa(n / 1000)}
		}
	}), wasteful, "max-age/600-after-2", "needless-preflight"},
	{"caches without regard to credentials", remembers(without(3)), unsafe, "cache/without-then-with", "missing-preflight"},
	{"caches without regard to the page", remembers(without(1)), unsafe, "cache/other-page", "missing-preflight"},
	{"caches without regard to the URL", remembers(without(2)), unsafe, "cache/url={b/}y", "missing-preflight"},
	{"caches without regard to the query", remembers(func(x *exchange) string {
		k := x.whole()
		k[2], _, _ = strings.Cut(k[2], "?")
		return strings.Join(k, "\n")
	}), unsafe, "cache/url={b/}x?y", "missing-preflight"},
	{"caches without regard to the method", remembers(without(4)), unsafe, "cache/other-method", "missing-preflight"},
	{"caches without regard to the headers", remembers(without(5)), unsafe, "cache/other-header", "missing-preflight"},
	{"caches methods in any case", remembers(func(x *exchange) string { return strings.ToUpper(without(5)(x)) }), unsafe, "cache/method-in-other-case", "missing-preflight"},
	{"keeps what was cached when a request fails", remembers(func(x *exchange) string { return strings.Join(x.whole(), "\n") }), unsafe, "cache/failure-clears", "missing-preflight"},
	{"caches what a preflight is asked, not what it is answered", func(c *client) {
		takesPreflight(func(x *exchange, h http.Header) {
			if asked := wanted(x, acam); slices.Contains(strings.Split(h.Get(acam), ", "), asked) {
				h[acam] = []string{asked}
			}
		})(c)
	}, wasteful, "cache/other-method-listed", "needless-preflight"},
	{"takes a cached * for Authorization", remembers(func(x *exchange) string { return strings.ReplaceAll(without(5)(x), "authorization", "x-a") }), unsafe, "cache/any-header-not-authorization", "missing-preflight"},

	// The CORS check.
	{"has no CORS check", takes(func(x *exchange, h http.Header) { h[acao], h[acac] = []string{x.origin()}, []string{"true"} }), unsafe, "cors-check/same-origin=none", "read"},
	{"looks whether Access-Control-Allow-Origin is there", share(func(_ *exchange, v string) bool { return v != "" }), unsafe, "cors-check/same-origin={b}", "read"},
	{"compares origins in any case", share(func(x *exchange, v string) bool { return strings.EqualFold(v, x.origin()) }), unsafe, "cors-check/same-origin=http://Localhost:{port}", "read"},
	{"compares the beginning of origins", share(func(x *exchange, v string) bool { return v != "" && strings.HasPrefix(x.origin(), v) }), unsafe, "cors-check/same-origin=http://localhost", "read"},
	{"compares as much of Access-Control-Allow-Origin as the origin has", share(func(x *exchange, v string) bool { return strings.HasPrefix(v, x.origin()) }), unsafe, "cors-check/same-origin={page}.example", "read"},
	{"compares hosts", share(func(x *exchange, v string) bool { return strings.Contains(v, "localhost:") }), unsafe, "cors-check/same-origin=https://localhost:{port}", "read"},
	{"compares without ports", share(func(x *exchange, v string) bool { return v == "http://localhost" }), unsafe, "cors-check/same-origin=http://localhost", "read"},
	{"overlooks a slash at the end", share(func(x *exchange, v string) bool { return strings.TrimSuffix(v, "/") == x.origin() }), unsafe, "cors-check/same-origin={page}/", "read"},
	{"takes lists of origins", share(func(x *exchange, v string) bool {
		return slices.Contains(strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' }), x.origin())
	}), unsafe, "cors-check/same-origin={page},_{page}", "read"},
	{"takes the first of several origins", takes(func(x *exchange, h http.Header) {
		if v := h[acao]; len(v) > 1 {
			h[acao] = v[:1]
		}
	}), unsafe, "cors-check/same-origin={page}|{b}", "read"},
	{"takes the last of several origins", takes(func(x *exchange, h http.Header) {
		if v := h[acao]; len(v) > 1 {
			h[acao] = v[len(v)-1:]
		}
	}), unsafe, "cors-check/same-origin=*|{page}", "read"},
	{"takes null for everybody", share(func(_ *exchange, v string) bool { return v == "null" }), unsafe, "cors-check/same-origin=null", "read"},
	{"takes patterns of origins", share(func(_ *exchange, v string) bool { return strings.Contains(v, "://*") || v == "http://localhost:*" }), unsafe, "cors-check/same-origin=http://*", "read"},
	{"takes * among others", share(func(_ *exchange, v string) bool { return strings.Contains(v, "*") }), unsafe, "cors-check/same-origin=*,_*", "read"},
	{"takes * with credentials", share(func(_ *exchange, v string) bool { return v == "*" }), unsafe, "allow-credentials/with-wildcard", "read"},
	{"takes the server's own origin", share(func(x *exchange, v string) bool { return v == "http://"+x.request.Host }), unsafe, "cors-check/same-origin={b}", "read"},
	{"does not ask for Access-Control-Allow-Credentials", takes(func(x *exchange, h http.Header) { h[acac] = []string{"true"} }), unsafe, "allow-credentials/none", "read"},
	{"reads true in any case", takes(func(x *exchange, h http.Header) { h[acac] = []string{strings.ToLower(h.Get(acac))} }), unsafe, "allow-credentials/TRUE", "read"},
	{"takes any Access-Control-Allow-Credentials for true", takes(func(x *exchange, h http.Header) {
		if _, ok := h[acac]; ok {
			h[acac] = []string{"true"}
		}
	}), unsafe, "allow-credentials/false", "read"},
	{"does not know *", takes(func(x *exchange, h http.Header) {
		if h.Get(acao) == "*" {
			h.Del(acao)
		}
	}), broken, "cors-check/same-origin=*", "rejected"},
	{"wants Access-Control-Allow-Credentials always", takes(func(x *exchange, h http.Header) {
		if h.Get(acac) != "true" && x.origin() != "" {
			h.Del(acao)
		}
	}), broken, "cors-check/to-b=*", "rejected"},
	{"does not check errors", takes(func(x *exchange, h http.Header) {
		if x.resp.StatusCode >= 400 {
			allowed(x, h)
		}
	}), unsafe, "status/unshared-404", "read"},
	{"does not check POST", takes(func(x *exchange, h http.Header) {
		if x.request.Method == "POST" {
			allowed(x, h)
		}
	}), unsafe, "cors-check/refused-POST", "read"},
	{"takes another port for the same origin", takes(func(x *exchange, h http.Header) {
		if x.request.URL.Hostname() == "localhost" && x.origin() != "" {
			allowed(x, h)
		}
	}), unsafe, "cors-check/to-b=empty", "read"},
	{"checks its own origin too", takes(func(x *exchange, h http.Header) {
		if !x.crossOrigin() && h.Get(acao) == "" {
			x.resp.StatusCode = 0
		}
	}), broken, "cors-check/same-origin", "rejected"},
	{"does not check after a preflight", func(c *client) {
		c.after = func(x *exchange) {
			if !x.preflight() && !simple(x) {
				x.resp.Header[acao] = []string{x.origin()}
			}
		}
	}, unsafe, "preflight-answer/then-request-refused", "read"},

	// Redirects.
	{"keeps its origin after redirects", sends(func(x *exchange, h http.Header) {
		if x.origin() == "null" {
			h.Set("Origin", x.page())
		}
	}), unsafe, "redirect-taint/bc-GET-echo", "origin"},
	{"keeps its origin in preflights after redirects", asks(func(x *exchange, h http.Header) {
		if x.origin() == "null" {
			h.Set("Origin", x.page())
		}
	}), unsafe, "redirect-taint/bc-PUT-echo", "origin"},
	{"has the origin null after any redirect", sends(func(x *exchange, h http.Header) {
		if x.origin() != "" && strings.HasSuffix(x.request.URL.Path, "/1") {
			h.Set("Origin", "null")
		}
	}), broken, "redirect-taint/bb-GET-echo", "origin"},
	{"takes Authorization along to other origins", sends(func(x *exchange, h http.Header) {
		if v, ok := author(x.q, "Authorization"); ok {
			h.Set("Authorization", v)
		}
	}), unsafe, "redirect-authorization/bc", "header-sent"},
	{"leaves Authorization behind at every redirect", sends(func(x *exchange, h http.Header) {
		if strings.HasSuffix(x.request.URL.Path, "/1") {
			h.Del("Authorization")
		}
	}), broken, "redirect-authorization/bb", "request-header"},
	{"takes Content-Type along without a body", sends(func(x *exchange, h http.Header) {
		if v, ok := author(x.q, "Content-Type"); ok {
			h.Set("Content-Type", v)
		}
	}), broken, "redirect/bb-303-POST", "header-sent"},
	{"follows 21 redirects", func(c *client) {
		c.after = func(x *exchange) {
			if isRedirect(x) && strings.HasSuffix(x.request.URL.Path, "/20") {
				follow(x)
			}
		}
	}, unsafe, "redirect-count/b-21", "read"},
	{"follows 10 redirects", takes(func(x *exchange, h http.Header) {
		if strings.HasSuffix(x.request.URL.Path, "/10") && isRedirect(x) {
			h.Del(acao)
			h.Set("Location", "http://[")
		}
	}), broken, "redirect-count/a-11", "not-sent"},
	{"keeps POST with 302", redirectedBy(302, 307, "POST"), broken, "redirect/bb-302-POST", "method"},
	{"keeps POST with 303", redirectedBy(303, 307, "POST"), broken, "redirect/bb-303-POST", "method"},
	{"sends PUT as GET after 302", redirectedBy(302, 303, "PUT"), broken, "redirect/bb-302-PUT", "method"},
	{"sends everything as GET after 307", redirectedBy(307, 303), broken, "redirect/bb-307-POST", "method"},
	{"does not send the body again", func(c *client) {
		c.before = func(x *exchange) *http.Response {
			if strings.HasSuffix(x.request.URL.Path, "/1") && x.request.Body != nil {
				x.request.Body, x.request.ContentLength = http.NoBody, 0
			}
			return nil
		}
	}, broken, "redirect/bb-307-POST", "body"},
	{"takes 300 for a redirect", redirectedBy(300, 302), unsafe, "redirect/bb-300-GET", "sent"},
	{"takes every 3xx with Location for a redirect", func(c *client) {
		c.after = func(x *exchange) {
			if !x.preflight() && x.resp.StatusCode/100 == 3 && x.resp.Header.Get("Location") != "" && !isRedirect(x) {
				x.resp.StatusCode = 302
			}
		}
	}, unsafe, "redirect/aa-305-GET", "sent"},
	{"does not know 308", redirectedBy(308, 300), broken, "redirect/bb-308-GET", "not-sent"},
	{"sends no preflight after a redirect", skips(func(x *exchange) bool { return strings.HasSuffix(x.request.URL.Path, "/1") }), unsafe, "redirect-preflight/second-none", "missing-preflight"},
	{"does not check redirects", takes(func(x *exchange, h http.Header) {
		if isRedirect(x) {
			h[acao], h[acac] = []string{x.origin()}, []string{"true"}
		}
	}), unsafe, "redirect-check/first-unshared", "sent"},
	{"does not check what it is redirected to", takes(func(x *exchange, h http.Header) {
		if strings.HasSuffix(x.request.URL.Path, "/1") {
			h[acao], h[acac] = []string{x.origin()}, []string{"true"}
		}
	}), unsafe, "redirect-check/last-unshared", "read"},
	{"does not check its own origin after a redirect", takes(func(x *exchange, h http.Header) {
		if !x.crossOrigin() {
			allowed(x, h)
		}
	}), unsafe, "redirect-check/to-own-origin", "read"},
	{"follows with redirect mode error", func(c *client) { c.ask = func(q *clienttest.Request) { q.Init.Redirect = "follow" } }, unsafe, "redirect-mode/b-error-cors", "sent"},
	{"follows with redirect mode manual", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if q.Init.Redirect == "manual" {
				q.Init.Redirect = "follow"
			}
		}
	}, unsafe, "redirect-mode/b-manual-cors", "sent"},
	{"shows redirects with redirect mode manual", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "opaqueredirect" {
			r.Status, r.Headers = last.resp.StatusCode, headersOf(last.resp.Header)
		}
	}), unsafe, "redirect-mode/b-manual-cors", "shown"},
	{"follows to URLs with a password", takes(func(x *exchange, h http.Header) {
		if v := h.Get("Location"); strings.Contains(v, "@") {
			h.Set("Location", "http://"+v[strings.Index(v, "@")+1:])
		}
	}), unsafe, "location/cors=http://u:p@{host-b/}y", "sent"},
	{"follows to other origins with mode same-origin", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if q.Init.Mode == "same-origin" && strings.HasPrefix(q.URL, strings.TrimSuffix(q.PageURL, "page")) {
				q.Init.Mode = "cors"
			}
		}
	}, unsafe, "redirect/same-origin-mode", "sent"},
	{"takes several Locations", takes(func(x *exchange, h http.Header) {
		if v := h["Location"]; len(v) > 1 {
			h["Location"] = v[:1]
		}
	}), unsafe, "location/cors={b/}y|{b/}z", "sent"},

	// What a page sees.
	{"shows all headers", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "cors" {
			r.Headers = headersOf(last.resp.Header)
		}
	}), unsafe, "expose/omit=none", "shown"},
	{"takes * for all headers with credentials", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "cors" && last.resp.Header.Get(aceh) == "*" {
			r.Headers = headersOf(last.resp.Header)
		}
	}), unsafe, "expose/include=*", "shown"},
	{"does not know * among exposed headers", takes(func(x *exchange, h http.Header) {
		if h.Get(aceh) == "*" {
			h.Del(aceh)
		}
	}), broken, "expose/omit=*", "not-shown"},
	{"does not know Access-Control-Expose-Headers", takes(func(x *exchange, h http.Header) { h.Del(aceh) }), broken, "expose/omit=X-One", "not-shown"},
	{"reads one line of exposed headers", takes(func(x *exchange, h http.Header) {
		if v := h[aceh]; len(v) > 1 {
			h[aceh] = v[:1]
		}
	}), broken, "expose/omit=X-One|X-Two", "not-shown"},
	{"looks for names anywhere in Access-Control-Expose-Headers", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if last.resp.Header.Get(aceh) == "X-O" || strings.Contains(last.resp.Header.Get(aceh), "X-One X-Two") {
			r.Headers = append(r.Headers, [2]string{"x-one", "1"})
		}
	}), unsafe, "expose/omit=X-One_X-Two", "shown"},
	{"shows Set-Cookie of its own origin", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if v := last.resp.Header.Get("Set-Cookie"); v != "" && r.Type == "basic" {
			r.Headers = append(r.Headers, [2]string{"set-cookie", v})
		}
	}), unsafe, "expose/same-origin", "shown"},
	{"shows Set-Cookie where it is exposed", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if v := last.resp.Header.Get("Set-Cookie"); v != "" && strings.Contains(last.resp.Header.Get(aceh), "Set-Cookie") {
			r.Headers = append(r.Headers, [2]string{"set-cookie", v})
		}
	}), unsafe, "expose/omit=Set-Cookie,_X-One", "shown"},
	{"shows six headers only", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		r.Headers = slices.DeleteFunc(r.Headers, func(h [2]string) bool { return strings.EqualFold(h[0], "Pragma") })
	}), broken, "expose/safelisted", "not-shown"},
	{"does not show safelisted headers", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "cors" {
			r.Headers = nil
		}
	}), broken, "expose/safelisted", "not-shown"},
	{"shows opaque responses", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "opaque" {
			r.Type, r.Status, r.Headers, r.Body = "cors", last.resp.StatusCode, headersOf(last.resp.Header), last.text
		}
	}), unsafe, "no-cors/opaque-b", "type"},
	{"shows the status of opaque responses", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "opaque" {
			r.Status = last.resp.StatusCode
		}
	}), unsafe, "no-cors/opaque-b", "shown"},
	{"shows the body of opaque responses", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "opaque" {
			r.Body = last.text
		}
	}), unsafe, "no-cors/opaque-b", "shown"},
	{"shows the URL of opaque responses", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "opaque" {
			r.URL = q.URL
		}
	}), unsafe, "no-cors/opaque-b", "shown"},
	{"takes opaque responses for basic ones", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type == "cors" {
			r.Type = "basic"
		}
	}), broken, "cors-check/same-origin=*", "type"},
	{"never says redirected", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) { r.Redirected = false }), broken, "redirect/bb-302-GET", "redirected"},
	{"gives the first URL", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) {
		if r.Type != "opaque" && r.Type != "opaqueredirect" {
			r.URL = q.URL
		}
	}), broken, "redirect/bb-302-GET", "response-url"},
	{"loses the body", gets(func(q *clienttest.Request, last *exchange, r *clienttest.Response) { r.Body = nil }), broken, "cors-check/same-origin=*", "not-shown"},
	{"rejects errors", func(c *client) {
		c.answer = func(q *clienttest.Request, all []*exchange, a clienttest.Answer) clienttest.Answer {
			if a.Response != nil && a.Response.Status >= 400 {
				return clienttest.Answer{Rejected: "Error"}
			}
			return a
		}
	}, broken, "status/b-404", "rejected"},

	// Cookies.
	{"sends cookies always", keepsCookies(func(x *exchange) bool { return !x.preflight() }, func(x *exchange) bool { return !x.preflight() }), unsafe, "cookies/sent-b-omit", "cookies"},
	{"sends cookies to other origins with same-origin", keepsCookies(func(x *exchange) bool { return !x.preflight() }, func(x *exchange) bool { return !x.preflight() && x.q.Init.Credentials != "omit" }), unsafe, "cookies/sent-b-same-origin", "cookies"},
	{"never sends cookies", sends(func(x *exchange, h http.Header) { h.Del("Cookie") }), broken, "cookies/sent-b-include", "cookies"},
	{"sends cookies to its own origin alone", sends(func(x *exchange, h http.Header) {
		if x.crossOrigin() {
			h.Del("Cookie")
		}
	}), broken, "cookies/sent-b-include", "cookies"},
	{"keeps cookies with omit", keepsCookies(func(x *exchange) bool { return !x.preflight() }, func(x *exchange) bool { return !x.preflight() && x.include() }), unsafe, "cookies/set-b-omit", "cookies"},
	{"keeps cookies of preflights", keepsCookies(func(x *exchange) bool { return true }, func(x *exchange) bool { return !x.preflight() && x.include() }), unsafe, "preflight/sets-cookies", "cookies"},
	{"keeps no cookies of responses that are blocked", takes(func(x *exchange, h http.Header) {
		if x.crossOrigin() && h.Get(acao) == "" {
			h.Del("Set-Cookie")
		}
	}), broken, "cookies/set-by-blocked", "cookies"},
	{"keeps no cookies of redirects", takes(func(x *exchange, h http.Header) {
		if isRedirect(x) {
			h.Del("Set-Cookie")
		}
	}), broken, "cookies/set-by-redirect", "cookies"},
	{"includes credentials if nothing is said", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if q.Init.Credentials == "same-origin" {
				q.Init.Credentials = "include"
			}
		}
	}, unsafe, "cookies/default-mode", "cookies"},
	{"has withCredentials always", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if q.Via == "xhr" {
				q.Init.Credentials = "include"
			}
		}
	}, unsafe, "xhr/cookies-b-without", "cookies"},

	// Everything else.
	{"does not know Cross-Origin-Resource-Policy", takes(func(x *exchange, h http.Header) { h.Del(corp) }), unsafe, "corp/c=same-origin", "read"},
	{"takes Cross-Origin-Resource-Policy: same-site for cross-origin", takes(func(x *exchange, h http.Header) {
		if h.Get(corp) == "same-site" {
			h.Del(corp)
		}
	}), unsafe, "corp/c=same-site", "read"},
	{"checks Cross-Origin-Resource-Policy with mode cors", takes(func(x *exchange, h http.Header) {
		if h.Get(corp) == "same-origin" && x.crossOrigin() {
			h.Del(acao)
		}
	}), broken, "corp/cors", "rejected"},
	{"does not know nosniff", takes(func(x *exchange, h http.Header) { h.Del("X-Content-Type-Options") }), unsafe, "script-type/text/plain-nosniff", "read"},
	{"runs images as scripts", takes(func(x *exchange, h http.Header) {
		if strings.HasPrefix(h.Get("Content-Type"), "image/") {
			h.Del("Content-Type")
		}
	}), unsafe, "script-type/image/png-sniffed", "read"},
	{"does not know blocked ports", func(c *client) {
		c.fetch = func(ctx context.Context, q *clienttest.Request) (a clienttest.Answer, ok bool) {
			req, err := http.NewRequestWithContext(ctx, q.Init.Method, q.URL, nil)
			if err != nil || !isBad(req.URL.Port()) {
				return a, false
			}
			resp, err := c.Transport.RoundTrip(req)
			if err != nil {
				return clienttest.Answer{Rejected: "TypeError"}, true
			}
			resp.Body.Close()
			return clienttest.Answer{Rejected: "TypeError"}, true
		}
	}, unsafe, "port/blocked", "sent"},
	{"does not know blocked ports behind redirects", func(c *client) {
		c.after = func(x *exchange) {
			if to, err := x.request.URL.Parse(x.resp.Header.Get("Location")); err == nil && isBad(to.Port()) {
				follow(x)
			}
		}
	}, unsafe, "port/blocked-redirect", "sent"},
	{"takes mode same-origin for cors", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if q.Init.Mode == "same-origin" {
				q.Init.Mode = "cors"
			}
		}
	}, unsafe, "same-origin/b-GET", "sent"},
	{"takes mode no-cors for cors", func(c *client) { c.ask = func(q *clienttest.Request) { q.Init.Mode = "cors" } }, broken, "no-cors/opaque-b", "rejected"},
	{"sends all headers with mode no-cors", sends(func(x *exchange, h http.Header) {
		if x.q.Init.Mode == "no-cors" {
			for _, v := range x.q.Init.Headers {
				h[http.CanonicalHeaderKey(v[0])] = []string{v[1]}
			}
		}
	}), unsafe, "no-cors/header-b-X-A|1", "header-sent"},
	{"sends all methods with mode no-cors", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if q.Init.Mode == "no-cors" && q.Init.Method == "PUT" {
				q.Init.Mode = "cors"
			}
		}
		c.after = func(x *exchange) { x.resp.Header[acao] = []string{"*"} }
	}, unsafe, "no-cors/method-b-PUT", "sent"},
	{"lets pages set Cookie", sends(func(x *exchange, h http.Header) {
		if v, ok := author(x.q, "Cookie"); ok {
			h.Set("Cookie", v)
		}
	}), unsafe, "request-header/Cookie=a=b", "cookies"},
	{"lets pages set Origin", sends(func(x *exchange, h http.Header) {
		if v, ok := author(x.q, "Origin"); ok {
			h.Set("Origin", v)
		}
	}), unsafe, "request-header/Origin=https://x.example", "origin"},
	{"lets pages set Sec- headers", sends(func(x *exchange, h http.Header) {
		if v, ok := author(x.q, "Sec-X"); ok {
			h.Set("Sec-X", v)
		}
	}), unsafe, "request-header/Sec-X=1", "header-sent"},
	{"lets pages set Sec-Fetch-Site", sends(func(x *exchange, h http.Header) {
		if v, ok := author(x.q, "Sec-Fetch-Site"); ok {
			h.Set("Sec-Fetch-Site", v)
		}
	}), unsafe, "request-header/sec-fetch-site=same-origin", "header-sent"},
	{"lets pages override methods that are forbidden", sends(func(x *exchange, h http.Header) {
		if v, ok := author(x.q, "X-HTTP-Method"); ok {
			h.Set("X-HTTP-Method", v)
		}
	}), unsafe, "request-header/X-HTTP-Method=TRACE", "header-sent"},
	{"lets pages send TRACE", func(c *client) {
		c.fetch = func(ctx context.Context, q *clienttest.Request) (a clienttest.Answer, ok bool) {
			if q.Init.Method != "TRACE" {
				return a, false
			}
			if req, err := http.NewRequestWithContext(ctx, "TRACE", q.URL, nil); err == nil {
				if resp, err := c.Transport.RoundTrip(req); err == nil {
					resp.Body.Close()
				}
			}
			return clienttest.Answer{Rejected: "TypeError"}, true
		}
	}, unsafe, "throws/{b/}x,_{method:_%22TRACE%22}", "sent"},
	{"takes no-cors elements for cors ones", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if q.Via == "img" && q.CrossOrigin == nil {
				text := ""
				q.CrossOrigin = &text
			}
		}
	}, broken, "element/img-none-b=none", "rejected"},
	{"does not know crossorigin", func(c *client) { c.ask = func(q *clienttest.Request) { q.CrossOrigin = nil } }, unsafe, "element/img-anonymous-b=none", "read"},
	{"sends Origin always", sends(func(x *exchange, h http.Header) { h.Set("Origin", x.page()) }), wasteful, "origin/GET-a-cors", "origin"},
	{"sends no Origin to its own origin", sends(func(x *exchange, h http.Header) {
		if !x.crossOrigin() {
			h.Del("Origin")
		}
	}), broken, "origin/POST-a-cors", "origin"},
	{"sends no Origin", sends(func(x *exchange, h http.Header) { h.Del("Origin") }), broken, "origin/GET-b-cors", "origin"},
	{"says to be of the server", sends(func(x *exchange, h http.Header) { h.Set("Origin", "http://"+x.request.Host) }), unsafe, "origin/GET-b-cors", "origin"},
	{"tells the whole URL in Referer", sends(func(x *exchange, h http.Header) {
		if h.Get("Referer") != "" {
			h.Set("Referer", x.q.PageURL)
		}
	}), unsafe, "referrer/policy-default-b", "referer"},
	{"does not know no-referrer", sends(func(x *exchange, h http.Header) { h.Set("Referer", x.q.PageURL) }), unsafe, "referrer/policy-no-referrer-a", "referer"},
	{"sends no Referer", sends(func(x *exchange, h http.Header) { h.Del("Referer") }), broken, "referrer/policy-default-a", "referer"},
	{"does not know cache modes", sends(func(x *exchange, h http.Header) {
		if _, own := author(x.q, "Cache-Control"); !own {
			h.Del("Cache-Control")
		}
	}), broken, "cache-mode/no-store-b", "request-header"},
	{"does not know keepalive", func(c *client) { c.ask = func(q *clienttest.Request) { q.Init.Keepalive = false } }, unsafe, "keepalive/65537-b", "sent"},
	{"sends requests twice", func(c *client) {
		c.before = func(x *exchange) *http.Response {
			if !x.preflight() && x.request.Method == "GET" {
				if resp, err := x.next.RoundTrip(x.request.Clone(x.request.Context())); err == nil {
					resp.Body.Close()
				}
			}
			return nil
		}
	}, wasteful, "cors-check/same-origin=*", "repeated"},
	{"says in every request what a preflight asks", sends(func(x *exchange, h http.Header) { h.Set("Access-Control-Request-Method", x.request.Method) }), broken, "origin/GET-b-cors", "asked-method"},
	{"gives a type to bodies that have none", sends(func(x *exchange, h http.Header) {
		if x.request.Body != nil && h.Get("Content-Type") == "" {
			h.Set("Content-Type", "application/octet-stream")
		}
	}), unsafe, "origin/redirected-aab-cors", "header-sent"},
	{"takes streams for bytes", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if b := q.Init.Body; b != nil && b.Stream != nil {
				q.Init.Body = &clienttest.Body{Bytes: bytes.Join(b.Stream, nil)}
			}
		}
	}, unsafe, "stream/redirect-307", "sent"},
	{"sends streams without a preflight", skips(func(x *exchange) bool { return x.q.Init.Body != nil && x.q.Init.Body.Stream != nil }), unsafe, "stream/refused", "missing-preflight"},
	{"takes names below a host for the same origin", takes(func(x *exchange, h http.Header) {
		if page, _, _ := strings.Cut(strings.TrimPrefix(x.page(), "http://"), ":"); strings.HasSuffix(x.request.URL.Hostname(), "."+page) {
			allowed(x, h)
		}
	}), unsafe, "cors-check/to-e=empty", "read"},
	{"never gives up", func(c *client) { c.ask = func(q *clienttest.Request) { q.AbortAfter = 0 } }, broken, "abort/request", "no-answer"},
	{"sends a request whose preflight was given up", func(c *client) {
		c.ask = func(q *clienttest.Request) {
			if q.AbortAfter > 0 && q.Init.Method == "PUT" {
				q.AbortAfter = 0
			}
		}
		skips(always)(c)
	}, unsafe, "abort/preflight", "missing-preflight"},
}

func headersOf(h http.Header) (l [][2]string) {
	for name, values := range h {
		for _, v := range values {
			l = append(l, [2]string{name, v})
		}
	}
	return l
}

func isBad(port string) bool {
	return slices.Contains([]string{"6667", "6668", "6669", "6697", "6000", "10080", "5060", "5061", "6566", "2049", "4045", "3659", "1720", "1723", "1719"}, port)
}

func newTransport(t *testing.T) *http.Transport {
	transport := fetchhttp.DefaultTransport().(*http.Transport).Clone()
	transport.DisableCompression = true
	t.Cleanup(transport.CloseIdleConnections)
	return transport
}

// TestWrongClients holds that the case is there for each wrong client that finds what it does, as bad as it is.
func TestWrongClients(t *testing.T) {
	if len(wrongClients) < 90 {
		t.Errorf("%d wrong clients", len(wrongClients))
	}
	transport := newTransport(t)
	names := map[string]bool{}
	for _, w := range wrongClients {
		if names[w.name] {
			t.Errorf("%s: twice", w.name)
		}
		names[w.name] = true
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			c := newClient(transport)
			w.change(c)
			report, err := clienttest.Check(context.Background(), c, clienttest.WithCases(regexp.MustCompile("^"+regexp.QuoteMeta(w.id)+"$")), clienttest.WithTimeout(timeoutOf(w)))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range report.Findings {
				if f.ID == w.id && f.Kind == w.kind && f.Severity == w.severity {
					return
				}
			}
			t.Errorf("want %s %s %s, found:", w.severity, w.id, w.kind)
			for _, f := range report.Findings {
				t.Logf("%s", f)
			}
			for _, c := range report.Cases {
				if c.Reason != "" {
					t.Logf("%s: %s %s", c.ID, c.Outcome, c.Reason)
				}
			}
		})
	}
}
