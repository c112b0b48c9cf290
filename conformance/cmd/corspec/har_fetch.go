package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/safelist"
)

// A harFetch is one fetch of a page, put together from the entries of a file.
type harFetch struct {
	reader  *harReader
	request fetch.Request
	chain   []*harExchange // the request and what its redirects led to; empty for a preflight alone
	lone    *harExchange   // a preflight without its request
	notes   []string

	preflights []*harExchange // by hop: what has been found for it
}

// judge runs the fetch with the answers of the file.
func (f *harFetch) judge() error {
	if !safelist.IsMethod(f.request.Method) {
		return fmt.Errorf("request.method %q is no method", f.request.Method)
	}
	f.findPreflights()
	f.request.Headers = f.authorHeaders()
	f.setFlags()
	given := f.reader.given["credentials"]
	switch {
	case f.sendsCookies() || f.request.Mode == fetch.ModeNoCORS:
		f.request.Credentials = fetch.CredentialsInclude
	case given && f.request.UnsafeRequest: // fonts and the like have theirs
		f.request.Credentials = f.reader.defaults.credentials
	}
	a, err := f.run(f.request.Credentials)
	if err != nil {
		return err
	}
	if !given && f.request.UnsafeRequest && f.request.Credentials == fetch.CredentialsSameOrigin && a.outcome() == "allowed" {
		if a, err = f.tryCredentials(a); err != nil {
			return err
		}
	}
	a.notes = append(f.notes, a.notes...)
	f.compareWithBrowser(a)
	f.reader.report.fetches = append(f.reader.report.fetches, a)
	return nil
}

// tryCredentials looks what would be with credentials, of which the file shows none; browsers can leave cookies out of it. If
// the browser has blocked what is allowed without, and with them there is a reason, then that is it.
func (f *harFetch) tryCredentials(without *answered) (*answered, error) {
	with, err := f.run(fetch.CredentialsInclude)
	if err != nil || with.outcome() != "blocked" {
		return without, err
	}
	code := with.log.Result.Verdict.Code
	switch {
	case f.browserFailed():
		with.notes = append(with.notes, "The file shows no cookies, but the browser blocked the request, which fits credentials mode \"include\" alone.")
		return with, nil
	case f.reader.cookies[f.request.CurrentURL().Hostname()]: // the file would show them here too
	case f.reader.engine != chromium: // its files show what it has blocked
		without.notes = append(without.notes, fmt.Sprintf("The file shows no cookies, so the credentials mode is taken for \"same-origin\"; with \"include\" it would be blocked: %s. Say which with -credentials.", code))
	}
	return without, nil
}

// browserFailed reports whether the file says that the browser had no response for the page.
func (f *harFetch) browserFailed() bool {
	if len(f.chain) == 0 {
		return false
	}
	last := f.chain[len(f.chain)-1]
	return !last.answered() || last.failure() != ""
}

// compareWithBrowser adds what there is to say where the browser decided otherwise.
func (f *harFetch) compareWithBrowser(a *answered) {
	if a.undecided != "" || len(f.chain) == 0 {
		return
	}
	last := f.chain[len(f.chain)-1]
	verdict := a.log.Result.Verdict
	switch blocked := a.outcome() == "blocked"; {
	case !blocked && f.browserFailed():
		note := "The browser gave the page no response all the same"
		if s := last.failure(); s != "" {
			note += " (" + s + ")"
		}
		a.notes = append(a.notes, note+": something other than CORS stopped it, such as an extension, a Content Security Policy, a lost connection, or credentials that the file does not show.")
	case blocked:
		if n := engineNote(f.reader.engine, verdict); n != "" {
			a.notes = append(a.notes, n)
		} else if f.reader.engine == chromium && !f.browserFailed() {
			a.notes = append(a.notes, "Chromium shows a response and no error here, so it seems to have let the page have it: the mode or the origin may be others than they look, or its checks were off.")
		}
	}
}

// clientHints are headers that Chromium takes for CORS-safelisted.
var clientHints = map[string]bool{"save-data": true, "device-memory": true, "dpr": true, "viewport-width": true, "width": true, "rtt": true, "downlink": true, "ect": true, "intervention": true}

// engineNote says where the browser that made the file differs from the standard in such a verdict.
func engineNote(e engine, v fetch.Verdict) string {
	switch {
	case e == "":
	case v.Code == fetch.CodeAuthorizationNotCoveredByWildcard:
		return fmt.Sprintf("%s, which made this file, lets \"*\" cover Authorization; the standard does not.", e)
	case v.Code == fetch.CodeHeaderDisallowedByPreflight && e == chromium && clientHints[v.Want]:
		return fmt.Sprintf("Chromium, which made this file, takes the client hint %q for CORS-safelisted; the standard does not.", v.Want)
	case strings.HasPrefix(string(v.Code), "preflight-") && strings.HasSuffix(string(v.Step), "cors-check:2") && e == webKit:
		return "WebKit, which made this file, looks at the status of a preflight first, and names that where both are wrong."
	}
	return ""
}

// findPreflights finds the preflight of each hop: of those for its URL and method that nobody else has, the one next to it in
// the file.
func (f *harFetch) findPreflights() {
	f.preflights = make([]*harExchange, len(f.chain))
	if f.request.Mode != fetch.ModeCORS {
		return
	}
	const near = 32 // preflights of the same URL that stand between a request and its own
	for hop, x := range f.chain {
		list := f.reader.preflights[x.url.WithoutFragment().String()]
		at, _ := slices.BinarySearchFunc(list, x.index, func(p *harExchange, index int) int { return p.index - index })
		var best *harExchange
		for _, p := range list[max(0, at-near):min(len(list), at+near)] {
			asked := p.header("Access-Control-Request-Method")
			if p.used || asked != "" && asked != safelist.NormalizeMethod(x.Request.Method) {
				continue
			}
			if best == nil || distance(p, x) < distance(best, x) {
				best = p
			}
		}
		if best != nil {
			best.used = true
			f.preflights[hop] = best
		}
	}
}

// distance is how far apart two entries stand in the file.
func distance(a, b *harExchange) int { return max(a.index-b.index, b.index-a.index) }

// notAuthors lists headers that a browser adds by itself, beside those that scripts must not set. A script may have set some
// of them; then a preflight asks for them.
var notAuthors = map[string]bool{
	"accept": true, "accept-language": true, "user-agent": true, "cache-control": true, "pragma": true, "priority": true,
	"upgrade-insecure-requests": true, "if-none-match": true, "if-modified-since": true, "if-range": true, "range": true,
	"purpose": true, "x-client-data": true, "save-data": true, "device-memory": true, "dpr": true, "viewport-width": true, "width": true,
	"rtt": true, "downlink": true, "ect": true, "alt-used": true, "last-event-id": true, "content-length": true, "proxy-connection": true,
	"content-disposition": true, // of the parts of a form: Firefox writes it to the request's
}

// authorHeaders returns the headers that the script has set: those that a preflight asks for, or else all that a browser
// does not add by itself.
func (f *harFetch) authorHeaders() (l fetch.HeaderList) {
	var sent fetch.HeaderList
	var preflight *harExchange
	if f.lone != nil {
		preflight = f.lone
	} else {
		sent, preflight = f.chain[0].request, f.preflights[0]
	}
	asked := map[string]bool{}
	if preflight != nil {
		for name := range strings.SplitSeq(preflight.header("Access-Control-Request-Headers"), ",") {
			if name = strings.ToLower(strings.Trim(name, " \t")); safelist.IsHeaderName(name) {
				asked[name] = true
				if !sent.Contains(name) {
					l = append(l, [2]string{name, notInTheFile})
				}
			}
		}
	}
	for _, h := range sent {
		name := strings.ToLower(h[0])
		switch {
		case safelist.IsForbiddenRequestHeader(h[0], h[1]):
		case preflight != nil && preflight.request.Contains("Access-Control-Request-Method"):
			// Of the others, what is not safelisted is the browser's.
			if asked[name] || !notAuthors[name] && safelist.IsCORSSafelistedRequestHeader(h[0], h[1]) {
				l = append(l, h)
			}
		case !notAuthors[name] || !safelist.IsCORSSafelistedRequestHeader(h[0], h[1]) && (name == "accept" || name == "accept-language"):
			l = append(l, h)
		}
	}
	return l
}

// notInTheFile stands for the value of a header that a preflight asks for, of a request that the file does not show. It is
// not safelisted.
const notInTheFile = "(not in the file)"

// setFlags tells requests of elements, which never have a preflight, from those of scripts, and finds the reason for a
// preflight that nothing else explains.
func (f *harFetch) setFlags() {
	if f.request.Mode != fetch.ModeCORS {
		f.request.UnsafeRequest = false
		return
	}
	x, preflight := f.lone, f.lone
	if len(f.chain) > 0 {
		x, preflight = f.chain[0], f.preflights[0]
	}
	switch x.ResourceType {
	case "image", "script", "stylesheet", "media", "texttrack", "font", "eventsource", "manifest":
		f.request.UnsafeRequest, f.request.Headers = false, nil
	}
	if reason, _ := fetch.NeedsPreflight(&f.request); preflight != nil && reason == fetch.PreflightReasonNone {
		f.request.UseCORSPreflight = true
		f.notes = append(f.notes, "The browser sent a preflight that neither the method nor the headers ask for: an upload with a listener, or a stream.")
	}
}

// sendsCookies reports whether credentials went across origins.
func (f *harFetch) sendsCookies() bool {
	for _, x := range f.chain {
		if x.url.Origin() != f.request.Origin && x.hasCookies() {
			return true
		}
	}
	return false
}

// run lets the machine make the fetch.
func (f *harFetch) run(credentials fetch.CredentialsMode) (*answered, error) {
	req := f.request
	req.Credentials = credentials
	a := &answered{url: req.CurrentURL().String(), request: &checkRequest{origin: req.Origin, method: req.Method, mode: req.Mode, credentials: credentials, redirect: req.Redirect}}
	agent := &fetch.Agent{SuffixList: publicsuffix.List}
	// What was answered had been sent: the browser, or the person before it, allowed mixed content.
	agent.Hooks.AllowMixedContent = func(r *fetch.Request) bool {
		return slices.ContainsFunc(f.chain, func(x *harExchange) bool { return x.url == r.CurrentURL() && x.answered() })
	}
	err := a.run(agent, time.Unix(0, 0), req, func(action fetch.Action) (fetch.ResponseHead, string) {
		return f.answer(a, action)
	})
	a.entries = f.entries(a.log.Result.Hop)
	if len(a.log.exchanges()) < len(a.log.Exchanges) {
		note := "The file has no preflight for this request; since it was sent, it is taken for covered by the browser's preflight cache."
		if f.reader.playwright {
			note = "Playwright's files have no preflights; since the request was sent, its preflight is taken for passed."
		}
		a.notes = append(a.notes, note)
	}
	return a, err
}

// entries returns the entries of the fetch up to that hop.
func (f *harFetch) entries(hop int) (l []int) {
	if f.lone != nil {
		return []int{f.lone.index}
	}
	for i := range min(hop+1, len(f.chain)) {
		l = append(l, f.chain[i].index)
		if p := f.preflights[i]; p != nil {
			l = append(l, p.index)
		}
	}
	slices.Sort(l)
	return l
}

// madeUp marks a response that is not in the file.
const madeUp = "Corspec-Made-Up"

// madeUpPreflight allows what the preflight asks for: the browser's cache did.
func madeUpPreflight(action fetch.Action) fetch.ResponseHead {
	from, _ := action.Headers.Get("Origin")
	method, _ := action.Headers.Get("Access-Control-Request-Method")
	names, _ := action.Headers.Get("Access-Control-Request-Headers")
	return fetch.ResponseHead{Status: 204, Headers: fetch.HeaderList{{madeUp, "1"}, {"Access-Control-Allow-Origin", from}, {"Access-Control-Allow-Credentials", "true"},
		{"Access-Control-Allow-Methods", method}, {"Access-Control-Allow-Headers", names}}}
}

// answer returns what the file says came back, or why it does not say.
func (f *harFetch) answer(a *answered, action fetch.Action) (fetch.ResponseHead, string) {
	if f.lone != nil && action.Kind != fetch.ActionSendPreflight {
		return fetch.ResponseHead{}, "the preflight allows the request, which is not in the file"
	}
	if action.Hop >= max(1, len(f.chain)) {
		return fetch.ResponseHead{}, "the file has no entry for the target of the redirect: it may have been left out, or not been followed because the redirect mode is \"error\" or \"manual\", which a file does not tell"
	}
	if action.Kind == fetch.ActionSendPreflight {
		return f.answerPreflight(action)
	}
	x := f.chain[action.Hop]
	switch {
	case x.answered():
		return fetch.ResponseHead{Status: x.Response.Status, Headers: x.response}, ""
	case len(x.response) > 0 && action.Hop == len(f.chain)-1:
		a.notes = append(a.notes, "The file has the headers of the response without its status; 200 is assumed.")
		return fetch.ResponseHead{Status: 200, Headers: x.response}, ""
	}
	return fetch.ResponseHead{}, x.unanswered("the file has no response to the request")
}

func (f *harFetch) answerPreflight(action fetch.Action) (fetch.ResponseHead, string) {
	p := f.lone
	if p == nil {
		p = f.preflights[action.Hop]
	}
	if p == nil {
		x := f.chain[action.Hop]
		if !x.answered() {
			return fetch.ResponseHead{}, x.unanswered("the file has neither the preflight nor a response to the request")
		}
		return madeUpPreflight(action), ""
	}
	if !p.answered() {
		return fetch.ResponseHead{}, p.unanswered("the file has no response to the preflight")
	}
	return fetch.ResponseHead{Status: p.Response.Status, Headers: p.response}, ""
}
