package main

import (
	"cmp"
	"slices"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// urlKey is what requests of the same URL have in common.
func urlKey(u origin.URL) origin.URL { return u.WithoutFragment() }

// sortByTime puts the entries into the order in which they were made, if all of them say when.
func (h *harReader) sortByTime() {
	if !slices.ContainsFunc(h.exchanges, func(x *harExchange) bool { return x.at.IsZero() }) {
		slices.SortStableFunc(h.exchanges, func(a, b *harExchange) int { return a.at.Compare(b.at) })
	}
	for i, x := range h.exchanges {
		x.pos = i
		key := urlKey(x.url)
		list, wanted := h.byURL[key]
		if !wanted && !x.preflight {
			continue
		}
		link := h.link(x)
		if wanted {
			h.byURL[key] = append(list, link)
		}
		if x.preflight {
			h.preflights[key] = append(h.preflights[key], link)
		}
	}
}

// A harLink is an exchange that others may belong to, with what tells whether they do.
type harLink struct {
	*harExchange
	method, mode, destination, kind string
	origin, asked                   string // of a preflight: the origin and the method that it is for
	tag, modified                   string // of a response that can be stored
	storable                        bool
}

func (h *harReader) link(x *harExchange) harLink {
	e := h.entry(x)
	l := harLink{harExchange: x, method: e.request.method, mode: e.header("Sec-Fetch-Mode"), destination: e.header("Sec-Fetch-Dest"), kind: e.resourceType,
		origin: e.header("Origin"), asked: e.header("Access-Control-Request-Method"), storable: e.response.status == 200 && e.request.method == "GET" && e.response.headers.given}
	l.tag, _ = e.response.headers.Get("ETag")
	l.modified, _ = e.response.headers.Get("Last-Modified")
	return l
}

// location returns where the response redirects to.
func (x *harEntry) location() (u origin.URL, ok bool) {
	if !safelist.IsRedirectStatus(x.response.status) {
		return u, false
	}
	value, ok := x.response.headers.Get("Location")
	if !ok {
		value = x.response.redirectURL
	}
	u, err := origin.ParseURL(value, &x.url)
	return u, err == nil && value != ""
}

// hasOthersHeaders reports whether the headers of the response, which is not a redirect, say where it is itself: then
// they are those of the redirect to it.
func (x *harEntry) hasOthersHeaders() bool {
	value, ok := x.response.headers.Get("Location")
	u, err := origin.ParseURL(value, &x.url)
	return ok && err == nil && x.answered() && !safelist.IsRedirectStatus(x.response.status) && urlKey(u) == urlKey(x.url)
}

// internalRedirect returns why the browser itself redirected, in Chromium's words, or "" for a redirect of the
// server's.
func (x *harEntry) internalRedirect() string {
	if !safelist.IsRedirectStatus(x.response.status) {
		return ""
	}
	if reason, ok := x.response.headers.Get("Non-Authoritative-Reason"); ok {
		return cmp.Or(reason, "no reason given")
	}
	if x.response.statusText == "Internal Redirect" {
		return "Internal Redirect"
	}
	return ""
}

// isUpgrade reports whether the redirect is the browser's own, from http to https: what the standard does without a
// redirect. Main fetch, step 10.
func (x *harEntry) isUpgrade() bool {
	reason := x.internalRedirect()
	own := reason == "HSTS" || reason == "Internal Redirect" || len(x.response.headers.HeaderList) == 0 // a server's has Location
	u, ok := x.location()
	return own && ok && x.url.Scheme() == "http" && u.Scheme() == "https" && u.Hostname() == x.url.Hostname()
}

// linkRedirects finds the entry that each redirect led to: the first one for its URL behind it that can be, and
// that no other led to.
func (h *harReader) linkRedirects() {
	const near = 32              // entries of that URL that are looked at
	next := map[origin.URL]int{} // in byURL, of the first entry that can still be a target
	for _, x := range h.exchanges {
		if !x.redirects || x.preflight {
			continue
		}
		from := h.entry(x)
		u, _ := from.location()
		key := urlKey(u)
		list := h.byURL[key]
		for next[key] < len(list) && (list[next[key]].pos <= x.pos || list[next[key]].used) {
			next[key]++
		}
		for _, n := range list[next[key]:min(len(list), next[key]+near)] {
			if !n.used && !n.preflight && from.canLeadTo(&n) {
				n.used, x.target = true, n.harExchange
				break
			}
		}
	}
}

// canLeadTo reports whether a redirect can have made that request.
func (x *harEntry) canLeadTo(n *harLink) bool {
	if x.request.method != n.method && (n.method != "GET" || x.response.status > 303) {
		return false
	}
	fits := func(a, b string) bool { return a == "" || b == "" || a == b }
	if !fits(x.header("Sec-Fetch-Mode"), n.mode) || !fits(x.header("Sec-Fetch-Dest"), n.destination) {
		return false
	}
	kind, other := x.resourceType, n.kind
	return kind == "" || other == "" || kind == other || kind == "other" || other == "other"
}

// findPreflights finds the preflight of each request: of those for its URL, method and origin that nobody else has, the
// one next to it.
func (h *harReader) findPreflights() {
	const near = 32               // preflights of the same URL that stand between a request and its own
	const apart = 2 * time.Minute // more is not between a preflight and its request
	for _, x := range h.exchanges {
		list := h.preflights[urlKey(x.url)]
		if len(list) == 0 || x.preflight {
			continue
		}
		e := h.entry(x)
		if mode, _ := e.mode(); mode != fetch.ModeCORS {
			continue
		}
		at, _ := slices.BinarySearchFunc(list, x.pos, func(p harLink, pos int) int { return p.pos - pos })
		for _, p := range list[max(0, at-near):min(len(list), at+near)] {
			if !p.used && p.canPrecede(e) && (p.at.IsZero() || x.at.IsZero() || p.at.Sub(x.at).Abs() <= apart) && (x.ownPreflight == nil || distance(p.harExchange, x) < distance(x.ownPreflight, x)) {
				x.ownPreflight = p.harExchange
			}
		}
		if x.ownPreflight != nil {
			x.ownPreflight.used = true
		}
	}
}

// canPrecede reports whether the preflight can be that of the request.
func (p *harLink) canPrecede(next *harEntry) bool {
	from := next.header("Origin")
	return (p.asked == "" || p.asked == safelist.NormalizeMethod(next.request.method)) && (p.origin == "" || from == "" || p.origin == from)
}

// distance is how far apart two entries are.
func distance(a, b *harExchange) int { return max(a.pos-b.pos, b.pos-a.pos) }
