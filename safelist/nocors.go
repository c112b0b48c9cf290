package safelist

// IsNoCORSSafelistedRequestHeaderName reports whether name is that of a header that a page can set on a no-cors
// request. Range is not among them, although it can be a CORS-safelisted request-header.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header-name
func IsNoCORSSafelistedRequestHeaderName(name string) bool { return noCORSNames.contains(name) }

var noCORSNames = newNameSet("Accept", "Accept-Language", "Content-Language", "Content-Type")

// IsNoCORSSafelistedRequestHeader reports whether a page can set the header (name, value) on a no-cors request.
//
// https://fetch.spec.whatwg.org/#no-cors-safelisted-request-header
func IsNoCORSSafelistedRequestHeader(name, value string) bool {
	// No-CORS-safelisted request-header, step 1. Range makes it necessary (whatwg/fetch #898).
	if !IsNoCORSSafelistedRequestHeaderName(name) {
		return false
	}
	return IsCORSSafelistedRequestHeader(name, value) // No-CORS-safelisted request-header, step 2.
}
