package fetch

import "time"

// This file lets tests in package fetch_test ask what no package needs.

var (
	IsBadPort                        = isBadPort
	LocationURL                      = locationURL
	SerializeResponseURLForReporting = serializeResponseURLForReporting
	SetReferrerPolicyOnRedirect      = setReferrerPolicyOnRedirect
)

// Covers reports whether the cache makes the preflight of r unnecessary. The names are r's CORS-unsafe request-header
// names.
//
// https://fetch.spec.whatwg.org/#http-fetch
func (c *PreflightCache) Covers(r *Request, names []string, now time.Time) bool {
	return c.covers(standard{}, keyOf(SerializeRequestOrigin(r), r), r.Credentials == CredentialsInclude, standard{}.methodToMatch(r), names, now)
}

// Store caches what the response to a preflight of r allowed.
//
// https://fetch.spec.whatwg.org/#cors-preflight-fetch
func (c *PreflightCache) Store(r *Request, grant PreflightGrant, now time.Time) {
	c.store(standard{}, keyOf(SerializeRequestOrigin(r), r), r.Credentials == CredentialsInclude, grant, now)
}

// ClearEntries removes the entries of r's partition, origin and current URL, with and without credentials: a request
// failed after they let it through.
//
// https://fetch.spec.whatwg.org/#concept-cache-clear
func (c *PreflightCache) ClearEntries(r *Request) {
	c.clearCacheEntries(keyOf(SerializeRequestOrigin(r), r))
}

// Groups returns for how many partitions, origins and URLs something is remembered.
func (c *PreflightCache) Groups() int { return len(c.groups) }

func (r *Response) NavigationTimingAllowValues() [][]string { return r.navigationTimingAllowValues }
func (r *Response) SetNavigationTimingAllowValues(values [][]string) {
	r.navigationTimingAllowValues = values
}

func (r *Response) RangeRequested() bool             { return r.rangeRequested }
func (r *Response) SetRangeRequested(requested bool) { r.rangeRequested = requested }
