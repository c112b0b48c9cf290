package policy

import (
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// A Request is what a policy looks at of a request: its method, and the values of three headers, as bytes, without
// white space at their ends. A header that is absent, or empty, is "". Where a header has several lines, [Join] makes
// one value of them.
//
// The strings may be views of a buffer that will be used again, as frameworks have them that copy nothing: the
// [Decision] has some of them, and is to be done with by then.
type Request struct {
	Method         string
	Origin         string
	RequestMethod  string // Access-Control-Request-Method
	RequestHeaders string // Access-Control-Request-Headers
}

// Join returns the value of a header that came in these lines: "" for none, one line as it is, and several with ", "
// between them. Of several it makes no more than [MaxRequestHeadersSize] and a byte, which is too long for a policy.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.3
func Join(lines []string) string {
	switch len(lines) { // no more than this, so that it is inlined
	case 0:
		return ""
	case 1:
		return lines[0]
	}
	return join(lines)
}

func join(lines []string) string {
	const most = MaxRequestHeadersSize + 1
	size := 0
	for i, line := range lines {
		if i > 0 {
			size += len(", ")
		}
		if size += len(line); size >= most {
			size, lines = most, lines[:i+1]
			break
		}
	}
	var b strings.Builder
	b.Grow(size)
	for i, line := range lines {
		if i > 0 {
			b.WriteString(", "[:min(len(", "), size-b.Len())])
		}
		b.WriteString(line[:min(len(line), size-b.Len())])
	}
	return b.String()
}

// IsPreflight reports whether r is a CORS-preflight request: OPTIONS with an Origin and an
// Access-Control-Request-Method. Any other OPTIONS is a request like others.
//
// https://fetch.spec.whatwg.org/#cors-preflight-request
func (r Request) IsPreflight() bool {
	return r.Method == "OPTIONS" && r.Origin != "" && r.RequestMethod != ""
}

// Evaluate decides what to answer to r. It allocates nothing (except what the suffix list does where it is asked, see
// [WithSuffixList]), and takes time linear in the sizes of r's Origin and RequestMethod at most: of RequestHeaders, it
// reads no more than [MaxRequestHeadersSize]. (What [WithOrigins] provides may do otherwise.)
func (p *Policy) Evaluate(r Request) (d Decision) {
	// No more than this, so that it is inlined, and what is decided comes in registers. Where no decision has to be
	// made of it, Policy.Apply saves that, which takes longer than to decide.
	d.policy = p
	d.origin, d.method, d.headers, d.verdict = p.evaluate(&r)
	return d
}

// evaluate returns the fields of the decision.
func (p *Policy) evaluate(r *Request) (origin, method, headers string, v verdict) {
	switch {
	case p == nil:
		return "", "", "", verdict(KindNone)
	case !r.IsPreflight():
		if origin, v = p.evaluateActual(r.Origin); r.Method == "OPTIONS" {
			v = v.asOptions()
		}
		return origin, "", "", v
	}
	// In the order of the preflight's own checks: first the CORS check.
	if origin, v = p.judgeOrigin(r.Origin); v&sendsCORS == 0 {
		return origin, "", "", v | preflight
	}
	method, headers, v = p.evaluateAsked(v, r.RequestMethod, r.RequestHeaders)
	return origin, method, headers, v
}

// evaluateActual judges a request that is not OPTIONS by the value of its Origin.
func (p *Policy) evaluateActual(value string) (origin string, v verdict) {
	if value == "" {
		return "", p.none
	}
	origin, v = p.judgeOrigin(value)
	v |= verdict(KindActual)
	if p.varies {
		v |= variesWithOrigin
	}
	if p.timing.used {
		v |= p.timing.judge(value)
	}
	return origin, v
}

const preflight = verdict(KindPreflight) | variesAsOptions

// evaluateAsked judges what a preflight asks for whose origin, which v is about, gets CORS headers.
func (p *Policy) evaluateAsked(v verdict, requestMethod, requestHeaders string) (method, headers string, _ verdict) {
	refused, _ := p.judgeHeaders(requestHeaders)
	if refused >= refusedAuthorization {
		return "", "", refused.verdict() | preflight
	}
	if v.refusal() != notRefused {
		return "", "", v | preflight // the answer names another origin
	}
	// If a name is refused in spite of the echo, there is no list to send.
	if p.headers.echoes(p.credentials) && refused == notRefused {
		headers = header.TrimTabOrSpace(requestHeaders)
	}
	// Access-Control-Allow-Methods is never left out: without it, a browser would
	// let any method pass for requests with the use-CORS-preflight flag.
	//
	// CORS-preflight fetch, step 7.4. https://fetch.spec.whatwg.org/#cors-preflight-fetch
	if !p.methods.allows(requestMethod, p.credentials) {
		refused = refusedMethod
	} else if p.methods.echoes(p.credentials) {
		method = requestMethod
	}
	return method, headers, v | refused.verdict() | preflight
}

// judgeOrigin says whether an origin may read, and if not, that it is why. It
// returns the policy's own copy of it, if there is one.
func (p *Policy) judgeOrigin(value string) (own string, v verdict) {
	if p.fixed != "" {
		v = sendsCORS
		if p.fixed != wildcard && p.fixed != value {
			v |= refusedOrigin.verdict()
		}
		return value, v
	}
	if isCut(value) {
		return value, refusedOrigin.verdict()
	}
	if own, ok := p.origins.Match(value); ok {
		return own, sendsCORS
	}
	if value == "null" {
		if p.null {
			return value, sendsCORS
		}
	} else if p.more != nil && isOrigin(value) {
		o, err := origin.Parse(value)
		if err == nil && !p.isTooInsecure(o) && p.more.Contains(o) {
			return value, sendsCORS
		}
	}
	// Whether it is an origin at all makes no difference to the answer, and is
	// looked at if somebody asks; see Code.
	return value, refusedOrigin.verdict()
}

// isTooInsecure reports whether o may not have the credentials that the policy has, whatever allows it.
func (p *Policy) isTooInsecure(o origin.Origin) bool {
	return p.credentials && !p.insecure && isInsecure(o.Scheme(), o.Host())
}

// whyOrigin says why the policy does not allow value, a value of Origin.
func (p *Policy) whyOrigin(value string) Code {
	if !isOrigin(value) {
		return CodeMalformedOrigin
	}
	if _, ok := p.wildcards.Match(value); ok {
		return CodePublicSuffixNotAllowed
	}
	if p.more != nil {
		if o, err := origin.Parse(value); err == nil && p.isTooInsecure(o) && p.more.Contains(o) {
			return CodeInsecureOriginNotAllowed
		}
	}
	return CodeOriginNotAllowed
}
