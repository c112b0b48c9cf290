package explain

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/safelist"
)

// A Style is how a part of a line is to look on a terminal.
type Style uint8

// The styles.
const (
	StylePlain  Style = iota
	StyleStrong       // what to read first
	StyleFaint        // what to read last
	StyleArrow        // which way something goes
	StyleGood
	StyleBad
)

// A Printer prints what went over the wire, and what became of it, for people. Text from outside is printed without
// what a terminal would obey and without the passwords of URLs, and cut where it is long.
type Printer struct {
	W io.Writer

	// Style returns the text in that style; nil: as it is.
	Style func(style Style, text string) string

	// OmitFix leaves out what to change: the page is meant to be blocked.
	OmitFix bool
}

// mostHeaders is how many headers of a message are printed.
const mostHeaders = 100

func (p Printer) style(s Style, text string) string {
	if p.Style == nil {
		return text
	}
	return p.Style(s, text)
}

func (p Printer) line(format string, args ...any) { fmt.Fprintf(p.W, format+"\n", args...) }

// Trace prints a whole fetch: each request and its response, the headers that browsers do not let a page set, and the
// result.
func (p Printer) Trace(t fetch.Trace, ignored fetch.HeaderList) {
	for _, e := range t.Exchanges {
		p.Action(e.Action)
		p.Response(e)
	}
	p.Ignored(ignored)
	p.Result(t)
}

var preflightReasons = map[fetch.PreflightReason]string{
	fetch.PreflightReasonFlag:    ", because the upload is listened to or streamed",
	fetch.PreflightReasonMethod:  ", because the method is not CORS-safelisted",
	fetch.PreflightReasonHeaders: ", because there are headers that are not CORS-safelisted",
}

// Action prints a request that is about to go out.
func (p Printer) Action(a fetch.Action) {
	what := ""
	if a.Kind == fetch.ActionSendPreflight {
		what = p.style(StyleFaint, "  (preflight"+preflightReasons[a.Reason]+")")
	} else if a.IncludeCredentials {
		what = p.style(StyleFaint, "  (with credentials)")
	}
	p.line("  %s %s %s%s", p.style(StyleArrow, "->"), p.style(StyleStrong, long(a.Method)), long(a.URL.WithoutFragment().String()), what)
	p.headers(Shown(a), func(string) bool { return true })
}

// Response prints what came back: the status, and the headers that matter here.
func (p Printer) Response(e fetch.Exchange) {
	if !e.Answered {
		p.line("  %s no response", p.style(StyleBad, "<-"))
		return
	}
	status := fmt.Sprint(e.Response.Status)
	if message := long(e.Response.StatusMessage); message != "" {
		status += " " + message
	}
	p.line("  %s %s", p.style(StyleArrow, "<-"), p.style(StyleStrong, status))
	p.headers(e.Response.Headers, Matters)
}

// Ignored prints the headers that browsers do not let a page set.
func (p Printer) Ignored(l fetch.HeaderList) {
	for _, h := range l[:min(len(l), mostHeaders)] {
		p.line("  %s", p.style(StyleFaint, fmt.Sprintf("ignored, as browsers do: %s: %s", long(h[0]), long(h[1]))))
	}
	if n := len(l) - mostHeaders; n > 0 {
		p.line("  … and %d more", n)
	}
}

func (p Printer) headers(l fetch.HeaderList, matters func(name string) bool) {
	printed := 0
	for _, h := range l {
		if !matters(h[0]) {
			continue
		}
		if printed++; printed <= mostHeaders {
			name := long(h[0])
			if !safelist.IsHeaderName(h[0]) { // "Access-Control-Allow-Origin ", say, is not that header
				name = `"` + name + `"`
			}
			p.line("     %s %s", p.style(StyleFaint, name+":"), long(h[1]))
		}
	}
	if printed > mostHeaders {
		p.line("     … and %d more", printed-mostHeaders)
	}
}

// Shown returns the headers of a request that a report shows: its own and Origin, without what else fetching adds, such
// as Referer and Fetch metadata.
func Shown(a fetch.Action) fetch.HeaderList {
	var shown fetch.HeaderList
	for i, h := range a.Headers {
		if i < a.Own || h[0] == "Origin" {
			shown = append(shown, h)
		}
	}
	return shown
}

// Matters reports whether what becomes of a response may depend on its headers of that name.
func Matters(name string) bool {
	switch name = header.Lower(name); name {
	case "vary", "location", "content-type", "cross-origin-resource-policy", "x-content-type-options", "timing-allow-origin", "referrer-policy", "set-cookie", "allow":
		return true
	}
	return strings.HasPrefix(name, "access-control-")
}

// Result prints the end: what the page gets, or why it gets nothing and what to do.
func (p Printer) Result(t fetch.Trace) {
	e, r, v := Trace(t), &t.Result.Response, t.Result.Verdict
	defer p.besides(&e)
	if !r.IsNetworkError() {
		p.line("  %s %s", p.style(StyleGood, "ALLOWED"), Seen(r))
		p.hidden(r)
		p.timing(r)
		return
	}
	word := "BLOCKED"
	if v.Code == fetch.CodeTransportError || v.Code == fetch.CodeAborted {
		word = "FAILED"
	}
	step := ""
	if v.Step != "" {
		step = fmt.Sprintf("  (%s, %s)", v.Step, e.Link)
	}
	p.line("  %s %s%s", p.style(StyleBad, word), p.style(StyleStrong, long(string(v.Code))), p.style(StyleFaint, step))
	p.line("     %s", e.Happened)
	p.say("Why", e.Why)
	if !p.OmitFix {
		p.say("Fix", e.Fix)
		for _, h := range e.Send {
			p.line("          %s", p.style(StyleGood, sendLine(h)))
		}
	}
	if t.Result.Reached && word == "BLOCKED" {
		p.line("     The server has handled the request all the same; only the page may not see what came back.")
	}
}

// besides prints what there is to say besides the verdict.
func (p Printer) besides(e *Explanation) {
	p.say("Sometimes", e.Sometimes)
	for _, c := range e.Causes {
		avoid := ""
		if !p.OmitFix {
			avoid = " " + c.Avoid()
		}
		p.line("     Preflight: %s.%s", c, avoid)
	}
	p.say("Engines", e.Engines)
}

func (p Printer) say(label, text string) {
	if text != "" {
		p.line("     %s: %s", label, text)
	}
}

// sendLine returns a header line that is advised, which may hold values of a server's.
func sendLine(h [2]string) string { return quote.Line(h[0]+": "+h[1], 4000) }

// Seen says what of a response the page sees.
func Seen(r *fetch.Response) string {
	switch r.Type {
	case fetch.ResponseTypeOpaque:
		return "the page may use the response, as an image or script can be used, but sees nothing of it (type \"opaque\")"
	case fetch.ResponseTypeOpaqueRedirect:
		return "the page learns that there was a redirect, and nothing more (type \"opaqueredirect\")"
	}
	return fmt.Sprintf("the page reads the response: status %d, type %q", r.Status, r.Type)
}

// timing prints what of the timing the page sees, of a response of another origin.
func (p Printer) timing(r *fetch.Response) {
	switch {
	case r.Type == fetch.ResponseTypeBasic:
	case r.TimingAllowPassed:
		p.line("     %s how long each part took", p.style(StyleFaint, "timing:"))
	default:
		p.line("     %s how long all of it took; Timing-Allow-Origin does not list the page", p.style(StyleFaint, "timing:"))
	}
}

// hidden prints the names of the headers that the server sent and the page does not see, of a CORS response.
func (p Printer) hidden(r *fetch.Response) {
	if r.Type != fetch.ResponseTypeCORS || r.Internal == nil {
		return
	}
	shown := map[string]bool{}
	for _, h := range r.Headers {
		shown[header.Lower(h[0])] = true
	}
	var hidden []string
	for _, h := range r.Internal.Headers {
		switch name := header.Lower(h[0]); {
		case shown[name] || strings.HasPrefix(name, "access-control-"):
		case slices.Contains([]string{"connection", "date", "keep-alive", "server", "transfer-encoding", "vary"}, name):
			// Pages do not miss them.
		default:
			hidden = append(hidden, h[0])
		}
	}
	if len(hidden) == 0 {
		return
	}
	more := ""
	if n := len(hidden) - mostHeaders; n > 0 {
		hidden, more = hidden[:mostHeaders], fmt.Sprintf(" and %d more", n)
	}
	for i, name := range hidden {
		hidden[i] = long(name)
	}
	p.line("     %s %s%s", p.style(StyleFaint, "hidden from the page:"), strings.Join(hidden, ", "), more)
}
