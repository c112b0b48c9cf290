package fetch

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

// badPorts are the ports that no HTTP(S) request may go to, in order.
//
// https://fetch.spec.whatwg.org/#bad-port
var badPorts = [...]uint16{
	0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113,
	115, 117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556,
	563, 587, 601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, 6665, 6666, 6667,
	6668, 6669, 6679, 6697, 10080,
}

// isBadPort reports whether port is a bad port.
//
// https://fetch.spec.whatwg.org/#bad-port
func isBadPort(port uint16) bool {
	_, bad := slices.BinarySearch(badPorts[:], port)
	return bad
}

// BlockBadPort decides whether fetching the request should be blocked due to a bad port.
//
// https://fetch.spec.whatwg.org/#block-bad-port
func BlockBadPort(r *Request) Verdict {
	u := r.CurrentURL()
	// Block bad port, step 2.
	if port, ok := u.Port(); ok && isHTTP(u.Scheme()) && isBadPort(port) {
		return Verdict{Code: CodeBadPort, Step: "port-blocking:2", Want: u.String()}
	}
	// Block bad port, step 3.
	return allowed
}

// BlockMIMEType decides whether the response should be blocked due to its MIME type.
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
func BlockMIMEType(r *Request, resp *Response) Verdict {
	// Should response to request be blocked due to its MIME type, step 5. The destination comes first here, because most
	// requests need no look at the MIME type.
	if !r.Destination.isScriptLike() {
		return allowed
	}
	// Should response to request be blocked due to its MIME type, steps 1 and 2.
	t, err := safelist.ExtractMIMEType(resp.Headers)
	if err != nil {
		return allowed
	}
	// Should response to request be blocked due to its MIME type, step 4.
	e := t.Essence()
	if strings.HasPrefix(e, "audio/") || strings.HasPrefix(e, "image/") || strings.HasPrefix(e, "video/") || e == "text/csv" {
		return mimeTypeFault(resp)
	}
	// Should response to request be blocked due to its MIME type, step 5.
	return allowed
}

func mimeTypeFault(resp *Response) Verdict {
	v := Verdict{Code: CodeMIMETypeBlocked, Step: "should-response-to-request-be-blocked-due-to-mime-type?:4", Header: "Content-Type", Want: "text/javascript"}
	v.Value, v.Lines = firstLine(resp.Headers, "Content-Type")
	return v
}

// BlockNosniff decides whether the response should be blocked due to nosniff.
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-nosniff?
func BlockNosniff(r *Request, resp *Response) Verdict {
	// Should response to request be blocked due to nosniff, step 6. The destination comes first here too.
	if !r.Destination.isScriptLike() && r.Destination != DestinationStyle {
		return allowed
	}
	// Should response to request be blocked due to nosniff, step 1.
	if !header.DetermineNosniff(resp.Headers) {
		return allowed
	}
	// Should response to request be blocked due to nosniff, step 2.
	t, err := safelist.ExtractMIMEType(resp.Headers)
	v := Verdict{Code: CodeNosniff, Header: "Content-Type"}
	v.Value, v.Lines = firstLine(resp.Headers, "Content-Type")
	switch {
	// Should response to request be blocked due to nosniff, step 4.
	case r.Destination.isScriptLike() && !(err == nil && t.IsJavaScript()):
		v.Step, v.Want = "should-response-to-request-be-blocked-due-to-nosniff?:4", "text/javascript"
		return v
	// Should response to request be blocked due to nosniff, step 5.
	case r.Destination == DestinationStyle && !(err == nil && t.Essence() == "text/css"):
		v.Step, v.Want = "should-response-to-request-be-blocked-due-to-nosniff?:5", "text/css"
		return v
	}
	// Should response to request be blocked due to nosniff, step 6.
	return allowed
}

// blockUnexpectedRange decides whether an opaque response is blocked because it answers a range that this request did not
// ask for: a response of a service worker can.
//
// https://fetch.spec.whatwg.org/#main-fetch
func blockUnexpectedRange(r *Request, resp *Response) Verdict {
	// Main fetch, step 21.
	internal := resp.internal()
	if resp.Type == ResponseTypeOpaque && safelist.IsRangeStatus(internal.Status) && internal.rangeRequested && !r.Headers.Contains("Range") {
		return Verdict{Code: CodeUnexpectedRangeResponse, Step: "main-fetch:21"}
	}
	return allowed
}
