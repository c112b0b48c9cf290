package servertest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// askCaches models a shared cache between pages and the server: what is stored of one page's response and served to another by
// the rules of RFC 9111 must not change what that one gets.
func (r *runner) askCaches() {
	pages := []string{""}
	for _, seed := range r.seeds[:min(3, len(r.seeds))] {
		pages = append(pages, seed.String())
	}
	pages = append(pages, strangers[0].origin)
	for _, target := range r.targets {
		if target.Method != "GET" && target.Method != "HEAD" {
			continue
		}
		for _, stored := range pages {
			for _, served := range pages {
				if served != "" && served != stored {
					r.askCache(target, stored, served)
				}
			}
		}
	}
}

func (r *runner) askCache(target Target, stored, served string) {
	first, second := question{method: target.Method, path: target.Path, origin: stored}, question{method: target.Method, path: target.Path, origin: served}
	a, ok := r.ask(first)
	storable, promised := mayStore(a.ResponseHead)
	if !ok || !storable || variesByOrigin(a.Headers) {
		return
	}
	b, ok := r.ask(second)
	page := origin.MustParse(served)
	if !ok || page == r.base.Origin() {
		return
	}
	for _, credentials := range []bool{false, true} {
		check := func(head fetch.ResponseHead) fetch.Verdict {
			req := fetch.Request{Origin: page, URLList: []origin.URL{r.base}, Mode: fetch.ModeCORS, Credentials: credentialsMode(credentials)}
			return fetch.CORSCheck(&req, &fetch.Response{Status: head.Status, Headers: head.Headers})
		}
		direct, cached := check(b.ResponseHead), check(a.ResponseHead)
		if direct.OK() == cached.OK() {
			continue
		}
		f := Finding{ID: "cache-breaks", Severity: SeverityBroken, Origin: served,
			Request: second.String() + ", answered by a shared cache with the response to " + cmp.Or(stored, "a request without Origin"),
			Answer:  a.String(), Wanted: "what the server would answer: " + b.String(), Why: "the response depends on Origin and its Vary does not say so", Step: cached.Step,
			Fix: "send Vary: Origin on every response, also to requests without Origin and to refused ones"}
		switch {
		case cached.OK():
			f.ID, f.Severity = "cache-leaks", SeverityUnsafe
		case stored == "" && !promised:
			f.Severity = SeverityNote
			f.Why += "; only a cache that guesses how long responses are fresh would do this, as the server does not say"
		}
		r.add(f, first, second)
		return
	}
}

// mayStore reports whether a shared cache may store a response to GET or HEAD and serve it without asking again, and whether the
// server says so, by how long it is fresh or by when it was modified.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3
func mayStore(head fetch.ResponseHead) (storable, promised bool) {
	promised = header.Contains(head.Headers, "Expires")
	for _, directive := range header.GetDecodeAndSplit(head.Headers, "Cache-Control") {
		name, value, _ := strings.Cut(header.Lower(directive), "=")
		switch name {
		case "no-store", "private", "no-cache":
			return false, false
		case "max-age", "s-maxage":
			if strings.Trim(value, `"`) == "0" {
				return false, false
			}
			promised = true
		case "public":
			promised = true
		}
	}
	// What RFC 9110, section 15.1, has as heuristically cacheable.
	heuristic := slices.Contains([]int{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501}, head.Status)
	return promised || heuristic, promised || heuristic && header.Contains(head.Headers, "Last-Modified")
}

// variesByOrigin reports whether a cache keeps a response for requests with the same Origin.
func variesByOrigin(l fetch.HeaderList) bool {
	return slices.ContainsFunc(header.GetDecodeAndSplit(l, "Vary"), func(v string) bool { return v == "*" || header.EqualFold(v, "Origin") })
}
