// Package probes has the requests that are sent to servers with a policy in front of an application, and that
// application.
package probes

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
	App     = "https://app.example"     // allowed everywhere
	Partner = "https://partner.example" // allowed, but not below /inner/
	Evil    = "https://evil.example"    // not allowed
)

// Config is the configuration of the policy of the whole application; that of what lies below /inner/ has the origin of
// app alone.
func Config(origins ...string) policy.Config {
	return policy.Config{
		Origins:        origins,
		Credentials:    true,
		Methods:        []string{"PUT", "DELETE", "OPTIONS"},
		RequestHeaders: []string{"Content-Type", "X-Token"},
		ExposeHeaders:  []string{"X-Total"},
	}
}

// NewPolicy returns Config's policy for these origins.
func NewPolicy(t testing.TB, origins ...string) *policy.Policy {
	t.Helper()
	p, err := policyhttp.NewPolicy(Config(origins...))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Middleware returns a middleware with that policy.
func Middleware(t testing.TB, origins ...string) *policyhttp.Middleware {
	t.Helper()
	m := new(policyhttp.Middleware)
	m.Store(NewPolicy(t, origins...))
	return m
}

// Chooser returns a middleware that chooses the policy by the path.
func Chooser(t testing.TB) *policyhttp.Middleware {
	t.Helper()
	whole, inner := NewPolicy(t, App, Partner), NewPolicy(t, App)
	return policyhttp.NewSelect(func(r *http.Request) *policy.Policy {
		if strings.HasPrefix(r.URL.Path, "/inner/") {
			return inner
		}
		return whole
	})
}

// Teapot is the status of errors of the application, which every server has in its framework's own way:
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
const Teapot = http.StatusTeapot

// A Probe is one request, of a page or of a client that is not a browser, and what is to come of it.
type Probe struct {
	Name   string
	Page   string // its origin; "" for a client that is not a browser
	Method string // "" is GET
	Path   string // "" is /items
	Header http.Header
	Body   string
	Want   string
	Chosen string // what is wanted where one middleware chooses the policy of each request; "" is want
	Own    bool   // the handler has CORS headers of its own: what is wanted holds where the policy is mounted over it
}

// Outcomes. What is visible to the page stands before the semicolon, what caches see behind it.
const (
	Reads      = "200 X-Total; Vary: Accept-Encoding, Origin"
	Refused    = "missing-allow-origin; Vary: Accept-Encoding, Origin"
	VaryAll    = "; Vary: Access-Control-Request-Headers, Access-Control-Request-Method, Origin"
	VaryOrigin = "; Vary: Origin"
)

// Headers returns a header of names and values in turn.
func Headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h[pairs[i]] = append(h[pairs[i]], pairs[i+1])
	}
	return h
}

var jsonHeaders = Headers("Content-Type", "application/json", "X-Token", "7")

// List has the probes for the application.
var List = []Probe{
	{Name: "GET, allowed", Page: App, Want: Reads},
	{Name: "GET, another one", Page: Partner, Want: Reads},
	{Name: "GET, refused", Page: Evil, Want: Refused},
	{Name: "HEAD, allowed", Page: App, Method: "HEAD", Want: Reads},
	{Name: "HEAD, refused", Page: Evil, Method: "HEAD", Want: Refused},
	{Name: "PUT, allowed", Page: App, Method: "PUT", Header: jsonHeaders, Want: "201" + VaryOrigin},
	{Name: "PUT, refused", Page: Evil, Method: "PUT", Header: jsonHeaders, Want: "preflight-missing-allow-origin" + VaryAll},
	{Name: "method not allowed", Page: App, Method: "PATCH", Want: "method-disallowed-by-preflight" + VaryAll},
	{Name: "header not allowed", Page: App, Header: Headers("X-Other", "7"), Want: "header-disallowed-by-preflight" + VaryAll},
	{Name: "the application's OPTIONS, allowed", Page: App, Method: "OPTIONS", Want: "200 X-Total" + VaryAll},
	{Name: "the application's OPTIONS, refused", Page: Evil, Method: "OPTIONS", Want: "preflight-missing-allow-origin" + VaryAll},
	{Name: "inner policy, allowed", Page: App, Path: "/inner/items", Want: Reads},
	{Name: "inner policy, refused by it alone", Page: Partner, Path: "/inner/items", Want: Refused},
	{Name: "inner policy, preflighted and refused by it alone", Page: Partner, Path: "/inner/items", Header: jsonHeaders, Want: Refused,
		Chosen: "preflight-missing-allow-origin" + VaryAll},
	{Name: "inner policy, refused", Page: Evil, Path: "/inner/items", Want: Refused},
	{Name: "404, allowed", Page: App, Path: "/nothing", Want: "404" + VaryOrigin},
	{Name: "404, preflighted", Page: App, Path: "/nothing", Header: jsonHeaders, Want: "404" + VaryOrigin},
	{Name: "404, refused", Page: Evil, Path: "/nothing", Want: "missing-allow-origin" + VaryOrigin},
	{Name: "405, allowed", Page: App, Method: "DELETE", Want: "405" + VaryOrigin},
	{Name: "405, refused", Page: Evil, Method: "DELETE", Want: "preflight-missing-allow-origin" + VaryAll},
	{Name: "error, allowed", Page: App, Path: "/error", Want: "418" + VaryOrigin},
	{Name: "error, refused", Page: Evil, Path: "/error", Want: "missing-allow-origin" + VaryOrigin},
	{Name: "panic, allowed", Page: App, Path: "/panic", Want: "500" + VaryOrigin},
	{Name: "panic, refused", Page: Evil, Path: "/panic", Want: "missing-allow-origin" + VaryOrigin},
	{Name: "slash redirect, allowed", Page: App, Path: "/dir", Want: "200" + VaryOrigin},
	{Name: "slash redirect, refused", Page: Evil, Path: "/dir", Want: "missing-allow-origin" + VaryOrigin},
	{Name: "stream, allowed", Page: App, Path: "/stream", Want: "200" + VaryOrigin},
	{Name: "stream, refused", Page: Evil, Path: "/stream", Want: "missing-allow-origin" + VaryOrigin},

	{Name: "own CORS headers, allowed", Page: App, Path: "/own", Own: true, Want: Reads},
	{Name: "own CORS headers, refused", Page: Evil, Path: "/own", Own: true, Want: Refused},
	{Name: "own CORS headers in other spellings, allowed", Page: App, Path: "/own/spelled", Own: true, Want: Reads},
	{Name: "own CORS headers in other spellings, refused", Page: Evil, Path: "/own/spelled", Own: true, Want: Refused},
	{Name: "own CORS headers and an error, allowed", Page: App, Path: "/own/error", Own: true, Want: "418; Vary: Accept-Encoding, Origin"},
	{Name: "own CORS headers and an error, refused", Page: Evil, Path: "/own/error", Own: true, Want: Refused},
	{Name: "own CORS headers and a panic, allowed", Page: App, Path: "/own/panic", Own: true, Want: "500; Vary: Accept-Encoding, Origin"},
	{Name: "own CORS headers and a panic, refused", Page: Evil, Path: "/own/panic", Own: true, Want: Refused},

	{Name: "no Origin", Want: "200 allows nobody; Vary: Accept-Encoding, Origin"},
	{Name: "Origin null", Header: Headers("Origin", "null"), Want: "200 allows nobody; Vary: Accept-Encoding, Origin"},
	{Name: "name in lower case", Header: Headers("origin", App), Want: "200 allows " + App + "; Vary: Accept-Encoding, Origin"},
	{Name: "two origins in one line", Header: Headers("Origin", App+", "+Evil), Want: "200 allows nobody; Vary: Accept-Encoding, Origin"},
	{Name: "two lines of Origin", Header: Headers("Origin", App, "Origin", Evil), Want: "200 allows nobody; Vary: Accept-Encoding, Origin"},
	{Name: "OPTIONS with Origin alone", Method: "OPTIONS", Header: Headers("Origin", App), Want: "200 allows " + App + VaryAll},
	{Name: "OPTIONS without Origin", Method: "OPTIONS", Header: Headers("Access-Control-Request-Method", "PUT"), Want: "200 allows nobody" + VaryAll},
	{Name: "preflight with two lines of headers", Method: "OPTIONS",
		Header: Headers("Origin", App, "Access-Control-Request-Method", "PUT", "Access-Control-Request-Headers", "content-type", "Access-Control-Request-Headers", "x-token"),
		Want:   "204 allows " + App + " content-type,x-token" + VaryAll},
}

// Transport is what probes are sent with.
var Transport = &http.Transport{DisableCompression: true}

// normal returns the method and the path that the probe has on that server.
func (p Probe) normal(m Mount) (method, path string) {
	method, path = p.Method, p.Path
	if method == "" {
		method = "GET"
	}
	switch {
	case path == "":
		path = "/items"
	case path == "/dir" && m.Framework == "chi": // its middleware takes the slash away
		path = "/dir/"
	}
	return method, path
}

// Run sends the probe to the server at that URL and says what came of it.
func (p Probe) Run(t *testing.T, m Mount, url string) string {
	t.Helper()
	method, path := p.normal(m)
	var body io.Reader
	if p.Body != "" {
		body = strings.NewReader(p.Body)
	}
	r, err := http.NewRequestWithContext(t.Context(), method, url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	r.Header = http.Header{}
	maps.Copy(r.Header, p.Header)
	if p.Page == "" {
		return asClient(t, r)
	}
	return asPage(t, r, p.Page)
}

// asPage makes the request as a script of a page would, with credentials.
func asPage(t *testing.T, r *http.Request, page string) string {
	t.Helper()
	browser := fetchhttp.Agent{Transport: Transport}
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
	response, err := Transport.RoundTrip(r)
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
