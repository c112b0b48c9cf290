package policyhttp

import (
	"maps"
	"net/http"
	"strings"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/safelist"
)

// NewSelect returns a Middleware for which choose says the policy of each request: by its host, its path, a tenant in a
// database. For nil, no CORS header is set; that is also what to return where choose cannot say, because of an error.
//
// What choose looks at must be in the URL, the host included, or be the method, or be a request header whose name is in
// reads. These names are in Vary of every response, also if there is no policy: otherwise a shared cache gives the
// response to a stranger to the page that may read, or the other way round.
//
// Choose is asked about preflights, too. They have Origin, but no header of the client's own: neither Cookie nor
// Authorization, and none that a page's script sets. NewSelect panics if reads has one of those that no preflight has,
// or what is not a header name, or if choose is nil.
func NewSelect(choose func(*http.Request) *policy.Policy, reads ...string) *Middleware {
	if choose == nil {
		panic("policyhttp: NewSelect: choose is nil")
	}
	for _, name := range reads {
		switch {
		case !safelist.IsHeaderName(name):
			panic("policyhttp: NewSelect: not a header name: " + name)
		case header.EqualFold(name, "Cookie"), header.EqualFold(name, "Authorization"), header.EqualFold(name, "Content-Type"):
			panic("policyhttp: NewSelect: preflights have no " + name + ", so that it cannot choose their policy")
		}
	}
	return &Middleware{choose: choose, reads: newReadLines(reads)}
}

// readLines are the lines of Vary where the policy depends on request headers:
// with what a decision says, and these headers, each once.
type readLines struct{ nothing, origin, options string }

func newReadLines(reads []string) readLines {
	with := func(line string) string {
		return strings.Join(splitNames(splitNames(nil, []string{line}), reads), ", ")
	}
	return readLines{with(""), with(originKey), with(varyOptions)}
}

// varyOptions is what all responses to OPTIONS depend on: without the first two, it is not a preflight.
const varyOptions = originKey + ", " + requestMethodKey + ", " + requestHeadersKey

func (l *readLines) line(vary string, options bool) string {
	switch {
	case options:
		return l.options
	case vary != "":
		return l.origin
	}
	return l.nothing
}

// ByPattern returns a function for [NewSelect] that chooses by the pattern that mux serves a request with: policies has
// them by pattern, as mux has them, such as "GET /items/{id}". The entry "" is for requests that no pattern serves; so
// pages can see that they get 404. For a preflight, it is the pattern that the request that comes after it will be
// served with.
//
// The mux need not be the one that serves: one that has a pattern for each part of
// a site will do, with handlers that nobody calls.
//
// Patterns for GET and for HEAD of one path should have one policy: caches answer HEAD with what they have for GET.
//
// It reads the method and the URL, the headers of preflights that are in Vary of
// every response to OPTIONS, and no other: there is nothing to add to reads.
func ByPattern(mux *http.ServeMux, policies map[string]*policy.Policy) func(*http.Request) *policy.Policy {
	policies = maps.Clone(policies)
	return func(r *http.Request) *policy.Policy {
		if asked := requestOf(r); asked.IsPreflight() {
			coming := *r
			coming.Method = asked.RequestMethod
			r = &coming
		}
		_, pattern := mux.Handler(r)
		return policies[pattern]
	}
}
