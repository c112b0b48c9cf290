package fetch

// SerializeRequestOrigin returns the origin that r shows to servers: "null" if it is opaque or r is redirect-tainted.
// It serves as both serializing and byte-serializing a request origin.
//
// https://fetch.spec.whatwg.org/#serializing-a-request-origin
func SerializeRequestOrigin(r *Request) string {
	// Serializing a request origin, step 2.
	if tainted(r) {
		return "null"
	}
	// Serializing a request origin, step 3.
	return r.Origin.String()
}

// RequestOriginHeader returns the value of the Origin header that r is sent with; ok is false if it has none.
//
// https://fetch.spec.whatwg.org/#append-a-request-origin-header
func RequestOriginHeader(r *Request) (value string, ok bool) {
	return requestOriginHeader(SerializeRequestOrigin(r), r)
}

// requestOriginHeader is RequestOriginHeader for a request that shows that origin.
func requestOriginHeader(shown string, r *Request) (value string, ok bool) {
	// Append a request `Origin` header, step 3.
	if r.ResponseTainting == TaintingCORS || r.Mode == ModeWebSocket || r.Mode == ModeWebTransport {
		return shown, true
	}
	// Append a request `Origin` header, step 4.
	if r.Method == "GET" || r.Method == "HEAD" {
		return "", false
	}
	// Append a request `Origin` header, step 4.1.
	if r.Mode != ModeCORS {
		switch r.ReferrerPolicy {
		case ReferrerPolicyNoReferrer:
			return "null", true
		case ReferrerPolicyNoReferrerWhenDowngrade, ReferrerPolicyStrictOrigin, ReferrerPolicyStrictOriginWhenCrossOrigin:
			if !r.Origin.IsOpaque() && r.Origin.Scheme() == "https" && r.CurrentURL().Scheme() != "https" {
				return "null", true
			}
		case ReferrerPolicySameOrigin:
			if r.Origin != r.CurrentURL().Origin() {
				return "null", true
			}
		}
	}
	// Append a request `Origin` header, step 4.2.
	return shown, true
}
