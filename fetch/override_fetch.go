package fetch

// overrideFetch is override fetch up to its dispatch: it reports whether the fetch goes on with a response of its hook,
// or has failed by it.
//
// https://fetch.spec.whatwg.org/#concept-override-fetch
func (m *Machine) overrideFetch() bool {
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
		m.fail(m.req.fault(CodeHookResponse, "override-fetch:3"))
		return true
	}
	m.event(Event{Step: "override-fetch:3", Outcome: OutcomeOverridden})
	m.internal = resp.clone()
	m.mainFetchResponse()
	return true
}
