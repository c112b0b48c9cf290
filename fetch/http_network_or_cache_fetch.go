package fetch

// httpNetworkOrCacheFetch is HTTP-network-or-cache fetch up to the response, for the machine's request or its preflight. The
// action says which.
//
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (m *Machine) httpNetworkOrCacheFetch(r *Request, a *Action) {
	a.Method, a.URL = r.Method, r.CurrentURL()
	// HTTP-network-or-cache fetch, steps 8.3 and 8.4.
	a.IncludeCredentials = m.engine.includeCredentials(r)
	// HTTP-network-or-cache fetch, step 8.12.
	a.Headers = m.networkHeaders(r)
	switch {
	case r.Body == BodyNull:
	case m.bodySent:
		a.Body = BodyActionReplay
	default:
		a.Body = BodyActionSend
		m.bodySent = true
	}
	m.httpNetworkFetch(a)
}

// networkHeaders returns the headers that go out: those of the request and Origin. There is room behind them for as many.
func (m *Machine) networkHeaders(r *Request) HeaderList {
	room := m.room
	if need := 2 * (len(r.Headers) + 1); len(room) < need {
		room = make(HeaderList, need)
	}
	m.room = nil
	l := m.engine.appendRequestHeaders(room[:0], r)
	// HTTP-network-or-cache fetch, step 8.12.
	if value, ok := m.engine.requestOriginHeader(m, r); ok {
		l.Append("Origin", value)
	}
	return l
}

// httpNetworkOrCacheFetchResponse is the rest of HTTP-network-or-cache fetch.
func (m *Machine) httpNetworkOrCacheFetchResponse() {
	r, resp := &m.req, &m.internal
	preflight := m.waiting == ActionSendPreflight
	if !preflight {
		m.trace.Result.Reached = true
		// HTTP-network-or-cache fetch, step 12.
		resp.URLList = r.URLList
		// HTTP-network-or-cache fetch, step 13.
		resp.RangeRequested = r.Headers.Contains("Range")
		// HTTP-network-or-cache fetch, step 14.
		resp.RequestExcludedCredentials = !m.last.Action.IncludeCredentials
	}
	// HTTP-network-or-cache fetch, step 16. Nobody is there to ask for a password, least of all for a preflight.
	if resp.Status == 407 && (preflight || !m.engine.returnsProxyAuthentication()) {
		m.fail(Verdict{Code: CodeProxyAuthenticationRequired, Step: "http-network-or-cache-fetch:16.1"})
		return
	}
	if preflight {
		m.corsPreflightFetchResponse()
	} else {
		m.httpFetchResponse(true)
	}
}

// includeCredentials decides whether credentials go with the request.
//
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func includeCredentials(r *Request) bool {
	// HTTP-network-or-cache fetch, steps 8.3 and 8.4.
	include := r.Credentials == CredentialsInclude || r.Credentials == CredentialsSameOrigin && r.ResponseTainting == TaintingBasic
	return include && EmbedderPolicyAllowsCredentials(r)
}
