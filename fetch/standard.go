package fetch

import (
	"time"

	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// An engine is what a machine and the preflight cache ask where user agents differ, in the order of the algorithms. A
// request or a response is the machine's. What a method writes it writes into the machine.
type engine interface {
	// populate makes the machine's request the one that the engine takes the page's for. Fetch.
	populate(m *Machine)

	// upgradesMixedContent says whether the machine's request, which is for http, is upgraded. Main fetch, step 6.
	upgradesMixedContent(m *Machine) bool
	// allowsPort says whether a bad port is not blocked. Main fetch, step 7.
	allowsPort(port uint16) bool
	// blockMixedContent decides whether that request is blocked as mixed content. Main fetch, step 7.
	blockMixedContent(m *Machine) Verdict
	// determineReferrer is what the referrer of the machine's request comes to. Main fetch, step 9.
	determineReferrer(m *Machine) origin.URL
	// mainFetchTainting decides which statement matches. Main fetch, step 12.
	mainFetchTainting(m *Machine) (Tainting, Verdict)
	// preflightReason decides between the last two statements of that step, and sets the machine's names.
	preflightReason(m *Machine) PreflightReason
	// clearedKey finds the cache entries that a network error clears; ok is false for none. Main fetch, step 12.
	clearedKey(m *Machine, v Verdict) (key cacheKey, ok bool)
	// exposedHeaderNames is the CORS-exposed header-name list. Main fetch, step 14.1.
	exposedHeaderNames(r *Request, resp *Response) []string
	// blockType decides whether the response is blocked due to its MIME type or to nosniff. Main fetch, step 20.
	blockType(r *Request, resp *Response) Verdict

	// fetchesAboutBlank says whether about:blank has a response. Scheme fetch, step 3.
	fetchesAboutBlank() bool

	// skipsPreflightCache says whether there is a preflight even if the cache covers it. HTTP fetch, step 4.1.
	skipsPreflightCache(m *Machine) bool
	// corsCheck is the CORS check for the response, which may leave a refusal for later. HTTP fetch, step 4.4.
	corsCheck(m *Machine) Verdict
	// embedderPolicy is the client's embedder policy as it counts for the response. HTTP fetch, step 5.
	embedderPolicy(r *Request, resp *Response) EmbedderPolicy
	// isRedirect says whether a response is a redirect. HTTP fetch, step 6.
	isRedirect(r *Request, resp *Response) bool
	// blockManualRedirect decides whether a redirect that the page sees as such is blocked. HTTP fetch, step 6.3.
	blockManualRedirect(resp *Response) Verdict

	// located returns the response with the Location that counts. HTTP-redirect fetch, step 3.
	located(resp *Response) *Response
	// blockRedirect decides whether a redirect to that URL is blocked, and prepares the machine's request for it.
	// HTTP-redirect fetch, step 6.
	blockRedirect(m *Machine, location origin.URL) Verdict
	// redirected ends the changes of the request for a redirect. HTTP-redirect fetch, step 18.
	redirected(m *Machine, from origin.Origin)

	// preflightCheck decides what a preflight lets pass, and whether the grant is cached. CORS-preflight fetch, step 7.
	preflightCheck(m *Machine) (v Verdict, grant PreflightGrant, cached bool)

	// includeCredentials decides whether credentials go along. HTTP-network-or-cache fetch, steps 8.3 and 8.4.
	includeCredentials(r *Request) bool
	// appendRequestHeaders appends the request's own headers as they go out. HTTP-network-or-cache fetch, step 8.2.
	appendRequestHeaders(l HeaderList, r *Request) HeaderList
	// requestOriginHeader is the Origin of the request, or its preflight. HTTP-network-or-cache fetch, step 8.12.
	requestOriginHeader(m *Machine, r *Request) (value string, ok bool)
	// cacheMode is the cache mode of the request, or its preflight. HTTP-network-or-cache fetch, step 8.16.
	cacheMode(m *Machine, r *Request) CacheMode
	// addedHeaders returns the headers of the request, or its preflight, as they go out: its own, as many as that, and
	// what fetching has added. HTTP-network-or-cache fetch, step 8.19.
	addedHeaders(m *Machine, r *Request, l HeaderList, own int) HeaderList
	// returnsProxyAuthentication says whether pages get responses with 407. HTTP-network-or-cache fetch, step 16.
	returnsProxyAuthentication() bool

	// cacheKey is what cache entries of the request are found by; ok is false where the cache has none for it.
	cacheKey(m *Machine) (key cacheKey, ok bool)
	// methodToMatch is the method that the cache has to have an entry for, or "". HTTP fetch, step 4.1.
	methodToMatch(r *Request) string
	// wildcardMatches says whether "*" among those entries matches a header name, or a method as "". Cache entry match.
	wildcardMatches(entries map[cacheName]cacheLife, headerName string) bool
	// replacesEntries says whether a new preflight takes the place of the one before. CORS-preflight fetch, step 7.12.
	replacesEntries() bool
	// remembersPreflights says whether a preflight is cached that grants nothing.
	remembersPreflights() bool
	// maxAgeLimit is the limit imposed on max-age. CORS-preflight fetch, step 7.10.
	maxAgeLimit() time.Duration
}

// standard is the engine that the standard describes: its methods are the definitions themselves.
type standard struct{}

func (standard) populate(*Machine)                       {}
func (standard) upgradesMixedContent(m *Machine) bool    { return UpgradesMixedContent(&m.req) }
func (standard) allowsPort(uint16) bool                  { return false }
func (standard) blockMixedContent(m *Machine) Verdict    { return BlockMixedContent(&m.req) }
func (standard) determineReferrer(m *Machine) origin.URL { return DetermineReferrer(&m.req) }

func (standard) mainFetchTainting(m *Machine) (Tainting, Verdict) {
	return mainFetchTainting(&m.req, m.where.current)
}

func (standard) preflightReason(m *Machine) (reason PreflightReason) {
	reason, m.names = preflightReason(&m.req, safelist.UnsafeRequestHeaderNames)
	return reason
}

func (standard) clearedKey(m *Machine, _ Verdict) (cacheKey, bool) {
	// Main fetch, step 12, of each main fetch that took the branch with a preflight: they share the request.
	if !m.preflighted {
		return cacheKey{}, false
	}
	return keyOf(m.shown(), &m.req), true
}

func (standard) exposedHeaderNames(r *Request, resp *Response) []string {
	return ExposedHeaderNames(r, resp)
}

func (standard) blockType(r *Request, resp *Response) Verdict {
	if v := BlockMIMEType(r, resp); !v.OK() {
		return v
	}
	return BlockNosniff(r, resp)
}

func (standard) fetchesAboutBlank() bool                               { return true }
func (standard) skipsPreflightCache(*Machine) bool                     { return false }
func (standard) corsCheck(m *Machine) Verdict                          { return corsCheck(m.shown(), &m.req, &m.internal) }
func (standard) embedderPolicy(r *Request, _ *Response) EmbedderPolicy { return r.EmbedderPolicy }

func (standard) isRedirect(_ *Request, resp *Response) bool {
	return safelist.IsRedirectStatus(resp.Status)
}

func (standard) blockManualRedirect(*Response) Verdict      { return allowed }
func (standard) located(resp *Response) *Response           { return resp }
func (standard) blockRedirect(*Machine, origin.URL) Verdict { return allowed }
func (standard) redirected(*Machine, origin.Origin)         {}

func (standard) preflightCheck(m *Machine) (v Verdict, grant PreflightGrant, cached bool) {
	v, grant = preflightCheck(m.shown(), &m.req, m.names, &m.internal)
	return v, grant, v.OK()
}

func (standard) includeCredentials(r *Request) bool { return includeCredentials(r) }

func (standard) appendRequestHeaders(l HeaderList, r *Request) HeaderList {
	return append(l, r.Headers...)
}

func (standard) requestOriginHeader(m *Machine, r *Request) (value string, ok bool) {
	return requestOriginHeader(m.shown(), r)
}

func (standard) cacheMode(_ *Machine, r *Request) CacheMode                          { return cacheModeOf(r) }
func (standard) addedHeaders(_ *Machine, _ *Request, l HeaderList, _ int) HeaderList { return l }
func (standard) returnsProxyAuthentication() bool                                    { return false }
func (standard) cacheKey(m *Machine) (cacheKey, bool)                                { return keyOf(m.shown(), &m.req), true }

func (standard) methodToMatch(r *Request) string {
	// HTTP fetch, step 4.1.
	if safelist.IsCORSSafelistedMethod(r.Method) && !r.UseCORSPreflight {
		return ""
	}
	return r.Method
}

func (standard) wildcardMatches(_ map[cacheName]cacheLife, headerName string) bool {
	return !safelist.IsCORSNonWildcardRequestHeaderName(headerName)
}

func (standard) replacesEntries() bool      { return false }
func (standard) remembersPreflights() bool  { return false }
func (standard) maxAgeLimit() time.Duration { return maxAgeLimitDefault }
