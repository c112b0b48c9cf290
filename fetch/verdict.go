package fetch

// A Code names the outcome of a check. Codes are part of the API and stay.
type Code string

// The codes of this package. Those that a response to a preflight can get as well stand there with the prefix "preflight-".
const (
	OK Code = "ok"

	// The CORS check.
	MissingAllowOrigin                 Code = "missing-allow-origin"
	MultipleAllowOriginValues          Code = "multiple-allow-origin-values"
	WildcardOriginNotAllowed           Code = "wildcard-origin-not-allowed"
	InvalidAllowOriginValue            Code = "invalid-allow-origin-value"
	AllowOriginMismatch                Code = "allow-origin-mismatch"
	InvalidAllowCredentials            Code = "invalid-allow-credentials"
	PreflightMissingAllowOrigin        Code = "preflight-missing-allow-origin"
	PreflightMultipleAllowOriginValues Code = "preflight-multiple-allow-origin-values"
	PreflightWildcardOriginNotAllowed  Code = "preflight-wildcard-origin-not-allowed"
	PreflightInvalidAllowOriginValue   Code = "preflight-invalid-allow-origin-value"
	PreflightAllowOriginMismatch       Code = "preflight-allow-origin-mismatch"
	PreflightInvalidAllowCredentials   Code = "preflight-invalid-allow-credentials"

	// CORS-preflight fetch.
	PreflightInvalidStatus            Code = "preflight-invalid-status"
	PreflightDisallowedRedirect       Code = "preflight-disallowed-redirect"
	PreflightInvalidAllowMethods      Code = "preflight-invalid-allow-methods"
	PreflightInvalidAllowHeaders      Code = "preflight-invalid-allow-headers"
	MethodDisallowedByPreflight       Code = "method-disallowed-by-preflight"
	HeaderDisallowedByPreflight       Code = "header-disallowed-by-preflight"
	AuthorizationNotCoveredByWildcard Code = "authorization-not-covered-by-wildcard"

	// Main fetch.
	DisallowedByMode            Code = "disallowed-by-mode"
	CORSDisabledScheme          Code = "cors-disabled-scheme"
	SchemeNotSupported          Code = "scheme-not-supported"
	NoCORSRedirectModeNotFollow Code = "no-cors-redirect-mode-not-follow"
	BadPort                     Code = "bad-port"
	UnexpectedRangeResponse     Code = "unexpected-range-response"
	LocalURLsOnly               Code = "local-urls-only"

	// Redirects.
	RedirectModeError           Code = "redirect-mode-error"
	TooManyRedirects            Code = "too-many-redirects"
	RedirectInvalidLocation     Code = "redirect-invalid-location"
	RedirectDisallowedScheme    Code = "redirect-disallowed-scheme"
	RedirectContainsCredentials Code = "redirect-contains-credentials"
	RedirectBodyNotReplayable   Code = "redirect-body-not-replayable"

	// Responses.
	CORPNotSameOrigin                     Code = "corp-not-same-origin"
	CORPNotSameSite                       Code = "corp-not-same-site"
	CORPNotSameOriginAfterDefaultedByCOEP Code = "corp-not-same-origin-after-defaulted-by-coep"
	Nosniff                               Code = "nosniff"
	MIMETypeBlocked                       Code = "mime-type-blocked"
	TAOCheckFailed                        Code = "tao-check-failed"
	ProxyAuthenticationRequired           Code = "proxy-authentication-required"
	HookResponse                          Code = "hook-response"

	// Transport, which the standard does not decide.
	TransportError Code = "transport-error"
	Aborted        Code = "aborted"
)

// A Step names the place in the standard that decided: the anchor of the algorithm, a colon, and the number of the step
// that returned, as in "cors-check:4". It belongs to the commit of the standard that package conformance pins.
type Step string

// URL returns the address of the step's algorithm in the living standard, or "" where there is no step.
func (s Step) URL() string {
	for i := len(s) - 1; i > 0; i-- {
		if s[i] == ':' {
			return "https://fetch.spec.whatwg.org/#" + string(s[:i])
		}
	}
	return ""
}

// A Verdict is the outcome of a check as data: what was decided, by which step, and the header at fault. It costs no
// allocation. The zero value means that nothing has been evaluated; it is no success.
type Verdict struct {
	Code Code
	Step Step // of a refusal; empty for [OK] and where the standard does not decide

	// Header is the canonical name of the response header at fault, Lines how many lines of that name the response has, and
	// Value the value of the first one, byte for byte. Where no header is at fault, Value is the status of a preflight's
	// response, or the transport's error.
	Header string
	Lines  int
	Value  string

	// Want is what would have had to be there: the serialized origin, the method, the header name. For a redirect or a
	// request that is blocked as such it is the URL at fault.
	Want string
}

// OK reports whether the check passed. It is false for the zero Verdict.
func (v Verdict) OK() bool { return v.Code == OK }

// Evaluated reports whether v is the outcome of a check at all.
func (v Verdict) Evaluated() bool { return v.Code != "" }

var allowed = Verdict{Code: OK}
