package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/isomorphic"
)

// A checkReport is what check -json prints. Its network and result have the shapes of the executor's "fetch".
type checkReport struct {
	Origin      string          `json:"origin"`
	Method      string          `json:"method"`
	URL         string          `json:"url"`
	Mode        string          `json:"mode"`
	Credentials string          `json:"credentials"`
	Redirect    string          `json:"redirect"`
	Destination string          `json:"destination,omitempty"`
	Page        string          `json:"page,omitempty"`           // its URL, if that is known
	Element     string          `json:"element,omitempty"`        // that makes the request, if it is not fetch()
	Embedder    string          `json:"embedderPolicy,omitempty"` // of the page
	Referrer    string          `json:"referrerPolicy,omitempty"`
	Browser     string          `json:"browser"` // whose rules decide
	Network     []networkReport `json:"network"`
	Ignored     [][2]string     `json:"ignored,omitempty"`
	Own         [][2]string     `json:"own,omitempty"`   // headers that were taken for the browser's own
	Notes       []string        `json:"notes,omitempty"` // what else there is to say
	Events      []eventReport   `json:"events"`
	Outcome     string          `json:"outcome"` // "allowed", "blocked" or "failed"
	Reached     bool            `json:"reached"`
	Hop         int             `json:"hop"`
	Response    *responseReport `json:"response,omitempty"`
	Preflight   []causeReport   `json:"preflight,omitempty"` // what the preflight that was sent is for
	Timing      *bool           `json:"timing,omitempty"`    // whether the page sees how long each part of it took; absent where it is blocked
	Code        string          `json:"code,omitempty"`
	Step        string          `json:"step,omitempty"`
	Explanation *explanation    `json:"explanation,omitempty"`
	Engines     string          `json:"engines,omitempty"` // which decide otherwise
}

type networkReport struct {
	Kind        string      `json:"kind"`
	Method      string      `json:"method"`
	URL         string      `json:"url"`
	Headers     [][2]string `json:"headers"`
	Credentials bool        `json:"credentials"`
	Response    *headReport `json:"response"` // null if there was none
}

type headReport struct {
	Status  int         `json:"status"`
	Headers [][2]string `json:"headers"`
}

type responseReport struct {
	Type       string      `json:"type"`
	Status     int         `json:"status"`
	Headers    [][2]string `json:"headers"`
	URL        string      `json:"url"`
	Redirected bool        `json:"redirected"`
}

type eventReport struct {
	Hop     int    `json:"hop"`
	Step    string `json:"step"`
	Outcome string `json:"outcome"`
	Subject string `json:"subject,omitempty"`
}

type explanation struct {
	Happened string      `json:"happened"`
	Why      string      `json:"why"`
	Fix      string      `json:"fix"`
	Send     [][2]string `json:"send,omitempty"`
	URL      string      `json:"url,omitempty"`  // that the client asks for instead
	Omit     bool        `json:"omit,omitempty"` // the client makes the request without credentials
	Link     string      `json:"link"`
	Engines  string      `json:"engines,omitempty"`

	Sometimes string `json:"sometimes,omitempty"` // why it may fail only sometimes
}

// A causeReport is one thing that a preflight is for.
type causeReport struct {
	Reason string `json:"reason"`          // "use-cors-preflight", "method" or "headers"
	Name   string `json:"name,omitempty"`  // of the header, or the method
	Value  string `json:"value,omitempty"` // of the header
	Rule   string `json:"rule,omitempty"`  // what stands against the header
	Byte   *int   `json:"byte,omitempty"`  // of the value, if it is one byte
	Text   string `json:"text"`
	Avoid  string `json:"avoid"`
}

func newReport(r *checkRequest, url string, log traced) checkReport {
	result, e := log.Result, explain.Trace(log.Trace)
	report := checkReport{Origin: r.origin.String(), Method: r.effectiveMethod(), URL: url, Mode: r.mode.String(), Credentials: r.credentials.String(), Redirect: r.redirect.String(), Browser: r.browser.String(), Engines: e.Engines,
		Network: []networkReport{}, Events: []eventReport{}, Ignored: jsonHeaders(log.ignored), Own: jsonHeaders(r.own), Notes: r.notes, Destination: r.destination.String(), Reached: result.Reached, Hop: result.Hop, Outcome: "allowed"}
	if r.page.IsValid() {
		report.Page = r.page.String()
	}
	if r.element != 0 {
		report.Element = r.element.String()
	}
	if r.embedderPolicy != fetch.EmbedderPolicyUnsafeNone {
		report.Embedder = r.embedderPolicy.String()
	}
	report.Referrer = r.referrerPolicy.String()
	for _, e := range log.exchanges() {
		n := networkReport{Kind: e.Action.Kind.String(), Method: e.Action.Method, URL: e.Action.URL.WithoutFragment().String(), Headers: jsonHeaders(explain.Shown(e.Action)), Credentials: e.Action.IncludeCredentials}
		if e.Answered {
			n.Response = &headReport{e.Response.Status, jsonHeaders(e.Response.Headers)}
		}
		report.Network = append(report.Network, n)
	}
	for _, e := range log.Events {
		report.Events = append(report.Events, eventReport{e.Hop, string(e.Step), string(e.Outcome), e.Subject})
	}
	for _, c := range e.Causes {
		cause := causeReport{Reason: string(c.Preflight), Name: isomorphic.Decode(c.Name), Value: isomorphic.Decode(c.Value), Rule: string(c.Rule.Rule), Text: c.String(), Avoid: c.Avoid()}
		if c.Rule.Rule != "" && c.Rule.Byte >= 0 {
			cause.Byte = &c.Rule.Byte
		}
		report.Preflight = append(report.Preflight, cause)
	}
	if resp := &result.Response; !resp.IsNetworkError() {
		report.Timing = &resp.TimingAllowPassed
		report.Response = &responseReport{Type: resp.Type.String(), Status: resp.Status, Headers: jsonHeaders(resp.Headers), Redirected: resp.Redirected()}
		if u, ok := resp.URL(); ok {
			report.Response.URL = u.WithoutFragment().String()
		}
		return report
	}
	report.Outcome = "blocked"
	if exitStatus(result) == exitUsage {
		report.Outcome = "failed"
	}
	report.Code, report.Step = string(result.Verdict.Code), string(result.Verdict.Step)
	report.Explanation = &explanation{e.Happened, e.Why, e.Fix, jsonHeaders(e.Send), e.URL, e.Omit, e.Link, e.Engines, e.Sometimes}
	return report
}

// jsonHeaders returns a header list of which each byte becomes a code point in JSON, as in the executor's answers. It
// is never nil.
func jsonHeaders(l fetch.HeaderList) [][2]string {
	list := make([][2]string, len(l))
	for i, h := range l {
		list[i] = [2]string{isomorphic.Decode(h[0]), isomorphic.Decode(h[1])}
	}
	return list
}

// printJSON prints one of the reports; what becomes of the output, run looks at.
func printJSON(w io.Writer, v any) { w.Write(indentedJSON(v, "")) }

// indentedJSON encodes one of the reports, all of which encode, with a prefix for each line but the first. What a
// terminal would obey is escaped in strings, where that changes nothing.
func indentedJSON(v any, prefix string) []byte {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetIndent(prefix, "  ")
	enc.SetEscapeHTML(false)
	enc.Encode(v)
	if !bytes.ContainsFunc(b.Bytes(), func(r rune) bool { return r != '\n' && (r < ' ' || r > '~') }) {
		return b.Bytes()
	}
	out := make([]byte, 0, b.Len())
	for _, r := range b.String() {
		switch {
		case r == '\n' || unicode.IsPrint(r):
			out = utf8.AppendRune(out, r)
		case r > 0xFFFF:
			high, low := utf16.EncodeRune(r)
			out = fmt.Appendf(out, "\\u%04x\\u%04x", high, low)
		default:
			out = fmt.Appendf(out, "\\u%04x", r)
		}
	}
	return out
}
