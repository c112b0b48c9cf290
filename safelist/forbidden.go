package safelist

import "github.com/corspec/corspec/internal/header"

var (
	forbiddenRequestHeaderNames = newNameSet("Accept-Charset", "Accept-Encoding", "Access-Control-Request-Headers",
		"Access-Control-Request-Method", "Connection", "Content-Length", "Cookie", "Cookie2", "Date", "DNT", "Expect",
		"Host", "Keep-Alive", "Origin", "Referer", "Set-Cookie", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "Via")
	methodOverrideNames = newNameSet("X-HTTP-Method", "X-HTTP-Method-Override", "X-Method-Override")
)

// IsForbiddenRequestHeader reports whether the user agent alone may set the header (name, value) on a request. For a
// few names it depends on the value.
//
// https://fetch.spec.whatwg.org/#forbidden-request-header
func IsForbiddenRequestHeader(name, value string) bool {
	return !CheckNotForbiddenRequestHeader(name, value).OK()
}

// CheckNotForbiddenRequestHeader says which rule makes (name, value) forbidden. It is OK where a page may set the
// header. See [IsForbiddenRequestHeader].
func CheckNotForbiddenRequestHeader(name, value string) Reason {
	if forbiddenRequestHeaderNames.contains(name) { // Forbidden request-header, step 1.
		return Reason{RuleNameForbidden, -1}
	}
	if header.HasPrefixFold(name, "proxy-") || header.HasPrefixFold(name, "sec-") { // Forbidden request-header, step 2.
		return Reason{RuleNamePrefixForbidden, 0}
	}
	if methodOverrideNames.contains(name) { // Forbidden request-header, step 3.
		for s := header.Split(value); s.Next(); {
			if IsForbiddenMethod(s.Value()) {
				return Reason{RuleValueOverridesMethod, s.Offset()}
			}
		}
	}
	return pass() // Forbidden request-header, step 4.
}
