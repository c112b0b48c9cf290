package fetchtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/quote"
)

var preflightReasons = map[fetch.PreflightReason]string{
	fetch.PreflightReasonFlag:    "because the upload is listened to or streamed",
	fetch.PreflightReasonMethod:  "because of the method",
	fetch.PreflightReasonHeaders: "because of the headers",
}

// report says what happened, why, and what to change, line by line.
func (f *fetched) report() string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, "  "+format+"\n", args...) }
	headers := func(l fetch.HeaderList) {
		for _, h := range l {
			line("   %s: %s", printable(h[0]), printable(h[1]))
		}
	}
	for _, e := range f.trace.Exchanges {
		a, kind := e.Action, ""
		switch {
		case a.Kind == fetch.ActionSendPreflight:
			kind = "  (preflight, sent by the browser " + preflightReasons[a.Reason] + ")"
		case a.IncludeCredentials:
			kind = "  (with credentials)"
		}
		line("-> %s %s%s", printable(a.Method), printable(a.URL.WithoutFragment().String()), kind)
		headers(a.Headers)
		if !e.Answered {
			line("<- no response")
			continue
		}
		line("<- %s", strings.TrimSpace(fmt.Sprintf("%d %s", e.Response.Status, http.StatusText(e.Response.Status))))
		headers(e.Response.Headers)
	}
	for _, h := range f.ignored {
		line("ignored, as browsers do: %s: %s", printable(h[0]), printable(h[1]))
	}
	switch r := &f.trace.Result; {
	case r.Response.IsNetworkError():
		if s := f.swallowed(); s != "" {
			line("%s", s)
		}
		for text := range strings.Lines(f.trace.Explain().String()) {
			line("%s", printable(strings.TrimSuffix(text, "\n")))
		}
		if c := r.Verdict.Code; r.Reached && c != fetch.CodeTransportError && c != fetch.CodeAborted {
			line("The server has handled the request all the same.")
		}
	case fetch.CORSSameOrigin(r.Response.Type):
		line("The page reads a response of type %q with status %d.", r.Response.Type, r.Response.Status)
	default:
		line("The page may use the response of type %q, but sees nothing of it.", r.Response.Type)
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// swallowed names what answers OPTIONS ahead of the code that knows of CORS, if that is what it looks like.
func (f *fetched) swallowed() string {
	last := f.trace.Exchanges
	if len(last) == 0 {
		return ""
	}
	e := last[len(last)-1]
	if e.Action.Kind != fetch.ActionSendPreflight || !e.Answered || e.Response.Headers.Contains("Access-Control-Allow-Origin") {
		return ""
	}
	if e.Response.Status != http.StatusMethodNotAllowed && e.Response.Status != http.StatusNotFound {
		return ""
	}
	answer := fmt.Sprintf("OPTIONS is swallowed: it is answered with %d %s", e.Response.Status, http.StatusText(e.Response.Status))
	if allow, ok := e.Response.Headers.Get("Allow"); ok {
		answer += fmt.Sprintf(" (Allow: %s)", printable(allow))
	}
	const how = "Put the CORS middleware around the mux, not into it"
	asked, _ := e.Action.Headers.Get("Access-Control-Request-Method")
	if f.target.mux == nil {
		return fmt.Sprintf("%s, as a router does whose patterns have methods: \"%s %s\" matches no OPTIONS. %s, or let OPTIONS through.",
			answer, printable(asked), printable(e.Action.URL.Pathname()), how)
	}
	if p := f.pattern(http.MethodOptions, e.Action); p != "" {
		return fmt.Sprintf("%s by the handler of the pattern %q.", answer, p)
	}
	if p := f.pattern(asked, e.Action); p != "" {
		return fmt.Sprintf("%s by the mux, whose pattern %q matches no OPTIONS. %s, or register a pattern for OPTIONS too.", answer, p, how)
	}
	return answer + " by the mux, which has no pattern for it."
}

// pattern returns the pattern of the mux that a request with that method is routed to.
func (f *fetched) pattern(method string, a fetch.Action) string {
	u, err := url.ParseRequestURI(a.URL.Pathname())
	if err != nil {
		return ""
	}
	_, pattern := f.target.mux.Handler(&http.Request{Method: method, URL: u, Host: a.URL.Hostname()})
	return pattern
}

// maxShown is how many bytes of a line a report shows.
const maxShown = 1000

// printable keeps text from outside on one line and out of the terminal's hands.
func printable(s string) string { return quote.Line(s, maxShown) }
