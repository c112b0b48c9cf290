package fetch

import (
	"slices"

	"github.com/corspec/corspec/safelist"
)

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
	f.Status, f.StatusMessage, f.Headers, f.NullBody = 0, "", nil, true
	return f
}
