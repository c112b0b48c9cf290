package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/isomorphic"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A harFile is what explain reads of a HAR file, version 1.2. Names that start with "_" are extensions; those here are
// Chromium's, but for the reasons for a block, which come from other tools. Firefox has none: what it has blocked stands there
// with the status and the headers that it got, or with status 0. Playwright's files have no preflights, and of what was
// blocked nothing but status -1 and a text.
type harFile struct {
	Log struct {
		Creator harProgram `json:"creator"`
		Browser harProgram `json:"browser"`
		Pages   []struct {
			ID    string `json:"id"`
			Title string `json:"title"` // in Chromium the URL
		} `json:"pages"`
		Entries []harEntry `json:"entries"`
	} `json:"log"`
}

type harProgram struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type harEntry struct {
	PageRef       string      `json:"pageref"`
	Started       string      `json:"startedDateTime"`
	Request       harRequest  `json:"request"`
	Response      harResponse `json:"response"`
	ResourceType  string      `json:"_resourceType"`
	BlockedReason string      `json:"_blocked_reason"`
	BlockedCode   any         `json:"_blockedReason"` // a text or a number
	Error         string      `json:"_error"`
	Initiator     struct {
		Type string `json:"type"`
		URL  string `json:"url"`
	} `json:"_initiator"`
}

type harRequest struct {
	Method   string           `json:"method"`
	URL      string           `json:"url"`
	Headers  []harHeader      `json:"headers"`
	Cookies  []any            `json:"cookies"`
	PostData *json.RawMessage `json:"postData"`
}

type harResponse struct {
	Status        int         `json:"status"`
	Headers       []harHeader `json:"headers"`
	RedirectURL   string      `json:"redirectURL"`
	Error         string      `json:"_error"`
	FailureText   string      `json:"_failureText"` // Playwright's
	BlockedReason string      `json:"_blocked_reason"`
}

type harHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// headerBytes returns headers as they stood on the wire, as far as the file tells, without the pseudo-headers of HTTP/2 and
// what is no header.
func headerBytes(l []harHeader) (out fetch.HeaderList) {
	for _, h := range l {
		if !safelist.IsHeaderName(h.Name) {
			continue
		}
		value, bad := isomorphic.Encode(h.Value)
		if bad >= 0 { // somebody has decoded it as UTF-8
			value = h.Value
		}
		// Chromium writes several headers of one name as lines of one value.
		for line := range strings.SplitSeq(value, "\n") {
			if line = safelist.NormalizeHeaderValue(line); safelist.IsHeaderValue(line) {
				out = append(out, [2]string{h.Name, line})
			}
		}
	}
	return out
}

// A harExchange is one entry, read.
type harExchange struct {
	harEntry
	index     int
	url       origin.URL
	started   time.Time
	request   fetch.HeaderList
	response  fetch.HeaderList
	preflight bool
	used      bool         // as a preflight, or as the target of a redirect
	target    *harExchange // what its redirect led to
}

func (x *harExchange) header(name string) string {
	v, _ := x.request.Get(name)
	return v
}

// answered reports whether the file has the head of the response.
func (x *harExchange) answered() bool { return x.Response.Status >= 200 && x.Response.Status <= 999 }

// hasCookies reports whether the file shows cookies in the request.
func (x *harExchange) hasCookies() bool {
	return len(x.Request.Cookies) > 0 || x.request.Contains("Cookie")
}

// failure returns what the browser says of a request that it got or showed nothing of.
func (x *harExchange) failure() string {
	for _, s := range []string{x.Response.Error, x.Response.FailureText, x.Error, x.Response.BlockedReason, x.BlockedReason} {
		if s != "" {
			return s
		}
	}
	if x.BlockedCode != nil {
		return fmt.Sprintf("blocked, reason %v", x.BlockedCode)
	}
	return ""
}

// unanswered says that there is no response, and what the browser says of it.
func (x *harExchange) unanswered(what string) string {
	if s := x.failure(); s != "" {
		return fmt.Sprintf("%s (entries[%d]: %s)", what, x.index, s)
	}
	return fmt.Sprintf("%s (entries[%d] has status %d)", what, x.index, x.Response.Status)
}

// An engine is the family of a browser.
type engine string

const (
	chromium engine = "Chromium"
	gecko    engine = "Firefox"
	webKit   engine = "WebKit"
)

// harEngine tells the browser by the program that wrote the file, or else by what its requests say.
func harEngine(f *harFile) (e engine, name string) {
	for _, p := range []harProgram{f.Log.Browser, f.Log.Creator} {
		switch n := strings.ToLower(p.Name); {
		case strings.Contains(n, "firefox"):
			e = gecko
		case strings.Contains(n, "webkit"), strings.Contains(n, "safari"):
			e = webKit
		case strings.Contains(n, "webinspector"), strings.Contains(n, "chrom"), strings.Contains(n, "edge"), strings.Contains(n, "opera"):
			e = chromium
		default:
			continue
		}
		return e, strings.TrimSpace(fmt.Sprintf("%s (%s)", e, strings.TrimSpace(p.Name+" "+p.Version)))
	}
	for _, entry := range f.Log.Entries {
		agent, _ := headerBytes(entry.Request.Headers).Get("User-Agent")
		switch {
		case strings.Contains(agent, "Firefox/"):
			return gecko, string(gecko)
		case strings.Contains(agent, "Chrome/"):
			return chromium, string(chromium)
		case strings.Contains(agent, "AppleWebKit/"):
			return webKit, string(webKit)
		}
	}
	return "", ""
}

// A harReader judges the entries of a file.
type harReader struct {
	report      *explanations
	engine      engine
	playwright  bool // wrote the file
	defaults    *checkRequest
	given       map[string]bool // the flags that were given
	exchanges   []*harExchange
	byURL       map[string][]*harExchange // in the file's order, by URL without fragment
	preflights  map[string][]*harExchange // of those, the preflights
	pages       map[string]origin.Origin  // by pageref
	cookies     map[string]bool           // hosts that cookies were sent to
	defaultPage origin.Origin
}

// readHAR judges every request across origins of a HAR file.
func (e *explanations) readHAR(data []byte, r *checkRequest, given map[string]bool) error {
	var f harFile
	if err := json.Unmarshal(data, &f); err != nil {
		return fileError(e.Source, data, err)
	}
	if f.Log.Entries == nil {
		return fmt.Errorf("%s: this HAR file has no log.entries", e.Source)
	}
	e.entries = len(f.Log.Entries)
	h := &harReader{report: e, defaults: r, given: given, byURL: map[string][]*harExchange{}, preflights: map[string][]*harExchange{}, pages: map[string]origin.Origin{}, cookies: map[string]bool{}}
	h.engine, e.Browser = harEngine(&f)
	h.playwright = f.Log.Creator.Name == "Playwright"
	for i := range f.Log.Entries {
		h.read(i, &f.Log.Entries[i])
	}
	h.readPages(&f)
	h.linkRedirects()
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

// read takes in one entry; what is no request of HTTP is left out.
func (h *harReader) read(i int, entry *harEntry) {
	u, err := origin.ParseURL(entry.Request.URL, nil)
	if err != nil {
		h.report.strangers = append(h.report.strangers, fmt.Sprintf("entries[%d]: not judged: its URL: %v", i, err))
		return
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		h.report.skipped++
		return
	}
	x := &harExchange{harEntry: *entry, index: i, url: u, request: headerBytes(entry.Request.Headers), response: headerBytes(entry.Response.Headers)}
	x.started, _ = time.Parse(time.RFC3339, entry.Started)
	// A page's own OPTIONS cannot have that header.
	x.preflight = entry.ResourceType == "preflight" || entry.Request.Method == "OPTIONS" && x.request.Contains("Access-Control-Request-Method")
	h.exchanges = append(h.exchanges, x)
	if x.hasCookies() {
		h.cookies[u.Hostname()] = true
	}
	key := u.WithoutFragment().String()
	h.byURL[key] = append(h.byURL[key], x)
	if x.preflight {
		h.preflights[key] = append(h.preflights[key], x)
	}
}

// readPages finds out the origins of the documents.
func (h *harReader) readPages(f *harFile) {
	for _, p := range f.Log.Pages {
		if u, err := origin.ParseURL(p.Title, nil); err == nil && (u.Scheme() == "http" || u.Scheme() == "https") {
			h.pages[p.ID] = u.Origin()
		}
	}
	for _, x := range h.exchanges {
		if _, known := h.pages[x.PageRef]; !known && x.isNavigation() && x.Response.Status < 300 {
			h.pages[x.PageRef] = x.url.Origin()
		}
	}
	if h.given["origin"] {
		h.defaultPage = h.defaults.origin
	}
}

// isNavigation reports whether the request was for a document, as far as the file tells.
func (x *harExchange) isNavigation() bool {
	switch x.header("Sec-Fetch-Mode") {
	case "navigate":
		return true
	case "":
		return x.ResourceType == "document" || x.ResourceType == "" && strings.HasPrefix(x.header("Accept"), "text/html,")
	}
	return false
}

// location returns where the response redirects to.
func (x *harExchange) location() (string, bool) {
	if !safelist.IsRedirectStatus(x.Response.Status) {
		return "", false
	}
	value, ok := x.response.Get("Location")
	if !ok {
		value = x.Response.RedirectURL
	}
	u, err := origin.ParseURL(value, &x.url)
	if err != nil || value == "" {
		return "", false
	}
	return u.WithoutFragment().String(), true
}

// linkRedirects finds the entry that each redirect led to: the first one for its URL behind it that is none's target yet.
func (h *harReader) linkRedirects() {
	next := map[string]int{} // in byURL, of the first entry that can still be a target
	for _, x := range h.exchanges {
		url, ok := x.location()
		if !ok || x.preflight {
			continue
		}
		list := h.byURL[url]
		for next[url] < len(list) && (list[next[url]].index <= x.index || list[next[url]].preflight) {
			next[url]++
		}
		if i := next[url]; i < len(list) && !list[i].started.Before(x.started) {
			list[i].used, x.target = true, list[i]
			next[url]++
		}
	}
}

// page returns the origin of the document that made the request.
func (h *harReader) page(x *harExchange) (o origin.Origin, how string) {
	if v := x.header("Origin"); v != "" {
		if o, err := origin.Parse(v); err == nil {
			return o, ""
		}
	}
	if u, err := origin.ParseURL(x.header("Referer"), nil); err == nil && !u.Origin().IsOpaque() {
		return u.Origin(), ""
	}
	if o, ok := h.pages[x.PageRef]; ok {
		return o, "The request has no Origin and no Referer in the file; the page's origin is that of its document."
	}
	return h.defaultPage, ""
}

// mode returns the mode of the request, and a note where it is a guess.
func (x *harExchange) mode() (m fetch.Mode, note string) {
	if m.UnmarshalText([]byte(x.header("Sec-Fetch-Mode"))) == nil {
		return m, ""
	}
	switch x.ResourceType {
	case "xhr", "fetch", "eventsource", "font":
		return fetch.ModeCORS, ""
	case "websocket":
		return fetch.ModeWebSocket, ""
	case "image", "script", "stylesheet", "media", "texttrack", "manifest", "ping":
		if x.request.Contains("Origin") && (x.Request.Method == "GET" || x.Request.Method == "HEAD") {
			return fetch.ModeCORS, ""
		}
		return fetch.ModeNoCORS, ""
	}
	switch {
	case x.isNavigation():
		return fetch.ModeNavigate, ""
	case x.request.Contains("Origin"):
		return fetch.ModeCORS, "The file does not tell the request's mode; it has an Origin, so the mode is taken for \"cors\"."
	case x.request.Contains("Host") || x.request.Contains("User-Agent"):
		return fetch.ModeNoCORS, "The file does not tell the request's mode; it has no Origin, so the mode is taken for \"no-cors\"."
	}
	return fetch.ModeCORS, "The file does not tell the request's mode; it is taken for \"cors\"."
}

// judge judges the fetch that starts with that entry, if it goes across origins.
func (h *harReader) judge(x *harExchange) error {
	mode, modeNote := x.mode()
	if mode == fetch.ModeNavigate || mode == fetch.ModeWebSocket {
		h.report.skipped++
		return nil
	}
	page, pageNote := h.page(x)
	if !page.IsValid() {
		h.report.strangers = append(h.report.strangers, fmt.Sprintf("entries[%d]: not judged: the file does not tell the origin of the page that made %s %s; give -origin", x.index, x.Request.Method, x.url.WithoutFragment()))
		return nil
	}
	chain := []*harExchange{x}
	crosses := x.url.Origin() != page
	for n := x.target; n != nil; n = n.target {
		chain = append(chain, n)
		crosses = crosses || n.url.Origin() != page
	}
	if !crosses {
		h.report.skipped += len(chain)
		return nil
	}
	f := &harFetch{reader: h, chain: chain}
	f.request = fetch.Request{Method: safelist.NormalizeMethod(x.Request.Method), URLList: []origin.URL{x.url}, Origin: page, Mode: mode, UnsafeRequest: mode == fetch.ModeCORS}
	f.request.Destination.UnmarshalText([]byte(x.header("Sec-Fetch-Dest"))) // "empty" and what is not known stay ""
	if x.Request.PostData != nil {
		f.request.Body = fetch.BodyBytes
	}
	f.notes = compact(modeNote, pageNote)
	return f.judge()
}

func compact(notes ...string) []string {
	return slices.DeleteFunc(notes, func(s string) bool { return s == "" })
}

// judgePreflight judges a preflight whose request is not in the file: as if that had been made.
func (h *harReader) judgePreflight(x *harExchange) error {
	page, pageNote := h.page(x)
	method := x.header("Access-Control-Request-Method")
	if !page.IsValid() || method == "" {
		h.report.strangers = append(h.report.strangers, fmt.Sprintf("entries[%d]: not judged: the preflight of %s has no Origin or no Access-Control-Request-Method in the file", x.index, x.url.WithoutFragment()))
		return nil
	}
	f := &harFetch{reader: h, lone: x}
	f.request = fetch.Request{Method: method, URLList: []origin.URL{x.url}, Origin: page, Mode: fetch.ModeCORS, UnsafeRequest: true}
	f.notes = compact("The file has the preflight without its request; the request is made up from it.", pageNote)
	return f.judge()
}
