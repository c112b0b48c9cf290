package explain

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// The headers that are advised.
const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowHeaders     = "Access-Control-Allow-Headers"
)

// mostAdvised is how long a value may be that is advised.
const mostAdvised = 1000

// An advice is what to change, as data.
type advice struct {
	Explanation          // where and what: Where, Status, Send, URL and Omit
	client      string   // what the client is to change as well, ahead of the text
	text        string   // "{headers}" stands for the header, or for the headers where several lack; "{url}" for the URL
	lacks       int      // names that the response to the preflight would have to list
	and         bool     // the text does not say of the status
	also        []string // what else the response to OPTIONS is to allow
}

// newAdvice returns what can be advised from a verdict alone.
func newAdvice(v fetch.Verdict) advice {
	w := wordsOf(v)
	a := advice{Explanation: Explanation{Where: w.where, Status: w.status}, text: w.fix}
	if w.send != nil {
		a.Send = w.send(v)
	}
	if v.Want == "null" && w.nullFix != "" {
		a.text = w.nullFix
	}
	switch v.Code {
	case fetch.CodeWildcardOriginNotAllowed, fetch.CodePreflightWildcardOriginNotAllowed:
		if v.Want == "null" {
			return advice{Explanation: Explanation{Where: WhereClient, Omit: true}, text: omitCredentials}
		}
	case fetch.CodeMethodDisallowedByPreflight:
		upper := strings.ToUpper(v.Want)
		write := "on the client, write the method as " + quote.Quote(upper)
		switch {
		case upper == v.Want:
		case slices.Contains(tokens(v.Value), upper):
			a.Where = WhereClient
			a.text = write + ": methods are case-sensitive. Or, on the response to OPTIONS, list it as the client writes it."
		default:
			a.text = "on the response to OPTIONS, list the method as the client writes it: methods are case-sensitive. Or " + write + ", and list that."
		}
	}
	return a
}

// String is the advice in words.
func (a advice) String() string {
	named := func(name string) (string, bool) {
		switch {
		case name == "url":
			return quote.Quote(a.URL), true
		case name == "headers" && a.lacks > 1:
			return "the headers", true
		}
		return "the header", name == "headers"
	}
	s := fill(a.text, named)
	if a.Where == WherePreflightAndResponse {
		s = "on the response to OPTIONS, and on the response itself: " + s
	}
	if a.and {
		s += " And " + answerOPTIONS
	}
	if len(a.also) > 0 {
		s += " On the response to OPTIONS, also allow " + conjunction(a.also) + "."
	}
	if a.client != "" {
		s = fill(a.client, named) + " And on the server: " + s
	}
	return s
}

func conjunction(names []string) string {
	last := len(names) - 1
	if last < 1 {
		return strings.Join(names, "")
	}
	return strings.Join(names[:last], ", ") + " and " + names[last]
}

// The header lines that are advised. To share with the origin "null" is to share with every sandboxed page; "*" at
// least says so. What names one origin depends on the request's.

func sendOrigin(v fetch.Verdict) fetch.HeaderList {
	if v.Want == "null" {
		return fetch.HeaderList{{allowOrigin, "*"}}
	}
	return fetch.HeaderList{{allowOrigin, v.Want}, {"Vary", "Origin"}}
}

func sendOriginAndCredentials(v fetch.Verdict) fetch.HeaderList {
	return withCredentials(sendOrigin(v))
}

// withCredentials puts the line that allows credentials behind the one that names the origin.
func withCredentials(l fetch.HeaderList) fetch.HeaderList {
	return slices.Insert(l, min(1, len(l)), [2]string{allowCredentials, "true"})
}

// sendWanted sends what the verdict says that would have had to be there.
func sendWanted(v fetch.Verdict) fetch.HeaderList { return fetch.HeaderList{{v.Header, v.Want}} }

func sendRepaired(v fetch.Verdict) fetch.HeaderList {
	if list := repaired(v); list != "" {
		return fetch.HeaderList{{v.Header, list}}
	}
	return nil
}

func sendExtended(v fetch.Verdict) fetch.HeaderList {
	return fetch.HeaderList{{v.Header, extended(v, v.Want)}}
}

// extended returns the list at fault with what it lacks, so that who sends it loses nothing of what was allowed before.
func extended(v fetch.Verdict, lacks ...string) string {
	all := strings.Join(lacks, ", ")
	if len(all) > mostAdvised {
		all = lacks[0] // it is what the explanation names
	}
	if v.Lines != 1 || v.Value == "" || len(v.Value)+len(all) > mostAdvised {
		return all
	}
	return v.Value + ", " + all
}

// repaired returns the tokens of a malformed list, and what was asked for, as a list.
func repaired(v fetch.Verdict) string {
	if len(v.Value) > mostAdvised {
		return v.Want
	}
	var list []string
	for _, token := range append(tokens(v.Value), v.Want) {
		if token != "" && !slices.Contains(list, token) {
			list = append(list, token)
		}
	}
	return strings.Join(list, ", ")
}

// tokens returns what could be names in a list, whatever stands between them.
func tokens(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return !header.IsToken(string(r)) })
}

// complete adds what the trace knows of the request, so that who follows the advice does not have to come back for
// more.
func (a *advice) complete(t *fetch.Trace, last *fetch.Exchange, small bool) {
	v := t.Result.Verdict
	followed := *t // the fetch as the client makes it, where it follows the advice
	if isOfCORSCheck(v) {
		include := t.Request.Credentials == fetch.CredentialsInclude
		switch {
		case asNull(last):
			a.forNull(t, last, &followed)
		case include && len(a.Send) != 0 && !a.Send.Contains(allowCredentials): // a hook's verdict has none
			a.Send = withCredentials(a.Send)
		}
	}
	if last.Action.Kind != fetch.ActionSendPreflight {
		return
	}
	if u, ok := redirectsTo(last); ok && !asksForLogin(u) && canAskFor(t, u) {
		a.URL = u.String()
		if v.Code == fetch.CodePreflightDisallowedRedirect {
			a.text = "on the client, ask for {url}, or answer OPTIONS with 204 at the first URL."
		} else {
			a.text += " Or, on the client, ask for {url}, to which the redirect leads."
		}
	}
	if !small {
		return
	}
	switch {
	case isOfCORSCheck(v):
		a.completePreflight(&followed)
	case strings.HasPrefix(string(v.Step), "cors-preflight-fetch:"):
		a.Send = nil // it comes again, with the rest
		a.completePreflight(&followed)
	}
}

// canAskFor reports whether the client of a trace can ask for a URL to which it was redirected, and a reader for it.
func canAskFor(t *fetch.Trace, u origin.URL) bool {
	r := t.Request
	r.URLList = []origin.URL{u}
	isHTTP := u.Scheme() == "https" || u.Scheme() == "http"
	return isHTTP && !u.IncludesCredentials() && len(u.String()) <= mostAdvised && fetch.BlockBadPort(&r).OK() && fetch.BlockMixedContent(&r).OK()
}

// forNull advises what to do for a request whose origin is "null", by what made it so. Who shares a response with that
// origin shares it with every sandboxed page, so that credentials are never for it.
func (a *advice) forNull(t *fetch.Trace, last *fetch.Exchange, followed *fetch.Trace) {
	include := t.Request.Credentials == fetch.CredentialsInclude
	final := last.Action.URL.WithoutFragment()
	direct := !t.Request.Origin.IsOpaque() && canAskFor(t, final) &&
		(last.Action.Kind != fetch.ActionSendRequest || last.Action.Method == t.Request.Method)
	switch {
	case direct && include:
		*a = advice{client: askFinal, text: allowPage}
		a.Send = withCredentials(fetch.HeaderList{{allowOrigin, t.Request.Origin.String()}, {"Vary", "Origin"}})
		followed.Request.URLList = []origin.URL{last.Action.URL}
		first := slices.IndexFunc(t.Exchanges, func(e fetch.Exchange) bool { return e.Action.Hop == last.Action.Hop })
		followed.Exchanges, followed.Events = t.Exchanges[first:], nil
	case direct:
		a.text += " Or, " + askFinal
	case include:
		*a = advice{client: omitCredentials, text: allowThem}
		a.Send, a.Omit = fetch.HeaderList{{allowOrigin, "*"}}, true
		followed.Request.Credentials = fetch.CredentialsSameOrigin
	}
	a.Where = wordsOf(t.Result.Verdict).where
	if direct {
		a.URL = final.String()
	}
}

// completePreflight adds what the response to the preflight, which was the last, lacks besides.
func (a *advice) completePreflight(t *fetch.Trace) {
	mended := *t
	mended.Exchanges = slices.Clone(t.Exchanges)
	last := &mended.Exchanges[len(t.Exchanges)-1]
	resp := &last.Response
	resp.Headers = slices.Clone(resp.Headers)
	for _, h := range a.Send {
		resp.Headers.Set(h[0], h[1])
	}
	if !safelist.IsOKStatus(resp.Status) {
		a.Status, a.and = 204, a.Status == 0
		resp.Status = a.Status
	}
	for range 3 { // a header may be malformed, and still lack names once it is mended
		v := replay(&mended, t.Agent.Profile).result.Verdict
		v.Value, _ = resp.Headers.Get(v.Header)
		v.Lines = 1
		value, what := "", "the method"
		switch v.Code {
		case fetch.CodePreflightInvalidAllowMethods:
			value = repaired(v)
		case fetch.CodeMethodDisallowedByPreflight:
			value = extended(v, v.Want)
		case fetch.CodePreflightInvalidAllowHeaders:
			value, what = repaired(v), "the headers"
		case fetch.CodeHeaderDisallowedByPreflight, fetch.CodeAuthorizationNotCoveredByWildcard:
			lacks := unlisted(&mended, last)
			a.lacks = len(lacks)
			value, what = extended(v, lacks...), "the headers"
		default:
			return
		}
		resp.Headers.Set(v.Header, value)
		a.Send.Set(v.Header, value)
		if v.Header != t.Result.Verdict.Header && !slices.Contains(a.also, what) {
			a.also = append(a.also, what)
		}
	}
}

// unlisted returns the names that the response to a preflight does not list and would have to.
func unlisted(t *fetch.Trace, preflight *fetch.Exchange) (names []string) {
	list, _ := header.ExtractListValues(preflight.Response.Headers, allowHeaders)
	listed := make(map[string]bool, len(list))
	for _, name := range list {
		listed[header.Lower(name)] = true
	}
	any := t.Request.Credentials != fetch.CredentialsInclude && listed["*"]
	asked, _ := preflight.Action.Headers.Get("Access-Control-Request-Headers")
	for name := range strings.SplitSeq(asked, ",") {
		if !listed[name] && (!any || safelist.IsCORSNonWildcardRequestHeaderName(name)) {
			names = append(names, name)
		}
	}
	return names
}
