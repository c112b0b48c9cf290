package safelist

import "github.com/corspec/corspec/internal/header"

var safelistedResponseHeaderNames = newNameSet("Cache-Control", "Content-Language", "Content-Length", "Content-Type",
	"Expires", "Last-Modified", "Pragma")

// IsForbiddenResponseHeaderName reports whether name is Set-Cookie or Set-Cookie2, which a page never sees.
//
// https://fetch.spec.whatwg.org/#forbidden-response-header-name
func IsForbiddenResponseHeaderName(name string) bool {
	return header.EqualFold(name, "Set-Cookie") || header.EqualFold(name, "Set-Cookie2")
}

// IsCORSSafelistedResponseHeaderName reports whether a page sees the headers called name of a response from another
// origin that exposes the names in list. It takes time in proportion to the length of list.
//
// https://fetch.spec.whatwg.org/#cors-safelisted-response-header-name
func IsCORSSafelistedResponseHeaderName(name string, list []string) bool {
	if safelistedResponseHeaderNames.contains(name) {
		return true
	}
	if IsForbiddenResponseHeaderName(name) {
		return false
	}
	for _, item := range list {
		if header.EqualFold(name, item) {
			return true
		}
	}
	return false
}
