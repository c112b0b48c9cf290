package fetch

import (
	"strings"

	"github.com/corspec/corspec/safelist"
)

// BlockMIMEType decides whether the response should be blocked due to its MIME type.
//
// https://fetch.spec.whatwg.org/#should-response-to-request-be-blocked-due-to-mime-type?
func BlockMIMEType(r *Request, resp *Response) Verdict {
	// Should response to request be blocked due to its MIME type, step 5. The destination comes first here, because
	// most requests need no look at the MIME type.
	if !r.Destination.isScriptLike() {
		return allowed
	}
	// Should response to request be blocked due to its MIME type, steps 1 and 2.
	t, _ := safelist.ExtractMIMEType(resp.Headers) // failure has the essence of none of them
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
