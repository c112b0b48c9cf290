package fetch

import (
	"strings"

	"github.com/corspec/corspec/origin"
)

// A CORPPurpose says for whom the cross-origin resource policy check asks.
type CORPPurpose uint8

// The purposes of the check: a fetch, or HTML's navigation of a nested document.
const (
	CORPForFetch CORPPurpose = iota
	CORPForNavigation
)

// CORPCheck decides whether a document of that origin and embedder policy may embed the response: the cross-origin resource
// policy check. The report is true where the report-only policy would have blocked it, or the enforced one did: then a
// violation is to be reported, with disposition "reporting" or "enforce".
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func CORPCheck(o origin.Origin, policy EmbedderPolicy, resp *Response, purpose CORPPurpose, l origin.SuffixList) (v Verdict, report bool) {
	// Cross-origin resource policy check, step 3.
	if v = corpInternalCheck(o, EmbedderPolicyUnsafeNone, resp, purpose, l); !v.OK() {
		return v, false
	}
	// Cross-origin resource policy check, step 4.
	report = !corpInternalCheck(o, policy.ReportOnly, resp, purpose, l).OK()
	// Cross-origin resource policy check, steps 5 to 7.
	v = corpInternalCheck(o, policy.Value, resp, purpose, l)
	return v, report || !v.OK()
}

// corpInternalCheck is the cross-origin resource policy internal check.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func corpInternalCheck(o origin.Origin, value EmbedderPolicyValue, resp *Response, purpose CORPPurpose, l origin.SuffixList) Verdict {
	// Cross-origin resource policy internal check, step 1.
	if purpose == CORPForNavigation && value == EmbedderPolicyUnsafeNone {
		return allowed
	}
	// Cross-origin resource policy internal check, steps 2 and 3. Several lines, joined, are none of the three tokens.
	policy, lines := firstLine(resp.Headers, resourcePolicy)
	v := Verdict{Step: "cross-origin-resource-policy-internal-check:5", Header: resourcePolicy, Lines: lines, Value: policy, Want: "cross-origin"}
	if lines != 1 {
		policy = ""
	}
	url, hasURL := resp.URL()
	switch policy {
	case "cross-origin":
		// Cross-origin resource policy internal check, step 5.
		return allowed
	case "same-origin":
		// Cross-origin resource policy internal check, step 5.
		if hasURL && o == url.Origin() {
			return allowed
		}
		v.Code = CodeCORPNotSameOrigin
		return v
	case "same-site":
		// Cross-origin resource policy internal check, step 5.
		if hasURL && origin.SchemelesslySameSite(o, url.Origin(), l) && (o.Scheme() == "https" || url.Scheme() != "https") {
			return allowed
		}
		v.Code = CodeCORPNotSameSite
		return v
	}
	// Cross-origin resource policy internal check, step 4.
	switch value {
	case EmbedderPolicyCredentialless:
		if resp.RequestExcludedCredentials && purpose != CORPForNavigation {
			// Cross-origin resource policy internal check, step 5, with null.
			return allowed
		}
	case EmbedderPolicyRequireCORP:
	default:
		// Cross-origin resource policy internal check, step 5, with null.
		return allowed
	}
	// Cross-origin resource policy internal check, step 5.
	if hasURL && o == url.Origin() {
		return allowed
	}
	v.Code = CodeCORPNotSameOriginAfterDefaultedByCOEP
	return v
}

// SerializeResponseURLForReporting returns the first URL of the response's URL list without credentials and fragment.
//
// https://fetch.spec.whatwg.org/#serialize-a-response-url-for-reporting
func SerializeResponseURLForReporting(resp *Response) string {
	if len(resp.URLList) == 0 {
		return ""
	}
	u := resp.URLList[0].WithoutFragment()
	s := u.String()
	if !u.IncludesCredentials() {
		return s
	}
	scheme, rest, _ := strings.Cut(s, "://")
	_, rest, _ = strings.Cut(rest, "@") // in a serialized URL, the first one ends the credentials
	return scheme + "://" + rest
}

// EmbedderPolicyAllowsCredentials reports whether the embedder policy of the request's client lets credentials go with the
// request.
//
// https://fetch.spec.whatwg.org/#cross-origin-embedder-policy-allows-credentials
func EmbedderPolicyAllowsCredentials(r *Request) bool {
	// Cross-Origin-Embedder-Policy allows credentials, steps 2 to 4.
	if r.Mode != ModeNoCORS || r.EmbedderPolicy.Value != EmbedderPolicyCredentialless {
		return true
	}
	// Cross-Origin-Embedder-Policy allows credentials, step 5.
	// AD-HOC: the pinned text says that the redirect-taint "is not" same-origin, which was turned round by mistake:
	// https://github.com/whatwg/fetch/issues/1958.
	return r.Origin == r.CurrentURL().Origin() && !tainted(r)
}
