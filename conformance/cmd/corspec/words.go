package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A requestWords is what flags, or a text from the clipboard, say of a request, before it is settled what of it the
// page asks for and what the browser adds.
type requestWords struct {
	urls        []string
	method      string
	headers     wordHeaders
	script      bool             // all headers are the script's: the text is its source
	body        *strings.Builder // nil: there is none
	contentType string           // of the body, where no header says it; empty: that of a string that fetch() is given
	cookies     []string
	insecure    bool // certificates do not count
	notes       []string

	// Of a call of fetch(), as it names them.
	mode, credentials, redirect, referrer, referrerPolicy string
}

// noContentType is for a body without a type.
const noContentType = "-"

// setBody sets the body.
func (w *requestWords) setBody(text string) {
	w.body = &strings.Builder{}
	w.body.WriteString(text)
}

// addToBody adds a part to the body, behind the separator if it is not the first.
func (w *requestWords) addToBody(separator, text string) {
	if w.body == nil {
		w.body = &strings.Builder{}
	} else {
		w.body.WriteString(separator)
	}
	w.body.WriteString(text)
}

func (w *requestWords) addURL(u string) error {
	w.urls = append(w.urls, u)
	return nil
}

// addCookies takes in pairs that are separated by semicolons. Browsers keep no more than some thousands.
func (w *requestWords) addCookies(value string) {
	for pair := range strings.SplitSeq(value, ";") {
		if pair = strings.TrimSpace(pair); pair != "" && len(w.cookies) < mostParts {
			w.cookies = append(w.cookies, pair)
		}
	}
}

// note keeps a text that is to be told once.
func (w *requestWords) note(text string) {
	if !slices.Contains(w.notes, text) {
		w.notes = append(w.notes, text)
	}
}

// A wordHeader is one header of -H or of a text.
type wordHeader struct {
	name, value string
	script      bool // it is said that the script sets it
}

// wordHeaders are the values of -H.
type wordHeaders []wordHeader

func (h *wordHeaders) String() string { return "" }
func (h *wordHeaders) repeats()       {}

// byScript stands in front of a header of -H that a browser may add by itself, and that the script sets here.
const byScript = "script "

// Set takes a line as curl does: what follows the first colon is the value, and white space around it does not count.
// Several lines are several headers.
func (h *wordHeaders) Set(text string) error {
	text, script := strings.CutPrefix(text, byScript)
	b, err := parseHeaderBlock(text)
	if err != nil {
		return err
	}
	for _, line := range b.headers {
		*h = append(*h, wordHeader{line[0], line[1], script})
	}
	if len(*h) > mostParts {
		return errManyParts
	}
	return nil
}

// add takes in a header of a text that has other words for it.
func (h *wordHeaders) add(name, value string) error {
	if value = strings.Trim(value, " \t"); strings.ContainsAny(value, "\r\n\x00") {
		return fmt.Errorf("the header %.40q: %.80q is not the value of a header: it has a line break or a NUL", name, value)
	}
	if *h = append(*h, wordHeader{name: name, value: value}); len(*h) > mostParts {
		return errManyParts
	}
	return nil
}

func (h wordHeaders) get(name string) (value string, ok bool) {
	for _, x := range h {
		if !x.script && header.EqualFold(x.name, name) {
			return x.value, true
		}
	}
	return "", false
}

func (h wordHeaders) contains(name string) bool {
	_, ok := h.get(name)
	return ok
}

// copied reports whether headers come from a browser, and not from a script's source: there are some that no script
// sets.
func (h wordHeaders) copied() bool {
	return slices.ContainsFunc(h, func(x wordHeader) bool {
		name := header.Lower(x.name)
		return strings.HasPrefix(name, "sec-") || name == "user-agent" || name == "accept-language" || name == "referer" || name == "cookie"
	})
}

// A dataFlag is the value of -d.
type dataFlag struct{ line *curlLine }

func (f dataFlag) String() string     { return "" }
func (f dataFlag) repeats()           {}
func (f dataFlag) Set(s string) error { return f.line.dataJoined(s, "@", true, "&") }

// parsePaste reads a request from a text of any kind that developer tools and people put to the clipboard.
func (w *requestWords) parsePaste(text string) error {
	text = strings.TrimSpace(strings.TrimPrefix(text, "\ufeff"))
	text = strings.TrimPrefix(text, "$ ") // the prompt
	first, _, _ := strings.Cut(text, " ")
	switch {
	case isCurl(strings.TrimSpace(first)):
		return w.parseCurl(text)
	case isPowerShell(text):
		return parsePowerShell(text, w)
	case isFetchCall(text):
		return parseFetchCall(text, w)
	}
	b, err := parseHeaderBlock(text)
	if err != nil || b.method == "" {
		return errors.New("the text is none of a curl command, a call of fetch() with literals, Invoke-WebRequest, and a request line with headers")
	}
	return w.takeRequestHead(b, text)
}

// parseCurl reads a curl command.
func (w *requestWords) parseCurl(text string) error {
	split := shellWords
	if isForCmd(text) {
		split = cmdWords
	}
	words, err := split(text)
	if err != nil {
		return fmt.Errorf("curl command: %w", err)
	}
	line := &curlLine{named: true, words: w}
	p := argumentParser{flags: newFlags("", io.Discard, ""), curl: line, left: words[1:], given: map[string]bool{}}
	if err := p.parse(); err != nil {
		return fmt.Errorf("curl command: %w", err)
	}
	w.urls = append(w.urls, p.rest...)
	return line.finish()
}

// takeRequestHead takes over a request line with its headers and what stands behind the blank line.
func (w *requestWords) takeRequestHead(b headerBlock, text string) error {
	w.method = b.method
	for _, h := range b.headers {
		w.headers = append(w.headers, wordHeader{name: h[0], value: h[1]})
	}
	url := b.target
	if !strings.Contains(url, "://") {
		host, ok := w.headers.get("Host")
		if !ok {
			return errors.New("the request line has no host, and there is no Host below it")
		}
		url = "https://" + host + url
		w.note("The text does not tell http from https; https is assumed.")
	}
	if _, body, ok := strings.Cut(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n"); ok && body != "" {
		w.setBody(body)
		w.contentType = noContentType
	}
	return w.addURL(url)
}

// addedByBrowser reports whether a header is one that browsers add by themselves, so that it causes no preflight.
// Scripts may set some of them; that has to be said.
func addedByBrowser(name, value string) bool {
	switch name = header.Lower(name); name {
	case "accept", "accept-language", "range", "content-disposition":
		return false // A script's own does not differ for a preflight.
	case "cache-control", "pragma":
		return value == "no-cache" || value == "max-age=0" // A reload, or the cache is switched off.
	case "sec-websocket-key", "content-length", "dnt", "accept-encoding", "connection", "host":
		return true
	}
	return notAuthors[name] || strings.HasPrefix(name, "sec-")
}

// isPseudoHeader reports whether a header is one of HTTP/2's that say the URL and the method, of which Chromium copies
// the names without their colon.
func (r *checkRequest) isPseudoHeader(h wordHeader, url origin.URL) bool {
	switch h.name {
	case "authority":
		_, host, _ := strings.Cut(url.Origin().String(), "://")
		return h.value == host
	case "scheme":
		return h.value == url.Scheme()
	case "path":
		path := url.Pathname()
		if query, ok := url.Query(); ok {
			path += "?" + query
		}
		return h.value == path
	case "method":
		return h.value == r.effectiveMethod() || r.method == "" && r.words.body != nil && h.value == http.MethodPost
	}
	return false
}

// settle finds out what the page's request is. given are the flags that were given; they rule over the words.
func (r *checkRequest) settle(given map[string]bool) error {
	w := r.words
	r.notes, r.insecure, r.hasCrossOrigin = w.notes, w.insecure, given["crossorigin"]
	if err := r.checkFlags(given); err != nil {
		return err
	}
	if err := r.settleCall(given); err != nil {
		return err
	}
	url, _ := origin.ParseURL(r.url, nil)
	if err := r.settlePage(url, given); err != nil {
		return err
	}
	if err := r.settleMode(url, given); err != nil {
		return err
	}
	for _, h := range w.headers {
		if h.name == "" || h.script || w.script {
			r.headers = append(r.headers, [2]string{h.name, h.value})
			continue
		}
		switch header.Lower(h.name) {
		case "origin":
			if given["origin"] || given["page"] {
				r.headers = append(r.headers, [2]string{h.name, h.value}) // told as one that pages cannot set
			}
		case "cookie":
			w.addCookies(h.value)
		case "referer", "referrer-policy", "sec-fetch-mode", "sec-fetch-dest", "sec-fetch-site", "sec-fetch-user":
			// Taken over.
		default:
			if addedByBrowser(h.name, h.value) || r.isPseudoHeader(h, url) {
				r.own = append(r.own, [2]string{h.name, h.value})
			} else {
				r.headers = append(r.headers, [2]string{h.name, h.value})
			}
		}
	}
	if len(w.cookies) > 0 && !given["credentials"] {
		r.credentials = fetch.CredentialsInclude
	}
	r.cookies = w.cookies
	r.settlePreflight()
	r.settleBody()
	return nil
}

// settleCall takes over what a call of fetch() says, as far as flags do not say otherwise.
func (r *checkRequest) settleCall(given map[string]bool) error {
	w := r.words
	if r.method == "" {
		r.method = w.method
	}
	for _, m := range []struct {
		flag, value string
		choice      choice
		into        choiceValue
	}{
		{"mode", w.mode, modeChoice, &r.mode}, {"credentials", w.credentials, credentialsChoice, &r.credentials},
		{"redirect", w.redirect, redirectChoice, &r.redirect}, {"referrer-policy", w.referrerPolicy, referrerPolicyChoice, &r.referrerPolicy},
	} {
		if m.value != "" && !given[m.flag] {
			if err := m.choice.read(m.into, m.value); err != nil {
				return fmt.Errorf("the text's %s: %w", m.flag, err)
			}
		}
	}
	return nil
}

// settlePage finds out the page's origin, where no flag says it: by Origin, or else by the referrer.
func (r *checkRequest) settlePage(url origin.URL, given map[string]bool) error {
	w := r.words
	referrer := w.referrer
	if v, ok := w.headers.get("Referer"); ok && referrer == "" {
		referrer = v
	}
	page, err := origin.ParseURL(referrer, nil)
	known := err == nil && !page.Origin().IsOpaque()
	from, hasOrigin := w.headers.get("Origin")
	if given["origin"] || given["page"] {
		return nil
	}
	if known {
		r.page = page
	}
	switch site, _ := w.headers.get("Sec-Fetch-Site"); {
	case hasOrigin:
		o, err := origin.Parse(from)
		if err != nil {
			return fmt.Errorf("the header Origin: %w", err)
		}
		if r.origin = o; known && o != page.Origin() {
			r.page = origin.URL{}
			r.notes = append(r.notes, fmt.Sprintf("The text has the Origin %s and a referrer of %s; the Origin counts.", o, page.Origin()))
		}
	case known:
		r.origin = page.Origin()
	case site == "same-origin" && url.IsValid():
		r.origin = url.Origin()
	case site == "none":
		return errors.New("Sec-Fetch-Site is \"none\": no page made this request, but whoever typed its address; give -origin to ask for a page")
	case w.headers.copied():
		r.notes = append(r.notes, fmt.Sprintf("The text does not tell the page's origin; %s is assumed, -origin says another.", r.origin))
	}
	return nil
}

// settleMode takes over mode and destination.
func (r *checkRequest) settleMode(url origin.URL, given map[string]bool) error {
	w := r.words
	if v, ok := w.headers.get("Sec-Fetch-Dest"); ok && !given["destination"] && v != "empty" {
		if err := r.destination.UnmarshalText([]byte(v)); err != nil {
			r.notes = append(r.notes, fmt.Sprintf("Sec-Fetch-Dest is %q, which is not known here.", v))
		}
	}
	mode, ok := w.headers.get("Sec-Fetch-Mode")
	_, upgrade := w.headers.get("Sec-WebSocket-Key")
	_, hasOrigin := w.headers.get("Origin")
	_, hasReferer := w.headers.get("Referer")
	switch {
	case given["mode"]:
	case mode == "websocket" || upgrade:
		return errors.New("this opens a WebSocket, which CORS has no part in: any page may, and the server has to look at Origin itself; to ask as fetch() would, give -mode cors and an http or https URL")
	case mode == "navigate":
		return errors.New("this is a navigation (Sec-Fetch-Mode: navigate), which CORS has no part in: the browser shows the page whatever the server allows; to ask as fetch() would, give -mode cors")
	case ok:
		if err := modeChoice.read(&r.mode, mode); err != nil {
			return fmt.Errorf("the header Sec-Fetch-Mode: %w", err)
		}
	case !hasOrigin && hasReferer && w.headers.copied() && url.IsValid() && url.Scheme() == "http" && url.Origin() != r.origin && w.mode == "":
		r.mode = fetch.ModeNoCORS
		r.notes = append(r.notes, "The text has no Sec-Fetch-Mode and no Origin; the mode is taken for \"no-cors\", which -mode says otherwise.")
	}
	if r.mode == fetch.ModeNoCORS && !given["credentials"] && w.credentials == "" {
		r.credentials = fetch.CredentialsInclude // as elements do
	}
	return nil
}

// settlePreflight makes the request that a pasted preflight asks for.
func (r *checkRequest) settlePreflight() {
	method, ok := r.words.headers.get("Access-Control-Request-Method")
	if !ok || r.method != "OPTIONS" || !safelist.IsMethod(method) {
		return
	}
	names, _ := r.words.headers.get("Access-Control-Request-Headers")
	r.method, r.headers = method, nil
	for name := range strings.SplitSeq(names, ",") {
		switch name = header.TrimTabOrSpace(name); header.Lower(name) {
		case "":
		case "content-type":
			r.headers = append(r.headers, [2]string{name, "application/json"})
		default:
			r.headers = append(r.headers, [2]string{name, "x"})
		}
	}
	r.notes = append(r.notes, "The text is a preflight, which browsers send by themselves; the request that it asks for is made up from it.")
}

// settleBody gives the body its type.
func (r *checkRequest) settleBody() {
	w := r.words
	if w.body != nil {
		body := w.body.String()
		r.body = &body
	}
	if r.body == nil || r.headers.Contains("Content-Type") || w.contentType == noContentType {
		return
	}
	kind := w.contentType
	if kind == "" {
		kind = "text/plain;charset=UTF-8" // as fetch() does for a string
	}
	r.headers = append(r.headers, [2]string{"Content-Type", kind})
}
