package safelist

import "github.com/corspec/corspec/internal/header"

var safelistedResponseHeaderNames = newNameSet("Cache-Control", "Content-Language", "Content-Length", "Content-Type",
	"Expires", "Last-Modified", "Pragma")

// IsForbiddenResponseHeaderName reports whether name is Set-Cookie or
// Set-Cookie2, which no page ever sees.
//
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func IsForbiddenResponseHeaderName(name string) bool {
	return header.EqualFold(name, "Set-Cookie") || header.EqualFold(name, "Set-Cookie2")
}

// IsCORSSafelistedResponseHeaderName reports whether a page sees the headers
// called name of a response from another origin that exposes the names in
// list. It takes time in proportion to the length of list.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func IsCORSSafelistedResponseHeaderName(name string, list []string) bool {
	return CORSSafelistedResponseHeaderName(name, list).OK()
}

// CORSSafelistedResponseHeaderName says why a page does not see the headers
// called name, if it does not. See [IsCORSSafelistedResponseHeaderName].
func CORSSafelistedResponseHeaderName(name string, list []string) Reason {
	if safelistedResponseHeaderNames.contains(name) {
		return pass.at(-1)
	}
	if IsForbiddenResponseHeaderName(name) {
		return responseNameForbidden.at(-1)
	}
	for _, item := range list {
		if header.EqualFold(name, item) {
			return pass.at(-1)
		}
	}
	return responseNameNotExposed.at(-1)
}
