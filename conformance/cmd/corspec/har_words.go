package main

import (
	"strings"

	"github.com/corspec/corspec/fetch"
)

// browserWords are what programs write about a request that came to nothing, as parts of the text, and what that means.
var browserWords = []struct {
	part, meaning string
	corp          fetch.Code // the code, if it is a check of Cross-Origin-Resource-Policy
}{
	{"ByCoepAndDip", "a check that the Document-Isolation-Policy of the page asks for, too, which is not in the Fetch Standard", ""},
	{"ByDip", "a check that the Document-Isolation-Policy of the page asks for, which is not in the Fetch Standard", ""},
	{"NotSameOriginAfterDefaultedToSameOriginByCoep", "the check that the Cross-Origin-Embedder-Policy of the page asks for", fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP},
	{"corp-not-same-origin-after-defaulted", "the check that the Cross-Origin-Embedder-Policy of the page asks for", fetch.CodeCORPNotSameOriginAfterDefaultedByCOEP},
	{"CoepFrameResourceNeedsCoepHeader", "a frame without the Cross-Origin-Embedder-Policy that its parent asks for", ""},
	{"coep-frame-resource-needs", "a frame without the Cross-Origin-Embedder-Policy that its parent asks for", ""},
	{"NotSameSite", "the response's Cross-Origin-Resource-Policy", fetch.CodeCORPNotSameSite},
	{"corp-not-same-site", "the response's Cross-Origin-Resource-Policy", fetch.CodeCORPNotSameSite},
	{"BLOCKED_BY_RESPONSE.NotSameOrigin", "the response's Cross-Origin-Resource-Policy", fetch.CodeCORPNotSameOrigin},
	{"corp-not-same-origin", "the response's Cross-Origin-Resource-Policy", fetch.CodeCORPNotSameOrigin},
	{"BLOCKED_BY_ORB", "Opaque Response Blocking, which is not in the Fetch Standard", ""},
	{"BLOCKED_BY_CSP", "a Content Security Policy", ""},
	{"BLOCKED_BY_CLIENT", "an extension of the browser", ""},
	{"BLOCKED_BY_ADMINISTRATOR", "a policy of the machine", ""},
	{"LOCAL_NETWORK_ACCESS", "Local Network Access, which is not in the Fetch Standard", ""},
	{"PRIVATE_NETWORK_ACCESS", "Private Network Access, which is not in the Fetch Standard", ""},
	{"mixed-content", "a page of https that asks for http", ""},
	{"ERR_ABORTED", "a request that was given up, by the page or by the browser", ""},
	{"NS_BINDING_ABORTED", "a request that was given up, by the page or by the browser", ""},
	{"NS_ERROR_DOM_CORP_FAILED", "the response's Cross-Origin-Resource-Policy", ""},
	{"ERR_CERT_", "a certificate that the browser does not trust", ""},
	{"ERR_SSL_", "a failure of TLS", ""},
	{"ERR_NAME_NOT_RESOLVED", "a host without an address", ""},
	{"ERR_INTERNET_DISCONNECTED", "a browser that was offline", ""},
	{"ERR_CONNECTION_", "a connection that failed", ""},
	{"ERR_TIMED_OUT", "a server that took too long", ""},
	{"ERR_CACHE_MISS", "a cache without an answer", ""},

	// Firefox's numbers.
	{"reason 1001", "CORS being off in Firefox", ""},
	{"reason 1002", "CORS: the request did not succeed", ""},
	{"reason 1003", "CORS: a URL that is not of HTTP", ""},
	{"reason 1004", "CORS: several values of Access-Control-Allow-Origin", ""},
	{"reason 1005", "CORS: no Access-Control-Allow-Origin", ""},
	{"reason 1006", "CORS: \"*\" in Access-Control-Allow-Origin, with credentials", ""},
	{"reason 1007", "CORS: another origin in Access-Control-Allow-Origin", ""},
	{"reason 1008", "CORS: no Access-Control-Allow-Credentials", ""},
	{"reason 1010", "CORS: a redirect that is not allowed", ""},
	{"reason 1011", "CORS: a preflight that did not succeed", ""},
	{"reason 1012", "CORS: a malformed Access-Control-Allow-Methods", ""},
	{"reason 1013", "CORS: a method that Access-Control-Allow-Methods lacks", ""},
	{"reason 1014", "CORS: a malformed Access-Control-Allow-Headers", ""},
	{"reason 1015", "CORS: a header that Access-Control-Allow-Headers lacks", ""},
	{"reason 2", "a list of trackers or of harmful sites", ""},
	{"reason 3001", "a page of https that asks for http", ""},
	{"reason 4", "a Content Security Policy", ""},
	{"reason 7", "an extension of the browser", ""},
}

// meaningOf returns what such a text means, or "".
func meaningOf(failure string) string {
	for _, w := range browserWords {
		if strings.Contains(failure, w.part) {
			return w.meaning
		}
	}
	return ""
}

// corpOf returns which check of Cross-Origin-Resource-Policy such a text tells of, or "".
func corpOf(failure string) fetch.Code {
	for _, w := range browserWords {
		if strings.Contains(failure, w.part) {
			return w.corp
		}
	}
	return ""
}
