package fetch

import (
	"slices"

	"github.com/corspec/corspec/origin"
)

// A Response is the standard's response without its body. For a response from the network only Status and Headers are
// set by the caller; the rest is the fetch's.
//
// https://fetch.spec.whatwg.org/#concept-response
type Response struct {
	Type               ResponseType
	URLList            []origin.URL // the last is the response's URL
	Status             int
	StatusMessage      string // such as "Not Found"; HTTP/2 and later have none
	Headers            HeaderList
	ExposedHeaderNames []string // the CORS-exposed header-name list

	RequestExcludedCredentials bool // the opposite of request-includes-credentials, which is initially true
	NullBody                   bool // the body is null whatever the server sent
	TimingAllowPassed          bool // the timing allow passed flag

	rangeRequested              bool       // the range-requested flag
	navigationTimingAllowValues [][]string // which NavigationTAOCheck reads

	// Internal is the internal response of a filtered response, and nil for others. Nothing of it may reach the page
	// but what the standard hands over: its body, for basic and CORS filtered responses.
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
	c.ExposedHeaderNames = slices.Clone(r.ExposedHeaderNames)
	return c
}
