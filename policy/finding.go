package policy

import (
	"encoding/json"
	"strconv"
	"strings"

	"github.com/corspec/corspec/internal/quote"
)

// A Code names what a policy has to say: of a request (why it is refused) or of
// a configuration (what is wrong with it). Codes are stable.
type Code string

// Why a request is refused.
const (
	// CodeOriginNotAllowed: the policy does not allow the origin.
	CodeOriginNotAllowed Code = "origin-not-allowed"
	// CodeInsecureOriginNotAllowed: the set that [WithOrigins] was given contains the origin, which does not protect
	// from the network, and the policy has credentials.
	CodeInsecureOriginNotAllowed Code = "insecure-origin-not-allowed"
	// CodePublicSuffixNotAllowed: a wildcard of the policy covers the origin, but there is a public suffix between the
	// two, below which others than the wildcard's owner have domains, and the policy has credentials.
	CodePublicSuffixNotAllowed Code = "public-suffix-not-allowed"
	// CodeMalformedOrigin: the Origin header is not an origin, or there are several.
	CodeMalformedOrigin Code = "malformed-origin"
	// CodeMethodNotAllowed: a preflight asks for a method that the policy does not allow.
	CodeMethodNotAllowed Code = "method-not-allowed"
	// CodeHeaderNotAllowed: a preflight asks for a request header that the policy does not allow.
	CodeHeaderNotAllowed Code = "header-not-allowed"
	// CodeAuthorizationNotAllowed: a preflight asks for Authorization, and the policy allows all request headers by a
	// *, which does not cover that one.
	CodeAuthorizationNotAllowed Code = "authorization-not-allowed"
	// CodeRequestHeadersOverBudget: Access-Control-Request-Headers is longer than [MaxRequestHeadersSize], or has more
	// than [MaxEmptyElements] empty elements.
	CodeRequestHeadersOverBudget Code = "request-headers-over-budget"
	// CodeMalformedRequestHeaders: Access-Control-Request-Headers is not a list of header names.
	CodeMalformedRequestHeaders Code = "malformed-request-headers"
)

// What is wrong with a configuration.
const (
	// CodeNoOrigins: nobody is allowed anything.
	CodeNoOrigins Code = "no-origins"
	// CodeInvalidOriginPattern: this is not an [origin.Pattern].
	CodeInvalidOriginPattern Code = "invalid-origin-pattern"
	// CodeNullOrigin: null is allowed only with DangerouslyAllowNull.
	CodeNullOrigin Code = "null-origin"
	// CodeWildcardOriginWithCredentials: * and credentials do not go together.
	CodeWildcardOriginWithCredentials Code = "wildcard-origin-with-credentials"
	// CodeInsecureOriginWithCredentials: whoever controls the network controls what such an origin does.
	CodeInsecureOriginWithCredentials Code = "insecure-origin-with-credentials"
	// CodePublicSuffixWithCredentials: anybody can register a domain below a public suffix.
	CodePublicSuffixWithCredentials Code = "public-suffix-with-credentials"
	// CodeAnyExtensionWithCredentials: {uuid} is every extension that a user has installed.
	CodeAnyExtensionWithCredentials Code = "any-extension-with-credentials"
	// CodeSuffixListRequired: without a list nobody knows whether a wildcard stands over a public suffix.
	CodeSuffixListRequired Code = "suffix-list-required"
	// CodeInvalidMethod: this is not a method.
	CodeInvalidMethod Code = "invalid-method"
	// CodeForbiddenMethod: no page can use this method.
	CodeForbiddenMethod Code = "forbidden-method"
	// CodeInvalidHeaderName: this is not the name of a header.
	CodeInvalidHeaderName Code = "invalid-header-name"
	// CodeForbiddenRequestHeader: no page can set this header.
	CodeForbiddenRequestHeader Code = "forbidden-request-header"
	// CodeForbiddenResponseHeader: no page can read this header.
	CodeForbiddenResponseHeader Code = "forbidden-response-header"
	// CodeWildcardExposeWithCredentials: with credentials, * is the name of a header.
	CodeWildcardExposeWithCredentials Code = "wildcard-expose-with-credentials"
	// CodeInvalidMaxAge: this is not a number of seconds.
	CodeInvalidMaxAge Code = "invalid-max-age"
	// CodeInvalidPreflightStatus: preflights are answered with 200 or 204.
	CodeInvalidPreflightStatus Code = "invalid-preflight-status"
	// CodeNotStatic: with Static, nothing of a response may depend on the request, and this would.
	CodeNotStatic Code = "not-static"
	// CodeInvalidType: a list, a string or a boolean is wanted, and something else is there.
	CodeInvalidType Code = "invalid-type"
	// CodeUnknownField: a configuration has no such field.
	CodeUnknownField Code = "unknown-field"
)

// What is legal in a configuration, but dead or surprising.
const (
	// CodeMethodCase: methods are case-sensitive, and browsers put only some into upper case: patch is not PATCH.
	CodeMethodCase Code = "method-case"
	// CodeDefaultPort: browsers leave the scheme's default port out; so does the policy.
	CodeDefaultPort Code = "default-port"
	// CodeSafelistedMethod: GET, HEAD and POST are allowed anyway.
	CodeSafelistedMethod Code = "safelisted-method"
	// CodeSafelistedResponseHeader: pages can read this header anyway.
	CodeSafelistedResponseHeader Code = "safelisted-response-header"
	// CodeRedundantOriginPattern: other patterns cover this one.
	CodeRedundantOriginPattern Code = "redundant-origin-pattern"
	// CodeDeadOriginPattern: no browser sends such an origin.
	CodeDeadOriginPattern Code = "dead-origin-pattern"
	// CodeDeadMethod: no page uses such a method.
	CodeDeadMethod Code = "dead-method"
	// CodeDeadHeaderName: no page sets or reads such a header.
	CodeDeadHeaderName Code = "dead-header-name"
	// CodeLongHeader: a list makes a header that is longer than what many servers and intermediaries take.
	CodeLongHeader Code = "long-header"
	// CodeUncheckedOrigins: the policy has credentials, and what [WithOrigins] was given is not an [origin.Set], so
	// that nobody has looked at it.
	CodeUncheckedOrigins Code = "unchecked-origins"
	// CodeAuthorizationNotCovered: a * among the request headers does not cover Authorization.
	CodeAuthorizationNotCovered Code = "authorization-not-covered"
	// CodeMaxAgeAboveCaps: no browser keeps a preflight's answer for so long.
	CodeMaxAgeAboveCaps Code = "max-age-above-caps"
)

// A Finding is an error or a warning about one place in a configuration.
//
// Its suggestion, followed, makes a configuration that allows what was meant and nothing else: it is what to write in
// place of the value (of an unknown field, in place of its name), or "remove it". It is "" where that is not certain;
// the detail says in either case what to do.
type Finding struct {
	Code       Code
	Field      string // the field's name in JSON, or "WithOrigins"
	Index      int    // in a field that is a list; else -1
	Value      string // what is at fault
	Suggestion string
	Detail     string // what is wrong with it, and what to do, for people
}

// String returns the place, the value, what is wrong and what to do.
func (f Finding) String() string {
	var b strings.Builder
	b.WriteString(escape(f.Field))
	if f.Index >= 0 {
		b.WriteString("[" + strconv.Itoa(f.Index) + "]")
	}
	if f.Value != "" {
		b.WriteString(" " + quote.Quote(f.Value))
	}
	b.WriteString(": " + f.Detail + " (" + string(f.Code) + ")")
	if f.Suggestion != "" {
		b.WriteString("; instead: " + escape(f.Suggestion))
	}
	return b.String()
}

// Error returns the same as String.
func (f Finding) Error() string { return f.String() }

// MarshalJSON writes {"code", "field", "index", "value", "suggestion"}, where
// index and suggestion are null where they do not apply.
func (f Finding) MarshalJSON() ([]byte, error) {
	out := struct {
		Code       Code    `json:"code"`
		Field      string  `json:"field"`
		Index      *int    `json:"index"`
		Value      string  `json:"value"`
		Suggestion *string `json:"suggestion"`
	}{Code: f.Code, Field: f.Field, Value: f.Value}
	if f.Index >= 0 {
		out.Index = &f.Index
	}
	if f.Suggestion != "" {
		out.Suggestion = &f.Suggestion
	}
	return json.Marshal(out)
}

// A ConfigError is everything that is wrong with a configuration, and what else would be found in it if nothing were:
// what is wrong with it as JSON, and then the rest in the order of the fields.
type ConfigError struct {
	Errors   []Finding
	Warnings []Finding // see [Policy.Warnings]
}

// maxErrorLines is how many errors [ConfigError.Error] tells.
const maxErrorLines = 20

// Error returns the errors, a line each; of very many, the first.
func (e *ConfigError) Error() string {
	var b strings.Builder
	b.WriteString("policy: the configuration is not valid")
	for _, f := range e.Errors[:min(len(e.Errors), maxErrorLines)] {
		b.WriteString("\n\t" + f.String())
	}
	if more := len(e.Errors) - maxErrorLines; more > 0 {
		b.WriteString("\n\tand " + strconv.Itoa(more) + " more")
	}
	return b.String()
}

// Unwrap returns the errors, each a [Finding].
func (e *ConfigError) Unwrap() []error {
	errs := make([]error, len(e.Errors))
	for i, f := range e.Errors {
		errs[i] = f
	}
	return errs
}
