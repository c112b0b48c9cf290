package fetch

import (
	"slices"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
)

// TAOCheck decides whether the response shares its timing with the origin of the request.
//
// https://fetch.spec.whatwg.org/#tao-check
func TAOCheck(r *Request, resp *Response) Verdict {
	return taoCheck(SerializeRequestOrigin(r), r, resp)
}

// taoCheck is TAOCheck for a request that shows that origin.
func taoCheck(shown string, r *Request, resp *Response) Verdict {
	v := fault(CodeTAOCheckFailed, "tao-check:2", resp, timingAllow, shown)
	// TAO check, step 2.
	if r.TimingAllowFailed {
		return v
	}
	// TAO check, steps 3 to 5.
	if v.Lines > 0 {
		values := header.GetDecodeAndSplit(resp.Headers, timingAllow)
		if slices.Contains(values, "*") || slices.Contains(values, v.Want) {
			return allowed
		}
	}
	// TAO check, step 6.
	if r.Mode == ModeNavigate && r.CurrentURL().Origin() != r.Origin {
		v.Step = "tao-check:6"
		return v
	}
	// TAO check, step 7.
	if r.ResponseTainting == TaintingBasic {
		return allowed
	}
	// TAO check, step 8.
	v.Step = "tao-check:8"
	return v
}

// NavigationTAOCheck decides whether the redirects of a navigation share their timing with the origin that it ended at.
//
// https://fetch.spec.whatwg.org/#navigation-tao-check
func NavigationTAOCheck(resp *Response, destination origin.Origin) Verdict {
	want := destination.String()
	// Navigation TAO check, step 1.
	for _, values := range resp.navigationTimingAllowValues {
		if !slices.Contains(values, "*") && !slices.Contains(values, want) {
			return Verdict{Code: CodeTAOCheckFailed, Step: "navigation-tao-check:1.3", Header: timingAllow, Want: want}
		}
	}
	return allowed
}
