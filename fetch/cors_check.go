package fetch

import (
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/internal/weburl"
)

// The response headers that this package reads.
const (
	allowOrigin      = "Access-Control-Allow-Origin"
	allowCredentials = "Access-Control-Allow-Credentials"
	allowMethods     = "Access-Control-Allow-Methods"
	allowHeaders     = "Access-Control-Allow-Headers"
	exposeHeaders    = "Access-Control-Expose-Headers"
	maxAge           = "Access-Control-Max-Age"
	resourcePolicy   = "Cross-Origin-Resource-Policy"
	timingAllow      = "Timing-Allow-Origin"
)

// CORSCheck decides whether the response may be shared with the origin of the request. It allocates nothing. Of its
// refusals, Want is the serialized origin of the request, or "true" where Access-Control-Allow-Credentials is at fault.
//
// https://fetch.spec.whatwg.org/#cors-check
func CORSCheck(r *Request, resp *Response) Verdict {
	return corsCheck(SerializeRequestOrigin(r), r, resp)
}

// corsCheck is CORSCheck for a request that shows that origin.
func corsCheck(shown string, r *Request, resp *Response) Verdict {
	// CORS check, step 1. Several lines are not joined: what get would return for them contains a space, so that it is
	// neither `*` nor a serialized origin.
	acao, lines := firstLine(resp.Headers, allowOrigin)
	v := Verdict{Step: "cors-check:4", Header: allowOrigin, Lines: lines, Value: acao}
	// CORS check, step 2.
	if lines == 0 {
		v.Code, v.Step, v.Want = CodeMissingAllowOrigin, "cors-check:2", shown
		return v
	}
	// CORS check, step 3.
	if r.Credentials != CredentialsInclude && lines == 1 && acao == "*" {
		return allowed
	}
	// CORS check, step 4.
	if lines > 1 || acao != shown {
		v.Code, v.Want = allowOriginFault(resp.Headers, lines, acao), shown
		return v
	}
	// CORS check, step 5.
	if r.Credentials != CredentialsInclude {
		return allowed
	}
	// CORS check, steps 6 and 7.
	acac, lines := firstLine(resp.Headers, allowCredentials)
	if lines == 1 && acac == "true" {
		return allowed
	}
	// CORS check, step 8.
	return Verdict{Code: CodeInvalidAllowCredentials, Step: "cors-check:8", Header: allowCredentials, Lines: lines, Value: acac, Want: "true"}
}

// firstLine returns the value of the first header of that name and the number of such headers.
func firstLine(l HeaderList, name string) (value string, lines int) {
	for _, h := range l {
		if header.EqualFold(h[0], name) {
			if lines == 0 {
				value = h[1]
			}
			lines++
		}
	}
	return value, lines
}

// allowOriginFault names what is wrong with an Access-Control-Allow-Origin that did not match. The standard tells these
// cases not apart; the order is that of the names' precision.
func allowOriginFault(l HeaderList, lines int, acao string) Code {
	switch {
	case severalValues(l):
		return CodeMultipleAllowOriginValues
	case lines == 1 && acao == "*":
		return CodeWildcardOriginNotAllowed
	case lines == 1 && (acao == "null" || isOrigin(acao)):
		return CodeAllowOriginMismatch
	}
	return CodeInvalidAllowOriginValue
}

// severalValues reports whether the values of Access-Control-Allow-Origin, joined, have a comma or white space between
// parts that are not empty.
func severalValues(l HeaderList) bool {
	parts := 0
	for _, h := range l {
		if !header.EqualFold(h[0], allowOrigin) {
			continue
		}
		inPart := false
		for i := 0; i < len(h[1]); i++ {
			separator := strings.IndexByte(", \t\n\v\f\r", h[1][i]) >= 0
			if !separator && !inPart {
				parts++
			}
			inPart = !separator
		}
	}
	return parts > 1
}

// isOrigin reports whether s is a serialized tuple origin. Unlike origin.Parse it makes no error.
func isOrigin(s string) bool {
	_, reason := weburl.ScanOrigin(s)
	return reason == ""
}
