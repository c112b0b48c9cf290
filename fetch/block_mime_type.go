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
	if isMedia(e) || e == "text/csv" {
		return blockedMIMEType(resp)
	}
	// Should response to request be blocked due to its MIME type, step 5.
	return allowed
}

// isMedia reports whether an essence begins as those of media do.
func isMedia(essence string) bool {
	return strings.HasPrefix(essence, "audio/") || strings.HasPrefix(essence, "image/") || strings.HasPrefix(essence, "video/")
}

func blockedMIMEType(resp *Response) Verdict {
	return fault(CodeMIMETypeBlocked, "should-response-to-request-be-blocked-due-to-mime-type?:4", resp, "Content-Type", "text/javascript")
}
