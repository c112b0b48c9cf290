package policy

import (
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/weburl"
	"github.com/corspec/corspec/origin"
)

// A Request is what a policy looks at of a request: its method, and three
// headers as the lines in which they came, one value a line. A header that is
// absent has no lines; one that is there but empty has one. Values are bytes,
// without white space at their ends.
type Request struct {
	Method         string
	Origin         []string
	RequestMethod  []string // Access-Control-Request-Method
	RequestHeaders []string // Access-Control-Request-Headers
}

// IsPreflight reports whether r is a CORS-preflight request: OPTIONS with one
// Origin and one Access-Control-Request-Method. Any other OPTIONS is a request
// like others.
//
// https://fetch.spec.whatwg.org/#cors-preflight-request
func (r *Request) IsPreflight() bool {
	return r.Method == "OPTIONS" && len(r.Origin) == 1 && len(r.RequestMethod) == 1
}

// Evaluate decides what to answer to r. It allocates nothing, and takes time
// linear in the sizes of r's Origin and RequestMethod at most: of RequestHeaders,
// it reads no more than [MaxRequestHeadersSize]. (What [WithOrigins] provides may
// do otherwise.)
//
// The decision refers to r's strings and slices. They must not change while it
// is in use; frameworks that use their buffers again must be done with it by
// then.
func (p *Policy) Evaluate(r Request) (d Decision) {
	// No more than this, so that it is inlined and nothing is copied twice.
	d.policy, d.request = p, r
	p.evaluate(&d)
	return d
}

func (p *Policy) evaluate(d *Decision) {
	d.kind = KindNone
	if p == nil {
		return
	}
	r := &d.request
	isOptions := r.Method == "OPTIONS"
	switch {
	case isOptions && r.IsPreflight():
		d.kind = KindPreflight
		p.evaluatePreflight(d)
		return
	case len(r.Origin) > 0:
		d.kind = KindActual
		p.judgeOrigin(d)
	case p.everybody:
		// A static answer is for all requests, so that caches can hold it.
		//
		// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
		d.allowOrigin = wildcard
	}
	if d.allowOrigin != "" {
		d.add(fieldAllowOrigin)
		if p.credentials {
			d.add(fieldAllowCredentials)
		}
		if p.exposeHeaders != "" {
			d.add(fieldExposeHeaders)
		}
	}
	if p.timing.used {
		if d.timing = p.timing.value(r.Origin); d.timing != "" {
			d.add(fieldTiming)
		}
	}
	switch {
	case !p.varies:
	case isOptions && len(r.Origin) == 1:
		d.vary = varyOriginMethod // with the other header it would be a preflight
	default:
		d.vary = varyOrigin
	}
}

func (p *Policy) evaluatePreflight(d *Decision) {
	r := &d.request
	// In the order of the preflight's own checks: first the CORS check.
	if p.judgeOrigin(d); d.code != "" {
		d.status, d.vary = StatusRefused, varyOriginMethod
		return
	}
	switch d.code, _ = p.judgeHeaders(r.RequestHeaders); d.code {
	case CodeRequestHeadersOverBudget, CodeMalformedRequestHeaders, CodeAuthorizationNotAllowed:
		d.status, d.vary, d.allowOrigin = StatusRefused, varyAll, ""
		if p.everybody {
			d.vary = varyHeaders
		}
		return
	}
	headerRefused := d.code == CodeHeaderNotAllowed
	methodAllowed := p.methods.allows(r.RequestMethod[0], p.credentials)
	if !methodAllowed {
		d.code = CodeMethodNotAllowed
	}

	d.status = StatusPreflight
	d.add(fieldAllowOrigin)
	if p.credentials {
		d.add(fieldAllowCredentials)
	}
	// Never left out: without it, a browser would let any method pass for
	// requests with the use-CORS-preflight flag.
	//
	// https://fetch.spec.whatwg.org/#cors-preflight-fetch (step 7.4)
	if methodAllowed && p.methods.echoes(p.credentials) {
		d.add(fieldEchoMethod)
	} else {
		d.add(fieldAllowMethods)
	}
	if p.allowHeaders != "" {
		d.add(fieldAllowHeaders)
	}
	// If a name is refused in spite of the echo, there is no list to send.
	if p.headers.echoes(p.credentials) && !headerRefused {
		d.echo, d.echoAt = len(r.RequestHeaders), d.n
	}
	if p.maxAge != "" {
		d.add(fieldMaxAge)
	}
	if !p.everybody {
		d.vary = varyAll
	}
}

// judgeOrigin sets Access-Control-Allow-Origin, or why there is none.
func (p *Policy) judgeOrigin(d *Decision) {
	if p.everybody {
		d.allowOrigin = wildcard
		return
	}
	if len(d.request.Origin) != 1 {
		d.code = CodeMalformedOrigin
		return
	}
	value := d.request.Origin[0]
	if own, ok := p.origins.Match(value); ok {
		d.allowOrigin = own
		return
	}
	if value == "null" && p.null {
		d.allowOrigin = "null"
		return
	}
	if p.more != nil && value != "null" && isOrigin(value) {
		o, err := origin.Parse(value)
		if err == nil && !(p.credentials && !p.insecure && isInsecure(o.Scheme(), o.Host())) && p.more.Contains(o) {
			d.allowOrigin = value
			return
		}
	}
	// Whether it is an origin at all makes no difference to the answer, and is
	// looked at if somebody asks; see Code.
	d.code = CodeOriginNotAllowed
}

// refusal says why the policy does not allow value, a line of Origin.
func (p *Policy) refusal(value string) Code {
	if !isOrigin(value) {
		return CodeMalformedOrigin
	}
	if _, ok := p.covered.Match(value); ok {
		return CodePublicSuffixNotAllowed
	}
	return CodeOriginNotAllowed
}

// isOrigin reports whether value is what an Origin header may hold.
func isOrigin(value string) bool {
	if value == "null" {
		return true
	}
	_, reason := weburl.ScanOrigin(value)
	return reason == ""
}

// echoLine returns line i of Access-Control-Allow-Headers where it repeats what
// was asked for.
func (d *Decision) echoLine(i int) string {
	return header.TrimTabOrSpace(d.request.RequestHeaders[i])
}
