package fetch

// A branch is one of main fetch's ways to get a response.
type branch uint8

const (
	branchNone branch = iota
	branchBasic
	branchOpaque
	branchCORS // one of the last two: with or without a preflight
)

// mainFetchBranch decides which statement of main fetch's step 12 matches r; branchNone comes with the reason why none
// does.
//
// https://fetch.spec.whatwg.org/#main-fetch
func mainFetchBranch(r *Request) (branch, Verdict) {
	u := r.CurrentURL()
	scheme := u.Scheme()
	blocked := func(code Code) (branch, Verdict) {
		return branchNone, Verdict{Code: code, Step: "main-fetch:12", Want: u.String()}
	}
	// Main fetch, step 12, in the order of its statements.
	switch {
	case r.ResponseTainting == TaintingBasic && u.Origin() == r.Origin,
		scheme == "data",
		r.Mode == ModeNavigate || r.Mode == ModeWebSocket || r.Mode == ModeWebTransport:
		return branchBasic, allowed
	case r.Mode == ModeSameOrigin:
		return blocked(CodeDisallowedByMode)
	case r.Mode == ModeNoCORS:
		if r.Redirect != RedirectFollow {
			return blocked(CodeNoCORSRedirectModeNotFollow)
		}
		return branchOpaque, allowed
	case !isHTTP(scheme):
		return blocked(CodeCORSDisabledScheme)
	}
	return branchCORS, allowed
}
