package fetch

import (
	"slices"

	"github.com/corspec/corspec/safelist"
)

// FilteredResponse returns what a page sees of r. Of type basic, for its own origin, that is all but the forbidden
// response-header names; of type CORS, for another origin, the CORS-safelisted response-header names, for which
// r.ExposedHeaderNames is set; of type opaque nothing, and of type opaque-redirect the URL.
//
// https://fetch.spec.whatwg.org/#concept-filtered-response-basic
// https://fetch.spec.whatwg.org/#concept-filtered-response-cors
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque
// https://fetch.spec.whatwg.org/#concept-filtered-response-opaque-redirect
func FilteredResponse(r *Response, t ResponseType) Response { return filtered(r, t, nil) }

// filtered is FilteredResponse, with room for the headers that it uses if that suffices.
func filtered(r *Response, t ResponseType, room HeaderList) Response {
	f := *r
	f.Type, f.Internal = t, r
	var exposed nameSet
	switch t {
	case ResponseTypeCORS:
		exposed = newNameSet(r.ExposedHeaderNames)
	case ResponseTypeOpaque:
		f.URLList = nil
		fallthrough
	case ResponseTypeOpaqueRedirect:
		f.Status, f.StatusMessage, f.Headers, f.NullBody = 0, "", nil, true
		return f
	}
	f.Headers = slices.Grow(room[:0], len(r.Headers))
	for _, h := range r.Headers {
		if !safelist.IsForbiddenResponseHeaderName(h[0]) &&
			(t == ResponseTypeBasic || safelist.IsCORSSafelistedResponseHeaderName(h[0], nil) || exposed.contains(h[0])) {
			f.Headers = append(f.Headers, h)
		}
	}
	f.Headers = slices.Clip(f.Headers)
	return f
}
