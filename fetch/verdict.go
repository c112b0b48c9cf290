package fetch

import (
	"strings"

	"github.com/corspec/corspec/internal/standards"
)

// A Code names the outcome of a check. Codes are part of the API and stay.
type Code string

// The codes of this package. Those that a response to a preflight can get as well stand there with the prefix
// "preflight-".
const (
	CodeOK Code = "ok"

	// The CORS check.
	CodeMissingAllowOrigin                 Code = "missing-allow-origin"
	CodeMultipleAllowOriginValues          Code = "multiple-allow-origin-values"
	CodeWildcardOriginNotAllowed           Code = "wildcard-origin-not-allowed"
	CodeInvalidAllowOriginValue            Code = "invalid-allow-origin-value"
	CodeAllowOriginMismatch                Code = "allow-origin-mismatch"
	CodeInvalidAllowCredentials            Code = "invalid-allow-credentials"
	CodePreflightMissingAllowOrigin        Code = "preflight-missing-allow-origin"
	CodePreflightMultipleAllowOriginValues Code = "preflight-multiple-allow-origin-values"
	CodePreflightWildcardOriginNotAllowed  Code = "preflight-wildcard-origin-not-allowed"
	CodePreflightInvalidAllowOriginValue   Code = "preflight-invalid-allow-origin-value"
	CodePreflightAllowOriginMismatch       Code = "preflight-allow-origin-mismatch"
	CodePreflightInvalidAllowCredentials   Code = "preflight-invalid-allow-credentials"

	// CORS-preflight fetch.
	CodePreflightInvalidStatus            Code = "preflight-invalid-status"
	CodePreflightDisallowedRedirect       Code = "preflight-disallowed-redirect"
	CodePreflightInvalidAllowMethods      Code = "preflight-invalid-allow-methods"
	CodePreflightInvalidAllowHeaders      Code = "preflight-invalid-allow-headers"
	CodeMethodDisallowedByPreflight       Code = "method-disallowed-by-preflight"
	CodeHeaderDisallowedByPreflight       Code = "header-disallowed-by-preflight"
	CodeAuthorizationNotCoveredByWildcard Code = "authorization-not-covered-by-wildcard"

	// Main fetch.
	CodeDisallowedByMode            Code = "disallowed-by-mode"
	CodeCORSDisabledScheme          Code = "cors-disabled-scheme"
	CodeSchemeNotSupported          Code = "scheme-not-supported"
	CodeNoCORSRedirectModeNotFollow Code = "no-cors-redirect-mode-not-follow"
	CodeBadPort                     Code = "bad-port"
	CodeMixedContent                Code = "mixed-content"
	CodeUnexpectedRangeResponse     Code = "unexpected-range-response"
	CodeLocalURLsOnly               Code = "local-urls-only"

	// HTTP-network-or-cache fetch.
	CodeKeepaliveQuotaExceeded          Code = "keepalive-quota-exceeded"
	CodeCacheOnlyIfCached               Code = "cache-only-if-cached"
	CodeAuthenticationBodyNotReplayable Code = "authentication-body-not-replayable"

	// Redirects.
	CodeRedirectModeError           Code = "redirect-mode-error"
	CodeTooManyRedirects            Code = "too-many-redirects"
	CodeRedirectInvalidLocation     Code = "redirect-invalid-location"
	CodeRedirectDisallowedScheme    Code = "redirect-disallowed-scheme"
	CodeRedirectContainsCredentials Code = "redirect-contains-credentials"
	CodeRedirectBodyNotReplayable   Code = "redirect-body-not-replayable"

	// Responses.
	CodeCORPNotSameOrigin                     Code = "corp-not-same-origin"
	CodeCORPNotSameSite                       Code = "corp-not-same-site"
	CodeCORPNotSameOriginAfterDefaultedByCOEP Code = "corp-not-same-origin-after-defaulted-by-coep"
	CodeNosniff                               Code = "nosniff"
	CodeMIMETypeBlocked                       Code = "mime-type-blocked"
	CodeTAOCheckFailed                        Code = "tao-check-failed"
	CodeProxyAuthenticationRequired           Code = "proxy-authentication-required"
	CodeHookResponse                          Code = "hook-response"

	// Transport, which the standard does not decide.
	CodeTransportError Code = "transport-error"
	CodeAborted        Code = "aborted"
)

// A Step names the place in the standard that decided: the anchor of the algorithm, a colon, and the number of the step
// that returned, as in "cors-check:4". It belongs to the commit of the standard that package conformance pins.
type Step string

// URL returns the address of the step's algorithm, in the snapshot of the commit that it belongs to if there is one, or
// "" for no step.
func (s Step) URL() string {
	anchor, _, ok := strings.Cut(string(s), ":")
	if !ok || anchor == "" {
		return ""
	}
	return standards.StepURL(anchor)
}

// A Verdict is the outcome of a check as data: what was decided, by which step, and the header at fault. It costs no
// allocation. The zero value means that nothing has been evaluated; it is not a success.
type Verdict struct {
	Code Code
	Step Step // of a refusal; empty for [CodeOK] and where the standard does not decide

	// Header is the canonical name of the response header at fault, Lines how many lines of that name the response has,
	// and Value the value of the first one, byte for byte. Where no header is at fault, Value is the status of a
	// preflight's response, or the transport's error.
	Header string
	Lines  int
	Value  string

	// Want is what would have had to be there: the serialized origin, the method, the header name. For a redirect or a
	// request that is blocked as such it is the URL at fault.
	Want string
}

// OK reports whether the check passed. It is false for the zero Verdict.
func (v Verdict) OK() bool { return v.Code == CodeOK }

// Evaluated reports whether v is the outcome of a check at all.
func (v Verdict) Evaluated() bool { return v.Code != "" }

var allowed = Verdict{Code: CodeOK}

// fault is the refusal of a response because of its headers of that name, or of what they would have led to.
func fault(code Code, step Step, resp *Response, name, want string) Verdict {
	v := Verdict{Code: code, Step: step, Header: name, Want: want}
	v.Value, v.Lines = firstLine(resp.Headers, name)
	return v
}

// fault is the refusal of a request because of its current URL.
func (r *Request) fault(code Code, step Step) Verdict {
	return Verdict{Code: code, Step: step, Want: r.CurrentURL().String()}
}
