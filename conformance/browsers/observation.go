package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/isomorphic"
)

// An Observation is what came of a scenario: in a browser, or in the machine of package fetch.
type Observation struct {
	Network []Sent    `json:"network"`
	Results []Outcome `json:"results"`
}

// A Sent request is one that reached a server, or would have.
type Sent struct {
	Preflight bool   `json:"preflight,omitempty"`
	Method    string `json:"method"`
	URL       string `json:"url"`

	// Headers are those that the standard or the author determines, by lowercase name, the values of several lines with
	// a line feed between them.
	Headers map[string]string `json:"headers"`

	// Credentials says whether a cookie came along, or may. In the machine's observation it is null where the browser
	// would have no cookie to send.
	Credentials *bool `json:"credentials"`

	// Cookies are the names of the cookies that came along, in order. In the machine's observation they are null where
	// the page is not at {e}.
	Cookies *string `json:"cookies,omitempty"`

	closed bool // it got no answer
}

// appendSent appends a request, unless it repeats one that got no answer: a browser may try again where a connection is
// closed, and how often is not for the standard to say.
func appendSent(sent []Sent, s Sent) []Sent {
	if n := len(sent); n > 0 && sent[n-1].closed && sent[n-1].line() == s.line() {
		sent[n-1].closed = s.closed
		return sent
	}
	return append(sent, s)
}

// An Outcome is what the page learns of a step.
type Outcome struct {
	Outcome    string      `json:"outcome"` // "response", "error", "threw", "load", "none" where nothing is learnt, "timeout", "unsupported"
	Type       string      `json:"type,omitempty"`
	Status     int         `json:"status,omitempty"`
	URL        string      `json:"url,omitempty"`
	Redirected bool        `json:"redirected,omitempty"`
	Headers    [][2]string `json:"headers,omitempty"`
	Readable   *bool       `json:"readable,omitempty"` // of "load": whether scripts may look into it; null where they cannot try

	Message string `json:"message,omitempty"` // not compared
	Body    string `json:"body,omitempty"`    // not compared: why the body could not be read
	Code    string `json:"code,omitempty"`    // not compared: of the machine, or read from a browser's console
	Step    string `json:"step,omitempty"`    // not compared
}

// ownHeaders are the headers that browsers add by themselves and that the standard leaves to them, or does not
// determine from what this program compares. They count only where the machine has them, as the author's or by the
// standard.
var ownHeaders = []string{"accept", "accept-encoding", "accept-language", "connection", "content-length", "cookie", "dnt", "host",
	"if-modified-since", "if-none-match", "keep-alive", "origin-agent-cluster", "priority", "te", "upgrade-insecure-requests",
	"user-agent"}

// fetchMetadata are the headers of Fetch Metadata, whose absence counts as well. There are drafts of others.
var fetchMetadata = []string{"sec-fetch-dest", "sec-fetch-mode", "sec-fetch-site", "sec-fetch-user"}

func isOwnHeader(lower string) bool {
	return slices.Contains(ownHeaders, lower) || strings.HasPrefix(lower, "sec-") && !slices.Contains(fetchMetadata, lower)
}

// differences lists in words how what a browser did differs from what the machine did.
func differences(want, got Observation) (diffs []string) {
	differ := func(format string, args ...any) { diffs = append(diffs, fmt.Sprintf(format, args...)) }
	for i := range max(len(want.Network), len(got.Network)) {
		switch {
		case i >= len(got.Network):
			differ("request %d is not sent: %s", i, want.Network[i].line())
			continue
		case i >= len(want.Network):
			differ("request %d is sent: %s", i, got.Network[i].line())
			continue
		}
		w, g := want.Network[i], got.Network[i]
		if w.line() != g.line() {
			differ("request %d is %s, not %s", i, g.line(), w.line())
			continue
		}
		for _, name := range unionOfKeys(w.Headers, g.Headers) {
			wv, wok := w.Headers[name]
			gv, gok := g.Headers[name]
			if wok == gok && wv == gv || !wok && isOwnHeader(name) {
				continue
			}
			differ("request %d has %s %s, not %s", i, name, shown(gv, gok), shown(wv, wok))
		}
		if w.Credentials != nil && g.Credentials != nil && *w.Credentials != *g.Credentials {
			differ("request %d is sent with credentials: %v", i, *g.Credentials)
		}
		if w.Cookies != nil && g.Cookies != nil && *w.Cookies != *g.Cookies {
			differ("request %d is sent with the cookies %q, not %q", i, *g.Cookies, *w.Cookies)
		}
	}
	for i := range max(len(want.Results), len(got.Results)) {
		if i >= len(want.Results) || i >= len(got.Results) {
			differ("there are %d results, not %d", len(got.Results), len(want.Results))
			break
		}
		w, g := want.Results[i], got.Results[i]
		switch {
		case w.Outcome != g.Outcome:
			differ("step %d ends with %s, not %s", i, g.Outcome, w.Outcome)
			continue
		case w.Outcome != "response":
			if w.Readable != nil && g.Readable != nil && *w.Readable != *g.Readable {
				differ("step %d can be read: %v", i, *g.Readable)
			}
			continue
		case w.Type != g.Type:
			differ("step %d gives type %s, not %s", i, g.Type, w.Type)
		case w.Status != g.Status:
			differ("step %d gives status %d, not %d", i, g.Status, w.Status)
		case w.URL != g.URL:
			differ("step %d gives URL %s, not %s", i, g.URL, w.URL)
		case w.Redirected != g.Redirected:
			differ("step %d gives redirected %v", i, g.Redirected)
		}
		for _, name := range unionOfKeys(toMap(w.Headers), toMap(g.Headers)) {
			wv, wok := toMap(w.Headers)[name]
			gv, gok := toMap(g.Headers)[name]
			if wok != gok || wv != gv {
				differ("step %d shows %s %s, not %s", i, name, shown(gv, gok), shown(wv, wok))
			}
		}
	}
	return diffs
}

func (s Sent) line() string {
	kind := "a request"
	if s.Preflight {
		kind = "a preflight"
	}
	return kind + " " + s.Method + " " + s.URL
}

func shown(v string, ok bool) string {
	if !ok {
		return "(absent)"
	}
	if len(v) > 150 {
		return fmt.Sprintf("%q… (%d bytes)", v[:150], len(v))
	}
	return fmt.Sprintf("%q", v)
}

func toMap(l [][2]string) map[string]string {
	m := map[string]string{}
	for _, h := range l {
		addTo(m, h, ", ") // as get combines values
	}
	return m
}

// addTo adds a header to a map by lowercase name, with that between values.
func addTo(m map[string]string, h [2]string, between string) {
	name := strings.ToLower(h[0])
	if v, ok := m[name]; ok {
		m[name] = v + between + h[1]
	} else {
		m[name] = h[1]
	}
}

func unionOfKeys(a, b map[string]string) []string {
	var keys []string
	for _, m := range []map[string]string{a, b} {
		for k := range m {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// observed turns what arrived at the servers into the network of an observation.
func observed(heads []arrived) []Sent {
	sent := []Sent{}
	for _, a := range heads {
		method, target, headers := parseHead(a.head)
		s := Sent{Preflight: isPreflight(method, headers), Method: method, URL: a.origin + target, Headers: map[string]string{}}
		cookie, names := false, ""
		for _, h := range headers {
			if strings.EqualFold(h[0], "Cookie") {
				cookie, names = true, cookieNames(h[1])
			} else {
				addTo(s.Headers, h, "\n")
			}
		}
		s.Credentials, s.Cookies = &cookie, &names
		s.closed = a.closed
		sent = appendSent(sent, s)
	}
	return sent
}

// bytesOf returns the bytes that a string from a page stands for.
func bytesOf(s string) string {
	b, _ := isomorphic.Encode(s) // pages give no other code points
	return b
}
