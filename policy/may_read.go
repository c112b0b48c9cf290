package policy

import (
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// MayRead reports whether a page of an origin gets the response when its script fetches: with a method, as the script
// writes it; with request headers of these names, in any case, whose values are not safelisted (so that the browser
// asks for permission); with credentials or without. The policy is all that it looks at: it takes the page for one of
// another origin than the server's, and the browser for one that does what the standard says.
//
// A page cannot send what is not a method, or is a forbidden one, or a header whose name is not a header name: it gets
// no response. Of a forbidden header, the browser says nothing, and leaves it out.
func (p *Policy) MayRead(origin, method string, headers []string, credentials bool) bool {
	method = safelist.NormalizeMethod(method)
	if !isOrigin(origin) || !safelist.IsMethod(method) || safelist.IsForbiddenMethod(method) {
		return false
	}
	var names []string
	for _, name := range headers {
		switch {
		case !safelist.IsHeaderName(name):
			return false
		case !safelist.IsForbiddenRequestHeader(name, ""):
			names = append(names, name)
		}
	}
	// Where the browser sends no preflight, one that asks for the same would be allowed if the request is.
	preflight := Request{Method: "OPTIONS", Origin: origin, RequestMethod: method, RequestHeaders: strings.Join(header.SortedLowercaseSet(names), ",")}
	return p.Evaluate(preflight).Allowed() && (p.credentials || !credentials)
}
