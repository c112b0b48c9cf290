package frameworks

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/policy/policyhttp"
)

// The pages that ask.
const (
	appOrigin     = "https://app.example"     // allowed everywhere
	partnerOrigin = "https://partner.example" // allowed, but not below /inner/
	evilOrigin    = "https://evil.example"    // not allowed
)

// policyConfig is the policy of the whole application; that of what lies below /inner/ has the origin of app alone.
func policyConfig(origins ...string) policy.Config {
	return policy.Config{
		Origins:        origins,
		Credentials:    true,
		Methods:        []string{"PUT", "DELETE", "OPTIONS"},
		RequestHeaders: []string{"Content-Type", "X-Token"},
		ExposeHeaders:  []string{"X-Total"},
	}
}

// newPolicy returns policyConfig's policy for these origins.
func newPolicy(t testing.TB, origins ...string) *policy.Policy {
	t.Helper()
	p, err := policyhttp.NewPolicy(policyConfig(origins...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// middleware returns a middleware with that policy.
func middleware(t testing.TB, origins ...string) *policyhttp.Middleware {
	t.Helper()
	m := new(policyhttp.Middleware)
	m.Store(newPolicy(t, origins...))
	return m
}

// chooser returns a middleware that chooses the policy by the path.
func chooser(t testing.TB) *policyhttp.Middleware {
	t.Helper()
	whole, inner := newPolicy(t, appOrigin, partnerOrigin), newPolicy(t, appOrigin)
	return policyhttp.NewSelect(func(r *http.Request) *policy.Policy {
		if strings.HasPrefix(r.URL.Path, "/inner/") {
			return inner
		}
		return whole
	})
}

// The application, which every server has in its framework's own way:
//
//	GET, HEAD /items   200 with X-Total; adds Accept-Encoding to Vary
//	PUT /items         201
//	OPTIONS /items     200 with X-Total: the application's own
//	GET /inner/items   as /items, under a policy of its own for app alone
//	GET /error         an error in the framework's way, with status 418
//	GET /panic         a panic, of which the framework's recovery makes status 500
//	GET /dir           a redirect to /dir/, which is 200; where the framework redirects the other way, the other way; where it
//	                   has no such redirects, 200
//	GET /stream        200, in two parts, with a flush between them
//	GET /own           200 with CORS headers of the handler's own, which allow everybody with credentials, and Vary set to
//	                   Accept-Encoding
//	GET /own/spelled   the same, with names in unusual spellings
//	GET /own/error     sets these headers and then fails with status 418
//	GET /own/panic     sets these headers and then panics
const teapot = http.StatusTeapot

// A probe is one request, of a page or of a client that is not a browser, and what is to come of it.
type probe struct {
	name   string
	page   string // its origin; "" for a client that is not a browser
	method string // "" is GET
	path   string // "" is /items
	header http.Header
	body   string
	want   string
	chosen string // what is wanted where one middleware chooses the policy of each request; "" is want
	own    bool   // the handler has CORS headers of its own: what is wanted holds where the policy is mounted over it
}

// Outcomes. What is visible to the page stands before the semicolon, what caches see behind it.
const (
	reads      = "200 X-Total; Vary: Accept-Encoding, Origin"
	refused    = "missing-allow-origin; Vary: Accept-Encoding, Origin"
	varyAll    = "; Vary: Access-Control-Request-Headers, Access-Control-Request-Method, Origin"
	varyOrigin = "; Vary: Origin"
)

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = append(h[pairs[i]], pairs[i+1])
	}
	return h
}

var jsonHeaders = headers("Content-Type", "application/json", "X-Token", "7")

var probes = []probe{
	{name: "GET, allowed", page: appOrigin, want: reads},
	{name: "GET, another one", page: partnerOrigin, want: reads},
	{name: "GET, refused", page: evilOrigin, want: refused},
	{name: "HEAD, allowed", page: appOrigin, method: "HEAD", want: reads},
	{name: "HEAD, refused", page: evilOrigin, method: "HEAD", want: refused},
	{name: "PUT, allowed", page: appOrigin, method: "PUT", header: jsonHeaders, want: "201" + varyOrigin},
	{name: "PUT, refused", page: evilOrigin, method: "PUT", header: jsonHeaders, want: "preflight-missing-allow-origin" + varyAll},
	{name: "method not allowed", page: appOrigin, method: "PATCH", want: "method-disallowed-by-preflight" + varyAll},
	{name: "header not allowed", page: appOrigin, header: headers("X-Other", "7"), want: "header-disallowed-by-preflight" + varyAll},
	{name: "the application's OPTIONS, allowed", page: appOrigin, method: "OPTIONS", want: "200 X-Total" + varyAll},
	{name: "the application's OPTIONS, refused", page: evilOrigin, method: "OPTIONS", want: "preflight-missing-allow-origin" + varyAll},
	{name: "inner policy, allowed", page: appOrigin, path: "/inner/items", want: reads},
	{name: "inner policy, refused by it alone", page: partnerOrigin, path: "/inner/items", want: refused},
	{name: "inner policy, preflighted and refused by it alone", page: partnerOrigin, path: "/inner/items", header: jsonHeaders, want: refused,
		chosen: "preflight-missing-allow-origin" + varyAll},
	{name: "inner policy, refused", page: evilOrigin, path: "/inner/items", want: refused},
	{name: "404, allowed", page: appOrigin, path: "/nothing", want: "404" + varyOrigin},
	{name: "404, preflighted", page: appOrigin, path: "/nothing", header: jsonHeaders, want: "404" + varyOrigin},
	{name: "404, refused", page: evilOrigin, path: "/nothing", want: "missing-allow-origin" + varyOrigin},
	{name: "405, allowed", page: appOrigin, method: "DELETE", want: "405" + varyOrigin},
	{name: "405, refused", page: evilOrigin, method: "DELETE", want: "preflight-missing-allow-origin" + varyAll},
	{name: "error, allowed", page: appOrigin, path: "/error", want: "418" + varyOrigin},
	{name: "error, refused", page: evilOrigin, path: "/error", want: "missing-allow-origin" + varyOrigin},
	{name: "panic, allowed", page: appOrigin, path: "/panic", want: "500" + varyOrigin},
	{name: "panic, refused", page: evilOrigin, path: "/panic", want: "missing-allow-origin" + varyOrigin},
	{name: "slash redirect, allowed", page: appOrigin, path: "/dir", want: "200" + varyOrigin},
	{name: "slash redirect, refused", page: evilOrigin, path: "/dir", want: "missing-allow-origin" + varyOrigin},
	{name: "stream, allowed", page: appOrigin, path: "/stream", want: "200" + varyOrigin},
	{name: "stream, refused", page: evilOrigin, path: "/stream", want: "missing-allow-origin" + varyOrigin},

	{name: "own CORS headers, allowed", page: appOrigin, path: "/own", own: true, want: reads},
	{name: "own CORS headers, refused", page: evilOrigin, path: "/own", own: true, want: refused},
	{name: "own CORS headers in other spellings, allowed", page: appOrigin, path: "/own/spelled", own: true, want: reads},
	{name: "own CORS headers in other spellings, refused", page: evilOrigin, path: "/own/spelled", own: true, want: refused},
	{name: "own CORS headers and an error, allowed", page: appOrigin, path: "/own/error", own: true, want: "418; Vary: Accept-Encoding, Origin"},
	{name: "own CORS headers and an error, refused", page: evilOrigin, path: "/own/error", own: true, want: refused},
	{name: "own CORS headers and a panic, allowed", page: appOrigin, path: "/own/panic", own: true, want: "500; Vary: Accept-Encoding, Origin"},
	{name: "own CORS headers and a panic, refused", page: evilOrigin, path: "/own/panic", own: true, want: refused},

	{name: "no Origin", want: "200 allows nobody; Vary: Accept-Encoding, Origin"},
	{name: "Origin null", header: headers("Origin", "null"), want: "200 allows nobody; Vary: Accept-Encoding, Origin"},
	{name: "name in lower case", header: headers("origin", appOrigin), want: "200 allows " + appOrigin + "; Vary: Accept-Encoding, Origin"},
	{name: "two origins in one line", header: headers("Origin", appOrigin+", "+evilOrigin), want: "200 allows nobody; Vary: Accept-Encoding, Origin"},
	{name: "two lines of Origin", header: headers("Origin", appOrigin, "Origin", evilOrigin), want: "200 allows nobody; Vary: Accept-Encoding, Origin"},
	{name: "OPTIONS with Origin alone", method: "OPTIONS", header: headers("Origin", appOrigin), want: "200 allows " + appOrigin + varyAll},
	{name: "OPTIONS without Origin", method: "OPTIONS", header: headers("Access-Control-Request-Method", "PUT"), want: "200 allows nobody" + varyAll},
	{name: "preflight with two lines of headers", method: "OPTIONS",
		header: headers("Origin", appOrigin, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "content-type", "Access-Control-Request-Headers", "x-token"),
		want:   "204 allows " + appOrigin + " content-type,x-token" + varyAll},
}

var transport = &http.Transport{DisableCompression: true}

// run sends the probe to the server at that URL and says what came of it.
func (p probe) run(t *testing.T, m mount, url string) string {
	t.Helper()
	method, path := p.method, p.path
	if method == "" {
		method = "GET"
	}
	switch path {
	case "":
		path = "/items"
	case "/dir":
		if m.framework == "chi" { // its middleware takes the slash away
			path = "/dir/"
		}
	}
	var body io.Reader
	if p.body != "" {
		body = strings.NewReader(p.body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{}
	maps.Copy(r.Header, p.header)
	if p.page == "" {
		return asClient(t, r)
	}
	return asPage(t, r, p.page)
}

// asPage makes the request as a script of a page would, with credentials.
func asPage(t *testing.T, r *http.Request, page string) string {
	t.Helper()
	browser := fetchhttp.Agent{Transport: transport}
	response, err := browser.Page(origin.MustParse(page)).Fetch(r, fetchhttp.WithCredentials(fetch.CredentialsInclude))
	var trace fetch.Trace
	var seen string
	if blocked, ok := errors.AsType[*fetchhttp.BlockedError](err); ok {
		trace, seen = blocked.Trace, string(blocked.Trace.Result.Verdict.Code)
	} else if err != nil {
		t.Fatal(err)
	} else {
		if _, err := io.Copy(io.Discard, response.Body); err != nil {
			t.Error(err)
		}
		response.Body.Close()
		trace, seen = response.Trace, fmt.Sprint(response.StatusCode)
		if response.Header.Get("X-Total") != "" {
			seen += " X-Total"
		}
	}
	if len(trace.Exchanges) == 0 {
		t.Fatal("nothing was sent")
	}
	last := trace.Exchanges[len(trace.Exchanges)-1].Response.Headers
	return seen + vary(last)
}

// asClient makes the request as it is and looks at the answer.
func asClient(t *testing.T, r *http.Request) string {
	t.Helper()
	response, err := transport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		t.Error(err)
	}
	seen := fmt.Sprintf("%d allows ", response.StatusCode)
	var list fetch.HeaderList
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		for _, value := range response.Header[name] {
			list.Append(name, value)
		}
	}
	if value, ok := list.Get("Access-Control-Allow-Origin"); ok {
		seen += value
	} else {
		seen += "nobody"
	}
	if value, ok := list.Get("Access-Control-Allow-Headers"); ok {
		seen += " " + value
	}
	return seen + vary(list)
}

// vary lists the names of Vary, sorted.
func vary(list fetch.HeaderList) string {
	value, ok := list.Get("Vary")
	if !ok {
		return "; no Vary"
	}
	var names []string
	for name := range strings.SplitSeq(value, ",") {
		names = append(names, http.CanonicalHeaderKey(strings.TrimSpace(name)))
	}
	slices.Sort(names)
	return "; Vary: " + strings.Join(slices.Compact(names), ", ")
}
