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
		if x.preflight {
			key := urlKey(x.url)
			h.preflights[key] = append(h.preflights[key], x)
		}
		if u, ok := x.location(); ok {
			h.byURL[urlKey(u)] = nil
		}
		if x.takesStored() {
			h.byURL[urlKey(x.url)] = nil
		}
	}
	for _, x := range h.exchanges {
		if key := urlKey(x.url); len(h.byURL) > 0 {
			if list, wanted := h.byURL[key]; wanted {
				h.byURL[key] = append(list, x)
			}
		}
	}
}

// location returns where the response redirects to.
func (x *harExchange) location() (u origin.URL, ok bool) {
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
func (x *harExchange) hasOthersHeaders() bool {
	value, ok := x.response.headers.Get("Location")
	u, err := origin.ParseURL(value, &x.url)
	return ok && err == nil && x.answered() && !safelist.IsRedirectStatus(x.response.status) && urlKey(u) == urlKey(x.url)
}

// internalRedirect returns why the browser itself redirected, in Chromium's words, or "" for a redirect of the
// server's.
func (x *harExchange) internalRedirect() string {
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
func (x *harExchange) isUpgrade() bool {
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
		u, ok := x.location()
		if !ok || x.preflight {
			continue
		}
		key := urlKey(u)
		list := h.byURL[key]
		for next[key] < len(list) && (list[next[key]].pos <= x.pos || list[next[key]].used) {
			next[key]++
		}
		for _, n := range list[next[key]:min(len(list), next[key]+near)] {
			if !n.used && !n.preflight && x.canLeadTo(n) {
				n.used, x.target = true, n
				break
			}
		}
	}
}

// canLeadTo reports whether a redirect can have made that request.
func (x *harExchange) canLeadTo(n *harExchange) bool {
	from, to := x.request.method, n.request.method
	if from != to && (to != "GET" || x.response.status > 303) {
		return false
	}
	for _, name := range []string{"Sec-Fetch-Mode", "Sec-Fetch-Dest"} {
		if a, b := x.header(name), n.header(name); a != "" && b != "" && a != b {
			return false
		}
	}
	kind, other := x.resourceType, n.resourceType
	return kind == "" || other == "" || kind == other || kind == "other" || other == "other"
}

// findPreflights finds the preflight of each request: of those for its URL, method and origin that nobody else has, the
// one next to it.
func (h *harReader) findPreflights() {
	const near = 32               // preflights of the same URL that stand between a request and its own
	const apart = 2 * time.Minute // more is not between a preflight and its request
	for _, x := range h.exchanges {
		list := h.preflights[urlKey(x.url)]
		if mode, _ := x.mode(); len(list) == 0 || mode != fetch.ModeCORS || x.preflight {
			continue
		}
		at, _ := slices.BinarySearchFunc(list, x.pos, func(p *harExchange, pos int) int { return p.pos - pos })
		for _, p := range list[max(0, at-near):min(len(list), at+near)] {
			if !p.used && p.canPrecede(x) && (p.at.IsZero() || x.at.IsZero() || p.at.Sub(x.at).Abs() <= apart) && (x.ownPreflight == nil || distance(p, x) < distance(x.ownPreflight, x)) {
				x.ownPreflight = p
			}
		}
		if x.ownPreflight != nil {
			x.ownPreflight.used = true
		}
	}
}

// canPrecede reports whether the preflight can be that of the request.
func (x *harExchange) canPrecede(next *harExchange) bool {
	asked := x.header("Access-Control-Request-Method")
	a, b := x.header("Origin"), next.header("Origin")
	return (asked == "" || asked == safelist.NormalizeMethod(next.request.method)) && (a == "" || b == "" || a == b)
}

// distance is how far apart two entries are.
func distance(a, b *harExchange) int { return max(a.pos-b.pos, b.pos-a.pos) }
