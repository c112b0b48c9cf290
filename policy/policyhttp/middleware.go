package policyhttp

import (
	"net/http"
	"sync/atomic"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/policy"
)

// A Middleware answers preflights, sets the CORS headers of other responses,
// and leaves the requests to the handler that it wraps. The zero Middleware
// lets everything pass. It must not be copied.
//
// What outer handlers have set of CORS headers goes, so that of two policies the
// inner one rules, except for preflights, which the outer one answers. To Vary,
// it appends.
type Middleware struct {
	// Decided, if it is not nil, is called for each request for which there is a policy: after the headers are set, and
	// before anything is written. It may set further headers, or put the decision into the request's context (by
	// *r = *r.WithContext(…)). It is to be set before the middleware serves.
	Decided func(w http.ResponseWriter, r *http.Request, d policy.Decision)

	stored atomic.Pointer[policy.Policy]
	choose func(*http.Request) *policy.Policy // instead, if it is not nil
	reads  readLines                          // of choose
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
	return policy.New(c, withList(options)...)
}

// Parse is [policy.Parse] with the public suffix list of golang.org/x/net.
// Options come after it, and may replace it.
func Parse(data []byte, options ...policy.Option) (*policy.Policy, error) {
	return policy.Parse(data, withList(options)...)
}

func withList(options []policy.Option) []policy.Option {
	return append([]policy.Option{policy.WithSuffixList(publicsuffix.List)}, options...)
}

// Store replaces the policy, for requests that come from now on. With nil, they
// pass. It is safe for concurrent use. A Middleware of [NewSelect] does not use
// what is stored.
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

// Handle applies the policy to one request: it sets the headers of the response,
// and if that is all that the request is answered with, sends it and returns
// true. It is for frameworks that have no use for an [http.Handler].
func (m *Middleware) Handle(w http.ResponseWriter, r *http.Request) (answered bool) {
	if m.choose != nil {
		d, vary := m.choice(r)
		return m.begin(w, r, &d, vary)
	}
	p := m.stored.Load()
	if p == nil {
		return false
	}
	var d policy.Decision
	if r.Method == http.MethodOptions {
		d = p.Evaluate(requestOf(r))
	} else {
		d = p.Evaluate(policy.Request{Method: r.Method, Origin: policy.Join(r.Header[originKey])})
	}
	return m.begin(w, r, &d, d.Vary())
}

// Wrap returns a handler that applies the policy and calls next.
//
// It sets its headers before it calls next, which may change them, and passes
// the [http.ResponseWriter] on as it is. A handler must add to Vary: one that
// sets it takes Origin away, and caches give one page's response to another.
// [Middleware.WrapOver] is for handlers that do, and for those that have CORS
// headers of their own.
func (m *Middleware) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !m.Handle(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

// decide evaluates the policy for a request, and returns the line of Vary, too.
func (m *Middleware) decide(r *http.Request) (d policy.Decision, vary string) {
	if m.choose != nil {
		return m.choice(r)
	}
	if p := m.stored.Load(); p != nil {
		d = p.Evaluate(requestOf(r))
	}
	return d, d.Vary()
}

// choice is decide where the policy is chosen.
func (m *Middleware) choice(r *http.Request) (d policy.Decision, vary string) {
	if p := m.choose(r); p != nil {
		d = p.Evaluate(requestOf(r))
	}
	return d, m.reads.line(d.Vary(), r.Method == http.MethodOptions)
}

// requestOf returns what a policy looks at of r.
func requestOf(r *http.Request) policy.Request {
	if r.Method != http.MethodOptions { // no more than this, so that it is inlined
		return policy.Request{Method: r.Method, Origin: policy.Join(r.Header[originKey])}
	}
	return optionsOf(r.Header)
}

func optionsOf(h http.Header) policy.Request {
	o := policy.Join(h[originKey])
	if o == "" {
		return policy.Request{Method: http.MethodOptions}
	}
	return policy.Request{Method: http.MethodOptions, Origin: o, RequestMethod: policy.Join(h[requestMethodKey]), RequestHeaders: policy.Join(h[requestHeadersKey])}
}

// begin sets the headers, and answers where the policy does.
func (m *Middleware) begin(w http.ResponseWriter, r *http.Request, d *policy.Decision, vary string) (answered bool) {
	apply(d, vary, w.Header())
	if m.Decided != nil && d.Kind() != policy.KindUnevaluated {
		m.Decided(w, r, *d)
	}
	status := d.Status()
	if status != 0 {
		w.WriteHeader(status)
	}
	return status != 0
}

// apply puts a decision's headers into h. All values are in one new array, of
// which each name has its own part: no append to one can reach another, and
// none are shared with the request or another response.
func apply(d *policy.Decision, vary string, h http.Header) {
	var before []string
	if len(h) > 0 {
		removeCORS(d, h)
		if vary != "" {
			before = h[varyKey]
		}
	}
	n := 0
	for range d.All() {
		n++
	}
	total := n
	if vary != "" {
		total += len(before) + 1
	}
	if total == 0 {
		return
	}
	values := make([]string, total)
	i := 0
	for name, value := range d.All() {
		values[i] = value
		h[name] = values[i : i+1 : i+1]
		i++
	}
	if vary != "" {
		copy(values[n:], before)
		values[total-1] = vary
		h[varyKey] = values[n:total:total]
	}
}

// removeCORS removes the headers that are the policy's, however somebody spelled
// their keys.
func removeCORS(d *policy.Decision, h http.Header) {
	for name := range h {
		if d.Removes(name) {
			delete(h, name)
		}
	}
}
