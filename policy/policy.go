package policy

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/corspec/corspec/origin"
)

// A Policy says what to answer to requests. It is made by [New], immutable, and
// safe for concurrent use. A nil *Policy has nothing to say to any request.
type Policy struct {
	config   Config
	warnings []Finding

	// Who may read.
	origins     *origin.Set
	wildcards   *origin.Set // the patterns that would cover more except for public suffixes
	more        Origins     // from WithOrigins, or nil
	patterns    int         // how many patterns there are, those of more included where they can be read
	fixed       string      // what is named to everybody: * or the origin of a static policy; else ""
	null        bool
	credentials bool
	insecure    bool // whether credentials are for insecure origins of more, too

	methods methodList
	headers headerList

	// The headers of responses that pages may read, and of the answers to preflights.
	actual, preflight []field

	status int // of the answer to a preflight that is not refused outright

	timing timing

	varies bool    // whether responses depend on Origin
	none   verdict // of requests without Origin
}

// Origins is a set of origins that is not known when a policy is made, such as
// one in a database. An [origin.Set] is one as well.
type Origins interface {
	// Contains must be safe for concurrent use, and must depend on nothing of the request but its origin: answers are
	// cached under Vary: Origin. It must not keep the origin, whose memory may be the request's.
	Contains(origin.Origin) bool
}

// An Option is what a policy needs that is not data.
type Option func(*options)

type options struct {
	suffixes origin.SuffixList
	origins  Origins
}

// OriginsFunc is a function that is [Origins].
type OriginsFunc func(origin.Origin) bool

// Contains calls f.
func (f OriginsFunc) Contains(o origin.Origin) bool { return f(o) }

// WithSuffixList provides the public suffix list that decides which wildcards over subdomains are too wide for
// credentials. golang.org/x/net/publicsuffix has it as List. A policy with credentials asks it again about origins that
// are two or more labels below the domain of a wildcard, and therefore it must be safe for concurrent use: below a
// public suffix that is deeper than its domain, such a wildcard covers nothing, as https://*.render.com does not cover
// https://somebody.app.render.com. List such origins one by one.
func WithSuffixList(l origin.SuffixList) Option {
	return func(o *options) { o.suffixes = l }
}

// WithOrigins allows the origins of a set besides the configured ones. It is asked about origins that the configuration
// does not allow, but never about null. Where the policy has credentials, an origin that would need
// DangerouslyAllowInsecureOrigins is not allowed even if it is in the set. An [origin.Set] is judged as Origins are,
// and covers nothing below public suffixes either; of another set, where the policy has credentials, a warning says
// what nobody has looked at. [Policy.Config] knows nothing of it.
func WithOrigins(set Origins) Option {
	return func(o *options) { o.origins = set }
}

// New returns the policy that c describes, or, as a [*ConfigError], everything
// that is wrong with c. It keeps nothing of c that could be changed from outside.
//
// With credentials, a wildcard over subdomains needs [WithSuffixList], and is an error without it;
// [github.com/corspec/corspec/policy/policyhttp.NewPolicy] has a list.
func New(c Config, opts ...Option) (*Policy, error) { return build(c, nil, opts) }

func build(c Config, findings []Finding, opts []Option) (*Policy, error) {
	var o options
	for _, option := range opts {
		if option != nil {
			option(&o)
		}
	}
	v := newValidator(c, o, findings)
	v.validate()
	if len(v.errors) > 0 {
		return nil, &ConfigError{v.errors, v.warnings}
	}

	p := &Policy{
		config:      v.normal.clone(), // MaxAge is the caller's
		warnings:    v.warnings,
		origins:     v.origins,
		wildcards:   origin.NewSet(v.wildcards...),
		more:        v.more,
		null:        c.DangerouslyAllowNull,
		credentials: c.Credentials,
		insecure:    c.DangerouslyAllowInsecureOrigins,
		methods:     newMethodList(v.normal.Methods),
		headers:     newHeaderList(v.normal.RequestHeaders),
		status:      cmp.Or(c.PreflightStatus, 204),
	}
	switch {
	case v.everybody:
		p.fixed = wildcard
	case c.Static:
		p.fixed = v.origins.Patterns()[0].String()
	}
	p.timing = newTiming(v.timing, v.normal.TimingAllowOrigin != nil, p.fixed != "")
	p.setFields(strings.Join(v.normal.ExposeHeaders, ","), c.MaxAge)
	p.varies = p.fixed == "" || !p.timing.static
	p.none = p.withoutOrigin()
	set, _ := p.more.(*origin.Set)
	p.patterns = len(c.Origins) + len(set.Patterns())
	return p, nil
}

// setFields makes the lists of headers that p sets.
func (p *Policy) setFields(exposeHeaders string, maxAge *int) {
	both := []field{{headerAllowOrigin, p.fixed, noPart}}
	if p.fixed == "" {
		both[0].of = partOrigin
	}
	if p.credentials {
		both = append(both, field{headerAllowCredentials, "true", noPart})
	}
	p.actual = slices.Clone(both)
	if exposeHeaders != "" {
		p.actual = append(p.actual, field{headerExposeHeaders, exposeHeaders, noPart})
	}
	p.preflight = append(both, field{headerAllowMethods, p.methods.value(p.credentials), partMethod})
	if headers := p.headers.value(p.credentials); headers != "" || p.headers.all {
		p.preflight = append(p.preflight, field{headerAllowHeaders, headers, partHeaders})
	}
	if maxAge != nil {
		p.preflight = append(p.preflight, field{headerMaxAge, strconv.Itoa(*maxAge), noPart})
	}
}

// withoutOrigin is what p decides of requests without Origin that are not OPTIONS.
func (p *Policy) withoutOrigin() verdict {
	v := verdict(KindNone)
	if p.fixed != "" {
		// A static answer is for all requests, so that caches can hold it.
		//
		// https://fetch.spec.whatwg.org/#cors-protocol-and-http-caches
		v |= sendsCORS
	}
	if p.varies {
		v |= variesWithOrigin
	}
	if p.timing.used {
		v |= p.timing.judge("")
	}
	return v
}

// Config returns what p was made of, in normal form: without what is redundant, methods and names as they are compared,
// lists in ascending order. New makes the same policy of it, given the same options. The caller may change it.
func (p *Policy) Config() Config {
	if p == nil {
		return Config{}
	}
	c := p.config.clone()
	c.Origins = appendPatterns(append([]string{}, c.Origins...), p.origins)
	c.TimingAllowOrigin = appendPatterns(c.TimingAllowOrigin, p.timing.origins)
	return c
}

// needed returns the patterns that a set is made of, without those that wildcards over subdomains cover.
func needed(set *origin.Set) []origin.Pattern {
	return slices.DeleteFunc(set.Patterns(), set.WildcardCovers)
}

func appendPatterns(list []string, set *origin.Set) []string {
	for _, p := range needed(set) {
		list = append(list, p.String())
	}
	slices.Sort(list)
	return list
}

// Warnings returns what is legal in the configuration that p was made of, but dead or surprising. The slice is new.
func (p *Policy) Warnings() []Finding {
	if p == nil {
		return nil
	}
	return slices.Clone(p.warnings)
}
