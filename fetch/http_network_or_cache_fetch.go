package fetch

import (
	"encoding/base64"
	"slices"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/weburl"
)

// mostKeepalive is how many bytes the bodies of a page's keepalive requests may have together while they are under way.
const mostKeepalive = 65536

// httpNetworkOrCacheFetch is HTTP-network-or-cache fetch up to the response, for the machine's request or its
// preflight. The action says which, and whether it is an authentication fetch or one on a new connection.
//
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func (m *Machine) httpNetworkOrCacheFetch(r *Request, a *Action) {
	a.Method, a.URL = r.Method, r.CurrentURL()
	// HTTP-network-or-cache fetch, steps 8.3 and 8.4.
	a.IncludeCredentials = m.engine.includeCredentials(r)
	// HTTP-network-or-cache fetch, step 8.10.
	// AD-HOC: the text counts the request itself among those that are under way, and then once more, which leaves half
	// of what it says. Engines and web-platform-tests (fetch/api/request/request-keepalive-quota.html) have the whole.
	if r.Keepalive && r.Body == BodyBytes && r.BodyLength > mostKeepalive-r.InflightKeepaliveBytes {
		m.fail(r.fault(CodeKeepaliveQuotaExceeded, "http-network-or-cache-fetch:8.10"))
		return
	}
	// HTTP-network-or-cache fetch, step 8.16.
	cacheMode := m.engine.cacheMode(m, r)
	a.Headers, a.Own = m.networkHeaders(r, cacheMode)
	// HTTP-network-or-cache fetch, step 8.21.
	if a.Authentication && a.IncludeCredentials && !r.Headers.Contains("Authorization") {
		value := m.credentials // what the hook gave, or the URL's user name and password
		if value == "" && a.URL.IncludesCredentials() {
			userinfo := weburl.PercentDecode(a.URL.Username()) + ":" + weburl.PercentDecode(a.URL.Password())
			value = "Basic " + base64.StdEncoding.EncodeToString([]byte(userinfo))
		}
		if value != "" {
			a.Headers.Append("Authorization", value)
		}
	}
	if a.Kind == ActionSendRequest {
		// HTTP-network-or-cache fetch, step 8.26.
		// AD-HOC: by the text a stored response with status 401, 407 or 421 is gone on with as one of the network, and
		// would be found again each time. Here it is the answer.
		if h := m.agent.Hooks.StoredResponse; h != nil && cacheMode != CacheModeNoStore && cacheMode != CacheModeReload {
			if head, ok := h(r); ok {
				m.event(Event{Step: "http-network-or-cache-fetch:8.26", Outcome: OutcomeStoredResponse})
				m.internal = Response{Status: head.Status, StatusMessage: head.StatusMessage, Headers: m.keep(head.Headers)}
				m.responded(a.IncludeCredentials)
				m.httpFetchResponse(true)
				return
			}
		}
		// HTTP-network-or-cache fetch, step 11.1.
		if cacheMode == CacheModeOnlyIfCached {
			m.fail(r.fault(CodeCacheOnlyIfCached, "http-network-or-cache-fetch:11.1"))
			return
		}
	}
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

// cacheModeOf is the request's cache mode once it is seen whether the author made it conditional.
func cacheModeOf(r *Request) CacheMode {
	// HTTP-network-or-cache fetch, step 8.16.
	if r.Cache == CacheModeDefault && slices.ContainsFunc(r.Headers, isConditional) {
		return CacheModeNoStore
	}
	return r.Cache
}

// isConditional reports whether a header makes a request conditional.
func isConditional(h [2]string) bool {
	// HTTP-network-or-cache fetch, step 8.16.
	return len(h[0]) > 2 && h[0][2] == '-' && (header.EqualFold(h[0], "If-Modified-Since") || header.EqualFold(h[0], "If-None-Match") ||
		header.EqualFold(h[0], "If-Unmodified-Since") || header.EqualFold(h[0], "If-Match") || header.EqualFold(h[0], "If-Range"))
}

// roomFor is how many headers there have to be room for when a request with n goes out, as a rule: these, Origin, three
// of Fetch metadata and Referer, and as many for the trace.
func roomFor(r *Request, n int) int {
	if r.Referrer.IsValid() {
		n++
	}
	return 2 * (n + 4)
}

// networkHeaders returns the headers that go out: those of the request, how many they are, and what fetching adds.
// There is room behind them for as many.
func (m *Machine) networkHeaders(r *Request, mode CacheMode) (l HeaderList, own int) {
	var room HeaderList
	if r == &m.req { // A preflight leaves it to the request.
		room, m.room = m.room, nil
	}
	l = m.engine.appendRequestHeaders(slices.Grow(room[:0], roomFor(r, len(r.Headers))), r)
	own = len(l)
	// HTTP-network-or-cache fetch, step 8.11.
	if r.Referrer.IsValid() {
		l.Append("Referer", r.Referrer.String())
	}
	// HTTP-network-or-cache fetch, step 8.12.
	if value, ok := m.engine.requestOriginHeader(m, r); ok {
		l.Append("Origin", value)
	}
	// HTTP-network-or-cache fetch, step 8.13.
	l = appendFetchMetadata(r, l, m.where.site)
	// HTTP-network-or-cache fetch, step 8.14.
	if r.Initiator == InitiatorPrefetch {
		l.Set("Sec-Purpose", "prefetch")
	}
	// HTTP-network-or-cache fetch, step 8.17.
	if mode == CacheModeNoCache {
		appendAbsent(&l, "Cache-Control", "max-age=0")
	}
	// HTTP-network-or-cache fetch, step 8.18.
	if mode == CacheModeNoStore || mode == CacheModeReload {
		appendAbsent(&l, "Pragma", "no-cache")
		appendAbsent(&l, "Cache-Control", "no-cache")
	}
	// HTTP-network-or-cache fetch, step 8.19.
	if r.Headers.Contains("Range") {
		l.Append("Accept-Encoding", "identity")
	}
	return m.engine.addedHeaders(m, r, l, own), own
}

func appendAbsent(l *HeaderList, name, value string) {
	if !l.Contains(name) {
		l.Append(name, value)
	}
}

// httpNetworkOrCacheFetchResponse is the rest of HTTP-network-or-cache fetch.
func (m *Machine) httpNetworkOrCacheFetchResponse() {
	r, resp := &m.req, &m.internal
	preflight := m.waiting == ActionSendPreflight
	sent := &m.last.Action
	if !preflight {
		m.result.Reached = true
		m.responded(sent.IncludeCredentials)
	}
	// HTTP-network-or-cache fetch, step 15.
	// AD-HOC: by the text, where the flag is set and the URL has no user name and no password, the same request goes
	// out once more before anybody is asked. Browsers do not send it.
	h, fromURL := m.agent.Hooks.Authenticate, r.UseURLCredentials && !sent.Authentication && sent.URL.IncludesCredentials()
	if !preflight && resp.Status == 401 && r.ResponseTainting != TaintingCORS && sent.IncludeCredentials && (h != nil || fromURL) {
		// HTTP-network-or-cache fetch, step 15.2.
		if r.Body == BodyStream {
			m.fail(r.fault(CodeAuthenticationBodyNotReplayable, "http-network-or-cache-fetch:15.2"))
			return
		}
		// HTTP-network-or-cache fetch, step 15.3.
		again := fromURL
		if m.credentials = ""; !again { // what another URL was given is not for this one
			m.credentials, again = h(r, ResponseHead{resp.Status, resp.StatusMessage, slices.Clone(resp.Headers)})
		}
		// HTTP-network-or-cache fetch, step 15.4. Who is asked and has no answer gets the response.
		if again {
			m.event(Event{Step: "http-network-or-cache-fetch:15.4", Outcome: OutcomeAuthentication})
			m.httpNetworkOrCacheFetch(r, &Action{Kind: ActionSendRequest, Authentication: true})
			return
		}
	}
	// HTTP-network-or-cache fetch, step 16.
	// AD-HOC: nobody is there to ask for a proxy's password. For a preflight the text leaves it open
	// (https://github.com/whatwg/fetch/issues/1132).
	if resp.Status == 407 && (preflight || !m.engine.returnsProxyAuthentication()) {
		m.fail(Verdict{Code: CodeProxyAuthenticationRequired, Step: "http-network-or-cache-fetch:16.1"})
		return
	}
	// HTTP-network-or-cache fetch, step 17.
	if h := m.agent.Hooks.Misdirected; !preflight && resp.Status == 421 && !sent.NewConnection && r.Body != BodyStream && h != nil && h(r) {
		m.event(Event{Step: "http-network-or-cache-fetch:17.2", Outcome: OutcomeNewConnection})
		m.httpNetworkOrCacheFetch(r, &Action{Kind: ActionSendRequest, Authentication: sent.Authentication, NewConnection: true})
		return
	}
	if preflight {
		m.corsPreflightFetchResponse()
	} else {
		m.httpFetchResponse(true)
	}
}

// responded notes with the response what it answers.
func (m *Machine) responded(includeCredentials bool) {
	r, resp := &m.req, &m.internal
	// HTTP-network-or-cache fetch, step 12.
	resp.URLList = r.URLList
	// HTTP-network-or-cache fetch, step 13.
	resp.rangeRequested = r.Headers.Contains("Range")
	// HTTP-network-or-cache fetch, step 14.
	resp.RequestExcludedCredentials = !includeCredentials
}

// includeCredentials decides whether credentials go with the request.
//
// https://fetch.spec.whatwg.org/#http-network-or-cache-fetch
func includeCredentials(r *Request) bool {
	// HTTP-network-or-cache fetch, steps 8.3 and 8.4.
	include := r.Credentials == CredentialsInclude || r.Credentials == CredentialsSameOrigin && r.ResponseTainting == TaintingBasic
	return include && embedderPolicyAllowsCredentials(r)
}
