package safelist

import "github.com/corspec/corspec/internal/header"

// IsMethod reports whether method is one: a token.
//
// https://fetch.spec.whatwg.org/#concept-method
func IsMethod(method string) bool { return header.IsToken(method) }

// CheckMethod says why method is not one. See [IsMethod].
func CheckMethod(method string) Reason {
	return checkToken(method, RuleMethodEmpty, RuleMethodNotToken)
}

// checkToken says why s is not a token: it is empty, or has another byte in it.
func checkToken(s string, empty, notToken Rule) Reason {
	if s == "" {
		return Reason{empty, -1}
	}
	if i := header.IndexNonToken(s); i >= 0 {
		return Reason{notToken, i}
	}
	return pass()
}

// IsCORSSafelistedMethod reports whether method is GET, HEAD or POST, to the byte. Others are not expected to join them
// (whatwg/fetch #1774).
//
// https://fetch.spec.whatwg.org/#cors-safelisted-method
func IsCORSSafelistedMethod(method string) bool {
	return method == "GET" || method == "HEAD" || method == "POST"
}

// IsForbiddenMethod reports whether method is CONNECT, TRACE or TRACK in any case.
//
// https://fetch.spec.whatwg.org/#forbidden-method
func IsForbiddenMethod(method string) bool {
	switch len(method) {
	case len("TRACE"):
		return header.EqualFold(method, "TRACE") || header.EqualFold(method, "TRACK")
	case len("CONNECT"):
		return header.EqualFold(method, "CONNECT")
	}
	return false
}

// NormalizeMethod returns DELETE, GET, HEAD, OPTIONS, POST and PUT in uppercase, whatever case they come in, and any
// other method as it is: patch stays patch, which no server takes for PATCH.
//
// https://fetch.spec.whatwg.org/#concept-method-normalize
func NormalizeMethod(method string) string {
	for _, known := range [...]string{"DELETE", "GET", "HEAD", "OPTIONS", "POST", "PUT"} {
		if header.EqualFold(method, known) {
			return known
		}
	}
	return method
}
