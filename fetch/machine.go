package fetch

import (
	"fmt"
	"slices"
	"time"

	"github.com/corspec/corspec/internal/enum"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// An ActionKind says what a [Machine] wants done.
type ActionKind uint8

// The kinds of action.
const (
	ActionSendPreflight ActionKind = iota + 1 // send this CORS-preflight request and do not follow redirects
	ActionSendRequest                         // send this request and do not follow redirects
	ActionFetchLocal                          // get what this blob: URL stands for
	ActionDone                                // nothing more: ask for the Result
)

var actionKinds = enum.From1[ActionKind]("fetch: kind of action", "preflight", "request", "local", "done")

// String returns the kind's name.
func (k ActionKind) String() string { return actionKinds.String(k) }

// A BodyAction says what to do about the request's body in one exchange.
type BodyAction uint8

// What to do about a body.
const (
	BodyActionNone   BodyAction = iota // send none
	BodyActionSend                     // send it, for the first time
	BodyActionReplay                   // send it once more from its source
)

var bodyActions = enum.New[BodyAction]("fetch: body action", "none", "send", "replay")

// String returns the action's name.
func (b BodyAction) String() string { return bodyActions.String(b) }

// An Action is what a [Machine] wants done next.
type Action struct {
	Kind   ActionKind
	Hop    int             // redirects followed so far
	Reason PreflightReason // why a preflight is sent; NoPreflight for other kinds
	Method string          // byte for byte
	URL    origin.URL

	// Headers are to be sent as they are, ahead of what the transport adds by itself. The list is the caller's to keep.
	Headers HeaderList

	// IncludeCredentials says whether cookies and other credentials go with the request, and so whether the Set-Cookie
	// headers of its response are stored: they are even if the response is blocked afterwards.
	IncludeCredentials bool

	Body BodyAction
}

// A Result is the end of a fetch.
type Result struct {
	// Response is what the page gets: a filtered response, or a network error.
	Response Response

	// Verdict is [CodeOK] or says why the response is a network error.
	Verdict Verdict

	// Hop counts the redirects that were followed.
	Hop int

	// Reached says that a request other than a preflight was answered: the server's handler ran, whether or not the page may
	// read the response.
	Reached bool
}

// An OrderError is a call to a [Machine] that does not fit what it waits for.
type OrderError struct {
	Call    string     // the method that was called
	Waiting ActionKind // what the machine wants done; 0 for the zero Machine, which is no fetch
}

// Error says which call was wrong and what the machine waits for.
func (e *OrderError) Error() string {
	switch e.Waiting {
	case 0:
		return fmt.Sprintf("fetch: Machine.%s: the fetch has not been started; get the Machine from Agent.Start", e.Call)
	case ActionDone:
		return fmt.Sprintf("fetch: Machine.%s: the fetch is done; call Result", e.Call)
	}
	return fmt.Sprintf("fetch: Machine.%s: the fetch is not done; do what Action says (%s) and call Receive, Fail or Abort", e.Call, e.Waiting)
}

// A ResponseHead is what comes ahead of a response's body: what a [Machine] receives.
type ResponseHead struct {
	Status        int
	StatusMessage string // such as "Not Found"; empty where the protocol has none
	Headers       HeaderList
}

// A Machine is one fetch, without I/O: [Machine.Action] says what to do, and [Machine.Receive], [Machine.Fail] or
// [Machine.Abort] what came of it, until the action is [ActionDone]. [Agent.Start] makes it; the zero Machine is no fetch. It must
// not be used by several goroutines at once.
type Machine struct {
	agent  *Agent
	req    Request
	now    time.Time
	action Action
	result Result

	started        time.Time
	start          Request // as it was when the fetch started
	variant        variantState
	names          []string // CORS-unsafe request-header names of req, while a preflight is under way
	preflighted    bool     // some main fetch of this fetch took the branch with a preflight
	noWorker       bool     // service-workers mode is "none"
	internal       Response
	visible        HeaderList // room for the headers of the filtered response
	bodySent       bool
	exchanges      []Exchange
	events         []Event
	urlBuffer      [2]origin.URL
	headerBuffer   [6][2]string
	networkBuffer  [8][2]string
	sentBuffer     [8][2]string
	exchangeBuffer [1]Exchange
	eventBuffer    [8]Event
}

// Action returns what is to be done. It changes nothing: until the machine is told what came of it, it returns the same.
func (m *Machine) Action() Action { return m.action }

// Result returns the end of the fetch; before that it returns an [*OrderError].
func (m *Machine) Result() (Result, error) {
	if m.action.Kind != ActionDone {
		return Result{}, &OrderError{"Result", m.action.Kind}
	}
	return m.result, nil
}

// waits returns an [*OrderError] where the machine waits for nothing.
func (m *Machine) waits(call string) error {
	if k := m.action.Kind; k == ActionDone || k == 0 {
		return &OrderError{call, k}
	}
	return nil
}

// Receive tells the machine that the request that Action asked for was answered at that time, with that status and those
// headers, interim responses left out. No part of it is kept. Whatever the server answered is no error: the only one is an
// [*OrderError].
func (m *Machine) Receive(now time.Time, head ResponseHead) error {
	kind := m.action.Kind
	if err := m.waits("Receive"); err != nil {
		return err
	}
	m.now = now
	head.Headers = m.keep(head.Headers, kind)
	e := &m.exchanges[len(m.exchanges)-1]
	e.Answered, e.Received, e.Response = true, now, head
	own := Response{Status: head.Status, Headers: head.Headers}
	switch kind {
	case ActionSendPreflight:
		m.receivePreflight(&own)
	case ActionSendRequest:
		m.result.Reached = true
		m.internal = own
		m.receive()
	case ActionFetchLocal:
		m.internal = own
		m.internal.RangeRequested = m.req.Headers.Contains("Range")
		m.finish()
	}
	return nil
}

// keep copies the headers of a response. A request's response may be filtered, for which the same array has room.
func (m *Machine) keep(l HeaderList, kind ActionKind) HeaderList {
	n := len(l)
	room := n
	if kind == ActionSendPreflight {
		room = 0
	}
	own := append(make(HeaderList, 0, n+room), l...)
	m.visible = own[n:n:cap(own)]
	return own[:n:n]
}

// Fail tells the machine that the request that Action asked for got no answer. The only error is an [*OrderError].
func (m *Machine) Fail(cause error) error {
	if err := m.waits("Fail"); err != nil {
		return err
	}
	v := Verdict{Code: CodeTransportError, Want: m.action.URL.String()}
	if cause != nil {
		v.Value = cause.Error()
	}
	m.fail(v)
	return nil
}

// Abort ends the fetch: the page gave it up. The only error is an [*OrderError].
func (m *Machine) Abort() error {
	if err := m.waits("Abort"); err != nil {
		return err
	}
	m.fail(Verdict{Code: CodeAborted, Want: m.action.URL.String()})
	return nil
}

// mainFetch runs main fetch up to the point where something has to be done, for the first URL and after each redirect.
//
// https://fetch.spec.whatwg.org/#main-fetch
func (m *Machine) mainFetch() {
	r, hooks := &m.req, &m.agent.Hooks
	blocked := allowed
	// Main fetch, step 3.
	if r.LocalURLsOnly && !isLocal(r.CurrentURL().Scheme()) {
		blocked = Verdict{Code: CodeLocalURLsOnly, Step: "main-fetch:3", Want: r.CurrentURL().String()}
	}
	// Main fetch, step 5.
	if hooks.UpgradeInsecure != nil && r.CurrentURL().Scheme() == "http" && hooks.UpgradeInsecure(r) {
		m.upgrade(Event{Step: "main-fetch:5", Outcome: OutcomeUpgraded})
	}
	// Main fetch, step 6.
	mixed := r.CurrentURL().Scheme() == "http" && (hooks.AllowMixedContent == nil || !hooks.AllowMixedContent(r))
	if mixed && UpgradesMixedContent(r) {
		m.upgrade(Event{Step: "main-fetch:6", Outcome: OutcomeUpgraded})
	}
	// Main fetch, step 7.
	if blocked.OK() {
		blocked = m.agent.Profile.blockBadPort(r)
	}
	if blocked.OK() && mixed {
		blocked = BlockMixedContent(r)
	}
	if blocked.OK() && hooks.BlockRequest != nil {
		blocked = evaluated(hooks.BlockRequest(r))
	}
	// Main fetch, step 8. A client whose policy is not known has the default one.
	if r.ReferrerPolicy == ReferrerPolicyEmpty {
		r.ReferrerPolicy = ReferrerPolicyStrictOriginWhenCrossOrigin
	}
	// Main fetch, step 10.
	if m.isHSTS() {
		m.upgrade(Event{Step: "main-fetch:10", Outcome: OutcomeUpgraded})
	}
	// Main fetch, step 12: a response that is not null by now.
	if !blocked.OK() {
		m.fail(blocked)
		return
	}
	if m.agent.Profile.differs() && m.variantMainFetch() {
		return
	}
	// Main fetch, step 12.
	b, v := mainFetchBranch(r)
	switch b {
	case branchNone:
		m.fail(v)
	case branchBasic:
		m.taint(TaintingBasic)
		m.schemeFetch()
	case branchOpaque:
		m.taint(TaintingOpaque)
		m.schemeFetch()
	case branchCORS:
		m.taint(TaintingCORS)
		reason, names := m.preflightReason()
		m.event(Event{Step: "main-fetch:12", Outcome: preflightNeeds(reason)})
		m.preflighted = m.preflighted || reason != PreflightReasonNone
		if !m.overridden() {
			m.httpFetch(reason, names)
		}
	}
}

func (m *Machine) preflightReason() (PreflightReason, []string) {
	if m.agent.Profile.differs() {
		return m.variantPreflightReason()
	}
	return preflightReason(&m.req)
}

func (m *Machine) taint(t Tainting) {
	m.req.ResponseTainting = t
	m.event(Event{Step: "main-fetch:12", Outcome: taintingOutcomes[t]})
}

// isHSTS is the condition of main fetch's step 10.
func (m *Machine) isHSTS() bool {
	// Main fetch, step 10.
	u := m.req.CurrentURL()
	if m.agent.Hooks.KnownHSTSHost == nil || u.Scheme() != "http" {
		return false
	}
	suffix, ok := origin.PublicSuffix(u.Hostname(), m.agent.SuffixList)
	return ok && suffix != "localhost" && suffix != "localhost." && m.agent.Hooks.KnownHSTSHost(u.Hostname())
}

// upgrade sets the current URL's scheme to "https".
func (m *Machine) upgrade(e Event) {
	// AD-HOC: the text changes the scheme and nothing else, which makes of http://a.example:443 a URL that is no parser's, and
	// of another origin than https://a.example. Here the port becomes null.
	l := slices.Clone(m.req.URLList) // m.start keeps its own
	l[len(l)-1] = m.req.CurrentURL().UpgradeToHTTPS()
	m.req.URLList = l
	m.event(e)
}

// overridden is override fetch's hook.
//
// https://fetch.spec.whatwg.org/#concept-override-fetch
func (m *Machine) overridden() bool {
	if m.agent.Hooks.OverrideFetch == nil {
		return false
	}
	// Override fetch, step 2.
	resp, ok := m.agent.Hooks.OverrideFetch(&m.req)
	if !ok {
		return false
	}
	// Override fetch, step 3.
	if resp.IsNetworkError() {
		m.fail(Verdict{Code: CodeHookResponse, Step: "override-fetch:3", Want: m.req.CurrentURL().String()})
		return true
	}
	m.event(Event{Step: "override-fetch:3", Outcome: OutcomeOverridden})
	m.internal = resp.clone()
	m.finish()
	return true
}

// schemeFetch is scheme fetch, by way of override fetch.
//
// https://fetch.spec.whatwg.org/#scheme-fetch
func (m *Machine) schemeFetch() {
	if m.overridden() {
		return
	}
	u := m.req.CurrentURL()
	// Scheme fetch, step 3.
	switch scheme := u.Scheme(); {
	case isHTTP(scheme):
		m.httpFetch(PreflightReasonNone, nil)
	case scheme == "about" && u.Pathname() == "blank" && !m.agent.Profile.Has(AboutBlankNotFetched):
		m.internal = Response{Status: 200, Headers: HeaderList{{"Content-Type", "text/html;charset=utf-8"}}}
		m.finish()
	case scheme == "data":
		t, ok := dataURLMIMEType(u)
		if !ok {
			m.fail(Verdict{Code: CodeSchemeNotSupported, Step: "scheme-fetch:3", Want: u.String()})
			return
		}
		m.internal = Response{Status: 200, Headers: HeaderList{{"Content-Type", t}}}
		m.finish()
	case scheme == "blob" && m.req.Method != "GET":
		m.fail(Verdict{Code: CodeSchemeNotSupported, Step: "scheme-fetch:3", Want: u.String()})
	case scheme == "blob":
		m.do(Action{Kind: ActionFetchLocal, Method: m.req.Method, URL: u, Headers: m.networkHeaders()})
	case scheme == "file":
		// The standard leaves file: URLs open and asks for a network error when in doubt.
		m.fail(Verdict{Code: CodeSchemeNotSupported, Step: "scheme-fetch:3", Want: u.String()})
	default:
		// Scheme fetch, step 4.
		m.fail(Verdict{Code: CodeSchemeNotSupported, Step: "scheme-fetch:4", Want: u.String()})
	}
}

// httpFetch is HTTP fetch up to the request; a reason for a preflight stands for makeCORSPreflight.
//
// https://fetch.spec.whatwg.org/#http-fetch
func (m *Machine) httpFetch(reason PreflightReason, names []string) {
	r := &m.req
	// HTTP fetch, step 3.
	if h := m.agent.Hooks.HandleFetch; h != nil && !m.noWorker {
		if resp, ok := h(r); ok {
			m.fromWorker(resp)
			return
		}
	}
	// HTTP fetch, step 4.1.
	if reason != PreflightReasonNone {
		if !m.agent.Cache.covers(r, names, m.now, m.agent.Profile) {
			m.names = names
			p := m.agent.Profile.preflightRequest(r, names)
			m.do(Action{Kind: ActionSendPreflight, Reason: reason, Method: p.Method, URL: r.CurrentURL(), Headers: p.Headers})
			return
		}
		m.event(Event{Step: "http-fetch:4.1", Outcome: OutcomePreflightCached})
	}
	m.network()
}

// fromWorker is HTTP fetch for a response of a service worker.
func (m *Machine) fromWorker(resp Response) {
	r := &m.req
	// HTTP fetch, step 3.5.7.
	if resp.Type == ResponseTypeError ||
		r.Mode == ModeSameOrigin && resp.Type == ResponseTypeCORS ||
		r.Mode != ModeNoCORS && resp.Type == ResponseTypeOpaque ||
		r.Redirect != RedirectManual && resp.Type == ResponseTypeOpaqueRedirect ||
		r.Redirect != RedirectFollow && len(resp.URLList) > 1 {
		m.fail(Verdict{Code: CodeHookResponse, Step: "http-fetch:3.5.7", Want: r.CurrentURL().String()})
		return
	}
	m.event(Event{Step: "http-fetch:3.5", Outcome: OutcomeServiceWorker})
	m.internal = resp.clone()
	m.afterResponse()
}

// network is HTTP-network-or-cache fetch up to the request.
//
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (m *Machine) network() {
	r := &m.req
	// HTTP fetch, step 4.2.
	if r.Redirect == RedirectFollow {
		m.noWorker = true
	}
	if v := m.variant.refusal; v.Evaluated() && !v.OK() {
		m.fail(v)
		return
	}
	a := Action{Kind: ActionSendRequest, Method: r.Method, URL: r.CurrentURL(), Headers: m.networkHeaders(), IncludeCredentials: includeCredentials(r)}
	if m.agent.Profile.differs() {
		a.IncludeCredentials = m.includeVariantCredentials()
	}
	switch {
	case r.Body == BodyNull:
	case m.bodySent:
		a.Body = BodyActionReplay
	default:
		a.Body = BodyActionSend
		m.bodySent = true
	}
	m.do(a)
}

// includeCredentials decides whether credentials go with the request.
//
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func includeCredentials(r *Request) bool {
	// HTTP-network-or-cache fetch, steps 8.3 and 8.4.
	include := r.Credentials == CredentialsInclude || r.Credentials == CredentialsSameOrigin && r.ResponseTainting == TaintingBasic
	return include && EmbedderPolicyAllowsCredentials(r)
}

// networkHeaders returns the headers that go out: those of the request and Origin. The list is the caller's.
func (m *Machine) networkHeaders() HeaderList {
	l := HeaderList(m.networkBuffer[:0])
	if len(m.exchanges) > 0 || len(m.req.Headers)+1 > len(m.networkBuffer) {
		l = make(HeaderList, 0, len(m.req.Headers)+1)
	}
	// HTTP-network-or-cache fetch, step 8.12.
	if m.agent.Profile.differs() {
		l = m.appendVariantOrigin(append(l, m.variantHeaders()...))
	} else {
		l = AppendOriginHeader(&m.req, append(l, m.req.Headers...))
	}
	return l[:len(l):len(l)]
}

func (m *Machine) do(a Action) {
	a.Hop = m.result.Hop
	m.action = a
	// What the caller does to the action's headers does not change what is told of them afterwards.
	sent := HeaderList(m.sentBuffer[:0])
	if len(m.exchanges) > 0 {
		sent = nil
	}
	a.Headers = append(sent, a.Headers...)
	m.exchanges = append(m.exchanges, Exchange{Action: a})
}

// receivePreflight is the rest of CORS-preflight fetch.
func (m *Machine) receivePreflight(resp *Response) {
	// HTTP-network-or-cache fetch, step 16. The preflight has nobody to ask for a password.
	if resp.Status == 407 {
		m.fail(proxyAuthenticationRequired)
		return
	}
	v, grant, cached := m.checkPreflight(resp)
	if cached {
		m.agent.Cache.store(&m.req, grant, m.now, m.agent.Profile)
	}
	if !v.OK() {
		m.fail(v)
		return
	}
	m.event(Event{Step: "cors-preflight-fetch:7", Outcome: OutcomePreflightPassed})
	m.network()
}

// checkPreflight is preflightCheck for the machine's request and profile, and whether the grant is cached.
func (m *Machine) checkPreflight(resp *Response) (v Verdict, grant PreflightGrant, cached bool) {
	if m.agent.Profile.differs() {
		return m.variantPreflightCheck(resp)
	}
	v, grant = preflightCheck(&m.req, resp, m.names)
	return v, grant, v.OK()
}

var proxyAuthenticationRequired = Verdict{Code: CodeProxyAuthenticationRequired, Step: "http-network-or-cache-fetch:16.1"}

// receive is the rest of HTTP-network-or-cache fetch and step 4 of HTTP fetch, for the response in m.internal.
func (m *Machine) receive() {
	r, resp := &m.req, &m.internal
	// HTTP-network-or-cache fetch, steps 12 to 14.
	resp.URLList = r.URLList
	resp.RangeRequested = r.Headers.Contains("Range")
	resp.RequestExcludedCredentials = !m.action.IncludeCredentials
	// HTTP-network-or-cache fetch, step 16.
	if resp.Status == 407 && !m.agent.Profile.Has(ProxyAuthenticationIsResponse) {
		m.fail(proxyAuthenticationRequired)
		return
	}
	// HTTP fetch, step 4.4.
	if r.ResponseTainting == TaintingCORS {
		v := CORSCheck(r, resp)
		if m.agent.Profile.differs() {
			v = m.variantCORSCheck(resp)
		}
		if !v.OK() {
			m.preflighted = m.preflighted || m.agent.Profile.Has(AnyFailureClearsCache)
			m.fail(v)
			return
		}
		m.event(Event{Step: "http-fetch:4.4", Outcome: OutcomeCORSCheckPassed})
	}
	// HTTP fetch, step 4.5.
	if v := TAOCheck(r, resp); !v.OK() {
		r.TimingAllowFailed = true
		m.event(Event{Step: "http-fetch:4.5", Outcome: OutcomeTAOCheckFailed})
	}
	m.afterResponse()
}

// afterResponse is the rest of HTTP fetch.
func (m *Machine) afterResponse() {
	r, resp := &m.req, &m.internal
	// HTTP fetch, step 5.
	if r.ResponseTainting == TaintingOpaque || resp.Type == ResponseTypeOpaque {
		if v := m.corpCheck(resp.internal()); !v.OK() {
			m.fail(v)
			return
		}
	}
	// HTTP fetch, step 6.
	if !m.agent.Profile.isRedirect(r, resp.internal()) {
		m.finish()
		return
	}
	// HTTP fetch, step 6.1.
	if r.IsNavigation() {
		values := resp.internal().Headers.GetDecodeAndSplit(timingAllow)
		r.NavigationTimingAllowValues = append(r.NavigationTimingAllowValues, values)
	}
	// HTTP fetch, step 6.3.
	switch r.Redirect {
	case RedirectError:
		v := Verdict{Code: CodeRedirectModeError, Step: "http-fetch:6.3", Header: "Location", Want: r.CurrentURL().String()}
		v.Value, v.Lines = firstLine(resp.internal().Headers, "Location")
		m.fail(v)
	case RedirectManual:
		if m.agent.Profile.differs() && m.variantManualRedirect(resp.internal()) {
			return
		}
		if r.Mode != ModeNavigate {
			internal := *resp.internal()
			m.internal = OpaqueRedirectFilteredResponse(&internal)
			m.event(Event{Step: "http-fetch:6.3", Outcome: OutcomeFilteredOpaqueRedirect})
		}
		m.finish()
	case RedirectFollow:
		var v Verdict
		var follow bool
		if m.agent.Profile.differs() {
			v, follow = m.variantRedirect(resp)
		} else {
			v, follow = redirect(r, resp)
		}
		switch {
		case !v.OK():
			m.fail(v)
		case !follow:
			m.finish()
		default:
			m.result.Hop++
			m.event(Event{Step: "http-redirect-fetch:22", Outcome: OutcomeRedirected, Subject: r.CurrentURL().String()})
			m.mainFetch()
		}
	}
}

// corpCheck is the cross-origin resource policy check with its reports.
func (m *Machine) corpCheck(internal *Response) Verdict {
	r := &m.req
	// HTTP fetch, step 5.
	p := m.agent.Profile.embedderPolicy(r, internal)
	v, report := CORPCheck(r.Origin, p, internal, CORPForFetch, m.agent.SuffixList)
	if h := m.agent.Hooks.CORPViolation; report && h != nil {
		violation := CORPViolation{BlockedURL: SerializeResponseURLForReporting(internal), Destination: r.Destination}
		if o, _ := CORPCheck(r.Origin, EmbedderPolicy{Value: p.ReportOnly}, internal, CORPForFetch, m.agent.SuffixList); !o.OK() {
			violation.ReportOnly, violation.Endpoint = true, p.ReportOnlyReportEndpoint
			h(violation)
		}
		if !v.OK() {
			violation.ReportOnly, violation.Endpoint = false, p.ReportingEndpoint
			h(violation)
		}
	}
	return v
}

// filter is step 14 of main fetch.
func (m *Machine) filter() {
	r, out := &m.req, &m.result.Response
	switch r.ResponseTainting {
	case TaintingBasic:
		*out = filtered(&m.internal, ResponseTypeBasic, m.visible)
	case TaintingCORS:
		// Main fetch, step 14.1.
		m.internal.ExposedHeaderNames = ExposedHeaderNames(r, &m.internal)
		if m.agent.Profile.differs() {
			m.internal.ExposedHeaderNames = m.variantExposedHeaderNames()
		}
		*out = filtered(&m.internal, ResponseTypeCORS, m.visible)
	case TaintingOpaque:
		*out = OpaqueFilteredResponse(&m.internal)
	}
	m.event(Event{Step: "main-fetch:14", Outcome: filteredOutcomes[out.Type]})
}

// finish is the rest of main fetch for a response that is no network error.
func (m *Machine) finish() {
	r, out := &m.req, &m.result.Response
	// Main fetch, step 14. A manual redirect and what a hook answers may have been filtered before.
	if m.internal.Type == ResponseTypeDefault {
		m.filter()
	} else {
		*out = m.internal
		m.internal = *m.internal.internal()
		out.Internal = &m.internal
	}
	// Main fetch, steps 15 and 16. A filter is a view: what it shows of the internal response follows it.
	if len(m.internal.URLList) == 0 {
		m.internal.URLList = r.URLList
	}
	m.internal.URLList = slices.Clip(m.internal.URLList)
	// Main fetch, steps 17 to 19.
	m.internal.RedirectTaint = r.RedirectTaint(m.agent.SuffixList)
	if r.IsNavigation() {
		m.internal.NavigationTimingAllowValues = r.NavigationTimingAllowValues
	}
	m.internal.TimingAllowPassed = m.internal.TimingAllowPassed || !r.TimingAllowFailed
	// Main fetch, step 20.
	v := allowed
	if h := m.agent.Hooks.BlockResponse; h != nil {
		v = evaluated(h(r, &m.internal))
	}
	typed := &m.internal
	if m.agent.Profile.differs() {
		typed = m.agent.Profile.typed(typed)
	}
	if v.OK() {
		v = BlockMIMEType(r, typed)
	}
	if v.OK() && m.agent.Profile.differs() {
		v = m.agent.Profile.blockMIMEType(r, typed)
	}
	if v.OK() {
		v = BlockNosniff(r, typed)
	}
	// Main fetch, step 21.
	if v.OK() {
		v = BlockUnexpectedRange(r, out)
	}
	if !v.OK() {
		m.preflighted = false // the cache is cleared only for what goes wrong before this point
		m.fail(v)
		return
	}
	// Main fetch, step 22.
	if r.Method == "HEAD" || r.Method == "CONNECT" || safelist.IsNullBodyStatus(m.internal.Status) {
		m.internal.NullBody = true
	}
	out.RedirectTaint, out.TimingAllowPassed = m.internal.RedirectTaint, m.internal.TimingAllowPassed
	out.NavigationTimingAllowValues = m.internal.NavigationTimingAllowValues
	if out.Type != ResponseTypeOpaque {
		out.URLList = m.internal.URLList
	}
	if out.Type != ResponseTypeOpaque && out.Type != ResponseTypeOpaqueRedirect {
		out.NullBody = m.internal.NullBody
	}
	m.result.Verdict = allowed
	m.action = Action{Kind: ActionDone, Hop: m.result.Hop}
}

// fail ends the fetch with a network error.
func (m *Machine) fail(v Verdict) {
	// Main fetch, step 12, of each main fetch that took the branch with a preflight: they share the request.
	if m.preflighted && !m.agent.Profile.Has(FailureKeepsCache) {
		m.agent.Cache.clearEntries(&m.req, m.agent.Profile)
	}
	m.event(Event{Step: v.Step, Outcome: Outcome(v.Code), Subject: v.Want})
	m.result.Response = Response{Type: ResponseTypeError}
	m.result.Verdict = v
	m.action = Action{Kind: ActionDone, Hop: m.result.Hop}
}

// evaluated turns the verdict of a hook that has no opinion into one that lets pass.
func evaluated(v Verdict) Verdict {
	if !v.Evaluated() {
		return allowed
	}
	return v
}
