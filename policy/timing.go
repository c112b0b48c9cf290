package policy

import (
	"slices"
	"strings"

	"github.com/corspec/corspec/origin"
)

// maxTimingList bounds the list of all origins in Timing-Allow-Origin. A
// longer one would not fit what servers and browsers accept of headers.
const maxTimingList = 4 << 10

// timing is how a policy makes Timing-Allow-Origin. That header is judged for requests without an Origin header, too
// (an image's, a script's), so that these get a list of all origins that there are no patterns for; a request with an
// Origin header gets that origin or nothing.
//
// https://fetch.spec.whatwg.org/#concept-tao-check
type timing struct {
	used    bool
	origins *origin.Set
	null    bool
	list    string // for requests without Origin
	static  bool   // the list is for all requests
}

func newTiming(origins *origin.Set, null, fixed bool) timing {
	t := timing{used: null || !origins.IsEmpty(), origins: origins, null: null}
	var exact []string
	if null {
		exact = append(exact, "null")
	}
	wild := false
	for _, p := range needed(t.origins) {
		if p.IsAny() {
			t.list, t.static = wildcard, true
			return t
		}
		if _, ok := p.Exact(); ok {
			exact = append(exact, p.String())
		} else {
			wild = true
		}
	}
	slices.Sort(exact)
	if list := strings.Join(exact, ", "); len(list) <= maxTimingList {
		t.list = list
		// Where nothing else depends on Origin, this does not either.
		t.static = fixed && !wild
	}
	return t
}

// judge says what to send to a request with this Origin.
func (t *timing) judge(value string) verdict {
	switch {
	case t.static || value == "":
		return sendsTimingList // if there is one
	case value == "null" && t.null:
		return sendsTimingOrigin
	}
	if isCut(value) {
		return 0
	}
	if _, ok := t.origins.Match(value); ok {
		return sendsTimingOrigin
	}
	return 0
}
