package fetch

import (
	"slices"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/safelist"
)

// A Response is the standard's response without its body. For a response from the network only Status and Headers are set
// by the caller; the rest is the fetch's.
//
// https://fetch.spec.whatwg.org/#concept-response
type Response struct {
	Type    ResponseType
	URLList []origin.URL // the last is the response's URL
	Status  int
	Headers HeaderList

	// ExposedHeaderNames is the CORS-exposed header-name list.
	ExposedHeaderNames []string

	// RangeRequested is the range-requested flag.
	RangeRequested bool

	// RequestExcludedCredentials is the opposite of request-includes-credentials, which is initially true.
	RequestExcludedCredentials bool

	// NullBody says that the body is null whatever the server sent.
	NullBody bool

	// TimingAllowPassed is the timing allow passed flag, RedirectTaint the redirect taint.
	TimingAllowPassed bool
	RedirectTaint     RedirectTaint

	// NavigationTimingAllowValues is the navigation timing allow values list.
	NavigationTimingAllowValues [][]string

	// Internal is the internal response of a filtered response, and nil for others. Nothing of it may reach the page but
	// what the standard hands over: its body, for basic and CORS filtered responses.
	Internal *Response
}

// URL returns the response's URL, and false where its URL list is empty.
//
// https://fetch.spec.whatwg.org/#concept-response-url
func (r *Response) URL() (origin.URL, bool) {
	if len(r.URLList) == 0 {
		return origin.URL{}, false
	}
	return r.URLList[len(r.URLList)-1], true
}

// Redirected reports whether the response came after a redirect, as the page's API says it.
//
// https://fetch.spec.whatwg.org/#dom-response-redirected
func (r *Response) Redirected() bool { return len(r.URLList) > 1 }

// IsNetworkError reports whether r is a network error.
//
// https://fetch.spec.whatwg.org/#concept-network-error
func (r *Response) IsNetworkError() bool { return r.Type == ResponseTypeError }

// internal returns the response itself or the internal response of a filtered one.
func (r *Response) internal() *Response {
	if r.Internal != nil {
		return r.Internal
	}
	return r
}

// clone returns a response with lists of its own.
//
// https://fetch.spec.whatwg.org/#concept-response-clone
func (r *Response) clone() Response {
	c := *r
	if r.Internal != nil {
		internal := r.Internal.clone()
		c.Internal = &internal
	}
	c.URLList, c.Headers = slices.Clone(r.URLList), slices.Clone(r.Headers)
	c.ExposedHeaderNames, c.NavigationTimingAllowValues = slices.Clone(r.ExposedHeaderNames), slices.Clone(r.NavigationTimingAllowValues)
	return c
}

// ExposedHeaderNames returns the CORS-exposed header-name list that a response to r gets: what its
// Access-Control-Expose-Headers lists, or all names it has where that contains "*" and r does not include credentials.
//
// https://fetch.spec.whatwg.org/#main-fetch
func ExposedHeaderNames(r *Request, resp *Response) []string {
	// Main fetch, step 14.1. Failure exposes nothing: the text has lost a word there (https://github.com/whatwg/fetch/issues/433).
	names, state := header.ExtractListValues(resp.Headers, exposeHeaders)
	if state != header.List {
		return nil
	}
	if r.Credentials == CredentialsInclude || !slices.Contains(names, "*") {
		return names
	}
	seen := make(map[string]struct{}, len(resp.Headers))
	names = nil
	for _, h := range resp.Headers {
		lower := header.Lower(h[0])
		if _, ok := seen[lower]; !ok {
			seen[lower] = struct{}{}
			names = append(names, h[0])
		}
	}
	return names
}

// BasicFilteredResponse returns what a page of the same origin sees of r: all but the forbidden response-header names.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-basic
func BasicFilteredResponse(r *Response) Response {
	return filtered(r, ResponseTypeBasic, nil)
}

// CORSFilteredResponse returns what a page of another origin sees of r, whose ExposedHeaderNames is set: the
// CORS-safelisted response-header names.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
func CORSFilteredResponse(r *Response) Response {
	return filtered(r, ResponseTypeCORS, nil)
}

// filtered makes a basic or CORS filtered response of r; room is for its headers where it suffices.
func filtered(r *Response, t ResponseType, room HeaderList) Response {
	f := *r
	f.Type, f.Internal = t, r
	if cap(room) < len(r.Headers) {
		room = make(HeaderList, 0, len(r.Headers))
	}
	f.Headers = room[:0]
	var exposed nameSet
	if t == ResponseTypeCORS {
		exposed = newNameSet(r.ExposedHeaderNames)
	}
	for _, h := range r.Headers {
		if !safelist.IsForbiddenResponseHeaderName(h[0]) &&
			(t == ResponseTypeBasic || safelist.IsCORSSafelistedResponseHeaderName(h[0], nil) || exposed.contains(h[0])) {
			f.Headers = append(f.Headers, h)
		}
	}
	f.Headers = slices.Clip(f.Headers)
	return f
}

// OpaqueFilteredResponse returns what a page sees of a response that it asked for with mode "no-cors": nothing.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque
func OpaqueFilteredResponse(r *Response) Response {
	f := OpaqueRedirectFilteredResponse(r)
	f.Type, f.URLList = ResponseTypeOpaque, nil
	return f
}

// OpaqueRedirectFilteredResponse returns what a page sees of a redirect that it asked not to follow: its URL.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
func OpaqueRedirectFilteredResponse(r *Response) Response {
	f := *r
	f.Type, f.Internal = ResponseTypeOpaqueRedirect, r
	f.Status, f.Headers, f.NullBody = 0, nil, true
	return f
}
