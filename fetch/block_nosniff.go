package fetch

import (
	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/safelist"
)

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
	t, _ := safelist.ExtractMIMEType(resp.Headers)
	switch {
	// Should response to request be blocked due to nosniff, step 4.
	case r.Destination.isScriptLike() && !t.IsJavaScript():
		return fault(CodeNosniff, "should-response-to-request-be-blocked-due-to-nosniff?:4", resp, "Content-Type", "text/javascript")
	// Should response to request be blocked due to nosniff, step 5.
	case r.Destination == DestinationStyle && t.Essence() != "text/css":
		return fault(CodeNosniff, "should-response-to-request-be-blocked-due-to-nosniff?:5", resp, "Content-Type", "text/css")
	}
	// Should response to request be blocked due to nosniff, step 6.
	return allowed
}
