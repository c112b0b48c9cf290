package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A harFetch is one fetch of a page, put together from the entries of a file.
type harFetch struct {
	reader    *harReader
	request   fetch.Request // without what depends on the page
	all       []*harEntry
	hops      []harHop
	upgraded  map[string]bool // hosts that the browser knows to speak https
	lone      *harEntry       // a preflight without its request
	client    bool            // the request is not a page's
	modeGuess guess
	notes     []string
}

// A harHop is a request, and what went before it.
type harHop struct {
	*harEntry
	ownPreflight *harEntry   // or nil
	upgrades     []*harEntry // from http to https, which the browser made by itself
}

// newHARFetch puts together the fetch that starts with that entry.
func newHARFetch(h *harReader, x *harEntry, mode fetch.Mode) *harFetch {
	f := &harFetch{reader: h, upgraded: map[string]bool{}}
	f.request = fetch.Request{Method: safelist.NormalizeMethod(x.request.method), URLList: []origin.URL{x.url}, Mode: mode, UnsafeRequest: mode == fetch.ModeCORS}
	if d := x.header("Sec-Fetch-Dest"); d != "empty" {
		f.request.Destination.UnmarshalText([]byte(d)) // what is not known stays ""
	}
	if x.request.hasBody {
		f.request.Body = fetch.BodyBytes
	}
	var hop harHop
	for n := x; ; n = h.entry(n.target) {
		f.all = append(f.all, n)
		if n.target != nil && n.isUpgrade() {
			f.upgraded[n.url.Hostname()] = true
			hop.upgrades = append(hop.upgrades, n)
			continue
		}
		if hop.harEntry = n; n.ownPreflight != nil {
			hop.ownPreflight = h.entry(n.ownPreflight)
		}
		f.hops = append(f.hops, hop)
		if hop = (harHop{}); n.target == nil {
			break
		}
	}
	f.request.Headers = f.authorHeaders()
	f.setFlags()
	return f
}

// crosses reports whether the fetch leaves that origin.
func (f *harFetch) crosses(page origin.Origin) bool {
	if u, ok := f.last().location(); ok && u.Origin() != page { // the target is not in the file
		return true
	}
	return slices.ContainsFunc(f.hops, func(hop harHop) bool { return hop.url.Origin() != page })
}

// judge runs the fetch with the answers of the file, as a page of that origin makes it.
func (f *harFetch) judge(page harPageGuess) (*answered, error) {
	req := f.request
	req.Origin = page.origin
	if len(f.hops) > 0 {
		req.EmbedderPolicy = f.reader.embedderPolicy(f.hops[0].harEntry, page.origin)
		if corpOf(f.last().failure) == fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP {
			req.EmbedderPolicy.Value = fetch.EmbedderPolicyRequireCORP
		}
	}
	given := f.reader.given["credentials"]
	switch {
	case f.sendsCookies(page.origin) || req.Mode == fetch.ModeNoCORS:
		req.Credentials = fetch.CredentialsInclude
	case given && req.UnsafeRequest: // fonts and the like have theirs
		req.Credentials = f.reader.defaults.credentials
	}
	profile := f.reader.defaults.browser
	a := new(answered)
	m, err := f.run(a, req, profile)
	if err != nil {
		return nil, err
	}
	if !given && req.Mode == fetch.ModeCORS && req.Credentials == fetch.CredentialsSameOrigin && a.outcome() == "allowed" {
		if m, err = f.tryCredentials(req, a, m); err != nil {
			return nil, err
		}
	}
	a.log.Trace = m.Trace()
	req.Credentials = a.log.Request.Credentials
	a.url = req.CurrentURL().String()
	a.request = &checkRequest{origin: req.Origin, method: req.Method, mode: req.Mode, credentials: req.Credentials, redirect: req.Redirect, browser: profile}
	a.notes = append(compact(append(slices.Clone(f.notes), f.modeGuess.note, page.note)...), a.notes...)
	f.weigh(a, page)
	hop := a.log.Result.Hop
	if a.undecided != "" {
		hop = len(f.hops)
	}
	a.entries = f.entries(hop)
	if profile := f.reader.engine.profile(); profile != fetch.ProfileStandard && a.undecided == "" {
		var other answered
		if _, err := f.run(&other, req, profile); err != nil {
			return nil, err
		}
		if other.undecided == "" {
			a.inBrowser = &otherVerdict{Browser: profile.String(), Outcome: other.outcome()}
			if other.outcome() == "blocked" {
				a.inBrowser.Code = other.code()
			}
		}
	}
	f.compareWithBrowser(a)
	return a, nil
}

// last returns the last exchange of the fetch.
func (f *harFetch) last() *harEntry { return f.hops[len(f.hops)-1].harEntry }

// weigh withdraws a block that depends on what is only guessed.
func (f *harFetch) weigh(a *answered, page harPageGuess) {
	if a.unread == "" {
		a.unread = f.unreadRequest()
	}
	if a.outcome() != "blocked" {
		if a.unread != "" && a.undecided == "" {
			a.notes = append(a.notes, a.unread+"; it is taken for none that changes this.")
		}
		if a.contradiction != "" {
			a.notes = append(a.notes, a.contradiction+".")
		}
		return
	}
	verdict := a.log.Result.Verdict
	switch {
	case a.unread != "":
		a.undecided = a.unread + ", so it may be the one that allows this"
	case a.contradiction != "":
		a.undecided = a.contradiction
	case a.doubt != "":
		a.undecided = a.doubt
	case verdict.Code == fetch.CodeMixedContent, verdict.Code == fetch.CodeBadPort: // whatever the mode is, and the page
	case f.modeGuess.doubt != "" && len(f.hops) > 0 && f.hops[0].ownPreflight == nil && corpOf(f.last().failure) == "":
		a.undecided = fmt.Sprintf(f.modeGuess.doubt, verdict.Code)
	case !page.sure && strings.HasSuffix(string(verdict.Code), string(fetch.CodeAllowOriginMismatch)):
		a.undecided = fmt.Sprintf("the server allows %s, and the file does not tell whether it was a page of that origin that made the request, or one of %s", verdict.Value, page.origin)
	case verdict.Code == fetch.CodeNosniff && !f.last().response.headers.Contains("Content-Type"):
		a.undecided = "the file does not have the response's Content-Type"
	}
}

// unreadRequest says which header of the fetch's requests cannot be read, or nothing.
func (f *harFetch) unreadRequest() string {
	for _, x := range f.all {
		if why := x.unreadRequest(); why != "" {
			return why
		}
	}
	for _, hop := range f.hops {
		if hop.ownPreflight != nil {
			if why := hop.ownPreflight.unreadRequest(); why != "" {
				return why
			}
		}
	}
	if f.lone != nil {
		return f.lone.unreadRequest()
	}
	return ""
}

// tryCredentials looks what would be with credentials, of which the file shows none; browsers can leave cookies out of
// it. If the browser has blocked what is allowed without, and with them there is a reason, then that is it.
func (f *harFetch) tryCredentials(req fetch.Request, a *answered, without *fetch.Machine) (*fetch.Machine, error) {
	failed := f.browserFailed() && meaningOf(f.last().failure) == ""               // without another reason
	hidden := !f.client && !(f.reader.engine == chromium && f.reader.byBrowser) && // Chromium's files show what it has blocked
		!f.reader.cookies[req.CurrentURL().Hostname()] // the file would show them here too
	if !failed && !hidden {
		return without, nil
	}
	req.Credentials = fetch.CredentialsInclude
	var include answered
	with, err := f.run(&include, req, f.reader.defaults.browser)
	if err != nil || include.outcome() != "blocked" {
		return without, err
	}
	if failed {
		*a = include
		a.notes = append(a.notes, "The file shows no cookies, but the browser blocked the request, which fits credentials mode \"include\" alone.")
		return with, nil
	}
	a.notes = append(a.notes, fmt.Sprintf("The file shows no cookies, so the credentials mode is taken for \"same-origin\"; with \"include\" it would be blocked: %s. Say which with -credentials.", include.code()))
	return without, nil
}

// browserFailed reports whether the file says that the browser had no response for the page.
func (f *harFetch) browserFailed() bool {
	return len(f.hops) > 0 && (!f.last().answered() || f.last().failure != "")
}

// compareWithBrowser adds what there is to say where the browser decided otherwise.
func (f *harFetch) compareWithBrowser(a *answered) {
	if a.undecided != "" || len(f.all) == 0 {
		return
	}
	e := f.reader.engine
	standard := f.reader.defaults.browser == fetch.ProfileStandard
	switch blocked := a.outcome() == "blocked"; {
	case standard && a.inBrowser != nil && a.inBrowser.Outcome != a.outcome():
		verb := map[string]string{"allowed": "allows", "blocked": "blocks"}[a.inBrowser.Outcome]
		a.notes = append(a.notes, fmt.Sprintf("%s %s it; the standard does not.", e.madeThis(), verb))
	case !blocked && f.browserFailed():
		note := "The browser gave the page no response all the same"
		s := f.last().failure
		switch meaning := meaningOf(s); {
		case meaning != "":
			note += fmt.Sprintf(" (%s): that is %s.", s, meaning)
		case s != "":
			note += fmt.Sprintf(" (%s): something other than CORS stopped it, such as an extension, a Content Security Policy, a lost connection, or credentials that the file does not show.", s)
		default:
			note += ": something other than CORS stopped it, such as an extension, a Content Security Policy, a lost connection, or credentials that the file does not show."
		}
		a.notes = append(a.notes, note)
	case blocked && e == chromium && f.reader.byBrowser && !f.client && !f.browserFailed():
		a.notes = append(a.notes, "Chromium shows a response and no error here, so it seems to have let the page have it: the mode or the origin may be others than they look, or its checks were off.")
	}
}

func compact(notes ...string) []string {
	return slices.DeleteFunc(notes, func(s string) bool { return s == "" })
}

// notAuthors lists headers that a browser adds by itself, beside those that scripts must not set. A script may have set
// some of them; then a preflight asks for them.
var notAuthors = map[string]bool{
	"accept": true, "accept-language": true, "user-agent": true, "cache-control": true, "pragma": true, "priority": true,
	"upgrade-insecure-requests": true, "if-none-match": true, "if-modified-since": true, "if-range": true, "range": true,
	"purpose": true, "x-client-data": true, "save-data": true, "device-memory": true, "dpr": true, "viewport-width": true, "width": true,
	"rtt": true, "downlink": true, "ect": true, "alt-used": true, "last-event-id": true, "content-length": true, "proxy-connection": true, "postman-token": true,
	"content-disposition": true, // of the parts of a form: Firefox writes it to the request's
}

// authorHeaders returns the headers that the script has set: those that a preflight asks for, or else all that a
// browser does not add by itself.
func (f *harFetch) authorHeaders() (l fetch.HeaderList) {
	var sent fetch.HeaderList
	var preflight *harEntry
	if f.lone != nil {
		preflight = f.lone
	} else {
		sent, preflight = f.hops[0].request.headers.HeaderList, f.hops[0].ownPreflight
	}
	names := map[string]bool{}
	for _, h := range sent {
		names[strings.ToLower(h[0])] = true
	}
	asked := map[string]bool{}
	if preflight != nil {
		for name := range strings.SplitSeq(preflight.header("Access-Control-Request-Headers"), ",") {
			if name = strings.ToLower(strings.Trim(name, " \t")); !asked[name] && safelist.IsHeaderName(name) {
				asked[name] = true
				if !names[name] {
					l = append(l, [2]string{name, notInTheFile})
				}
			}
		}
	}
	seen := map[[2]string]bool{}
	for _, h := range sent {
		name := strings.ToLower(h[0])
		if line := [2]string{name, h[1]}; seen[line] {
			continue // written twice
		} else {
			seen[line] = true
		}
		switch {
		case safelist.IsForbiddenRequestHeader(h[0], h[1]):
		case preflight != nil && preflight.request.headers.Contains("Access-Control-Request-Method"):
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

// notInTheFile stands for the value of a header that a preflight asks for, of a request that the file does not show. It
// is not safelisted.
const notInTheFile = "(not in the file)"

// setFlags tells requests of elements, which never have a preflight, from those of scripts, and finds the reason for a
// preflight that nothing else explains.
func (f *harFetch) setFlags() {
	if f.request.Mode != fetch.ModeCORS {
		f.request.UnsafeRequest = false
		return
	}
	x, preflight := f.lone, f.lone
	if len(f.hops) > 0 {
		x, preflight = f.hops[0].harEntry, f.hops[0].ownPreflight
	}
	switch x.resourceType {
	case "image", "script", "stylesheet", "media", "texttrack", "font", "eventsource", "manifest":
		f.request.UnsafeRequest, f.request.Headers = false, nil
	}
	if reason, _ := fetch.NeedsPreflight(&f.request); preflight != nil && reason == fetch.PreflightReasonNone {
		f.request.UseCORSPreflight = true
		f.notes = append(f.notes, "The browser sent a preflight that neither the method nor the headers ask for: an upload with a listener, or a stream.")
	}
}

// sendsCookies reports whether credentials went across origins.
func (f *harFetch) sendsCookies(page origin.Origin) bool {
	return slices.ContainsFunc(f.all, func(x *harEntry) bool { return x.url.Origin() != page && x.hasCookies() })
}

// run lets the machine make the fetch. It keeps the result, and what there is to say of the answers.
func (f *harFetch) run(a *answered, req fetch.Request, profile fetch.Profile) (*fetch.Machine, error) {
	agent := &fetch.Agent{SuffixList: publicsuffix.List, Profile: profile}
	if len(f.upgraded) > 0 {
		agent.Hooks.KnownHSTSHost = func(host string) bool { return f.upgraded[host] }
	}
	// What was answered had been sent: the browser, or the person before it, allowed mixed content.
	agent.Hooks.AllowMixedContent = func(r *fetch.Request) bool {
		return f.lone != nil || slices.ContainsFunc(f.all, func(x *harEntry) bool { return x.url == r.CurrentURL() && x.wasSent() }) ||
			slices.ContainsFunc(f.hops, func(hop harHop) bool { return hop.url == r.CurrentURL() && hop.ownPreflight != nil })
	}
	made := false
	m, err := a.finish(agent, time.Unix(0, 0), req, func(action fetch.Action) (fetch.ResponseHead, string) {
		f.compareOrigin(a, action)
		head, unknown := f.answer(a, action)
		made = made || action.Kind == fetch.ActionSendPreflight && head.Headers.Contains(madeUp)
		return head, unknown
	})
	if made {
		note := "The file has no preflight for this request; since it was sent, it is taken for covered by the browser's preflight cache."
		if f.reader.playwright {
			note = "Playwright's files have no preflights; since the request was sent, its preflight is taken for passed."
		}
		a.notes = append(a.notes, note)
	}
	return m, err
}

// entries returns the entries of the fetch up to that hop.
func (f *harFetch) entries(hop int) (l []int) {
	if f.lone != nil {
		return []int{f.lone.index}
	}
	for i := range min(hop+1, len(f.hops)) {
		h := &f.hops[i]
		l = append(l, h.index)
		if h.ownPreflight != nil {
			l = append(l, h.ownPreflight.index)
		}
		for _, u := range h.upgrades {
			l = append(l, u.index)
		}
	}
	slices.Sort(l)
	return l
}

// compareOrigin looks whether the Origin that the file shows is the one that the fetch comes to. If not, the fetch has
// been put together wrongly.
func (f *harFetch) compareOrigin(a *answered, action fetch.Action) {
	shown := f.lone
	switch {
	case action.Hop >= len(f.hops):
	case action.Kind == fetch.ActionSendPreflight:
		shown = f.hops[action.Hop].ownPreflight
	default:
		shown = f.hops[action.Hop].harEntry
	}
	if shown == nil || f.request.Mode != fetch.ModeCORS || a.contradiction != "" {
		return
	}
	sent, ok := action.Headers.Get("Origin")
	if v := shown.header("Origin"); ok && v != "" && v != sent {
		why := "something before it is not in the file, or is another fetch's"
		if v == "null" && action.Hop < len(f.hops) && f.hops[action.Hop].upgrades != nil {
			why = "Chromium takes its own upgrade to https for a redirect, and the standard does not"
		}
		a.contradiction = fmt.Sprintf("\"Origin: %s\" in entries[%d] is not what the fetch comes to, which is %q: %s", v, shown.index, sent, why)
	}
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
	if action.Hop >= max(1, len(f.hops)) {
		return fetch.ResponseHead{}, "the file has no entry for the target of the redirect: it may have been left out, or not been followed because the redirect mode is \"error\" or \"manual\", which a file does not tell"
	}
	if action.Kind == fetch.ActionSendPreflight {
		return f.answerPreflight(a, action)
	}
	hop := &f.hops[action.Hop]
	x := hop.harEntry
	headers := x.response.headers.HeaderList
	if reason := x.internalRedirect(); reason != "" {
		return fetch.ResponseHead{}, fmt.Sprintf("the redirect of entries[%d] is the browser's own (%s), as extensions and service workers make it, not the server's", x.index, reason)
	}
	if action.Hop > 0 && x.hasOthersHeaders() {
		return fetch.ResponseHead{}, fmt.Sprintf("the headers of entries[%d] are those of the redirect to it, as some programs mix them up", x.index)
	}
	if why := f.readable(a, x); why != "" {
		return fetch.ResponseHead{}, why
	}
	if x.answered() && f.reader.lacksHeaders(x) {
		return fetch.ResponseHead{}, fmt.Sprintf("the file does not have the headers of the response (entries[%d])", x.index)
	}
	if x.response.serviceWorker || x.fetchType == "Service Worker" {
		f.doubt(a, fmt.Sprintf("a service worker answered entries[%d], and the file does not tell what kind of response it made: what comes from it needs no CORS headers", x.index))
	}
	if f.reader.engine == gecko && f.reader.hasAddresses && !x.hasAddress {
		f.doubt(a, fmt.Sprintf("entries[%d] has no server's address, so its response is not from the network: a service worker may have made it, and then it needs no CORS headers", x.index))
	}
	switch {
	case x.isRevalidation(hop.ownPreflight):
		if x.freshened == nil {
			if stored := f.reader.stored(x); stored != nil {
				if why := f.readable(a, stored); why != "" {
					return fetch.ResponseHead{}, why
				}
				x.freshened, x.stored = freshen(stored.response.headers.HeaderList, headers), stored.index
			}
		}
		if x.freshened == nil {
			f.doubt(a, fmt.Sprintf("what counts is the response that the browser had stored, and entries[%d] says no more than that it is still good", x.index))
			return fetch.ResponseHead{Status: 200, Headers: headers}, ""
		}
		a.notes = append(a.notes, fmt.Sprintf("What counts is the response that the browser had stored, that of entries[%d], with the headers of the 304.", x.stored))
		return fetch.ResponseHead{Status: 200, Headers: x.freshened}, ""
	case x.answered():
		return fetch.ResponseHead{Status: x.response.status, Headers: headers}, ""
	case action.Hop < len(f.hops)-1:
	case len(headers) > 0:
		a.notes = append(a.notes, fmt.Sprintf("The file has headers of the response and %s; 200 stands in for it, since no check depends on which.", x.statusWords()))
		return fetch.ResponseHead{Status: 200, Headers: headers}, ""
	case corpOf(x.failure) != "":
		a.notes = append(a.notes, fmt.Sprintf("The file does not have the response; the browser names the check (%s).", x.failure))
		switch corpOf(x.failure) {
		case fetch.CodeCORPNotSameOrigin:
			headers = fetch.HeaderList{{"Cross-Origin-Resource-Policy", "same-origin"}}
		case fetch.CodeCORPNotSameSite:
			headers = fetch.HeaderList{{"Cross-Origin-Resource-Policy", "same-site"}}
		}
		return fetch.ResponseHead{Status: 200, Headers: headers}, ""
	}
	return fetch.ResponseHead{}, x.unanswered("the file has no response to the request")
}

// readable returns why the headers of a response do not tell what came back, if one cannot be read that decides. One
// that may be any header is not taken for a second line of what is there, but stands in for what is not.
func (f *harFetch) readable(a *answered, x *harEntry) (why string) {
	why = x.unreadResponse()
	l := x.response.headers
	if !l.given || l.unread.name != "" || f.request.Mode == fetch.ModeNoCORS || safelist.IsRedirectStatus(x.response.status) && !l.Contains("Location") {
		return why
	}
	if why != "" && a.unread == "" {
		a.unread = why
	}
	return ""
}

// doubt adds why nothing is called blocked on what the file has of a fetch. The first reason counts.
func (f *harFetch) doubt(a *answered, why string) {
	if a.doubt == "" {
		a.doubt = why
	}
}

func (f *harFetch) answerPreflight(a *answered, action fetch.Action) (fetch.ResponseHead, string) {
	p := f.lone
	if p == nil {
		p = f.hops[action.Hop].ownPreflight
	}
	if p == nil {
		switch x := f.hops[action.Hop].harEntry; {
		case f.client:
			return fetch.ResponseHead{}, "a page's request needs a preflight, and no browser was there to send one: ask the server with corspec check"
		case !x.answered():
			return fetch.ResponseHead{}, x.unanswered("the file has neither the preflight nor a response to the request")
		}
		return madeUpPreflight(action), ""
	}
	why := f.readable(a, p)
	switch {
	case why != "":
		return fetch.ResponseHead{}, why
	case !p.answered():
		return fetch.ResponseHead{}, p.unanswered("the file has no response to the preflight")
	case f.reader.lacksHeaders(p):
		return fetch.ResponseHead{}, fmt.Sprintf("the file does not have the headers of the response to the preflight (entries[%d])", p.index)
	}
	return fetch.ResponseHead{Status: p.response.status, Headers: p.response.headers.HeaderList}, ""
}
