package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/safelist"
)

// A printer writes for people: with colour on a terminal, plain elsewhere.
type printer struct {
	w      io.Writer
	colour bool
}

func newPrinter(w io.Writer) printer {
	return printer{w, isTerminal(w) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
}

// The SGR codes that a printer uses.
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
	cyan  = "36"
)

// style returns s in that style, if there is colour.
func (p printer) style(code, s string) string {
	if !p.colour {
		return s
	}
	return "\x1b[" + code + "m" + s + "\x1b[0m"
}

func (p printer) line(format string, args ...any) { fmt.Fprintf(p.w, format+"\n", args...) }

// printable returns s with what a terminal would obey written as an escape.
func printable(s string) string { return quote.Line(s, len(s)) }

// mattersInResponse reports whether what becomes of a response may depend on the headers of that name.
func mattersInResponse(name string) bool {
	switch name = strings.ToLower(name); name {
	case "vary", "location", "content-type", "cross-origin-resource-policy", "x-content-type-options", "timing-allow-origin", "referrer-policy", "set-cookie", "allow":
		return true
	}
	return strings.HasPrefix(name, "access-control-")
}

// What a server sends may be long. These many bytes of a value or a URL are printed, and so many headers.
const (
	mostBytes   = 300
	mostHeaders = 100
)

// short is printable, of a long text no more than the beginning.
func short(s string) string { return quote.Line(s, mostBytes) }

func (p printer) headers(l fetch.HeaderList, matters func(name string) bool) {
	printed := 0
	for _, h := range l {
		if !matters(h[0]) {
			continue
		}
		if printed++; printed <= mostHeaders {
			name := short(h[0])
			if !safelist.IsHeaderName(h[0]) { // "Access-Control-Allow-Origin ", say, is not that header
				name = `"` + name + `"`
			}
			p.line("     %s %s", p.style(dim, name+":"), short(h[1]))
		}
	}
	if printed > mostHeaders {
		p.line("     … and %d more", printed-mostHeaders)
	}
}

var preflightReasons = map[fetch.PreflightReason]string{
	fetch.PreflightReasonFlag:    "because the upload is listened to or streamed",
	fetch.PreflightReasonMethod:  "because the method is not CORS-safelisted",
	fetch.PreflightReasonHeaders: "because there are headers that are not CORS-safelisted",
}

// action prints a request that is about to go out.
func (p printer) action(a fetch.Action) {
	what := ""
	if a.Kind == fetch.ActionSendPreflight {
		what = p.style(dim, "  (preflight, "+preflightReasons[a.Reason]+")")
	} else if a.IncludeCredentials {
		what = p.style(dim, "  (with credentials)")
	}
	p.line("  %s %s %s%s", p.style(cyan, "->"), p.style(bold, printable(a.Method)), short(a.URL.WithoutFragment().String()), what)
	p.headers(a.Headers, func(string) bool { return true })
}

// exchange prints what came back.
func (p printer) exchange(e fetch.Exchange) {
	if !e.Answered {
		p.line("  %s no response", p.style(red, "<-"))
		return
	}
	p.line("  %s %s", p.style(cyan, "<-"), p.style(bold, fmt.Sprint(e.Response.Status)))
	p.headers(e.Response.Headers, mattersInResponse)
}

// verdict prints the end: what the page gets, or why it gets nothing and what to do.
func (p printer) verdict(log traced) {
	result, e := log.Result, log.Explain()
	if e.Engines != "" {
		defer p.line("     Engines: %s", printable(e.Engines))
	}
	r := &result.Response
	if !r.IsNetworkError() {
		p.line("  %s %s", p.style(green, "ALLOWED"), seen(r))
		if hidden := hiddenHeaders(r); len(hidden) > 0 {
			more := ""
			if n := len(hidden) - mostHeaders; n > 0 {
				hidden, more = hidden[:mostHeaders], fmt.Sprintf(" and %d more", n)
			}
			p.line("     %s %s%s", p.style(dim, "hidden from the page:"), strings.Join(hidden, ", "), more)
		}
		return
	}
	v := result.Verdict
	word := "BLOCKED"
	if v.Code == fetch.CodeTransportError || v.Code == fetch.CodeAborted {
		word = "FAILED"
	}
	step := ""
	if v.Step != "" {
		step = fmt.Sprintf("  (%s, %s)", v.Step, v.Step.URL())
	}
	p.line("  %s %s%s", p.style(red, word), p.style(bold, string(v.Code)), p.style(dim, step))
	p.line("     %s", printable(e.Happened))
	if e.Why != "" {
		p.line("     Why: %s", printable(e.Why))
	}
	if e.Fix != "" {
		p.line("     Fix: %s", printable(e.Fix))
	}
	for _, h := range e.Send {
		p.line("          %s", p.style(green, printable(h[0]+": "+h[1])))
	}
	if result.Reached && word == "BLOCKED" {
		p.line("     The server has handled the request all the same; only the page may not see what came back.")
	}
}

// seen says what of a response the page sees.
func seen(r *fetch.Response) string {
	switch r.Type {
	case fetch.ResponseTypeOpaque:
		return "the page may use the response, as an image or script can be used, but sees nothing of it (type \"opaque\")"
	case fetch.ResponseTypeOpaqueRedirect:
		return "the page learns that there was a redirect, and nothing more (type \"opaqueredirect\")"
	}
	return fmt.Sprintf("the page reads the response: status %d, type %q", r.Status, r.Type)
}

// hiddenHeaders returns the names of the headers that the server sent and the page does not see, of a CORS response.
func hiddenHeaders(r *fetch.Response) []string {
	if r.Type != fetch.ResponseTypeCORS || r.Internal == nil {
		return nil
	}
	var hidden []string
	for _, h := range r.Internal.Headers {
		switch name := strings.ToLower(h[0]); {
		case r.Headers.Contains(h[0]) || strings.HasPrefix(name, "access-control-"):
		case slices.Contains([]string{"connection", "date", "keep-alive", "server", "transfer-encoding", "vary"}, name):
			// Pages do not miss them.
		default:
			hidden = append(hidden, short(h[0]))
		}
	}
	return hidden
}
