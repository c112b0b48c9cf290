package policy

import "strings"

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

// The statuses with which a policy answers preflights.
const (
	// StatusPreflight: browsers take any 2xx; this one has no content.
	StatusPreflight = 204
	// StatusRefused goes without any CORS header.
	StatusRefused = 403
)

// A Decision is what a policy says of a request: what kind it is, whether it is
// allowed and if not why, and what to answer. The zero Decision is not
// evaluated: it allows nothing, and sets nothing.
//
// An application does three things with it:
//
//   - set the headers it has ([Decision.Headers], or [Decision.Len] and
//     [Decision.At]), in place of what is there of [ResponseHeaderNames];
//   - append a line of Vary, if it has one ([Decision.Vary]);
//   - if it has a status, send that without a body; if not, go on.
//
// [Decision.Apply] does the first and the second.
type Decision struct {
	policy  *Policy
	request Request

	allowOrigin string // Access-Control-Allow-Origin
	timing      string // Timing-Allow-Origin
	code        Code
	echo        int // how many lines of Access-Control-Request-Headers to repeat, behind the first echoAt fields
	status      int16
	kind        Kind
	vary        vary
	fields      [5]field // those that there are, but for the repeated lines
	n           uint8    // how many
	echoAt      uint8
}

// field is a header line to set.
type field uint8

const (
	fieldAllowOrigin field = iota
	fieldAllowCredentials
	fieldAllowMethods
	fieldEchoMethod
	fieldAllowHeaders
	fieldMaxAge
	fieldExposeHeaders
	fieldTiming
)

// vary is a line of Vary to append.
type vary uint8

const (
	varyNothing vary = iota
	varyOrigin
	varyOriginMethod
	varyHeaders
	varyAll
)

var varyLines = [...]string{
	varyNothing:      "",
	varyOrigin:       "Origin",
	varyOriginMethod: "Origin, Access-Control-Request-Method",
	varyHeaders:      "Access-Control-Request-Headers",
	varyAll:          "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
}

func (d *Decision) add(f field) {
	d.fields[d.n] = f
	d.n++
}

// Kind says what the request is to CORS.
func (d *Decision) Kind() Kind { return d.kind }

// Allowed reports whether the policy allows what the request asks for: the page
// to read the response, and, of a preflight, to send the request that it is
// about. It is false where nothing is asked for (KindNone).
//
// That an actual request is not allowed is no reason not to serve it: it may
// not come from a page of another origin at all, and if so, the browser keeps
// the response from that page.
func (d *Decision) Allowed() bool {
	return d.code == "" && (d.kind == KindActual || d.kind == KindPreflight)
}

// Code says why the request is not allowed; "" if it is, or asks for nothing.
func (d *Decision) Code() Code {
	if d.code == CodeOriginNotAllowed {
		return d.policy.refusal(d.request.Origin[0])
	}
	return d.code
}

// Status is what to answer, without a body: [StatusPreflight] or
// [StatusRefused]. It is 0 where the application answers.
func (d *Decision) Status() int { return int(d.status) }

// Vary is the line of Vary to append to those that the response has, or "".
func (d *Decision) Vary() string { return varyLines[d.vary] }

// Len is how many header lines there are to set.
func (d *Decision) Len() int { return int(d.n) + d.echo }

// At returns one of the header lines to set; i is less than [Decision.Len].
// Lines with the same name follow one another; only Access-Control-Allow-Headers
// can have more than one, if the browser's question had. The strings may be the
// request's.
func (d *Decision) At(i int) (name, value string) {
	if j := i - int(d.echoAt); j >= 0 && d.echo > 0 {
		if j < d.echo {
			return headerAllowHeaders, d.echoLine(j)
		}
		i -= d.echo
	}
	switch d.fields[:d.n][i] {
	case fieldAllowOrigin:
		return headerAllowOrigin, d.allowOrigin
	case fieldAllowCredentials:
		return headerAllowCredentials, "true"
	case fieldAllowMethods:
		return headerAllowMethods, d.policy.allowMethods
	case fieldEchoMethod:
		return headerAllowMethods, d.request.RequestMethod[0]
	case fieldAllowHeaders:
		return headerAllowHeaders, d.policy.allowHeaders
	case fieldMaxAge:
		return headerMaxAge, d.policy.maxAge
	case fieldExposeHeaders:
		return headerExposeHeaders, d.policy.exposeHeaders
	default:
		return headerTimingAllowOrigin, d.timing
	}
}

const (
	headerAllowOrigin       = "Access-Control-Allow-Origin"
	headerAllowCredentials  = "Access-Control-Allow-Credentials"
	headerAllowMethods      = "Access-Control-Allow-Methods"
	headerAllowHeaders      = "Access-Control-Allow-Headers"
	headerMaxAge            = "Access-Control-Max-Age"
	headerExposeHeaders     = "Access-Control-Expose-Headers"
	headerTimingAllowOrigin = "Timing-Allow-Origin"
)

// ResponseHeaderNames are the headers that a policy may set, all but Vary: what
// to remove of a response before one speaks for it. The slice is new.
func ResponseHeaderNames() []string {
	return []string{
		headerAllowOrigin, headerAllowCredentials, headerAllowMethods, headerAllowHeaders, headerMaxAge, headerExposeHeaders, headerTimingAllowOrigin,
	}
}

// Headers returns the header lines to set, in a new slice; nothing in it is the
// request's or another response's. Vary is not among them. If a name is in
// several lines, the first replaces what the response has, and the others are
// added to it.
func (d *Decision) Headers() [][2]string {
	if d.Len() == 0 {
		return nil
	}
	headers := make([][2]string, d.Len())
	for i := range headers {
		name, value := d.At(i)
		headers[i] = [2]string{name, strings.Clone(value)}
	}
	return headers
}

// Apply puts the headers into a response: set is to replace all lines of a
// name, add is to add one to those that are there. Vary is added. The strings
// may be the request's.
func (d *Decision) Apply(set, add func(name, value string)) {
	for i := range d.Len() {
		name, value := d.At(i)
		if first := int(d.echoAt); i > first && i < first+d.echo { // a repeated line after the first
			add(name, value)
		} else {
			set(name, value)
		}
	}
	if line := d.Vary(); line != "" {
		add("Vary", line)
	}
}
