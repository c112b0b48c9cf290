package servertest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// askCaches models a shared cache between pages and the server: what is stored of one page's response and served to
// another by the rules of RFC 9111 must not change what that one gets.
func (r *runner) askCaches() {
	pages := []string{""}
	for _, seed := range r.seeds[:min(3, len(r.seeds))] {
		pages = append(pages, seed.String())
	}
	pages = append(pages, strangers[0].origin, "null")
	ask := func(method, path string, breaks Severity) {
		for _, stored := range pages {
			for _, served := range pages {
				if served != "" && served != stored {
					r.askCache(question{method: method, path: path, origin: stored}, question{method: method, path: path, origin: served}, breaks)
				}
			}
		}
	}
	for _, target := range r.targets {
		if target.Method == "GET" || target.Method == "HEAD" {
			ask(target.Method, target.Path, SeverityBroken)
		}
	}
	if r.seen["cache-breaks broken"]+r.seen["cache-leaks unsafe"] == 0 {
		ask("GET", missing(r.targets[0]), SeverityWasteful)
	}
}

// askCache looks what the page of the second question gets if it is served what was stored of the first. How bad it is
// if it reads no longer is said by breaks.
func (r *runner) askCache(first, second question, breaks Severity) {
	stored, served := first.origin, second.origin
	a, ok := r.ask(first)
	keeps := sharedCache(a.ResponseHead, time.Now())
	if !ok || keeps == keepsNot || variesByOrigin(a.Headers) {
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
		if direct.OK() == cached.OK() || direct.OK() && !r.oracle.MayRead(served, second.method, nil, credentials) {
			continue // that a page reads which must not is another finding, and a cache breaks nothing for it
		}
		f := Finding{ID: "cache-breaks", Severity: breaks, Origin: served, Exchanges: r.exchanges(first, second), Wanted: "a shared cache asks the server again", Step: cached.Step,
			Why: "a shared cache that has stored the response to the first request answers the second with it: it depends on Origin, and its Vary does not say so",
			Fix: "send Vary: Origin on every response, also to requests without Origin and to refused ones"}
		switch {
		case cached.OK():
			f.ID, f.Severity = "cache-leaks", SeverityUnsafe
		case keeps == keepsGuessing && (stored == "" || !a.Headers.Contains("Access-Control-Allow-Origin") && variesByOrigin(b.Headers)):
			f.Severity = SeverityNote
			f.Why += "; the server does not say for how long, and a cache that guesses prefers a response with Vary (RFC 9111, section 4.1)"
		}
		r.add(f, first, second)
		return
	}
}

// A keeping is what a shared cache may do with a response to GET or HEAD: serve it to others without asking again.
type keeping uint8

const (
	keepsNot      keeping = iota // it must not
	keepsGuessing                // it may, and has to guess how long
	keepsFresh                   // the server says that it may, or when it was modified, by which caches compute how long
)

// sharedCache says what a shared cache may do with a response that comes now.
//
// https://www.rfc-editor.org/rfc/rfc9111#section-3
func sharedCache(head fetch.ResponseHead, now time.Time) keeping {
	ages, public := map[string]string{}, false
	for _, directive := range header.GetDecodeAndSplit(head.Headers, "Cache-Control") {
		name, value, _ := strings.Cut(header.Lower(directive), "=")
		switch name {
		case "no-store", "private", "no-cache":
			return keepsNot
		case "public":
			public = true
		case "max-age", "s-maxage":
			if _, again := ages[name]; !again {
				ages[name] = strings.Trim(value, `"`)
			}
		}
	}
	// Calculating freshness lifetime, section 4.2.1: the first that is there counts; one that is not valid is taken for
	// stale.
	for _, name := range []string{"s-maxage", "max-age"} {
		if value, ok := ages[name]; ok {
			if !header.IsDigits(value) || header.DeltaSeconds(value) == 0 {
				return keepsNot
			}
			return keepsFresh
		}
	}
	if value, ok := head.Headers.Get("Expires"); ok {
		if date, ok := head.Headers.Get("Date"); ok {
			if t, err := http.ParseTime(date); err == nil {
				now = t
			}
		}
		if t, err := http.ParseTime(value); err != nil || !t.After(now) {
			return keepsNot
		}
		return keepsFresh
	}
	// What RFC 9110, section 15.1, has as heuristically cacheable.
	heuristic := slices.Contains([]int{200, 203, 204, 206, 300, 301, 308, 404, 405, 410, 414, 501}, head.Status)
	switch {
	case public || heuristic && head.Headers.Contains("Last-Modified"):
		return keepsFresh
	case heuristic:
		return keepsGuessing
	}
	return keepsNot
}

// variesByOrigin reports whether a cache keeps a response for requests with the same Origin.
func variesByOrigin(l fetch.HeaderList) bool {
	return slices.ContainsFunc(header.GetDecodeAndSplit(l, "Vary"), func(v string) bool { return v == "*" || header.EqualFold(v, "Origin") })
}
