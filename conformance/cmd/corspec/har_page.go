package main

import (
	"fmt"
	"slices"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A harDocument is a page or a frame of the file.
type harDocument struct {
	x     *harExchange // the answer to its navigation, redirects behind it; nil if the file has none
	url   origin.URL
	known bool // whether it is a frame
	frame bool

	policy fetch.EmbedderPolicy
}

// readDocuments finds the documents of each page of the file, and the workers.
func (h *harReader) readDocuments(log *harLog) {
	pages := map[string]bool{} // those with a document that is not a frame
	for _, x := range h.exchanges {
		document := x.navigates && x.target == nil
		if !document && !x.isWorker {
			continue
		}
		e := h.entry(x)
		policy := fetch.ObtainEmbedderPolicy(h.effectiveHeaders(e), x.url.IsPotentiallyTrustworthy())
		if x.isWorker {
			h.workers[urlKey(x.url)] = policy
		}
		switch dest := e.header("Sec-Fetch-Dest"); {
		case !document:
		case e.response.status == 204, e.response.status == 205, safelist.IsRedirectStatus(e.response.status), e.response.status == 0 && e.fromCache == "":
			// nothing came of it
		default:
			d := harDocument{x: x, url: x.url, known: dest != "", frame: dest != "" && dest != "document", policy: policy}
			h.documents[e.page] = append(h.documents[e.page], d)
			pages[e.page] = pages[e.page] || !d.frame
			h.documentOrigins[x.url.Origin()] = true
		}
	}
	for _, p := range log.pages {
		u, err := origin.ParseURL(p.title, nil)
		if known := pages[p.id]; err == nil && !known && !u.Origin().IsOpaque() {
			pages[p.id] = true
			h.documents[p.id] = slices.Insert(h.documents[p.id], 0, harDocument{url: u})
		}
	}
}

// A harPageGuess is an origin that a request may be from.
type harPageGuess struct {
	origin origin.Origin
	note   string // where it is from, if not from the request itself
	sure   bool   // the request says it
}

// pages returns the origins of the documents that may have made the request, and if there are none, why.
func (h *harReader) pages(x *harEntry) (list []harPageGuess, why string) {
	if client := h.clientOf(x); client != "" {
		if h.given["origin"] {
			return []harPageGuess{{origin: h.defaults.origin, note: "No page made this request, but " + client + "; it is judged as if one had."}}, ""
		}
		return nil, fmt.Sprintf("no page made this request, but %s; to judge it as if one had, give -origin", client)
	}
	if o, err := origin.Parse(x.header("Origin")); err == nil && (!o.IsOpaque() || x.header("Sec-Fetch-Mode") != "no-cors") {
		return []harPageGuess{{origin: o, sure: true}}, ""
	}
	if x.header("Sec-Fetch-Site") == "same-origin" {
		return []harPageGuess{{origin: x.url.Origin(), sure: true}}, ""
	}
	fits := func(o origin.Origin) bool { return o.IsValid() && fitsFetchSite(x, o) }
	if u, err := origin.ParseURL(x.header("Referer"), nil); err == nil && !u.Origin().IsOpaque() && fits(u.Origin()) && !h.isStylesheet(u) {
		return []harPageGuess{{origin: u.Origin(), sure: true}}, ""
	}
	if u, err := origin.ParseURL(x.documentURL, nil); err == nil && fits(u.Origin()) {
		return []harPageGuess{{origin: u.Origin(), sure: true}}, ""
	}
	if x.initiatorType == "parser" {
		if u, err := origin.ParseURL(x.initiatorURL, nil); err == nil && fits(u.Origin()) {
			for _, d := range h.documentsAt(x) {
				if urlKey(d.url) == urlKey(u) {
					return []harPageGuess{{origin: u.Origin(), sure: true}}, ""
				}
			}
		}
	}
	for _, o := range h.originsAt(x) {
		if h.byBrowser && fits(o) && len(list) < mostPages { // in a proxy's log it may be anybody's
			list = append(list, harPageGuess{origin: o, note: "The request has no Origin and no Referer in the file; the page's origin is that of its document."})
		}
	}
	if len(list) == 0 && h.given["origin"] && fits(h.defaults.origin) {
		list = append(list, harPageGuess{origin: h.defaults.origin, sure: true})
	}
	if len(list) == 0 {
		why = "the file does not tell the origin of the page that made the request; give -origin"
		if u := x.request.headers.unread; u.found {
			why = fmt.Sprintf("its request.%s cannot be read as a header, and %s", u, why)
		}
	}
	return list, why
}

// Of many documents of one page these many are looked at, and so many tried for a request that does not say its own.
const (
	mostDocuments = 64
	mostPages     = 8
)

// originsAt returns the origins of the documents that were there when the request was made: the latest page, and the
// frames.
func (h *harReader) originsAt(x *harEntry) (list []origin.Origin) {
	var page *harDocument
	var others []origin.Origin
	documents := h.documentsAt(x)
	for i := range documents {
		switch d := &documents[i]; {
		case d.frame, page != nil && d.x != nil && !d.known: // the latter may be one
			others = append(others, d.url.Origin())
		default:
			page = d
		}
	}
	if page != nil {
		list = append(list, page.url.Origin())
	}
	for _, o := range others {
		if !slices.Contains(list, o) {
			list = append(list, o)
		}
	}
	return list
}

// documentsAt returns the documents of the request's page that were there when it was made, or all if there were none;
// the latest ones of many.
func (h *harReader) documentsAt(x *harEntry) []harDocument {
	all := h.documents[x.page]
	n, _ := slices.BinarySearchFunc(all, x.pos, func(d harDocument, pos int) int {
		if d.x == nil {
			return -1
		}
		return d.x.pos - pos
	})
	if n == 0 {
		n = len(all)
	}
	return all[max(0, n-mostDocuments):n]
}

// fitsFetchSite reports whether a request from that origin can have the Sec-Fetch-Site that it has.
func fitsFetchSite(x *harEntry, o origin.Origin) bool {
	same := origin.SameSite(o, x.url.Origin(), publicsuffix.List)
	switch x.header("Sec-Fetch-Site") {
	case "same-origin":
		return o == x.url.Origin()
	case "same-site":
		return same && o != x.url.Origin()
	case "cross-site":
		return !same
	}
	return true
}

// isStylesheet reports whether a Referer is that of a stylesheet, which requests its fonts and images for the page that
// it is part of.
func (h *harReader) isStylesheet(referer origin.URL) bool {
	return h.stylesheets[referer.Origin()] && !h.documentOrigins[referer.Origin()]
}

// embedderPolicy returns the embedder policy of the document or worker that made the request, as far as the file has
// its response.
func (h *harReader) embedderPolicy(x *harEntry, page origin.Origin) (policy fetch.EmbedderPolicy) {
	referer, err := origin.ParseURL(x.header("Referer"), nil)
	if err == nil && referer.Origin() == page {
		if policy, ok := h.workers[urlKey(referer)]; ok {
			return policy
		}
	}
	for _, d := range h.documentsAt(x) {
		if d.x == nil || d.url.Origin() != page {
			continue
		}
		policy = d.policy
		if err == nil && urlKey(d.url) == urlKey(referer) {
			break
		}
	}
	return policy
}
