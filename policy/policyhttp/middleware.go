package policyhttp

import (
	"net/http"
	"sync/atomic"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/policy"
)

// A Middleware answers preflights, sets the CORS headers of other responses, and leaves the requests to the handler
// that it wraps. The zero Middleware lets everything pass. It must not be copied.
//
// What outer handlers have set of CORS headers goes, so that of two policies the inner one rules, except for
// preflights, which the outer one answers. To Vary, it appends.
type Middleware struct {
	// Decided, if it is not nil, is called for each request for which there is a policy: after the headers are set, and
	// before anything is written. It may set further headers, or put the decision into the request's context (by
	// *r = *r.WithContext(…)). It is to be set before the middleware serves.
	Decided func(w http.ResponseWriter, r *http.Request, d policy.Decision)

	stored atomic.Pointer[policy.Policy]
	choose func(*http.Request) *policy.Policy // instead, if it is not nil
	reads  readLines                          // of choose
}

// New returns a Middleware with the policy of c. It is [NewPolicy] and [Middleware.Store].
func New(c policy.Config, options ...policy.Option) (*Middleware, error) {
	p, err := NewPolicy(c, options...)
	if err != nil {
		return nil, err
	}
	m := new(Middleware)
	m.Store(p)
	return m, nil
}

// NewPolicy is [policy.New] with the public suffix list of golang.org/x/net. Options come after it, and may replace it.
func NewPolicy(c policy.Config, options ...policy.Option) (*policy.Policy, error) {
	return policy.New(c, withList(options)...)
}

// Parse is [policy.Parse] with the public suffix list of golang.org/x/net. Options come after it, and may replace it.
func Parse(data []byte, options ...policy.Option) (*policy.Policy, error) {
	return policy.Parse(data, withList(options)...)
}

func withList(options []policy.Option) []policy.Option {
	return append([]policy.Option{policy.WithSuffixList(publicsuffix.List)}, options...)
}

// Store replaces the policy, for requests that come from now on. With nil, they pass. It is safe for concurrent use. A
// Middleware of [NewSelect] does not use what is stored.
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

// Handle applies the policy to one request: it sets the headers of the response, and if that is all that the request is
// answered with, sends it and returns true. It is for frameworks that have no use for an [http.Handler].
func (m *Middleware) Handle(w http.ResponseWriter, r *http.Request) (answered bool) {
	if m.choose != nil || m.Decided != nil {
		d, vary := m.decide(r)
		return m.begin(w, r, &d, vary)
	}
	p := m.stored.Load()
	if p == nil {
		return false
	}
	status := p.Apply(r.Method, r.Header, w.Header())
	if status != 0 {
		w.WriteHeader(status)
	}
	return status != 0
}

// Wrap returns a handler that applies the policy and calls next.
//
// It sets its headers before it calls next, which may change them, and passes the [http.ResponseWriter] on as it is. A
// handler must add to Vary: one that sets it takes Origin away, and caches give one page's response to another.
// [Middleware.WrapOver] is for handlers that do, and for those that have CORS headers of their own.
func (m *Middleware) Wrap(next http.Handler) http.Handler {
	return &wrapped{m, next}
}

// wrapped is the handler of [Middleware.Wrap].
type wrapped struct {
	m    *Middleware
	next http.Handler
}

func (h *wrapped) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.m.Handle(w, r) {
		h.next.ServeHTTP(w, r)
	}
}

// decide evaluates the policy for a request, and returns the line of Vary, too.
func (m *Middleware) decide(r *http.Request) (d policy.Decision, vary string) {
	if m.choose == nil {
		d = m.stored.Load().Evaluate(requestOf(r))
		return d, d.Vary()
	}
	d = m.choose(r).Evaluate(requestOf(r))
	return d, m.reads.line(d.Vary(), r.Method == http.MethodOptions)
}

// requestOf returns what a policy looks at of r.
func requestOf(r *http.Request) policy.Request {
	asked := policy.Request{Method: r.Method, Origin: policy.Join(r.Header[originKey])}
	if r.Method == http.MethodOptions {
		asked.RequestMethod, asked.RequestHeaders = policy.Join(r.Header[requestMethodKey]), policy.Join(r.Header[requestHeadersKey])
	}
	return asked
}

// begin sets the headers, and answers where the policy does.
func (m *Middleware) begin(w http.ResponseWriter, r *http.Request, d *policy.Decision, vary string) (answered bool) {
	d.ApplyToMap(w.Header(), vary)
	if m.Decided != nil && d.Policy() != nil {
		m.Decided(w, r, *d)
	}
	status := d.Status()
	if status != 0 {
		w.WriteHeader(status)
	}
	return status != 0
}
