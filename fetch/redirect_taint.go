package fetch

import "github.com/corspec/corspec/origin"

// RedirectTaint returns the redirect-taint of r: "cross-site" once a redirect led away from a site that is not r's own,
// "same-site" once one led away from an origin that is not r's own, else "same-origin". A redirect that leaves r's own
// origin taints nothing. Only whether the taint is "same-origin" matters outside of cookies, and that does not depend
// on the suffix list; nil stands for the default rule, by which the last label is the public suffix.
//
// https://fetch.spec.whatwg.org/#concept-request-tainted-origin
func (r *Request) RedirectTaint(l origin.SuffixList) RedirectTaint {
	taint := RedirectTaintSameOrigin
	// Redirect-taint, step 4.1.
	for i := 1; i < len(r.URLList); i++ {
		url, last := r.URLList[i].Origin(), r.URLList[i-1].Origin()
		// Redirect-taint, step 4.2.
		if !origin.SameSite(url, last, l) && !origin.SameSite(r.Origin, last, l) {
			return RedirectTaintCrossSite
		}
		// Redirect-taint, step 4.3.
		if url != last && r.Origin != last {
			taint = RedirectTaintSameSite
		}
	}
	// Redirect-taint, step 5.
	return taint
}

// tainted reports whether the redirect-taint of r is not "same-origin". No suffix list is needed for that: origins that
// are not same site are not same origin.
func tainted(r *Request) bool {
	for i := 1; i < len(r.URLList); i++ {
		if last := r.URLList[i-1].Origin(); r.Origin != last && r.URLList[i].Origin() != last {
			return true
		}
	}
	return false
}
