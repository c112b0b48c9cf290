package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// An answer is a response, and what a browser concludes of it for the page that asked.
type answer struct {
	status int
	header http.Header
	passed bool // the application saw the request

	readable bool   // the check of CORS, or of the preflight, succeeds; false where no page across origins asks
	verdict  string // the code
	grant    fetch.PreflightGrant

	// replayed is what is wrong where a cache keeps the response and gives it to whoever Vary does not tell apart from
	// who asked; empty if nothing is.
	replayed string
}

const (
	requestMethod  = "Access-Control-Request-Method"
	requestHeaders = "Access-Control-Request-Headers"
)

// ask returns the answer of h to the request of c; what is behind h sets passed.
func (c *testCase) ask(h http.Handler, passed *bool) (a answer, err error) {
	exchange := func(r *http.Request) (int, http.Header) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result().StatusCode, w.Result().Header
	}
	*passed = false
	a.status, a.header = exchange(c.request)
	a.passed = *passed
	if c.request.Header.Get("Origin") != "" {
		v, err := c.judge(c.request, a.status, a.header)
		if err != nil {
			return a, err
		}
		a.readable, a.verdict = v.OK(), string(v.Code)
		if a.grant, err = c.grant(a.status, a.header); err != nil {
			return a, err
		}
	}
	// What a cache must tell apart, and others who ask otherwise in that alone.
	changed := map[string][]string{"Origin": c.others}
	if c.request.Method == "OPTIONS" {
		changed[requestMethod], changed[requestHeaders] = []string{"GET"}, []string{""}
	}
	for name, values := range changed {
		if varies(a.header, name) {
			continue
		}
		for _, value := range values {
			other := c.request.Clone(c.request.Context())
			if other.Header.Del(name); value != "" {
				other.Header.Set(name, value)
			}
			if other.Header.Get("Origin") == "" {
				continue
			}
			status, header := exchange(other)
			kept, err := c.judge(other, a.status, a.header)
			if err != nil {
				return a, err
			}
			direct, err := c.judge(other, status, header)
			if err != nil {
				return a, err
			}
			if kept.OK() != direct.OK() {
				a.replayed = fmt.Sprintf("whoever sends %s: %q is given %s from a cache, and %s by the server", name, value, kept.Code, direct.Code)
			}
		}
	}
	return a, nil
}

func varies(h http.Header, name string) bool {
	for _, line := range h.Values("Vary") {
		for v := range strings.SplitSeq(line, ",") {
			if v = strings.TrimSpace(v); v == "*" || strings.EqualFold(v, name) {
				return true
			}
		}
	}
	return false
}

// judge returns what a browser concludes of that response to that request.
func (c *testCase) judge(asked *http.Request, status int, header http.Header) (fetch.Verdict, error) {
	if asked.Method != "OPTIONS" {
		r, err := c.fetch(asked.Header.Get("Origin"), asked.Method)
		return fetch.CORSCheck(&r, response(status, header)), err
	}
	r, err := c.fetch(asked.Header.Get("Origin"), asked.Header.Get(requestMethod))
	for name := range strings.SplitSeq(asked.Header.Get(requestHeaders), ",") {
		if safelist.IsHeaderName(name) {
			// No header of these cases is safelisted with this value.
			r.Headers.Append(name, "application/json")
		}
	}
	v, _ := fetch.PreflightCheck(&r, response(status, header))
	return v, err
}

// grant returns what a response to the preflight would allow, also where what was asked for is not among it: it is
// taken for one to a preflight that asks for nothing much.
func (c *testCase) grant(status int, header http.Header) (fetch.PreflightGrant, error) {
	if c.request.Method != "OPTIONS" {
		return fetch.PreflightGrant{}, nil
	}
	r, err := c.fetch(c.request.Header.Get("Origin"), "GET")
	_, grant := fetch.PreflightCheck(&r, response(status, header))
	return grant, err
}

// fetch is a page's fetch of that origin.
func (c *testCase) fetch(from, method string) (r fetch.Request, err error) {
	page, err := origin.Parse(from)
	if err != nil {
		return r, err
	}
	if r, err = fetch.NewRequest(method, target, page); err != nil {
		return r, err
	}
	if r.Credentials = fetch.CredentialsOmit; c.config.credentials {
		r.Credentials = fetch.CredentialsInclude
	}
	return r, nil
}

func response(status int, header http.Header) *fetch.Response {
	r := &fetch.Response{Status: status}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		for _, value := range header[name] {
			r.Headers.Append(name, value)
		}
	}
	return r
}

// compare says what the answer of another means beside ours: something else, or as much except for what is left out.
func compare(ours, other answer) (differs string, leftOut []string) {
	if ours.readable != other.readable {
		return fmt.Sprintf("what a browser says: %s with corspec, %s with the other", ours.verdict, other.verdict), nil
	}
	if ours.passed != other.passed {
		// A form or an image of that page would see the difference.
		return fmt.Sprintf("the application is asked: corspec %v, the other %v", ours.passed, other.passed), nil
	}
	if other.replayed != "" && ours.replayed == "" {
		leftOut = append(leftOut, "Vary")
	}
	exact := func(a, b string) bool { return a == b }
	if lacks(ours.grant.Methods, other.grant.Methods, safelist.IsCORSSafelistedMethod, exact) {
		leftOut = append(leftOut, "methods")
	}
	always := func(name string) bool { return safelist.IsCORSSafelistedRequestHeader(name, "en") }
	if lacks(ours.grant.HeaderNames, other.grant.HeaderNames, always, strings.EqualFold) {
		leftOut = append(leftOut, "headers")
	}
	if ours.readable && ours.grant.MaxAge > other.grant.MaxAge {
		leftOut = append(leftOut, "max-age")
	}
	return "", leftOut
}

// lacks says whether something of ours that is not always allowed is absent from other.
func lacks(ours, other []string, always func(string) bool, same func(a, b string) bool) bool {
	return slices.ContainsFunc(ours, func(s string) bool {
		return !always(s) && !slices.ContainsFunc(other, func(t string) bool { return same(s, t) })
	})
}
