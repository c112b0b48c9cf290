package policyhttp

import (
	"net/http"
	"strings"
)

// StripResponse removes the CORS headers of a response: all whose names start
// with Access-Control-. It fits [net/http/httputil.ReverseProxy]'s
// ModifyResponse, for a proxy that has a policy of its own: two
// Access-Control-Allow-Origin headers are none.
//
// Vary and Timing-Allow-Origin stay, for both may come from several sources.
//
// When an upstream sends an informational response (103 Early Hints),
// ReverseProxy forgets the headers of the final one that were set outside of it,
// the middleware's too. Where upstreams do that, do not wrap the proxy, but
// evaluate the policy for each request, answer where the decision has a status,
// and else let ModifyResponse apply it ([policy.Decision.Apply]).
func StripResponse(r *http.Response) error {
	for name := range r.Header {
		if len(name) >= len(corsPrefix) && strings.EqualFold(name[:len(corsPrefix)], corsPrefix) {
			delete(r.Header, name)
		}
	}
	return nil
}

const corsPrefix = "Access-Control-"
