package servertest

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/internal/header"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/safelist"
)

// ErrNothingAllowed is the error of Observe if the server allowed no origin that was tried.
var ErrNothingAllowed = errors.New("servertest: nothing found allowed; name an origin that is allowed with WithOrigins")

// Observe is for a server of which nobody knows what is meant. It returns what the server allows, as far as it was
// tried: the origins of [WithOrigins], one that the server names by itself, the host's siblings; methods and headers in
// common use, and those that the server lists. A pattern is there only if two names matched that have nothing in
// common. The configuration need not be one that policy.New takes. Then it asks what [Check] asks, with what was
// observed for what is meant: findings are neighbours that are let in, credentials for everybody, what caches would mix
// up, and the like.
func Observe(ctx context.Context, server any, options ...Option) (policy.Config, Report, error) {
	r, err := newRunner(ctx, server, options)
	if err != nil {
		return policy.Config{}, Report{}, err
	}
	o := &observed{}
	r.oracle = o
	if err := r.start(question{method: r.targets[0].Method, path: r.targets[0].Path}); err != nil {
		return policy.Config{}, Report{}, err
	}
	if err := r.observeOrigins(o); err != nil {
		return policy.Config{}, Report{}, err
	}
	if len(r.seeds) == 0 {
		if r.stopped != "" {
			return policy.Config{}, r.report(), nil
		}
		return policy.Config{}, Report{}, ErrNothingAllowed
	}
	r.observeLists(o)
	r.observeTiming(o)
	r.policy, r.methods, r.headers = &o.config, o.config.Methods, o.config.RequestHeaders
	report, err := r.run()
	return o.config, report, err
}

// An observed is what a server was seen to allow, and an oracle that takes that for what is meant.
type observed struct {
	config policy.Config
	allows []allowance
}

// An allowance is for the origins of a pattern.
type allowance struct {
	pattern     origin.Pattern
	credentials bool
}

func (o *observed) MayRead(page, method string, headers []string, credentials bool) bool {
	parsed, err := origin.Parse(page)
	if err != nil || !slices.ContainsFunc(o.allows, func(a allowance) bool { return a.pattern.Matches(parsed) && (a.credentials || !credentials) }) {
		return false
	}
	method = safelist.NormalizeMethod(method)
	if !safelist.IsCORSSafelistedMethod(method) && !slices.Contains(o.config.Methods, method) && !slices.Contains(o.config.Methods, "*") {
		return false
	}
	for _, name := range headers {
		all := slices.Contains(o.config.RequestHeaders, "*") && !header.EqualFold(name, "Authorization")
		if !all && !slices.ContainsFunc(o.config.RequestHeaders, func(h string) bool { return header.EqualFold(h, name) }) {
			return false
		}
	}
	return true
}

// allow notes that a pattern was seen to be allowed. Credentials for everybody are never taken to be meant.
func (o *observed) allow(pattern string, credentials bool) {
	p, err := origin.ParsePattern(pattern)
	if err != nil {
		return
	}
	o.config.Origins = append(o.config.Origins, pattern)
	o.config.Credentials = o.config.Credentials || credentials
	o.allows = append(o.allows, allowance{p, credentials && pattern != "*"})
}

// tryPage looks whether a page of an origin reads the first target, and whether with credentials.
func (r *runner) tryPage(page string) (reads, credentials bool) {
	with, ok := r.fetch(scriptOf(r.targets[0], page, true))
	if ok && with.reads() {
		return true, true
	}
	without, ok := r.fetch(scriptOf(r.targets[0], page, false))
	return ok && without.reads(), false
}

// tryBoth looks whether two pages both read.
func (r *runner) tryBoth(a, b string) (reads, credentials bool) {
	readsA, credentialsA := r.tryPage(a)
	if !readsA {
		return false, false
	}
	readsB, credentialsB := r.tryPage(b)
	return readsB, credentialsA && credentialsB
}

// observeOrigins finds the seeds that the server allows, and patterns around them.
func (r *runner) observeOrigins(o *observed) error {
	var seeds []origin.Origin
	for _, value := range r.origins {
		seed, err := parseSeed(value)
		if err != nil {
			return err
		}
		seeds = append(seeds, seed)
	}
	given := len(seeds)
	for _, q := range []question{{method: r.targets[0].Method, path: r.targets[0].Path}, {method: r.targets[0].Method, path: r.targets[0].Path, origin: strangers[0].origin}} {
		if a, ok := r.ask(q); ok {
			value, _ := a.Headers.Get("Access-Control-Allow-Origin")
			if fixed, err := parseSeed(value); err == nil && value != q.origin {
				seeds = append(seeds, fixed)
			}
		}
	}
	seeds = append(seeds, siblings(r.base.Origin())...)
	everybody, everybodyCredentials := r.tryBoth(strangers[0].origin, strangers[1].origin)
	if everybody {
		o.allow("*", everybodyCredentials)
		seeds = seeds[:given]
	}
	for i, seed := range seeds {
		page := seed.String()
		reads, credentials := r.tryPage(page)
		if !reads {
			if i < given && r.stopped == "" {
				q := question{method: r.targets[0].Method, path: r.targets[0].Path, origin: page}
				r.add(Finding{ID: "origin-refused", Severity: SeverityNote, Origin: page, Exchanges: r.exchanges(q), Wanted: "what is meant, which nobody said",
					Why: "the server does not allow this origin", Fix: "say with a policy what is meant"}, q)
			}
			continue
		}
		if slices.Contains(r.seeds, seed) {
			continue
		}
		r.seeds = append(r.seeds, seed)
		if everybody && everybodyCredentials == credentials && !credentials {
			continue // that is "*"
		}
		o.allow(page, credentials)
		for _, pattern := range patternsAround(seed) {
			if everybody || o.MayRead(pattern.a, "GET", nil, false) {
				continue
			}
			if reads, credentials := r.tryBoth(pattern.a, pattern.b); reads {
				o.allow(pattern.pattern, credentials)
			}
		}
	}
	if everybody && len(r.seeds) == 0 {
		r.seeds = append(r.seeds, origin.MustParse("https://app.example"))
	}
	return nil
}

// siblings are origins that a server's own pages are likely to have, if they are not where it is.
func siblings(own origin.Origin) (all []origin.Origin) {
	host := own.Host()
	if own.IsPotentiallyTrustworthy() && own.Scheme() == "http" || isAddress(host) {
		for _, name := range []string{"localhost", "127.0.0.1"} {
			for _, port := range []int{3000, 4200, 5173, 8000, 8080} {
				all = append(all, origin.MustParse("http://"+name+":"+strconv.Itoa(port)))
			}
		}
		return all
	}
	names := []string{host}
	if _, parent, ok := strings.Cut(host, "."); ok {
		if suffix, _ := publicsuffix.PublicSuffix(host); strings.HasSuffix(parent, "."+suffix) {
			names = append(names, parent)
		}
	}
	for _, name := range names {
		for _, prefix := range []string{"", "www.", "app."} {
			if o, err := origin.Parse("https://" + prefix + name); err == nil && o != own {
				all = append(all, o)
			}
		}
	}
	return all
}

// A tried is a pattern, and two origins of it that have nothing in common.
type tried struct{ pattern, a, b string }

// patternsAround returns patterns for an origin, those that stand for more first.
func patternsAround(seed origin.Origin) (all []tried) {
	host, port := seed.Host(), ""
	if p, ok := seed.Port(); ok {
		port = ":" + strconv.Itoa(int(p))
	}
	if seed.IsPotentiallyTrustworthy() && seed.Scheme() == "http" { // ports of the visitor's own machine
		return []tried{{"http://" + host + ":*", "http://" + host + ":40917", "http://" + host + ":51283"}}
	}
	if isAddress(host) {
		return nil
	}
	below := func(name string) tried {
		return tried{seed.Scheme() + "://*." + name + port, seed.Scheme() + "://corspec-nonce-7f3a." + name + port, seed.Scheme() + "://zq81.corspec-other." + name + port}
	}
	if _, parent, ok := strings.Cut(host, "."); ok && strings.Contains(parent, ".") {
		all = append(all, below(parent))
	}
	return append(all, below(host))
}

// observeLists finds the methods, headers and exposed headers for pages that may read.
func (r *runner) observeLists(o *observed) {
	page := r.seeds[0].String()
	_, credentials := r.tryPage(page)
	reads := func(method string, headers ...string) bool {
		got, ok := r.fetch(script{r.targets[0], method, headers, page, credentials})
		return ok && got.reads()
	}
	listed := func(name string) []string {
		q := question{method: "OPTIONS", path: r.targets[0].Path, origin: page, requestMethod: "PUT", requestHeaders: "content-type"}
		a, ok := r.ask(q)
		values, _ := header.ExtractListValues(a.Headers, name)
		if !ok || len(values) > 50 {
			return nil
		}
		return values
	}
	if reads(nonceMethod) {
		o.config.Methods = []string{"*"}
	} else {
		for _, m := range slices.Concat([]string{"PUT", "PATCH", "DELETE"}, listed("Access-Control-Allow-Methods")) {
			if m = safelist.NormalizeMethod(m); !safelist.IsCORSSafelistedMethod(m) && m != "*" && !safelist.IsForbiddenMethod(m) && !slices.Contains(o.config.Methods, m) && reads(m) {
				o.config.Methods = append(o.config.Methods, m)
			}
		}
	}
	names := slices.Concat([]string{"authorization", "content-type", "x-requested-with"}, listed("Access-Control-Allow-Headers"))
	if reads("GET", nonceHeader) {
		o.config.RequestHeaders, names = []string{"*"}, names[:1]
	}
	for _, h := range names {
		if h = header.Lower(h); h != "*" && !safelist.IsForbiddenRequestHeader(h, "") && !slices.Contains(o.config.RequestHeaders, h) && reads("GET", h) {
			o.config.RequestHeaders = append(o.config.RequestHeaders, h)
		}
	}
	if got, ok := r.fetch(scriptOf(r.targets[0], page, credentials)); ok {
		head := got.last
		exposed, _ := header.ExtractListValues(head.Headers, "Access-Control-Expose-Headers")
		if sees(credentials, head, nonceHeader) {
			o.config.ExposeHeaders, exposed = []string{"*"}, nil
		}
		for _, name := range exposed {
			if name != "*" && sees(credentials, head, name) && !safelist.IsCORSSafelistedResponseHeaderName(name, nil) {
				o.config.ExposeHeaders = append(o.config.ExposeHeaders, header.Lower(name))
			}
		}
	}
	if a, ok := r.ask(question{method: "OPTIONS", path: r.targets[0].Path, origin: page, requestMethod: "PUT", requestHeaders: "content-type"}); ok {
		value, _ := a.Headers.Get("Access-Control-Max-Age")
		if seconds, err := strconv.Atoi(value); err == nil && seconds >= 0 {
			o.config.MaxAge = &seconds
		}
	}
}

// observeTiming finds who sees the timing of responses: whom the server names to requests without Origin and to the
// first seed.
func (r *runner) observeTiming(o *observed) {
	for _, page := range []string{"", r.seeds[0].String()} {
		a, ok := r.ask(question{method: r.targets[0].Method, path: r.targets[0].Path, origin: page})
		if !ok {
			continue
		}
		for _, value := range header.GetDecodeAndSplit(a.Headers, "Timing-Allow-Origin") {
			if value == "*" {
				o.config.TimingAllowOrigin = []string{"*"}
				return
			}
			if _, err := parseSeed(value); err == nil && !slices.Contains(o.config.TimingAllowOrigin, value) && len(o.config.TimingAllowOrigin) < 50 {
				o.config.TimingAllowOrigin = append(o.config.TimingAllowOrigin, value)
			}
		}
	}
}
