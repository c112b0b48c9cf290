package safelist

import "github.com/corspec/corspec/internal/header"

// IsHeaderName reports whether name is a header name: a token.
//
// https://fetch.spec.whatwg.org/#header-name
func IsHeaderName(name string) bool { return header.IsToken(name) }

// CheckHeaderName says why name is not a header name. See [IsHeaderName].
func CheckHeaderName(name string) Reason {
	return checkToken(name, RuleNameEmpty, RuleNameNotToken)
}

// IsHeaderValue reports whether value is a header value: without tab and space at its ends, and without NUL, line feed
// and carriage return anywhere. Any other byte may be in it, control bytes too.
//
// https://fetch.spec.whatwg.org/#header-value
func IsHeaderValue(value string) bool { return CheckHeaderValue(value).OK() }

// CheckHeaderValue says why value is not a header value. See [IsHeaderValue].
func CheckHeaderValue(value string) Reason {
	if value == "" {
		return pass()
	}
	if header.IsTabOrSpace(value[0]) {
		return Reason{RuleValueOuterWhitespace, 0}
	}
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case 0:
			return Reason{RuleValueNUL, i}
		case '\n', '\r':
			return Reason{RuleValueNewline, i}
		}
	}
	if last := len(value) - 1; header.IsTabOrSpace(value[last]) {
		return Reason{RuleValueOuterWhitespace, last}
	}
	return pass()
}

// NormalizeHeaderValue removes tabs, spaces, line feeds and carriage returns from both ends of value. A NUL, line feed
// or carriage return may be left inside.
//
// https://fetch.spec.whatwg.org/#concept-header-value-normalize
func NormalizeHeaderValue(value string) string { return header.TrimWhitespace(value) }
