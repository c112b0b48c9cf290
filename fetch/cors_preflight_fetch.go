package fetch

import (
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// A PreflightReason says why a request needs a CORS-preflight request. The zero value means that it does not.
type PreflightReason string

// The reasons for a preflight, in the order in which they are given where several hold.
const (
	PreflightReasonNone    PreflightReason = ""
	PreflightReasonFlag    PreflightReason = "use-cors-preflight" // the use-CORS-preflight flag is set
	PreflightReasonMethod  PreflightReason = "method"             // the method is not CORS-safelisted
	PreflightReasonHeaders PreflightReason = "headers"            // there are CORS-unsafe request-header names
)

// corsPreflightFetch is CORS-preflight fetch up to the response.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (m *Machine) corsPreflightFetch(reason PreflightReason) {
	p := corsPreflightRequest(&m.req, m.names)
	// CORS-preflight fetch, step 6.
	m.httpNetworkOrCacheFetch(&p, &Action{Kind: ActionSendPreflight, Reason: reason})
}

// PreflightRequest returns the CORS-preflight request that is sent ahead of r. The headers are those of the standard,
// with Origin, in the order in which they are sent. It goes out without credentials and its redirects are not followed.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func PreflightRequest(r *Request) Request {
	p := corsPreflightRequest(r, safelist.UnsafeRequestHeaderNames(r.Headers))
	p.URLList = slices.Clone(r.URLList)
	// HTTP-network-or-cache fetch, step 8.12.
	origin, _ := RequestOriginHeader(&p)
	p.Headers = append(p.Headers, [2]string{"Origin", origin})
	return p
}

// corsPreflightRequest is the preflight of a request with these CORS-unsafe request-header names.
func corsPreflightRequest(r *Request, names []string) Request {
	// CORS-preflight fetch, step 1.
	p := Request{Method: "OPTIONS", URLList: r.URLList, Initiator: r.Initiator, Destination: r.Destination, Origin: r.Origin,
		Referrer: r.Referrer, ReferrerPolicy: r.ReferrerPolicy, Mode: ModeCORS, ResponseTainting: TaintingCORS}
	// CORS-preflight fetch, steps 2 to 5.
	p.Headers = HeaderList{{"Accept", "*/*"}, {"Access-Control-Request-Method", r.Method}, {"Access-Control-Request-Headers", strings.Join(names, ",")}}
	if len(names) == 0 {
		p.Headers = p.Headers[:2]
	}
	return p
}

// corsPreflightFetchResponse is the rest of CORS-preflight fetch.
func (m *Machine) corsPreflightFetchResponse() {
	v, grant, cached := m.engine.preflightCheck(m)
	if key, ok := m.engine.cacheKey(m); ok && cached {
		m.agent.Cache.store(m.engine, key, m.req.Credentials == CredentialsInclude, grant, m.now())
	}
	if !v.OK() {
		m.fail(v)
		return
	}
	m.event(Event{Step: "cors-preflight-fetch:7", Outcome: OutcomePreflightPassed})
	m.httpFetchPreflighted()
}

// preflightCodes are the codes of the CORS check on the response to a preflight.
var preflightCodes = map[Code]Code{
	CodeMissingAllowOrigin:        CodePreflightMissingAllowOrigin,
	CodeMultipleAllowOriginValues: CodePreflightMultipleAllowOriginValues,
	CodeWildcardOriginNotAllowed:  CodePreflightWildcardOriginNotAllowed,
	CodeInvalidAllowOriginValue:   CodePreflightInvalidAllowOriginValue,
	CodeAllowOriginMismatch:       CodePreflightAllowOriginMismatch,
	CodeInvalidAllowCredentials:   CodePreflightInvalidAllowCredentials,
}

// maxAgeDefault is what an absent or malformed Access-Control-Max-Age means, in seconds.
const maxAgeDefault = 5

// A PreflightGrant is what a response to a preflight allows. Methods and HeaderNames are nil where the header is absent
// and empty, not nil, where it lists nothing.
type PreflightGrant struct {
	Methods     []string
	HeaderNames []string
	MaxAge      int64 // seconds, before any cap; 2147483648 stands for all that is more
}

// PreflightCheck decides whether the response to the preflight of r lets r be made, and what of it may be cached. Of
// its refusals, Want is the method or the header name that was asked for.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func PreflightCheck(r *Request, resp *Response) (Verdict, PreflightGrant) {
	return preflightCheck(SerializeRequestOrigin(r), r, safelist.UnsafeRequestHeaderNames(r.Headers), resp)
}

// preflightCheck is PreflightCheck for a request that shows that origin and has these CORS-unsafe request-header names.
func preflightCheck(shown string, r *Request, unsafeNames []string, resp *Response) (Verdict, PreflightGrant) {
	// CORS-preflight fetch, step 7. The check is made for the request: its credentials mode counts.
	if v := corsCheck(shown, r, resp); !v.OK() {
		v.Code = preflightCodes[v.Code]
		return v, PreflightGrant{}
	}
	if !safelist.IsOKStatus(resp.Status) {
		// CORS-preflight fetch, step 8.
		v := Verdict{Code: CodePreflightInvalidStatus, Step: "cors-preflight-fetch:8", Value: strconv.Itoa(resp.Status)}
		if safelist.IsRedirectStatus(resp.Status) {
			v.Code = CodePreflightDisallowedRedirect
		}
		return v, PreflightGrant{}
	}
	// CORS-preflight fetch, steps 7.1 to 7.3.
	methods, state := header.ExtractListValues(resp.Headers, allowMethods)
	if state == header.Failure {
		return fault(CodePreflightInvalidAllowMethods, "cors-preflight-fetch:7.3", resp, allowMethods, r.Method), PreflightGrant{}
	}
	headerNames, state := header.ExtractListValues(resp.Headers, allowHeaders)
	if state == header.Failure {
		return fault(CodePreflightInvalidAllowHeaders, "cors-preflight-fetch:7.3", resp, allowHeaders, ""), PreflightGrant{}
	}
	// CORS-preflight fetch, step 7.4.
	if methods == nil && r.UseCORSPreflight {
		methods = []string{r.Method}
	}
	wildcard := r.Credentials != CredentialsInclude
	// CORS-preflight fetch, step 7.5.
	if !slices.Contains(methods, r.Method) && !safelist.IsCORSSafelistedMethod(r.Method) && !(wildcard && slices.Contains(methods, "*")) {
		return fault(CodeMethodDisallowedByPreflight, "cors-preflight-fetch:7.5", resp, allowMethods, r.Method), PreflightGrant{}
	}
	listed := newNameSet(headerNames)
	anyHeader := wildcard && listed.contains("*")
	// CORS-preflight fetch, step 7.6.
	for _, h := range r.Headers {
		if safelist.IsCORSNonWildcardRequestHeaderName(h[0]) && !listed.contains(h[0]) {
			code := CodeHeaderDisallowedByPreflight
			if anyHeader {
				code = CodeAuthorizationNotCoveredByWildcard
			}
			return fault(code, "cors-preflight-fetch:7.6", resp, allowHeaders, header.Lower(h[0])), PreflightGrant{}
		}
	}
	// CORS-preflight fetch, step 7.7.
	for _, name := range unsafeNames {
		if !anyHeader && !listed.contains(name) {
			return fault(CodeHeaderDisallowedByPreflight, "cors-preflight-fetch:7.7", resp, allowHeaders, name), PreflightGrant{}
		}
	}
	// CORS-preflight fetch, step 7.16.
	return allowed, PreflightGrant{Methods: methods, HeaderNames: headerNames, MaxAge: extractMaxAge(resp.Headers)}
}

func extractMaxAge(l HeaderList) int64 {
	// CORS-preflight fetch, steps 7.8 and 7.9.
	values, _ := header.ExtractListValues(l, maxAge)
	if len(values) == 0 {
		return maxAgeDefault
	}
	return header.DeltaSeconds(values[0])
}
