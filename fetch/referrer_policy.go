package fetch

import (
	"strings"

	"github.com/corspec/corspec/internal/header"
)

// setReferrerPolicyOnRedirect sets the referrer policy of r to the last one that the Referrer-Policy header of the
// response knows, and leaves it as it is if it knows none. Unknown policies are skipped.
//
// https://w3c.github.io/webappsec-referrer-policy/#set-requests-referrer-policy-on-redirect
func setReferrerPolicyOnRedirect(r *Request, resp *Response) {
	for _, h := range resp.Headers {
		if !header.EqualFold(h[0], "Referrer-Policy") {
			continue
		}
		for rest, more := h[1], true; more; {
			var token string
			token, rest, more = strings.Cut(rest, ",")
			// AD-HOC: the text compares case-sensitively, and an element that is not an extension-token makes all of
			// the header failure, which it then takes for a list. All engines compare in any case and skip what they do
			// not know.
			if p, ok := referrerPolicies.Value(header.Lower(header.TrimTabOrSpace(token))); ok && p != ReferrerPolicyEmpty {
				r.ReferrerPolicy = p
			}
		}
	}
}
