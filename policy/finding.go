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
	CodeOriginNotAllowed         Code = "origin-not-allowed"          // the policy does not allow the origin
	CodeInsecureOriginNotAllowed Code = "insecure-origin-not-allowed" // with credentials: WithOrigins has it, but whoever controls the network can be it
	CodePublicSuffixNotAllowed   Code = "public-suffix-not-allowed"   // with credentials: a wildcard covers it, but others have domains below the public suffix in between
	CodeMalformedOrigin          Code = "malformed-origin"            // the Origin header is not an origin, or there are several
	CodeMethodNotAllowed         Code = "method-not-allowed"          // a preflight asks for a method that the policy does not allow
	CodeHeaderNotAllowed         Code = "header-not-allowed"          // a preflight asks for a request header that the policy does not allow
	CodeAuthorizationNotAllowed  Code = "authorization-not-allowed"   // a preflight asks for Authorization, which a * does not cover
	CodeRequestHeadersOverBudget Code = "request-headers-over-budget" // see MaxRequestHeadersSize and MaxEmptyElements
	CodeMalformedRequestHeaders  Code = "malformed-request-headers"   // Access-Control-Request-Headers is not a list of header names
)

// What is wrong with a configuration.
const (
	CodeNoOrigins                     Code = "no-origins"                       // nobody is allowed anything
	CodeInvalidOriginPattern          Code = "invalid-origin-pattern"           // this is not an origin.Pattern
	CodeNullOrigin                    Code = "null-origin"                      // null is allowed only with DangerouslyAllowNull
	CodeWildcardOriginWithCredentials Code = "wildcard-origin-with-credentials" // * and credentials do not go together
	CodeInsecureOriginWithCredentials Code = "insecure-origin-with-credentials" // whoever controls the network controls what such an origin does
	CodePublicSuffixWithCredentials   Code = "public-suffix-with-credentials"   // anybody can register a domain below a public suffix
	CodeAnyExtensionWithCredentials   Code = "any-extension-with-credentials"   // {uuid} is every extension that a user has installed
	CodeSuffixListRequired            Code = "suffix-list-required"             // without a list nobody knows what a wildcard stands over
	CodeInvalidMethod                 Code = "invalid-method"                   // this is not a method
	CodeForbiddenMethod               Code = "forbidden-method"                 // no page can use this method
	CodeInvalidHeaderName             Code = "invalid-header-name"              // this is not the name of a header
	CodeForbiddenRequestHeader        Code = "forbidden-request-header"         // no page can set this header
	CodeForbiddenResponseHeader       Code = "forbidden-response-header"        // no page can read this header
	CodeWildcardExposeWithCredentials Code = "wildcard-expose-with-credentials" // with credentials, * is the name of a header
	CodeInvalidMaxAge                 Code = "invalid-max-age"                  // this is not a number of seconds
	CodeInvalidPreflightStatus        Code = "invalid-preflight-status"         // preflights are answered with 200 or 204
	CodeNotStatic                     Code = "not-static"                       // with Static, this would make responses depend on the request
	CodeInvalidType                   Code = "invalid-type"                     // a list, a string or a boolean is wanted, and something else is there
	CodeUnknownField                  Code = "unknown-field"                    // a configuration has no such field
)

// What is legal in a configuration, but dead or surprising.
const (
	CodeMethodCase               Code = "method-case"                // methods are case-sensitive: patch is not PATCH
	CodeDefaultPort              Code = "default-port"               // browsers leave the scheme's default port out; so does the policy
	CodeSafelistedMethod         Code = "safelisted-method"          // GET, HEAD and POST are allowed anyway
	CodeSafelistedResponseHeader Code = "safelisted-response-header" // pages can read this header anyway
	CodeRedundantOriginPattern   Code = "redundant-origin-pattern"   // other patterns cover this one
	CodeDeadOriginPattern        Code = "dead-origin-pattern"        // no browser sends such an origin
	CodeDeadMethod               Code = "dead-method"                // no page uses such a method
	CodeDeadHeaderName           Code = "dead-header-name"           // no page sets or reads such a header
	CodeLongHeader               Code = "long-header"                // many servers and intermediaries take no header that long
	CodeUncheckedOrigins         Code = "unchecked-origins"          // with credentials: nobody can look into what WithOrigins was given
	CodeAuthorizationNotCovered  Code = "authorization-not-covered"  // a * among the request headers does not cover Authorization
	CodeMaxAgeAboveCaps          Code = "max-age-above-caps"         // no browser keeps a preflight's answer for so long
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
