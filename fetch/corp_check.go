package fetch

import (
	"strings"

	"github.com/corspec/corspec/origin"
)

// CORPCheck decides whether a document of that origin and embedder policy may embed the response, or navigate to it in
// a nested document: the cross-origin resource policy check. Reporting says that the report-only policy would have
// blocked it. A violation of the enforced policy has [CodeCORPNotSameOriginAfterDefaultedByCOEP].
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-check
func CORPCheck(o origin.Origin, policy EmbedderPolicy, resp *Response, forNavigation bool, l origin.SuffixList) (v Verdict, reporting bool) {
	// Cross-origin resource policy check, step 3.
	if v = corpInternalCheck(o, EmbedderPolicyUnsafeNone, resp, forNavigation, l); !v.OK() {
		return v, false
	}
	// Cross-origin resource policy check, step 4.
	reporting = !corpInternalCheck(o, policy.ReportOnly, resp, forNavigation, l).OK()
	// Cross-origin resource policy check, steps 5 to 7.
	v = corpInternalCheck(o, policy.Value, resp, forNavigation, l)
	return v, reporting
}

// corpInternalCheck is the cross-origin resource policy internal check.
//
// https://fetch.spec.whatwg.org/#cross-origin-resource-policy-internal-check
func corpInternalCheck(o origin.Origin, value EmbedderPolicyValue, resp *Response, forNavigation bool, l origin.SuffixList) Verdict {
	// Cross-origin resource policy internal check, step 1.
	if forNavigation && value == EmbedderPolicyUnsafeNone {
		return allowed
	}
	// Cross-origin resource policy internal check, steps 2 and 3. Several lines, joined, are not one of the three
	// tokens.
	policy, lines := firstLine(resp.Headers, resourcePolicy)
	v := Verdict{Step: "cross-origin-resource-policy-internal-check:5", Header: resourcePolicy, Lines: lines, Value: policy, Want: "cross-origin"}
	if lines > 1 {
		policy = ""
	}
	url, _ := resp.URL()
	switch policy {
	case "cross-origin":
		// Cross-origin resource policy internal check, step 5.
		return allowed
	case "same-origin":
		v.Code = CodeCORPNotSameOrigin
	case "same-site":
		// Cross-origin resource policy internal check, step 5.
		if origin.SchemelesslySameSite(o, url.Origin(), l) && (o.Scheme() == "https" || url.Scheme() != "https") {
			return allowed
		}
		v.Code = CodeCORPNotSameSite
		return v
	default:
		// Cross-origin resource policy internal check, step 4.
		credentialless := value == EmbedderPolicyCredentialless && (!resp.RequestExcludedCredentials || forNavigation)
		if value != EmbedderPolicyRequireCORP && !credentialless {
			// Cross-origin resource policy internal check, step 5, with null.
			return allowed
		}
		v.Code = CodeCORPNotSameOriginAfterDefaultedByCOEP
	}
	// Cross-origin resource policy internal check, step 5, with same-origin.
	if o == url.Origin() {
		return allowed
	}
	return v
}

// serializeResponseURLForReporting returns the first URL of the response's URL list without credentials and fragment.
//
// https://fetch.spec.whatwg.org/#serialize-a-response-url-for-reporting
func serializeResponseURLForReporting(resp *Response) string {
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
