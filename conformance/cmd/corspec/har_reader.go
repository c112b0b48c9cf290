package main

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A harReader judges the entries of a file.
type harReader struct {
	report          *explanations
	engine          engine
	client          string // the program that made the requests, if it is not a browser
	byBrowser       bool   // a browser, or what drives one, wrote the file
	playwright      bool   // wrote the file
	defaults        *checkRequest
	given           map[string]bool // the flags that were given
	exchanges       []*harExchange
	byURL           map[origin.URL][]*harExchange // in the order of time, by URL without fragment; of URLs that somebody looks for
	preflights      map[origin.URL][]*harExchange // of those, the preflights
	documents       map[string][]harDocument      // in the order of time, by pageref
	documentOrigins map[origin.Origin]bool
	stylesheets     map[origin.Origin]bool // where stylesheets came from
	cookies         map[string]bool        // hosts that cookies were sent to
	noHeaders       bool                   // somebody has taken the headers out of all responses
	hasAddresses    bool                   // the file tells the servers' addresses
	unread          unreadList             // entries that are not requests, or not whole
	workers         map[origin.URL]fetch.EmbedderPolicy
	ignored         int // entries that are not of HTTP
	starts          []harStart
}

// A harStart is an entry that a fetch starts with, or a preflight without its request.
type harStart struct {
	x  *harExchange
	at int // the first of its entries in the file
}

// readHAR judges every request across origins of a HAR file.
func (e *explanations) readHAR(log *harLog, r *checkRequest, given map[string]bool) error {
	if !log.hasEntries {
		return fmt.Errorf("%s: this HAR file has no log.entries", e.Source)
	}
	e.entries = len(log.entries)
	h := &harReader{report: e, defaults: r, given: given, byURL: map[origin.URL][]*harExchange{}, preflights: map[origin.URL][]*harExchange{},
		documents: map[string][]harDocument{}, documentOrigins: map[origin.Origin]bool{}, stylesheets: map[origin.Origin]bool{}, workers: map[origin.URL]fetch.EmbedderPolicy{}, cookies: map[string]bool{}}
	h.engine, e.Browser, h.byBrowser = harEngine(log)
	h.client = harClient(log)
	h.playwright = log.creator.name == "Playwright"
	for i := range log.entries {
		h.read(i, log.entries[i])
	}
	h.sortByTime()
	h.lookForHeaders()
	h.linkRedirects()
	h.readDocuments(log)
	h.findPreflights()
	h.findStarts()
	e.har = h
	return nil
}

// findStarts finds the entries that fetches start with, in the file's order.
func (h *harReader) findStarts() {
	for _, x := range h.exchanges {
		if x.used {
			continue
		}
		start := harStart{x, x.index}
		if p := x.ownPreflight; p != nil {
			start.at = min(start.at, p.index)
		}
		h.starts = append(h.starts, start)
	}
	slices.SortStableFunc(h.starts, func(a, b harStart) int { return cmp.Compare(a.at, b.at) })
}

// each judges the fetches of the file, in its order.
func (h *harReader) each(f func(*answered)) {
	h.report.skipped, h.report.unread = h.ignored, h.unread.clone()
	for _, start := range h.starts {
		var a *answered
		if start.x.preflight {
			a = h.judgePreflight(start.x)
		} else {
			a = h.judge(start.x)
		}
		if a != nil {
			f(a)
		}
	}
}

// read takes in one entry; what is not a request of HTTP is left out.
func (h *harReader) read(i int, entry *harEntry) {
	unread := func(why string) { h.unread.add(i, why) }
	u, err := origin.ParseURL(entry.request.url, nil)
	switch {
	case entry.request.url == "":
		unread("it has no request.url")
		return
	case err != nil:
		unread("its URL: " + err.Error())
		return
	case u.Scheme() != "http" && u.Scheme() != "https":
		h.ignored++
		return
	case entry.request.method == "":
		unread("it has no request.method")
		return
	case !safelist.IsMethod(entry.request.method):
		unread(fmt.Sprintf("its request.method %q is not a method", entry.request.method))
		return
	case entry.request.method == "CONNECT":
		h.ignored++
		h.report.remark("a CONNECT is how a proxy is asked for a tunnel; no page made it")
		return
	}
	x := &harExchange{harEntry: entry, index: i, url: u, at: entry.startTime()}
	x.preflight = x.isPreflight()
	if x.isNetworkProbe() {
		h.ignored++
		h.report.remark("a preflight with Access-Control-Request-Private-Network, or -Local-Network, that nothing else asks for is Chromium's, not the Fetch Standard's")
		return
	}
	h.exchanges = append(h.exchanges, x)
	h.hasAddresses = h.hasAddresses || x.hasAddress
	if x.hasCookies() {
		h.cookies[u.Hostname()] = true
	}
	if x.resourceType == "stylesheet" || x.header("Sec-Fetch-Dest") == "style" {
		h.stylesheets[u.Origin()] = true
	}
}

// lookForHeaders finds out whether somebody has taken the headers out: every server sends some.
func (h *harReader) lookForHeaders() {
	n := 0
	for _, x := range h.exchanges {
		if len(x.response.headers.HeaderList) > 0 {
			return
		}
		if x.answered() {
			n++
		}
	}
	h.noHeaders = n > 1
}

// lacksHeaders reports whether the response has none in the file, though it had some.
func (h *harReader) lacksHeaders(x *harExchange) bool {
	return len(x.response.headers.HeaderList) == 0 && (h.noHeaders || !x.response.headers.given || x.fromCache != "" || safelist.IsRedirectStatus(x.response.status))
}

// clientOf returns what made the request, if that was not a page.
func (h *harReader) clientOf(x *harExchange) string {
	switch client := x.client(); {
	case h.client != "":
		return h.client
	case h.byBrowser && !x.byTestProgram:
		return ""
	default:
		return client
	}
}

// judge judges the fetch that starts with that entry, or returns nil if there is nothing to judge.
func (h *harReader) judge(x *harExchange) *answered {
	mode, modeGuess := x.mode()
	client := h.clientOf(x)
	switch {
	case mode == fetch.ModeWebSocket, x.isServiceWorkerScript():
		h.report.skipped++
		return nil
	case x.isBrowsers() && mode != fetch.ModeNavigate && !h.given["origin"]:
		h.report.skipped++
		h.report.remark("requests with Sec-Fetch-Site: none are not a page's, but the browser's own, or of an extension with permissions of its own; to judge them as a page's, give -origin")
		return nil
	case client != "":
		mode, modeGuess = fetch.ModeCORS, guess{}
	case mode == fetch.ModeNavigate:
		h.report.skipped++
		return nil
	}
	pages, why := h.pages(x)
	if len(pages) == 0 {
		h.report.unread.add(x.index, why)
		return nil
	}
	f := newHARFetch(h, x, mode)
	f.client, f.modeGuess = client != "", modeGuess
	var verdicts []*answered
	own := false // it may be from a document of its own origin
	for _, page := range pages {
		if !f.crosses(page.origin) {
			own = true
			continue
		}
		a, err := f.judge(page)
		if err != nil {
			h.report.unread.add(x.index, err.Error())
			return nil
		}
		verdicts = append(verdicts, a)
	}
	if len(verdicts) == 0 || own && verdicts[0].outcome() == "allowed" {
		h.report.skipped += len(f.all)
		return nil
	}
	first := verdicts[0]
	if i := slices.IndexFunc(verdicts, func(a *answered) bool { return a.code() != first.code() }); i > 0 {
		first.undecided = fmt.Sprintf("the file does not tell which of its documents made the request: from %s it is %s, from %s %s", first.request.origin, first.said(), verdicts[i].request.origin, verdicts[i].said())
	} else if own && first.undecided == "" {
		first.undecided = fmt.Sprintf("the file does not tell which of its documents made the request: from %s it is %s, and one of the request's own origin may read it", first.request.origin, first.said())
	}
	return first
}

// judgePreflight judges a preflight whose request is not in the file, as if that had been made. It returns nil if there
// is nothing to judge.
func (h *harReader) judgePreflight(x *harExchange) *answered {
	pages, why := h.pages(x)
	method := x.header("Access-Control-Request-Method")
	switch {
	case len(pages) == 0:
		h.report.unread.add(x.index, why)
		return nil
	case !safelist.IsMethod(method):
		h.report.unread.add(x.index, "the preflight has no Access-Control-Request-Method in the file")
		return nil
	}
	f := &harFetch{reader: h, lone: x}
	f.request = fetch.Request{Method: method, URLList: []origin.URL{x.url}, Mode: fetch.ModeCORS, UnsafeRequest: true}
	f.notes = []string{"The file has the preflight without its request; the request is made up from it."}
	f.request.Headers = f.authorHeaders()
	f.setFlags()
	a, err := f.judge(pages[0])
	if err != nil {
		h.report.unread.add(x.index, err.Error())
		return nil
	}
	return a
}
