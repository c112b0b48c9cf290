package policy

import (
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// A Request is what a policy looks at of a request: its method, and the values
// of three headers, as bytes, without white space at their ends. A header that
// is absent, or empty, is "". Where a header has several lines, [Join] makes
// one value of them.
//
// The strings may be views of a buffer that will be used again, as frameworks
// have them that copy nothing: the [Decision] has some of them, and is to be
// done with by then.
type Request struct {
	Method         string
	Origin         string
	RequestMethod  string // Access-Control-Request-Method
	RequestHeaders string // Access-Control-Request-Headers
}

// Join returns the value of a header that came in these lines: "" for none, one
// line as it is, and several with ", " between them. Of several it makes no
// more than [MaxRequestHeadersSize] and a byte, which is too long for a policy.
//
// https://www.rfc-editor.org/rfc/rfc9110#section-5.3
func Join(lines []string) string {
	switch len(lines) {
	case 0:
		return ""
	case 1:
		return lines[0]
	}
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

// IsPreflight reports whether r is a CORS-preflight request: OPTIONS with an
// Origin and an Access-Control-Request-Method. Any other OPTIONS is a request
// like others.
//
// https://fetch.spec.whatwg.org/#cors-preflight-request
func (r Request) IsPreflight() bool {
	return r.Method == "OPTIONS" && r.Origin != "" && r.RequestMethod != ""
}

// Evaluate decides what to answer to r. It allocates nothing, and takes time
// linear in the sizes of r's Origin and RequestMethod at most: of RequestHeaders,
// it reads no more than [MaxRequestHeadersSize]. (What [WithOrigins] provides may
// do otherwise.)
func (p *Policy) Evaluate(r Request) (d Decision) {
	// No more than this, so that it is inlined and nothing is copied twice.
	p.evaluate(&d, &r)
	return d
}

func (p *Policy) evaluate(d *Decision, r *Request) {
	d.kind = KindNone
	if p == nil {
		return
	}
	d.policy = p
	if r.Method == "OPTIONS" {
		d.vary = varyAll
		if r.IsPreflight() {
			d.kind = KindPreflight
			p.evaluatePreflight(d, r)
			return
		}
	} else if p.varies {
		d.vary = varyOrigin
	}
	if r.Origin != "" {
		d.kind = KindActual
		p.judgeOrigin(d, r.Origin)
	} else if p.fixed != "" {
		// A static answer is for all requests, so that caches can hold it.
		//
		// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
		d.sends = sendsCORS
	}
	if p.timing.used {
		d.sends |= p.timing.judge(r.Origin)
	}
}

func (p *Policy) evaluatePreflight(d *Decision, r *Request) {
	// In the order of the preflight's own checks: first the CORS check.
	if p.judgeOrigin(d, r.Origin); d.sends == 0 {
		return
	}
	switch refused, _ := p.judgeHeaders(r.RequestHeaders); {
	case refused >= refusedAuthorization:
		d.refusal, d.sends = refused, 0
		return
	case d.refusal != notRefused:
		return // the answer names another origin
	default:
		d.refusal = refused
	}
	// Access-Control-Allow-Methods is never left out: without it, a browser would
	// let any method pass for requests with the use-CORS-preflight flag.
	//
	// https://fetch.spec.whatwg.org/#cors-preflight-fetch (step 7.4)
	//
	// If a name is refused in spite of the echo, there is no list to send.
	if p.headers.echoes(p.credentials) && d.refusal == notRefused {
		d.headers = header.TrimTabOrSpace(r.RequestHeaders)
	}
	if !p.methods.allows(r.RequestMethod, p.credentials) {
		d.refusal = refusedMethod
	} else if p.methods.echoes(p.credentials) {
		d.method = r.RequestMethod
	}
}

// judgeOrigin says whether an origin may read, and if not, that it is why.
func (p *Policy) judgeOrigin(d *Decision, value string) {
	d.origin = value
	if p.fixed != "" {
		d.sends = sendsCORS
		if p.fixed != wildcard && p.fixed != value {
			d.refusal = refusedOrigin
		}
		return
	}
	if isCut(value) {
		d.refusal = refusedOrigin
		return
	}
	if own, ok := p.origins.Match(value); ok {
		d.origin, d.sends = own, sendsCORS
		return
	}
	if value == "null" {
		if p.null {
			d.sends = sendsCORS
			return
		}
	} else if p.more != nil && isOrigin(value) {
		o, err := origin.Parse(value)
		if err == nil && !(p.credentials && !p.insecure && isInsecure(o.Scheme(), o.Host())) && p.more.Contains(o) {
			d.sends = sendsCORS
			return
		}
	}
	// Whether it is an origin at all makes no difference to the answer, and is
	// looked at if somebody asks; see Code.
	d.refusal = refusedOrigin
}

// whyOrigin says why the policy does not allow value, a value of Origin.
func (p *Policy) whyOrigin(value string) Code {
	if !isOrigin(value) {
		return CodeMalformedOrigin
	}
	if _, ok := p.wildcards.Match(value); ok {
		return CodePublicSuffixNotAllowed
	}
	return CodeOriginNotAllowed
}
