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
	byURL           map[origin.URL][]*harExchange // in the order of time, by URL without fragment
	preflights      map[origin.URL][]*harExchange // of those, the preflights
	documents       map[string][]harDocument      // in the order of time, by pageref
	documentOrigins map[origin.Origin]bool
	stylesheets     map[origin.Origin]bool // where stylesheets came from
	cookies         map[string]bool        // hosts that cookies were sent to
	noHeaders       bool                   // somebody has taken the headers out of all responses
}

// readHAR judges every request across origins of a HAR file.
func (e *explanations) readHAR(log *harLog, r *checkRequest, given map[string]bool) error {
	if log.Entries == nil {
		return fmt.Errorf("%s: this HAR file has no log.entries", e.Source)
	}
	e.entries = len(log.Entries)
	h := &harReader{report: e, defaults: r, given: given, byURL: map[origin.URL][]*harExchange{}, preflights: map[origin.URL][]*harExchange{},
		documents: map[string][]harDocument{}, documentOrigins: map[origin.Origin]bool{}, stylesheets: map[origin.Origin]bool{}, cookies: map[string]bool{}}
	h.engine, e.Browser = harEngine(log)
	h.byBrowser = e.Browser != string(h.engine)
	h.client = harClient(log)
	h.playwright = log.Creator.Name == "Playwright"
	for i := range log.Entries {
		h.read(i, &log.Entries[i])
	}
	h.sortByTime()
	h.lookForHeaders()
	h.linkRedirects()
	h.readDocuments(log)
	for _, x := range h.exchanges {
		if x.preflight || x.used {
			continue
		}
		if err := h.judge(x); err != nil {
			return fmt.Errorf("%s: log.entries[%d]: %w", e.Source, x.index, err)
		}
	}
	for _, x := range h.exchanges {
		if x.preflight && !x.used {
			if err := h.judgePreflight(x); err != nil {
				return fmt.Errorf("%s: log.entries[%d]: %w", e.Source, x.index, err)
			}
		}
	}
	slices.SortStableFunc(e.fetches, func(a, b *answered) int { return cmp.Compare(a.entries[0], b.entries[0]) })
	return nil
}

// read takes in one entry; what is not a request of HTTP is left out.
func (h *harReader) read(i int, entry *harEntry) {
	u, err := origin.ParseURL(string(entry.Request.URL), nil)
	switch {
	case entry.Request.URL == "":
		h.strange(i, "the entry has no request.url")
		return
	case err != nil:
		h.strange(i, "its URL: "+err.Error())
		return
	case u.Scheme() != "http" && u.Scheme() != "https":
		h.report.skipped++
		return
	case entry.Request.Method == "":
		h.strange(i, "the entry has no request.method")
		return
	case !safelist.IsMethod(string(entry.Request.Method)):
		h.strange(i, fmt.Sprintf("its request.method %q is not a method", entry.Request.Method))
		return
	case entry.Request.Method == "CONNECT":
		h.report.skipped++
		h.report.remark("a CONNECT is how a proxy is asked for a tunnel; no page made it")
		return
	}
	x := &harExchange{harEntry: entry, index: i, url: u, at: entry.started(), status: entry.Response.status()}
	x.preflight = x.isPreflight()
	h.exchanges = append(h.exchanges, x)
	if x.hasCookies() {
		h.cookies[u.Hostname()] = true
	}
	if x.resourceType() == "stylesheet" || x.header("Sec-Fetch-Dest") == "style" {
		h.stylesheets[u.Origin()] = true
	}
}

// lookForHeaders finds out whether somebody has taken the headers out: every server sends some.
func (h *harReader) lookForHeaders() {
	n := 0
	for _, x := range h.exchanges {
		if len(x.Response.Headers.HeaderList) > 0 {
			return
		}
		if x.answered() {
			n++
		}
	}
	h.noHeaders = n > 2
}

// strange says why an entry is not judged.
func (h *harReader) strange(index int, why string) {
	h.report.strangers = append(h.report.strangers, fmt.Sprintf("entries[%d]: not judged: %s", index, why))
}

// clientOf returns what made the request, if that was not a page.
func (h *harReader) clientOf(x *harExchange) string {
	switch client := x.client(); {
	case h.client != "":
		return h.client
	case h.byBrowser && !bool(x.APIRequest):
		return ""
	default:
		return client
	}
}

// judge judges the fetch that starts with that entry, if it goes across origins.
func (h *harReader) judge(x *harExchange) error {
	mode, modeGuess := x.mode()
	client := h.clientOf(x)
	switch {
	case mode == fetch.ModeWebSocket:
		h.report.skipped++
		return nil
	case client != "":
		mode, modeGuess = fetch.ModeCORS, guess{}
	case mode == fetch.ModeNavigate:
		h.report.skipped++
		return nil
	}
	pages, why := h.pages(x)
	if len(pages) == 0 {
		h.strange(x.index, why)
		return nil
	}
	f := newHARFetch(h, x, mode)
	f.client, f.modeGuess = client != "", modeGuess
	var verdicts []*answered
	own := 0
	for _, page := range pages {
		if !f.crosses(page.origin) {
			own++
			continue
		}
		a, err := f.judge(page)
		if err != nil {
			return err
		}
		verdicts = append(verdicts, a)
	}
	if len(verdicts) == 0 {
		h.report.skipped += len(f.all)
		return nil
	}
	first := verdicts[0]
	if i := slices.IndexFunc(verdicts, func(a *answered) bool { return a.code() != first.code() }); i > 0 {
		first.undecided = fmt.Sprintf("the file does not tell which of its documents made the request: from %s it is %s, from %s %s", pages[0].origin, first.said(), verdicts[i].request.origin, verdicts[i].said())
	} else if own > 0 {
		if first.outcome() == "allowed" {
			h.report.skipped += len(f.all)
			return nil
		}
		first.undecided = fmt.Sprintf("the file does not tell which of its documents made the request: from %s it is %s, and one of the request's own origin may read it", first.request.origin, first.said())
	}
	h.report.fetches = append(h.report.fetches, first)
	return nil
}

// judgePreflight judges a preflight whose request is not in the file: as if that had been made.
func (h *harReader) judgePreflight(x *harExchange) error {
	pages, why := h.pages(x)
	method := x.header("Access-Control-Request-Method")
	switch {
	case len(pages) == 0:
		h.strange(x.index, why)
		return nil
	case !safelist.IsMethod(method):
		h.strange(x.index, fmt.Sprintf("the preflight of %s has no Access-Control-Request-Method in the file", x.url.WithoutFragment()))
		return nil
	}
	f := &harFetch{reader: h, lone: x}
	f.request = fetch.Request{Method: method, URLList: []origin.URL{x.url}, Mode: fetch.ModeCORS, UnsafeRequest: true}
	f.notes = []string{"The file has the preflight without its request; the request is made up from it."}
	f.request.Headers = f.authorHeaders()
	f.setFlags()
	a, err := f.judge(pages[0])
	if err == nil {
		h.report.fetches = append(h.report.fetches, a)
	}
	return err
}
