// Package policyhttp puts a [policy.Policy] in front of an [http.Handler].
//
//	cors, err := policyhttp.New(policy.Config{
//		Origins:     []string{"https://app.example.com", "https://*.example.org"},
//		Credentials: true,
//		Methods:     []string{"PUT", "PATCH"},
//	})
//	…
//	http.ListenAndServe(addr, cors.Wrap(mux))
//
// The middleware belongs outside of everything that may refuse or answer a
// request: authentication, routing by method, rate limits, recovery from
// panics. Preflights come without credentials, and to pages, an error response
// without CORS headers looks like a broken network.
package policyhttp

import (
	"net/http"
	"slices"
	"strings"
	"sync/atomic"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/policy"
)

// A Middleware answers preflights, sets the CORS headers of other responses,
// and leaves the requests to the handler that it wraps. The zero Middleware
// lets everything pass. It must not be copied.
//
// It sets its headers before it calls the handler, which may change them. What
// outer handlers have set of CORS headers goes, so that of two policies the inner
// one rules, but for preflights, which the outer one answers. To Vary it appends.
// It passes the [http.ResponseWriter] on as it is.
//
// A handler must likewise add to Vary: one that sets it takes Origin away, and
// caches give one page's response to another. [http.TimeoutHandler] does so for
// what it wraps, so that it belongs outside of the middleware.
type Middleware struct {
	// Select, if it is not nil, chooses the policy for a request, such as by its host or path; nil lets it pass. What was
	// stored with Store is then not used. To be right with caches, it must not depend on what is neither in the URL nor
	// in the response's Vary.
	Select func(*http.Request) *policy.Policy

	// Observe, if it is not nil, sees each request for which there is a policy, and the decision, before anything is
	// answered. It must not keep or change them.
	Observe func(*http.Request, policy.Decision)

	stored atomic.Pointer[policy.Policy]
}

// New returns a Middleware with the policy of c. It is [NewPolicy] and
// [Middleware.Store].
func New(c policy.Config, options ...policy.Option) (*Middleware, error) {
	p, err := NewPolicy(c, options...)
	if err != nil {
		return nil, err
	}
	m := new(Middleware)
	m.Store(p)
	return m, nil
}

// NewPolicy is [policy.New] with the public suffix list of golang.org/x/net.
// Options come after it, and may replace it.
func NewPolicy(c policy.Config, options ...policy.Option) (*policy.Policy, error) {
	return policy.New(c, append([]policy.Option{policy.WithSuffixList(publicsuffix.List)}, options...)...)
}

// Store replaces the policy, for requests that come from now on. With nil, they
// pass. It is safe for concurrent use.
func (m *Middleware) Store(p *policy.Policy) { m.stored.Store(p) }

// Load returns the policy that was stored last, or nil.
func (m *Middleware) Load() *policy.Policy { return m.stored.Load() }

// Names in the form that http.Header has for keys.
const (
	originKey         = "Origin"
	requestMethodKey  = "Access-Control-Request-Method"
	requestHeadersKey = "Access-Control-Request-Headers"
	varyKey           = "Vary"
)

// Wrap returns a handler that applies the policy and calls next.
func (m *Middleware) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var p *policy.Policy
		if m.Select != nil {
			p = m.Select(r)
		} else {
			p = m.stored.Load()
		}
		if p == nil {
			next.ServeHTTP(w, r)
			return
		}
		var asked policy.Request
		asked.Method, asked.Origin = r.Method, r.Header[originKey]
		if r.Method == http.MethodOptions && asked.Origin != nil {
			asked.RequestMethod, asked.RequestHeaders = r.Header[requestMethodKey], r.Header[requestHeadersKey]
		}
		d := p.Evaluate(asked)
		if m.Observe != nil {
			m.Observe(r, d)
		}
		apply(&d, w.Header())
		if status := d.Status(); status != 0 {
			w.WriteHeader(status)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// corsNames are the names that StripResponse removes, so far as a policy knows
// them.
var corsNames = slices.DeleteFunc(policy.ResponseHeaderNames(), func(name string) bool { return !strings.HasPrefix(name, corsPrefix) })

// apply puts a decision's headers into h. All values are in one new array, of
// which each name has its own part: no append to one can reach another, and
// none are shared with the request or another response.
func apply(d *policy.Decision, h http.Header) {
	if len(h) > 0 {
		for _, name := range corsNames {
			delete(h, name)
		}
	}
	n := d.Len()
	total := n
	vary := d.Vary()
	var before []string
	if vary != "" {
		before = h[varyKey]
		total += len(before) + 1
	}
	if total == 0 {
		return
	}
	values := make([]string, total)
	start, last := 0, ""
	for i := range n {
		name, value := d.At(i)
		values[i] = value
		if name != last {
			start, last = i, name
		}
		h[name] = values[start : i+1 : i+1]
	}
	if vary != "" {
		copy(values[n:], before)
		values[total-1] = vary
		h[varyKey] = values[n:total:total]
	}
}
