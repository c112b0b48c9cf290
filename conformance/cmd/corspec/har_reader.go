package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A harReader judges the entries of a file.
type harReader struct {
	text            string // of the file
	report          *explanations
	engine          engine
	byAgent         engine // that the first User-Agent tells
	client          string // the program that made the requests, if it is not a browser
	byBrowser       bool   // a browser, or what drives one, wrote the file
	playwright      bool   // wrote the file
	defaults        *checkRequest
	given           map[string]bool // the flags that were given
	exchanges       []*harExchange
	byURL           map[origin.URL][]harLink // in the order of time, by URL without fragment; of URLs that somebody looks for
	preflights      map[origin.URL][]harLink // in the order of time, by URL without fragment
	documents       map[string][]harDocument // in the order of time, by pageref
	documentOrigins map[origin.Origin]bool
	stylesheets     map[origin.Origin]bool // where stylesheets came from
	cookies         map[string]bool        // hosts that cookies were sent to
	hasHeaders      bool                   // some response has
	answered        int                    // how many requests were
	noHeaders       bool                   // somebody has taken the headers out of all responses
	hasAddresses    bool                   // the file tells the servers' addresses
	unread          unreadList             // entries that are not requests, or not whole
	workers         map[origin.URL]fetch.EmbedderPolicy
	ignored         int // entries that are not of HTTP
	remarks         []string
	starts          []harStart
}

func newHARReader(text string) *harReader {
	return &harReader{text: text, byURL: map[origin.URL][]harLink{}, preflights: map[origin.URL][]harLink{}, documents: map[string][]harDocument{},
		documentOrigins: map[origin.Origin]bool{}, stylesheets: map[origin.Origin]bool{}, workers: map[origin.URL]fetch.EmbedderPolicy{}, cookies: map[string]bool{}}
}

// entry reads an entry again.
func (h *harReader) entry(x *harExchange) *harEntry {
	d := harDecoder{jsonScanner{data: h.text, pos: x.offset, again: true}}
	e := d.entry()
	e.harExchange = x
	return e
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
	e.entries = log.entries
	h := log.reader
	h.report, h.defaults, h.given = e, r, given
	h.engine, e.Browser, h.byBrowser = harEngine(log)
	h.client = harClient(log)
	h.playwright = log.creator.name == "Playwright"
	h.noHeaders = !h.hasHeaders && h.answered > 1
	h.sortByTime()
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

// each judges the fetches of the file, several at a time, and calls use in the file's order.
func (h *harReader) each(render func(a *answered) []byte, use func(a *answered, rendered []byte)) {
	type result struct {
		judged
		rendered []byte
	}
	h.report.skipped, h.report.unread = h.ignored, h.unread.clone()
	// What is judged is garbage at once, and what lives is the file: to collect early costs little.
	defer debug.SetGCPercent(debug.SetGCPercent(50))
	inOrder(len(h.starts), func(i int) int { return h.starts[i].x.size }, func(i int) result {
		r := result{judged: h.judge(h.starts[i].x)}
		if r.answered != nil {
			r.rendered = render(r.answered)
		}
		return r
	}, func(i int, r result) {
		h.report.skipped += r.skipped
		if r.unread != "" {
			h.report.unread.add(h.starts[i].x.index, r.unread)
		}
		if r.remark != "" {
			h.remark(r.remark)
		}
		if r.answered != nil {
			use(r.answered, r.rendered)
		}
	})
	h.report.remarks = h.remarks
}

// inOrder calls use with what work makes of 0 to n-1, in that order. Work is done for several parts at a time, each of
// no more than about 64 KiB by size, so that what is not used yet takes no more than a few times that.
func inOrder[T any](n int, size func(i int) int, work func(i int) T, use func(i int, made T)) {
	parts := make(chan chan []T, runtime.GOMAXPROCS(0))
	go func() {
		defer close(parts)
		for from, to := 0, 0; from < n; from = to {
			for left := 64 << 10; to < n && left > 0; to++ {
				left -= size(to)
			}
			part := make(chan []T, 1)
			parts <- part
			go func(to int) {
				var all []T
				for i := from; i < to; i++ {
					all = append(all, work(i))
				}
				part <- all
			}(to)
		}
	}()
	i := 0
	for part := range parts {
		for _, made := range <-part {
			use(i, made)
			i++
		}
	}
}

// remark adds what there is to say of the file, once.
func (h *harReader) remark(s string) {
	if !slices.Contains(h.remarks, s) {
		h.remarks = append(h.remarks, s)
	}
}

// read takes in one entry, which stands at that offset; what is not a request of HTTP is left out.
func (h *harReader) read(i, offset, size int, entry *harEntry) {
	if h.byAgent == "" {
		agent, _ := entry.request.headers.Get("User-Agent")
		h.byAgent = engineOfAgent(agent)
	}
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
		h.remark("a CONNECT is how a proxy is asked for a tunnel; no page made it")
		return
	}
	if entry.isNetworkProbe() {
		h.ignored++
		h.remark("a preflight with Access-Control-Request-Private-Network, or -Local-Network, that nothing else asks for is Chromium's, not the Fetch Standard's")
		return
	}
	destination := entry.header("Sec-Fetch-Dest")
	mode, _ := entry.mode()
	x := &harExchange{offset: offset, size: size, index: i, url: u, at: entry.startTime(), preflight: entry.isPreflight(), navigates: mode == fetch.ModeNavigate, isWorker: strings.HasSuffix(destination, "worker")}
	entry.harExchange = x
	h.exchanges = append(h.exchanges, x)
	h.hasHeaders = h.hasHeaders || len(entry.response.headers.HeaderList) > 0
	if entry.answered() {
		h.answered++
	}
	if to, ok := entry.location(); ok {
		x.redirects, h.byURL[urlKey(to)] = true, nil
	}
	if entry.takesStored() {
		h.byURL[urlKey(u)] = nil
	}
	h.hasAddresses = h.hasAddresses || entry.hasAddress
	if entry.hasCookies() {
		h.cookies[u.Hostname()] = true
	}
	if entry.resourceType == "stylesheet" || destination == "style" {
		h.stylesheets[u.Origin()] = true
	}
}

// lacksHeaders reports whether the response has none in the file, though it had some.
func (h *harReader) lacksHeaders(x *harEntry) bool {
	return len(x.response.headers.HeaderList) == 0 && (h.noHeaders || !x.response.headers.given || x.fromCache != "" || safelist.IsRedirectStatus(x.response.status))
}

// clientOf returns what made the request, if that was not a page.
func (h *harReader) clientOf(x *harEntry) string {
	switch client := x.client(); {
	case h.client != "":
		return h.client
	case h.byBrowser && !x.byTestProgram:
		return ""
	default:
		return client
	}
}

// A judged is what came of the fetch that an entry starts.
type judged struct {
	*answered        // nil if there is nothing to judge
	skipped   int    // entries, which need no verdict
	unread    string // why nothing can be judged, or empty
	remark    string // on the file, or empty
}

// judge judges the fetch that starts with that entry. It changes nothing of the reader.
func (h *harReader) judge(start *harExchange) judged {
	x := h.entry(start)
	if x.preflight {
		return h.judgePreflight(x)
	}
	mode, modeGuess := x.mode()
	client := h.clientOf(x)
	switch {
	case mode == fetch.ModeWebSocket, x.isServiceWorkerScript():
		return judged{skipped: 1}
	case x.isBrowsers() && mode != fetch.ModeNavigate && !h.given["origin"]:
		return judged{skipped: 1, remark: "requests with Sec-Fetch-Site: none are not a page's, but the browser's own, or of an extension with permissions of its own; to judge them as a page's, give -origin"}
	case client != "":
		mode, modeGuess = fetch.ModeCORS, guess{}
	case mode == fetch.ModeNavigate:
		return judged{skipped: 1}
	}
	pages, why := h.pages(x)
	if len(pages) == 0 {
		return judged{unread: why}
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
			return judged{unread: err.Error()}
		}
		verdicts = append(verdicts, a)
	}
	if len(verdicts) == 0 || own && verdicts[0].outcome() == "allowed" {
		return judged{skipped: len(f.all)}
	}
	first := verdicts[0]
	if i := slices.IndexFunc(verdicts, func(a *answered) bool { return a.code() != first.code() }); i > 0 {
		first.undecided = fmt.Sprintf("the file does not tell which of its documents made the request: from %s it is %s, from %s %s", first.request.origin, first.said(), verdicts[i].request.origin, verdicts[i].said())
	} else if own && first.undecided == "" {
		first.undecided = fmt.Sprintf("the file does not tell which of its documents made the request: from %s it is %s, and one of the request's own origin may read it", first.request.origin, first.said())
	}
	return judged{answered: first}
}

// judgePreflight judges a preflight whose request is not in the file, as if that had been made.
func (h *harReader) judgePreflight(x *harEntry) judged {
	pages, why := h.pages(x)
	method := x.header("Access-Control-Request-Method")
	switch {
	case len(pages) == 0:
		return judged{unread: why}
	case !safelist.IsMethod(method):
		why := "the preflight has no Access-Control-Request-Method in the file"
		if u := x.request.headers.unread; u.found {
			why = fmt.Sprintf("its request.%s cannot be read as a header, and %s", u, why)
		}
		return judged{unread: why}
	}
	f := &harFetch{reader: h, lone: x}
	f.request = fetch.Request{Method: method, URLList: []origin.URL{x.url}, Mode: fetch.ModeCORS, UnsafeRequest: true}
	f.notes = []string{"The file has the preflight without its request; the request is made up from it."}
	f.request.Headers = f.authorHeaders()
	f.setFlags()
	a, err := f.judge(pages[0])
	if err != nil {
		return judged{unread: err.Error()}
	}
	return judged{answered: a}
}
