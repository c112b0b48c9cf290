package fetch

import "github.com/corspec/corspec/origin"

// maxReferrer is the length above which a serialized referrer is cut to its origin.
const maxReferrer = 4096

// DetermineReferrer returns the URL that r's Referer header tells, given r's referrer, referrer policy and current URL;
// the zero URL means that there is no referrer. An empty referrer policy is the default one. Main fetch writes the
// result back, so that a referrer only ever gets shorter from hop to hop.
//
// https://w3c.github.io/webappsec-referrer-policy/#determine-requests-referrer
func DetermineReferrer(r *Request) origin.URL {
	return determineReferrer(r, r.Referrer.IsPotentiallyTrustworthy() && !r.CurrentURL().IsPotentiallyTrustworthy())
}

// determineReferrer is DetermineReferrer, where it is known whether the request is a downgrade from the referrer.
func determineReferrer(r *Request, downgrade bool) origin.URL {
	if !r.Referrer.IsValid() {
		return origin.URL{}
	}
	// Determine request's referrer, steps 4 and 5.
	url, bare := r.Referrer.StripForReferrer(false), r.Referrer.StripForReferrer(true)
	if !url.IsValid() {
		return origin.URL{}
	}
	// Determine request's referrer, step 6.
	if len(url.String()) > maxReferrer {
		url = bare
	}
	unlessDowngraded := func(u origin.URL) origin.URL {
		if downgrade {
			return origin.URL{}
		}
		return u
	}
	// Determine request's referrer, step 8.
	switch r.ReferrerPolicy {
	case ReferrerPolicyNoReferrer:
		return origin.URL{}
	case ReferrerPolicyOrigin:
		return bare
	case ReferrerPolicyUnsafeURL:
		return url
	case ReferrerPolicyStrictOrigin:
		return unlessDowngraded(bare)
	case ReferrerPolicyNoReferrerWhenDowngrade:
		return unlessDowngraded(url)
	}
	switch sameOrigin := url.Origin() == r.CurrentURL().Origin(); {
	case sameOrigin:
		return url
	case r.ReferrerPolicy == ReferrerPolicySameOrigin:
		return origin.URL{}
	case r.ReferrerPolicy == ReferrerPolicyOriginWhenCrossOrigin:
		return bare
	}
	return unlessDowngraded(bare) // "strict-origin-when-cross-origin", which the empty string stands for
}
