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
func StripResponse(r *http.Response) error {
	for name := range r.Header {
		if len(name) >= len(corsPrefix) && strings.EqualFold(name[:len(corsPrefix)], corsPrefix) {
			delete(r.Header, name)
		}
	}
	return nil
}

const corsPrefix = "Access-Control-"
