package fetchtest

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/explain"
	"github.com/corspec/corspec/internal/quote"
)

// mostShown is how much of a value is shown.
const mostShown = 300

// report says what happened, why, and what to change, line by line. Of a page that is meant to be blocked it does not
// say what would let it in.
func (f *fetched) report(meantBlocked bool) string {
	var b strings.Builder
	p := explain.Printer{W: &b, OmitFix: meantBlocked}
	for _, e := range f.trace.Exchanges {
		p.Action(e.Action)
		p.Response(e)
	}
	p.Ignored(f.ignored)
	for _, w := range f.withheld {
		fmt.Fprintf(&b, "  %s\n", w)
	}
	if s := f.swallowed(); s != "" {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	p.Result(f.trace)
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
		answer += fmt.Sprintf(" (Allow: %s)", quote.Line(allow, mostShown))
	}
	const how = "Put the CORS middleware around the mux, not into it"
	asked, _ := e.Action.Headers.Get("Access-Control-Request-Method")
	if f.target.mux == nil {
		return fmt.Sprintf("%s, as a router does whose patterns have methods: \"%s %s\" matches no OPTIONS. %s, or let OPTIONS through.",
			answer, quote.Line(asked, mostShown), quote.Line(e.Action.URL.Pathname(), mostShown), how)
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
