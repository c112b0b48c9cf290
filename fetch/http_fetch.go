package fetch

import "github.com/corspec/corspec/internal/header"

// httpFetch is HTTP fetch up to the preflight, which a reason asks for.
//
// https://fetch.spec.whatwg.org/#http-fetch
func (m *Machine) httpFetch(reason PreflightReason) {
	r := &m.req
	// HTTP fetch, step 3.
	if h := m.agent.Hooks.HandleFetch; h != nil && !m.noWorker {
		if resp, ok := h(r); ok {
			// HTTP fetch, step 3.5.7.
			if resp.Type == ResponseTypeError ||
				r.Mode == ModeSameOrigin && resp.Type == ResponseTypeCORS ||
				r.Mode != ModeNoCORS && resp.Type == ResponseTypeOpaque ||
				r.Redirect != RedirectManual && resp.Type == ResponseTypeOpaqueRedirect ||
				r.Redirect != RedirectFollow && len(resp.URLList) > 1 {
				m.fail(r.fault(CodeHookResponse, "http-fetch:3.5.7"))
				return
			}
			m.event(Event{Step: "http-fetch:3.5", Outcome: OutcomeServiceWorker})
			m.internal = resp.clone()
			m.httpFetchResponse(false)
			return
		}
	}
	// HTTP fetch, step 4.1.
	if reason != PreflightReasonNone {
		key, ok := m.engine.cacheKey(m)
		if !ok || m.engine.skipsPreflightCache(m) ||
			!m.agent.Cache.covers(m.engine, key, r.Credentials == CredentialsInclude, m.engine.methodToMatch(r), m.names, m.now()) {
			m.corsPreflightFetch(reason)
			return
		}
		m.event(Event{Step: "http-fetch:4.1", Outcome: OutcomePreflightCached})
	}
	m.httpFetchPreflighted()
}

// httpFetchPreflighted is HTTP fetch from where no preflight is needed, or it has passed, up to the response.
func (m *Machine) httpFetchPreflighted() {
	// HTTP fetch, step 4.2.
	if m.req.Redirect == RedirectFollow {
		m.noWorker = true
	}
	if m.refusal != nil {
		m.fail(*m.refusal)
		return
	}
	// HTTP fetch, step 4.3.
	m.httpNetworkOrCacheFetch(&m.req, &Action{Kind: ActionSendRequest})
}

// httpFetchResponse is the rest of HTTP fetch, for a response of the network or, else, of the service worker.
func (m *Machine) httpFetchResponse(network bool) {
	r, resp := &m.req, &m.internal
	if network {
		// HTTP fetch, step 4.4.
		if r.ResponseTainting == TaintingCORS {
			if v := m.engine.corsCheck(m); !v.OK() {
				m.fail(v)
				return
			}
			m.event(Event{Step: "http-fetch:4.4", Outcome: OutcomeCORSCheckPassed})
		}
		// HTTP fetch, step 4.5.
		if v := taoCheck(m.shown(), r, resp); !v.OK() {
			r.TimingAllowFailed = true
			m.event(Event{Step: "http-fetch:4.5", Outcome: OutcomeTAOCheckFailed})
		}
	}
	// HTTP fetch, step 5.
	if r.ResponseTainting == TaintingOpaque || resp.Type == ResponseTypeOpaque {
		if v := m.corpCheck(resp.internal()); !v.OK() {
			m.fail(v)
			return
		}
	}
	// HTTP fetch, step 6.
	if !m.engine.isRedirect(r, resp.internal()) {
		m.mainFetchResponse()
		return
	}
	// HTTP fetch, step 6.1.
	if r.isNavigation() {
		values := header.GetDecodeAndSplit(resp.internal().Headers, timingAllow)
		m.timing = append(m.timing, values)
	}
	// HTTP fetch, step 6.3.
	switch r.Redirect {
	case RedirectError:
		m.fail(fault(CodeRedirectModeError, "http-fetch:6.3", resp.internal(), "Location", r.CurrentURL().String()))
	case RedirectManual:
		if v := m.engine.blockManualRedirect(resp.internal()); !v.OK() {
			m.fail(v)
			return
		}
		if r.Mode != ModeNavigate {
			internal := *resp.internal()
			m.internal = FilteredResponse(&internal, ResponseTypeOpaqueRedirect)
			m.event(Event{Step: "http-fetch:6.3", Outcome: OutcomeFilteredOpaqueRedirect})
		}
		m.mainFetchResponse()
	case RedirectFollow:
		m.httpRedirectFetch()
	}
}

// corpCheck is the cross-origin resource policy check. Its violation reports are events of the trace.
//
// https://fetch.spec.whatwg.org/#queue-a-cross-origin-embedder-policy-corp-violation-report
func (m *Machine) corpCheck(internal *Response) Verdict {
	// HTTP fetch, step 5.
	v, reporting := CORPCheck(m.req.Origin, m.engine.embedderPolicy(&m.req, internal), internal, false, m.agent.SuffixList)
	// Cross-origin resource policy check, steps 4 and 6.
	if reporting {
		m.event(Event{Step: "cross-origin-resource-policy-check:4", Outcome: OutcomeCORPReporting, Subject: serializeResponseURLForReporting(internal)})
	}
	if v.Code == CodeCORPNotSameOriginAfterDefaultedByCOEP {
		m.event(Event{Step: "cross-origin-resource-policy-check:6", Outcome: OutcomeCORPEnforce, Subject: serializeResponseURLForReporting(internal)})
	}
	return v
}
