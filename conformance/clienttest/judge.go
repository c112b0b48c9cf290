package clienttest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A judge compares what a client did in one step with what a browser does.
type judge struct {
	c         *testCase
	step      *step
	want      prediction
	got       []arrived
	answer    Answer
	page      origin.Origin
	referrers bool // the client says that it has referrers
	findings  []Finding
	stop      bool // what comes after it in the case says nothing more
}

// add adds a finding. what it is about are the request that arrived and the one that was expected; either may be nil.
func (j *judge) add(kind string, severity Severity, step fetch.Step, wanted, seen string, got *arrived) {
	f := Finding{ID: j.c.ID, Kind: kind, Severity: severity, About: j.c.About, Script: j.step.String(), Wanted: wanted, Seen: seen, Step: step}
	if got != nil {
		f.Request, f.Answer = got.String(), got.answer.String()
	}
	j.findings = append(j.findings, f)
}

// The kinds of findings.
const (
	kindMissingPreflight  = "missing-preflight"  // a request goes out without the preflight that it needs
	kindNeedlessPreflight = "needless-preflight" // a preflight goes out where none is needed
	kindSent              = "sent"               // a request goes out that must not
	kindRepeated          = "repeated"           // a request goes out twice
	kindNotSent           = "not-sent"           // a request does not go out
	kindMethod            = "method"             // it has another method
	kindURL               = "url"                // it goes somewhere else
	kindBody              = "body"               // of a request
	kindHeader            = "request-header"     // of a request: another value, or none
	kindHeaderSent        = "header-sent"        // of a request: one that must not be there
	kindOrigin            = "origin"
	kindCookies           = "cookies"
	kindAskedMethod       = "asked-method"  // Access-Control-Request-Method
	kindAskedHeaders      = "asked-headers" // Access-Control-Request-Headers
	kindReferer           = "referer"
	kindRead              = "read"     // the page gets a response that it must not
	kindRejected          = "rejected" // the page does not get a response
	kindThrows            = "threw"    // it does not matter to any server
	kindType              = "type"
	kindStatus            = "status"
	kindResponseURL       = "response-url"
	kindRedirected        = "redirected"
	kindShown             = "shown"     // a header, or a body, that the page must not see
	kindNotShown          = "not-shown" // one that it does not see
	kindErrorName         = "error-name"
	kindNoAnswer          = "no-answer"
)

// judge finds what there is to find.
func (j *judge) judge() {
	j.network()
	if !j.stop || j.answer.Response != nil {
		j.result()
	}
}

// unresolved reports whether all that is wrong is that the client does not get to the host whose name not everybody
// resolves.
func (j *judge) unresolved(origins map[byte]string) bool {
	return len(j.got) == 0 && len(j.want.sent) > 0 && strings.HasPrefix(j.want.sent[0].url, origins['e']+"/") && j.answer.Response == nil
}

// network compares what arrived.
func (j *judge) network() {
	want, got := j.want.sent, j.once()
	var before *arrived // the one that came before, as it should
	for len(want) > 0 || len(got) > 0 {
		var w *expected
		var g *arrived
		if len(want) > 0 {
			w = &want[0]
		}
		if len(got) > 0 {
			g = &got[0]
		}
		switch {
		case g != nil && before != nil && before.line() == g.line() && before.preflight == g.preflight && (w == nil || w.line() != g.line()):
			j.add(kindRepeated, SeverityWasteful, "", "one request", "the same request again: "+g.line(), g)
			got = got[1:]
		case w == nil && g.preflight && !j.failed():
			j.add(kindNeedlessPreflight, SeverityWasteful, "", "no preflight", "a preflight: "+g.line(), g)
			got = got[1:]
		case w == nil:
			j.tooMuch(g)
			return
		case g == nil:
			j.notSent(w)
			return
		case w.preflight() && !g.preflight:
			j.add(kindMissingPreflight, SeverityUnsafe, w.reason, "a preflight first: "+w.line(), "none: "+g.line(), g)
			j.stop = true
			want = want[1:]
		case g.preflight && !w.preflight():
			j.add(kindNeedlessPreflight, SeverityWasteful, "main-fetch:12", "no preflight", "a preflight: "+g.line(), g)
			got = got[1:]
		case w.url != g.url:
			j.elsewhere(w, g)
			return
		default:
			j.request(w, g)
			before, want, got = g, want[1:], got[1:]
		}
	}
}

// once returns the requests without those that repeat one that got no answer: a client may try again where a connection
// is closed, and how often is not for the standard to say.
func (j *judge) once() (all []arrived) {
	for _, g := range j.got {
		if n := len(all); n > 0 && all[n-1].answer.Status == 0 && !all[n-1].answer.Hold && all[n-1].line() == g.line() {
			continue
		}
		all = append(all, g)
	}
	return all
}

// failed reports whether the fetch ends with a network error.
func (j *judge) failed() bool { return j.want.threw != "" || j.want.result.Response.IsNetworkError() }

// deciding is the step at which the fetch ends, if it fails.
func (j *judge) deciding() fetch.Step {
	if j.failed() {
		return j.want.result.Verdict.Step
	}
	return ""
}

// why says how the fetch ends, in a few words.
func (j *judge) why() string {
	switch v := j.want.result.Verdict; {
	case j.want.threw != "":
		return "the API throws: " + j.want.threw
	case j.want.aborted:
		return "the page has given up"
	case j.failed():
		return "a network error: " + string(v.Code)
	}
	return "a response of type " + j.want.result.Response.Type.String()
}

// tooMuch is about a request behind the last that was expected.
func (j *judge) tooMuch(g *arrived) {
	j.stop = true
	j.add(kindSent, SeverityUnsafe, j.deciding(), "no such request: "+j.why(), g.line(), g)
}

// notSent is about a request that did not arrive.
func (j *judge) notSent(w *expected) {
	j.stop = true
	severity := SeverityBroken
	if j.want.aborted && j.answer.Response == nil {
		severity = SeverityNote // it was not as far when the page gave up
	}
	j.add(kindNotSent, severity, w.reason, w.line(), "it does not go out; "+j.answer.String(), nil)
}

// elsewhere is about a request to another URL than the one that was expected.
func (j *judge) elsewhere(w *expected, g *arrived) {
	j.stop = true
	j.add(kindURL, SeverityBroken, "", w.line(), g.line(), g)
}

// request compares one request.
func (j *judge) request(w *expected, g *arrived) {
	step := fetch.Step("")
	if w.method() != g.method {
		if w.action.Hop > 0 {
			step = "http-redirect-fetch:12"
		}
		j.add(kindMethod, SeverityBroken, step, w.line(), g.line(), g)
	}
	if w.body != string(g.body) {
		severity := SeverityBroken
		if w.body == "" && (w.preflight() || w.action.Hop > 0 && j.crossOrigin(g)) {
			severity = SeverityUnsafe
		}
		j.add(kindBody, severity, step, fmt.Sprintf("a body of %d bytes", len(w.body)), fmt.Sprintf("%d bytes: %s", len(g.body), quote.Quote(string(g.body))), g)
	}
	j.cookies(w, g)
	names := map[string]bool{}
	for _, l := range [][][2]string{w.action.Headers, g.headers} {
		for _, h := range l {
			names[header.Lower(h[0])] = true
		}
	}
	for _, h := range j.step.Headers { // an author's headers that a page must not set are not expected
		names[header.Lower(h[0])] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	for _, name := range sorted {
		j.header(name, w, g)
	}
}

// header compares one header of a request.
func (j *judge) header(name string, w *expected, g *arrived) {
	wv, wok := get(w.action.Headers, name)
	gv, gok := get(g.headers, name)
	if wok == gok && wv == gv {
		return
	}
	authored, authors := get(j.step.Headers, name)
	forged := authors && gok && gv == authored // it is the page's, and not as it should be
	shown := func(v string, ok bool) string {
		if !ok {
			return "no " + name
		}
		return name + ": " + v
	}
	add := func(kind string, severity Severity, step fetch.Step) {
		j.add(kind, severity, step, shown(wv, wok), shown(gv, gok), g)
	}
	switch name {
	case "origin":
		j.origin(wv, wok, gv, gok, g)
	case "access-control-request-method":
		add(kindAskedMethod, SeverityBroken, "cors-preflight-fetch:3")
	case "access-control-request-headers":
		add(kindAskedHeaders, SeverityBroken, "cors-preflight-fetch:5")
	case "referer":
		if j.referrers || j.c.needs(AbilityReferrer) {
			severity := SeverityBroken
			if gok && (!wok || len(gv) > len(wv)) {
				severity = SeverityUnsafe
			}
			add(kindReferer, severity, "http-network-or-cache-fetch:8.11")
		}
	case "cookie", "connection", "host", "content-length", "transfer-encoding", "user-agent", "accept-language", "date", "dnt", "keep-alive", "te", "upgrade", "via", "expect", "trailer", "cookie2":
		// They are the client's own, unless they are what the page wrote.
		switch {
		case wok:
			add(kindHeader, SeverityBroken, "")
		case authors && gok && hasElements(gv, authored):
			add(kindHeaderSent, SeverityUnsafe, "headers-validate:3")
		}
	case "accept", "accept-encoding", "cache-control", "pragma":
		// A client that is not asked for it may have its own.
		switch {
		case forged:
			j.forbidden(name, wv, wok, w, g)
		case authors && wok, wok && name != "accept" && name != "accept-encoding":
			add(kindHeader, SeverityBroken, "")
		case wok && j.isFetch():
			add(kindHeader, SeverityNote, "concept-fetch:12")
		}
	default:
		switch {
		case strings.HasPrefix(name, "sec-"):
			if forged {
				j.forbidden(name, wv, wok, w, g)
			} else if gok && wok {
				add(kindHeader, SeverityBroken, "http-network-or-cache-fetch:8.13") // not every client has Fetch Metadata
			}
		case wok:
			add(kindHeader, SeverityBroken, "")
		case authors:
			j.forbidden(name, wv, wok, w, g)
		case name == "content-type" && !safelist.IsCORSSafelistedRequestHeader(name, gv) && j.crossOrigin(g):
			add(kindHeaderSent, SeverityUnsafe, "main-fetch:12")
		case name == "content-type":
			add(kindHeaderSent, SeverityNote, "")
		}
	}
}

// hasElements reports whether the elements of a value, or cookies, stand among those of another, side by side. "me"
// does not stand in "HeadlessChrome".
func hasElements(value, elements string) bool {
	listed := func(v string) string { return "; " + strings.ReplaceAll(v, ", ", "; ") + "; " }
	return elements != "" && strings.Contains(listed(value), listed(elements))
}

// forbidden is about an author's header that is there and must not be.
func (j *judge) forbidden(name, wv string, wok bool, w *expected, g *arrived) {
	gv, _ := get(g.headers, name)
	if authored, _ := get(j.step.Headers, name); gv != authored && name != "content-type" {
		return // it is the client's own
	}
	step, severity := fetch.Step("headers-validate:3"), SeverityUnsafe
	switch {
	case w.preflight():
		step = "cors-preflight-fetch:1"
	case w.action.Hop > 0 && name == "authorization":
		step = "http-redirect-fetch:13"
	case w.action.Hop > 0 && safelist.IsRequestBodyHeaderName(name):
		step, severity = "http-redirect-fetch:12", SeverityBroken // the first server may know it, and so may this one
	}
	wanted := "no " + name
	if wok {
		wanted = name + ": " + wv
	}
	j.add(kindHeaderSent, severity, step, wanted, name+": "+gv, g)
}

// origin is about Origin.
func (j *judge) origin(wv string, wok bool, gv string, gok bool, g *arrived) {
	severity := SeverityBroken
	switch {
	case !wok && gv == "null":
		severity = SeverityWasteful
	case !wok && j.crossOrigin(g), !wok && gv != j.page.String():
		severity = SeverityUnsafe
		if gv == j.page.String() && (j.step.Mode == "no-cors" || !j.isFetch()) {
			severity = SeverityWasteful
		}
	case !wok:
		severity = SeverityWasteful
	case gok && gv != "null" && gv != wv:
		severity = SeverityUnsafe // it says what is not true, or tells what it must not
	}
	wanted, seen := "Origin: "+wv, "Origin: "+gv
	if !wok {
		wanted = "no Origin"
	}
	if !gok {
		seen = "no Origin"
	}
	j.add(kindOrigin, severity, "append-a-request-origin-header:4", wanted, seen, g)
}

// cookies compares the cookies of a request.
func (j *judge) cookies(w *expected, g *arrived) {
	value, ok := get(g.headers, "Cookie")
	var have []string
	for _, c := range strings.Split(strings.ReplaceAll(value, ", ", ";"), ";") {
		if c = strings.TrimSpace(c); c != "" {
			have = append(have, c)
		}
	}
	switch {
	case w.cookies.none && ok:
		step := fetch.Step("http-network-or-cache-fetch:8.4")
		if w.preflight() {
			step = "cors-preflight-fetch:1"
		}
		j.add(kindCookies, SeverityUnsafe, step, "no cookies", "Cookie: "+value, g)
	case !w.cookies.none:
		for _, must := range w.cookies.must {
			if !slices.Contains(have, must) {
				j.add(kindCookies, SeverityBroken, "http-network-or-cache-fetch:8.4", "Cookie: "+must, "Cookie: "+value, g)
			}
		}
	}
}

func (j *judge) isFetch() bool {
	return j.step.Via == "" || j.step.Via == "fetch" || j.step.Via == "xhr"
}

// crossOrigin reports whether a request went to another origin than the page's.
func (j *judge) crossOrigin(g *arrived) bool { return !strings.HasPrefix(g.url, j.page.String()+"/") }

// result compares what the page gets.
func (j *judge) result() {
	last := j.last()
	want, got := &j.want.result.Response, j.answer.Response
	switch {
	case j.failed() && got == nil:
		j.errorName()
		return
	case j.failed():
		j.unduly(got, last)
		return
	case got == nil:
		j.stop = true
		j.add(kindRejected, SeverityBroken, "", j.why(), j.answer.String(), last)
		return
	}
	if !j.isFetch() {
		// What an element shows is not for the protocol to tell. What it must not is.
		if want.Type == fetch.ResponseTypeOpaque {
			j.opaque(got, last)
		}
		return
	}
	if got.Type != "" && got.Type != want.Type.String() {
		severity := SeverityBroken
		if want.Type == fetch.ResponseTypeOpaque {
			severity = SeverityUnsafe
		}
		j.add(kindType, severity, "main-fetch:14", want.Type.String(), got.Type, last)
	}
	if want.Type == fetch.ResponseTypeOpaque || want.Type == fetch.ResponseTypeOpaqueRedirect {
		j.opaque(got, last)
		return
	}
	other := false // it is another response, of which nothing more is to be said
	if got.Status != want.Status {
		other = true
		j.add(kindStatus, SeverityBroken, "", "status "+strconv.Itoa(want.Status), strconv.Itoa(got.Status), last)
	}
	if u, _ := want.URL(); got.URL != u.WithoutFragment().String() && (got.Type != "" || got.URL != "") {
		j.add(kindResponseURL, SeverityBroken, "", u.WithoutFragment().String(), quote.Quote(got.URL), last)
	}
	if got.Type != "" && got.Redirected != want.Redirected() {
		j.add(kindRedirected, SeverityBroken, "", fmt.Sprint("redirected ", want.Redirected()), fmt.Sprint(got.Redirected), last)
	}
	if other {
		return
	}
	if got.Type != "" && got.StatusText != want.StatusMessage {
		j.add(kindStatus, SeverityNote, "", "statusText "+quote.Quote(want.StatusMessage), quote.Quote(got.StatusText), last)
	}
	if string(got.Body) != j.want.body {
		j.add(kindNotShown, SeverityBroken, "", "the body "+quote.Quote(j.want.body), quote.Quote(string(got.Body)), last)
	}
	j.shown(want, got, last)
}

// last returns the last request that arrived.
func (j *judge) last() *arrived {
	if n := len(j.got); n > 0 {
		return &j.got[n-1]
	}
	return nil
}

// unduly is about a response where a browser gives none.
func (j *judge) unduly(got *Response, last *arrived) {
	j.stop = true
	severity, code := SeverityBroken, j.want.result.Verdict.Code // the page may read all of its own server
	for i := range j.got {
		if j.want.threw == "" && (j.crossOrigin(&j.got[i]) || code == fetch.CodeNosniff || code == fetch.CodeMIMETypeBlocked) {
			severity = SeverityUnsafe
		}
	}
	for _, f := range j.findings { // what was sent says how bad it is
		if f.Kind == kindSent {
			severity = max(severity, f.Severity)
		}
	}
	j.add(kindRead, severity, j.deciding(), j.why(), j.answer.String(), last)
}

// opaque is about what a page must not see of an opaque response.
func (j *judge) opaque(got *Response, last *arrived) {
	add := func(what, seen string) {
		j.add(kindShown, SeverityUnsafe, "concept-filtered-response-opaque", what, seen, last)
	}
	if got.Status != 0 {
		add("status 0", strconv.Itoa(got.Status))
	}
	if len(got.Headers) > 0 {
		add("no headers", fmt.Sprintf("%d, such as %s", len(got.Headers), got.Headers[0][0]))
	}
	if len(got.Body) > 0 {
		add("no body", quote.Quote(string(got.Body)))
	}
	if got.URL != "" && j.want.result.Response.Type == fetch.ResponseTypeOpaque {
		add("no URL", quote.Quote(got.URL))
	}
	if got.StatusText != "" {
		add("no statusText", quote.Quote(got.StatusText))
	}
}

// shown compares the headers that a page sees.
func (j *judge) shown(want *fetch.Response, got *Response, last *arrived) {
	step := fetch.Step("concept-filtered-response-cors")
	if want.Type == fetch.ResponseTypeBasic {
		step = "concept-filtered-response-basic"
	}
	names := map[string]bool{}
	for _, h := range want.Headers {
		names[header.Lower(h[0])] = true
	}
	for _, h := range got.Headers {
		names[header.Lower(h[0])] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	slices.Sort(sorted)
	for _, name := range sorted {
		wv, wok := want.Headers.Get(name)
		gv, gok := get(got.Headers, name)
		switch {
		case wok == gok && wv == gv:
		case name == "content-length" && wok && !gok:
			j.add(kindNotShown, SeverityNote, step, name+": "+wv, "no header "+name, last)
		case name == "content-length" || name == "connection" || name == "date" || name == "keep-alive" || name == "transfer-encoding":
			// The client may keep them to itself, or make them.
		case !wok:
			severity := SeverityUnsafe
			_, isSent := get(last.answer.sent("", false), name)
			if !isSent || want.Type == fetch.ResponseTypeBasic && !safelist.IsForbiddenResponseHeaderName(name) {
				severity = SeverityNote // the client has made it
			}
			j.add(kindShown, severity, step, "no header "+name, name+": "+gv, last)
		case !gok:
			j.add(kindNotShown, SeverityBroken, step, name+": "+wv, "no header "+name, last)
		default:
			j.add(kindNotShown, SeverityBroken, step, name+": "+wv, name+": "+gv, last)
		}
	}
}

// errorName compares the name of an error of fetch().
func (j *judge) errorName() {
	want := "TypeError"
	if j.want.aborted {
		want = "AbortError"
	}
	if j.isFetch() && j.step.Via != "xhr" && j.answer.Rejected != want {
		j.add(kindErrorName, SeverityNote, "", want, quote.Quote(j.answer.Rejected), j.last())
	}
}

func (x *expected) preflight() bool { return x.action.Kind == fetch.ActionSendPreflight }
func (x *expected) method() string  { return x.action.Method }
func (x *expected) line() string    { return x.method() + " " + x.url }
func (g *arrived) line() string     { return g.method + " " + g.url }

// String says a request in a line, with the headers that matter.
func (g *arrived) String() string {
	text := g.line()
	for _, h := range g.headers {
		switch header.Lower(h[0]) {
		case "host", "user-agent", "accept-encoding", "connection", "accept-language":
		default:
			text += "; " + h[0] + ": " + quote.Line(h[1], 200)
		}
	}
	return text
}

// String says an answer in a line.
func (a answer) String() string {
	switch {
	case a.Hold:
		return "none yet"
	case a.Status == 0:
		return "the connection is closed"
	}
	text := strconv.Itoa(a.Status)
	for _, h := range a.Headers {
		text += "; " + h[0] + ": " + quote.Line(h[1], 200)
	}
	return text
}

// String says what a page got, in a few words.
func (a Answer) String() string {
	switch r := a.Response; {
	case r == nil:
		return "rejected with " + quote.Quote(a.Rejected)
	case r.Type == "":
		return fmt.Sprintf("a response with status %d, %d headers and a body of %d bytes", r.Status, len(r.Headers), len(r.Body))
	default:
		return fmt.Sprintf("a response of type %s with status %d, %d headers and a body of %d bytes", r.Type, r.Status, len(r.Headers), len(r.Body))
	}
}

// String says a step as a script would.
func (s *step) String() string {
	var members []string
	add := func(name, value string) {
		if value != "" {
			members = append(members, name+": "+quote.Quote(value))
		}
	}
	add("method", s.Method)
	for _, h := range s.Headers {
		members = append(members, "header "+quote.Line(h[0], 100)+": "+quote.Quote(h[1]))
	}
	switch {
	case s.Stream:
		members = append(members, "body: a stream")
	case s.HasBody:
		members = append(members, fmt.Sprintf("body: %d bytes", len(s.Body)))
	}
	add("mode", s.Mode)
	add("credentials", s.Credentials)
	add("redirect", s.Redirect)
	if s.Referrer != nil {
		members = append(members, "referrer: "+quote.Quote(*s.Referrer))
	}
	add("referrerPolicy", s.Policy)
	add("cache", s.Cache)
	if s.Keepalive {
		members = append(members, "keepalive: true")
	}
	if s.CrossOrigin != nil {
		members = append(members, "crossorigin: "+quote.Quote(*s.CrossOrigin))
	}
	if s.Abort > 0 {
		members = append(members, fmt.Sprintf("given up after %v", s.Abort))
	}
	via := s.Via
	if via == "" {
		via = "fetch"
	}
	text := via + "(" + s.URL
	if members != nil {
		text += ", {" + strings.Join(members, ", ") + "}"
	}
	return text + ")"
}
