package fetch

import (
	"slices"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// mainFetch is main fetch up to its response, for the first URL and again after each redirect.
//
// https://fetch.spec.whatwg.org/#main-fetch
func (m *Machine) mainFetch() {
	r, hooks := &m.req, &m.agent.Hooks
	blocked := allowed
	// Main fetch, step 3.
	if r.LocalURLsOnly && !isLocal(r.CurrentURL().Scheme()) {
		blocked = r.fault(CodeLocalURLsOnly, "main-fetch:3")
	}
	// Main fetch, step 5.
	if hooks.UpgradeInsecure != nil && r.CurrentURL().Scheme() == "http" && hooks.UpgradeInsecure(r) {
		m.upgrade(Event{Step: "main-fetch:5", Outcome: OutcomeUpgraded})
	}
	// Main fetch, step 6.
	mixed := r.CurrentURL().Scheme() == "http" && (hooks.AllowMixedContent == nil || !hooks.AllowMixedContent(r))
	if mixed && m.engine.upgradesMixedContent(m) {
		m.upgrade(Event{Step: "main-fetch:6", Outcome: OutcomeUpgraded})
	}
	// Main fetch, step 7.
	if blocked.OK() {
		blocked = BlockBadPort(r)
		if port, _ := r.CurrentURL().Port(); !blocked.OK() && m.engine.allowsPort(port) {
			blocked = allowed
		}
	}
	if blocked.OK() && mixed {
		blocked = m.engine.blockMixedContent(m)
	}
	if blocked.OK() && hooks.BlockRequest != nil {
		blocked = evaluated(hooks.BlockRequest(r))
	}
	// Main fetch, step 8. A client whose policy is not known has the default one.
	if r.ReferrerPolicy == ReferrerPolicyEmpty {
		r.ReferrerPolicy = ReferrerPolicyStrictOriginWhenCrossOrigin
	}
	// Main fetch, step 9.
	r.Referrer = m.engine.determineReferrer(m)
	// Main fetch, step 10.
	if m.isHSTS() {
		m.upgrade(Event{Step: "main-fetch:10", Outcome: OutcomeUpgraded})
	}
	// Main fetch, step 12: a response that is not null by now.
	if !blocked.OK() {
		m.fail(blocked)
		return
	}
	// Main fetch, step 12.
	tainting, v := m.engine.mainFetchTainting(m)
	if !v.OK() {
		m.fail(v)
		return
	}
	r.ResponseTainting = tainting
	m.event(Event{Step: "main-fetch:12", Outcome: taintingOutcomes[tainting]})
	reason := PreflightReasonNone
	if tainting == TaintingCORS {
		reason = m.engine.preflightReason(m)
		m.event(Event{Step: "main-fetch:12", Outcome: reason.outcome()})
		m.preflighted = m.preflighted || reason != PreflightReasonNone
	}
	switch {
	case m.overrideFetch():
	case tainting == TaintingCORS:
		m.httpFetch(reason)
	default:
		m.schemeFetch()
	}
}

// upgrade sets the current URL's scheme to "https".
func (m *Machine) upgrade(e Event) {
	// AD-HOC: the text changes the scheme and nothing else, which makes of http://a.example:443 a URL that is no
	// parser's, and of another origin than https://a.example. Here the port becomes null.
	l := slices.Clone(m.req.URLList) // the trace keeps its own
	l[len(l)-1] = m.req.CurrentURL().UpgradeToHTTPS()
	m.req.URLList = l
	m.where = whereaboutsOf(&m.req, m.agent.SuffixList)
	m.event(e)
}

// isHSTS says whether the host is a known HSTS host. Main fetch, step 10.
func (m *Machine) isHSTS() bool {
	// Main fetch, step 10.
	u := m.req.CurrentURL()
	if m.agent.Hooks.KnownHSTSHost == nil || u.Scheme() != "http" {
		return false
	}
	suffix, ok := origin.PublicSuffix(u.Hostname(), m.agent.SuffixList)
	return ok && suffix != "localhost" && suffix != "localhost." && m.agent.Hooks.KnownHSTSHost(u.Hostname())
}

// mainFetchTainting decides which statement matches a request whose current URL has that origin, by the response
// tainting that it sets: "cors" stands for the last two, with a preflight or without. The verdict is a refusal where it
// returns a network error. Main fetch, step 12.
//
// https://fetch.spec.whatwg.org/#main-fetch
func mainFetchTainting(r *Request, current origin.Origin) (Tainting, Verdict) {
	scheme := r.CurrentURL().Scheme()
	// Main fetch, step 12, in the order of its statements.
	switch {
	case r.ResponseTainting == TaintingBasic && current == r.Origin,
		scheme == "data",
		r.Mode == ModeNavigate || r.Mode == ModeWebSocket || r.Mode == ModeWebTransport:
		return TaintingBasic, allowed
	case r.Mode == ModeSameOrigin:
		return TaintingBasic, r.fault(CodeDisallowedByMode, "main-fetch:12")
	case r.Mode == ModeNoCORS:
		if r.Redirect != RedirectFollow {
			return TaintingBasic, r.fault(CodeNoCORSRedirectModeNotFollow, "main-fetch:12")
		}
		return TaintingOpaque, allowed
	case !isHTTP(scheme):
		return TaintingBasic, r.fault(CodeCORSDisabledScheme, "main-fetch:12")
	}
	return TaintingCORS, allowed
}

// NeedsPreflight decides whether main fetch makes the request with a CORS preflight, unless the CORS-preflight cache
// covers it. The names are the CORS-unsafe request-header names of the request where it does, else nil.
//
// https://fetch.spec.whatwg.org/#main-fetch
func NeedsPreflight(r *Request) (reason PreflightReason, names []string) {
	// Main fetch, step 3. What is local needs none either.
	if r.LocalURLsOnly {
		return PreflightReasonNone, nil
	}
	// Main fetch, step 7.
	if !BlockBadPort(r).OK() {
		return PreflightReasonNone, nil
	}
	// Main fetch, step 12.
	if t, _ := mainFetchTainting(r, r.CurrentURL().Origin()); t != TaintingCORS {
		return PreflightReasonNone, nil
	}
	return preflightReason(r, safelist.UnsafeRequestHeaderNames)
}

// preflightReason decides between the last two statements. The names are the CORS-unsafe request-header names, if a
// flag makes them count.
func preflightReason(r *Request, unsafe func(headers [][2]string) []string) (reason PreflightReason, names []string) {
	// Main fetch, step 12.
	if !r.UseCORSPreflight && !r.UnsafeRequest {
		return PreflightReasonNone, nil
	}
	names = unsafe(r.Headers)
	switch {
	case r.UseCORSPreflight:
		reason = PreflightReasonFlag
	case !safelist.IsCORSSafelistedMethod(r.Method):
		reason = PreflightReasonMethod
	case len(names) > 0:
		reason = PreflightReasonHeaders
	}
	return reason, names
}

// mainFetchResponse is the rest of main fetch, for a response that is not a network error.
func (m *Machine) mainFetchResponse() {
	r, internal, out := &m.req, &m.internal, &m.result.Response
	// Main fetch, step 14. A manual redirect and what a hook answers may have been filtered before.
	if internal.Type == ResponseTypeDefault {
		if r.ResponseTainting == TaintingCORS {
			// Main fetch, step 14.1.
			internal.ExposedHeaderNames = m.engine.exposedHeaderNames(r, internal)
		}
		t := filteredTypes[r.ResponseTainting]
		*out = filtered(internal, t, m.visible)
		m.event(Event{Step: "main-fetch:14", Outcome: filteredOutcomes[t]})
	} else {
		*out = *internal
		*internal = *internal.internal()
		out.Internal = internal
	}
	// Main fetch, steps 15 and 16. A filter is a view: what it shows of the internal response follows it.
	if len(internal.URLList) == 0 {
		internal.URLList = r.URLList
	}
	internal.URLList = slices.Clip(internal.URLList)
	// Main fetch, step 18.
	if r.isNavigation() {
		internal.navigationTimingAllowValues = m.timing
	}
	// Main fetch, step 19.
	internal.TimingAllowPassed = internal.TimingAllowPassed || !r.TimingAllowFailed
	// Main fetch, step 20.
	v := allowed
	if h := m.agent.Hooks.BlockResponse; h != nil {
		v = evaluated(h(r, internal))
	}
	if v.OK() {
		v = m.engine.blockType(r, internal)
	}
	// Main fetch, step 21.
	if v.OK() {
		v = blockUnexpectedRange(r, out)
	}
	if !v.OK() {
		m.preflighted = false // the cache is cleared only for what goes wrong before this point
		m.fail(v)
		return
	}
	// Main fetch, step 22.
	if r.Method == "HEAD" || r.Method == "CONNECT" || safelist.IsNullBodyStatus(internal.Status) {
		internal.NullBody = true
	}
	out.TimingAllowPassed, out.navigationTimingAllowValues = internal.TimingAllowPassed, internal.navigationTimingAllowValues
	if out.Type != ResponseTypeOpaque {
		out.URLList = internal.URLList
	}
	if out.Type != ResponseTypeOpaque && out.Type != ResponseTypeOpaqueRedirect {
		out.NullBody = internal.NullBody
	}
	m.result.Verdict, m.waiting = allowed, ActionDone
}

// filteredTypes are those of the filtered responses that the response taintings ask for.
var filteredTypes = [...]ResponseType{TaintingBasic: ResponseTypeBasic, TaintingCORS: ResponseTypeCORS, TaintingOpaque: ResponseTypeOpaque}

// ExposedHeaderNames returns the CORS-exposed header-name list that a response to r gets: what its
// Access-Control-Expose-Headers lists, or all names it has where that contains "*" and r does not include credentials.
//
// https://fetch.spec.whatwg.org/#main-fetch
func ExposedHeaderNames(r *Request, resp *Response) []string {
	// Main fetch, step 14.1.
	// AD-HOC: failure exposes nothing, as null does: "non-null or failure" has lost a word
	// (https://github.com/whatwg/fetch/issues/433).
	names, state := header.ExtractListValues(resp.Headers, exposeHeaders)
	if state != header.List {
		return nil
	}
	if r.Credentials == CredentialsInclude || !slices.Contains(names, "*") {
		return names
	}
	seen := make(map[string]struct{}, len(resp.Headers))
	names = make([]string, 0, len(resp.Headers))
	for _, h := range resp.Headers {
		lower := header.Lower(h[0])
		if _, ok := seen[lower]; !ok {
			seen[lower] = struct{}{}
			names = append(names, h[0])
		}
	}
	return names
}

// blockUnexpectedRange decides whether an opaque response is blocked because it answers a range that this request did
// not ask for: a response of a service worker can.
//
// https://fetch.spec.whatwg.org/#main-fetch
func blockUnexpectedRange(r *Request, resp *Response) Verdict {
	// Main fetch, step 21.
	internal := resp.internal()
	if resp.Type == ResponseTypeOpaque && safelist.IsRangeStatus(internal.Status) && internal.rangeRequested && !r.Headers.Contains("Range") {
		return Verdict{Code: CodeUnexpectedRangeResponse, Step: "main-fetch:21"}
	}
	return allowed
}
