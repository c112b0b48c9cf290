package policy

import (
	"iter"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/weburl"
)

// A Kind says what a request is to CORS.
type Kind uint8

// The kinds of request.
const (
	// KindUnevaluated is the kind of the zero Decision.
	KindUnevaluated Kind = iota
	// KindNone: it has no Origin.
	KindNone
	// KindActual: it has an Origin, and the application answers it. (That is so for every CORS request, and for some
	// others.)
	KindActual
	// KindPreflight: the browser asks for permission, and the policy answers.
	KindPreflight
)

// String returns "none", "actual", "preflight", or "unevaluated".
func (k Kind) String() string {
	switch k {
	case KindNone:
		return "none"
	case KindActual:
		return "actual"
	case KindPreflight:
		return "preflight"
	}
	return "unevaluated"
}

// A Decision is what a policy says of a request: what kind it is, whether it is allowed and if not why, and what to
// answer. The zero Decision is not evaluated: it allows nothing, and sets nothing. A nil policy's sets nothing either.
//
// An application does two things with it: it calls [Decision.ApplyTo] with the header of its response, and if
// [Decision.Status] is not 0, it sends that status, without a body. If it is 0, it goes on.
//
// A Decision holds strings of the request (its Origin, and what is echoed of a
// preflight), and is of use as long as they are.
type Decision struct {
	policy  *Policy // nil: nothing is set
	origin  string  // the request's, or the policy's own copy of it
	method  string  // to repeat in Access-Control-Allow-Methods, or ""
	headers string  // to repeat in Access-Control-Allow-Headers, or ""
	verdict verdict
}

// verdict is what a decision is besides its strings: its [Kind] in the lowest eight bits, a refusal in the next, and
// what it sends. In one number, all that is decided fits into registers.
type verdict uint32

const (
	sendsCORS         verdict = 1 << (16 + iota) // Access-Control-*, as kind and policy have them
	sendsTimingList                              // Timing-Allow-Origin, the policy's list
	sendsTimingOrigin                            // Timing-Allow-Origin, the request's origin
	variesWithOrigin                             // Vary: Origin
	variesAsOptions                              // Vary: Origin, and what makes OPTIONS a preflight
)

func (v verdict) kind() Kind { return Kind(v) }

// asOptions is what v is of OPTIONS that is not a preflight: whether it is one depends on more than Origin.
func (v verdict) asOptions() verdict { return v&^variesWithOrigin | variesAsOptions }

func (v verdict) refusal() refusal { return refusal(v >> 8) }

// refusal is a [Code] of a request in short.
type refusal uint8

const (
	notRefused refusal = iota
	refusedOrigin
	refusedMethod
	refusedHeader
	// From here on, the request is answered with 403 and without any CORS header.
	refusedAuthorization
	refusedBudget
	refusedList
)

func (r refusal) verdict() verdict { return verdict(r) << 8 }

var refusalCodes = [...]Code{
	refusedMethod:        CodeMethodNotAllowed,
	refusedHeader:        CodeHeaderNotAllowed,
	refusedAuthorization: CodeAuthorizationNotAllowed,
	refusedBudget:        CodeRequestHeadersOverBudget,
	refusedList:          CodeMalformedRequestHeaders,
}

// Policy returns the policy that decided; nil of the zero Decision.
func (d Decision) Policy() *Policy { return d.policy }

// Kind says what the request is to CORS.
func (d Decision) Kind() Kind { return d.verdict.kind() }

// Allowed reports whether the policy allows what the request asks for: the page to read the response, and, of a
// preflight, to send the request that it is about. It is false where nothing is asked for (KindNone).
//
// That an actual request is not allowed is not a reason to refuse it: it may not come from a page of another origin at
// all, and if it does, the browser keeps the response from that page.
func (d Decision) Allowed() bool {
	return d.verdict.refusal() == notRefused && d.verdict.kind() >= KindActual
}

// Code says why the request is not allowed; "" if it is, or asks for nothing.
func (d Decision) Code() Code {
	if d.verdict.refusal() == refusedOrigin {
		return d.policy.whyOrigin(d.origin)
	}
	return refusalCodes[d.verdict.refusal()]
}

// Status is what to answer, without a body: 204 (or the configuration's PreflightStatus), or 403 without any CORS
// header. It is 0 where the application answers.
func (d Decision) Status() int { return d.policy.statusOf(d.verdict) }

func (p *Policy) statusOf(v verdict) int {
	switch {
	case v.kind() != KindPreflight:
		return 0
	case v&sendsCORS == 0:
		return 403
	}
	return p.status
}

// Vary is the line of Vary to append to those that the response has, or "".
func (d Decision) Vary() string { return d.verdict.vary() }

func (v verdict) vary() string {
	switch {
	case v&variesAsOptions != 0:
		return "Origin, Access-Control-Request-Method, Access-Control-Request-Headers"
	case v&variesWithOrigin != 0:
		return "Origin"
	}
	return ""
}

const (
	headerAllowOrigin       = "Access-Control-Allow-Origin"
	headerAllowCredentials  = "Access-Control-Allow-Credentials"
	headerAllowMethods      = "Access-Control-Allow-Methods"
	headerAllowHeaders      = "Access-Control-Allow-Headers"
	headerMaxAge            = "Access-Control-Max-Age"
	headerExposeHeaders     = "Access-Control-Expose-Headers"
	headerTimingAllowOrigin = "Timing-Allow-Origin"
	headerVary              = "Vary"
)

// A field is a header that a policy sets, other than Timing-Allow-Origin and Vary, with the value that it has unless
// the decision has one. A value that is "" is not set.
type field struct {
	name, value string
	of          part
}

// part is which of the decision's strings is the value of a field.
type part uint8

const (
	noPart part = iota
	partOrigin
	partMethod  // if it is not ""
	partHeaders // if it is not ""
)

func (f *field) valueIn(origin, method, headers string) string {
	switch f.of {
	case partOrigin:
		return origin
	case partMethod:
		if method != "" {
			return method
		}
	case partHeaders:
		if headers != "" {
			return headers
		}
	}
	return f.value
}

// fields returns the headers to set, except Timing-Allow-Origin and Vary.
func (p *Policy) fields(v verdict) []field {
	switch {
	case v&sendsCORS == 0:
		return nil
	case v.kind() == KindPreflight:
		return p.preflight
	}
	return p.actual
}

// timingAllowOrigin returns the value of Timing-Allow-Origin, or "".
func (p *Policy) timingAllowOrigin(origin string, v verdict) string {
	switch {
	case v&sendsTimingList != 0:
		return p.timing.list
	case v&sendsTimingOrigin != 0:
		return origin
	}
	return ""
}

// All ranges over the headers to set, name and value, each name once. Vary is
// not among them. Values may be strings of the request.
func (d Decision) All() iter.Seq2[string, string] {
	return func(yield func(name, value string) bool) {
		fields := d.policy.fields(d.verdict)
		for i := range fields {
			f := &fields[i]
			if value := f.valueIn(d.origin, d.method, d.headers); value != "" && !yield(f.name, value) {
				return
			}
		}
		if value := d.policy.timingAllowOrigin(d.origin, d.verdict); value != "" {
			yield(headerTimingAllowOrigin, value)
		}
	}
}

// A Header is the header of a response: Set replaces all lines of a name by one, Add adds one, Del removes all. Names
// are compared without regard to case. [net/http.Header] is one, and so are the response headers of fasthttp and hertz,
// as they are.
type Header interface {
	Set(name, value string)
	Add(name, value string)
	Del(name string)
}

// ApplyTo makes a response's header say what the policy does: it removes the CORS headers of the response, and
// Timing-Allow-Origin if the policy has TimingAllowOrigin; sets those of the decision; and appends to Vary. After it,
// an application may still set Access-Control-Expose-Headers.
//
// The values may be strings of the request. An h that keeps strings, as
// [net/http.Header] does, needs a request whose strings stay as they are.
func (d Decision) ApplyTo(h Header) {
	if d.policy == nil {
		return
	}
	// Also what is set next is removed: in some headers, Set replaces only lines of
	// the same spelling.
	for _, name := range responseHeaders {
		if name != headerTimingAllowOrigin || d.policy.timing.used {
			h.Del(name)
		}
	}
	for name, value := range d.All() {
		h.Set(name, value)
	}
	if line := d.Vary(); line != "" {
		h.Add(headerVary, line)
	}
}

// responseHeaders are the headers that a policy may set, except Vary.
var responseHeaders = [...]string{
	headerAllowOrigin, headerAllowCredentials, headerAllowMethods, headerAllowHeaders, headerMaxAge, headerExposeHeaders, headerTimingAllowOrigin,
}

// Removes reports whether [Decision.ApplyTo] removes the lines of a name, in any case. It is for headers that are maps,
// whose keys somebody may have spelled in another way.
func (d Decision) Removes(name string) bool { return d.policy.removes(name) }

func (p *Policy) removes(name string) bool {
	if p == nil || len(name) < len(headerTimingAllowOrigin) || name[0]|0x20 != 'a' && name[0]|0x20 != 't' {
		return false
	}
	for _, h := range responseHeaders {
		if header.EqualFold(h, name) {
			return h != headerTimingAllowOrigin || p.timing.used
		}
	}
	return false
}

// isOrigin reports whether value is what an Origin header may hold.
func isOrigin(value string) bool {
	if value == "null" {
		return true
	}
	if isCut(value) {
		return false
	}
	_, reason := weburl.ScanOrigin(value)
	return reason == ""
}

// isCut reports whether value may be what [Join] left of several lines.
func isCut(value string) bool { return len(value) > MaxRequestHeadersSize }
