package servertest

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
	"github.com/corspec/corspec/policy"
	"github.com/corspec/corspec/safelist"
)

// An Oracle says what is meant: whether a page of an origin gets the response when its script fetches with a method,
// with request headers of these names, whose values are not safelisted, and with credentials or without. A
// *policy.Policy is an Oracle; if one has its Config method, origins, methods and headers to ask about are taken from
// there, and what may be exposed.
type Oracle interface {
	MayRead(origin, method string, headers []string, credentials bool) bool
}

// A T is a test: a *testing.T.
type T interface {
	Helper()
	Errorf(format string, args ...any)
	Logf(format string, args ...any)
}

// A Target is a request that the server is asked with. The zero Target is GET of "/".
type Target struct {
	Method      string   // "" stands for GET; what is named here is sent, so name nothing that does harm
	Path        string   // with a query, if there is one; "" stands for "/"
	Headers     []string // names of request headers that pages send with it
	Credentials bool     // pages send credentials with it; without is asked as well
}

type settings struct {
	targets   []Target
	origins   []string
	reached   func() int
	limit     int
	interval  time.Duration
	transport http.RoundTripper
	progress  func(asked int)
}

// An Option says how a server is asked.
type Option func(*settings)

// WithTargets names what to ask for, instead of GET of "/".
func WithTargets(targets ...Target) Option {
	return func(s *settings) { s.targets = append(s.targets, targets...) }
}

// WithOrigins names origins to ask about, and around.
func WithOrigins(origins ...string) Option {
	return func(s *settings) { s.origins = append(s.origins, origins...) }
}

// WithReached gives a function that says how often the server's own handler has run, behind what answers preflights. It
// is for servers in this process.
func WithReached(reached func() int) Option { return func(s *settings) { s.reached = reached } }

// WithLimit bounds how many requests are sent. Otherwise it is 2000, and 20000 for a server in this process.
func WithLimit(requests int) Option { return func(s *settings) { s.limit = requests } }

// WithInterval sends a request only that long after the one before.
func WithInterval(d time.Duration) Option { return func(s *settings) { s.interval = d } }

// WithTransport sends over a transport of one's own, such as one with a client certificate. It must not follow
// redirects.
func WithTransport(t http.RoundTripper) Option { return func(s *settings) { s.transport = t } }

// WithProgress calls a function before each request, with how many were sent until then.
func WithProgress(f func(asked int)) Option { return func(s *settings) { s.progress = f } }

// Run reports each finding of Check that is worse than a note as an error, and notes in the log. What is inconclusive
// is logged.
func Run(t T, server any, oracle Oracle, options ...Option) {
	t.Helper()
	report, err := Check(context.Background(), server, oracle, options...)
	if err != nil {
		t.Errorf("%v", err)
		return
	}
	for _, f := range report.Findings {
		if f.Severity == SeverityNote {
			t.Logf("%s", f)
		} else {
			t.Errorf("%s", f)
		}
	}
	if report.Inconclusive != "" {
		t.Logf("inconclusive: %s", report.Inconclusive)
	}
}

// Check asks a server, an http.Handler or the base URL of one, a string or a *url.URL, and returns what it found. The
// error is about what it was given: a server that is neither, or cannot be reached at all, an origin that is not one,
// no origin to ask about.
func Check(ctx context.Context, server any, oracle Oracle, options ...Option) (Report, error) {
	r, err := newRunner(ctx, server, options)
	if err != nil {
		return Report{}, err
	}
	if p, ok := oracle.(*policy.Policy); oracle == nil || ok && p == nil {
		return Report{}, fmt.Errorf("servertest: no oracle: nothing says what is meant; a *policy.Policy is one")
	}
	r.oracle = oracle
	if err := r.findSeeds(); err != nil {
		return Report{}, err
	}
	return r.run()
}

func newRunner(ctx context.Context, server any, options []Option) (*runner, error) {
	r := &runner{ctx: ctx, settings: settings{limit: -1}, answers: map[question]answer{}, seen: map[string]int{}}
	for _, o := range options {
		o(&r.settings)
	}
	switch s := server.(type) {
	case string:
		if err := r.at(s); err != nil {
			return nil, err
		}
	case *url.URL:
		if err := r.at(s.String()); err != nil {
			return nil, err
		}
	case http.Handler:
		r.base, r.inProcess = origin.MustParseURL("https://server.example/"), true
		if r.transport == nil {
			r.transport = fetchhttp.Handler(s)
		}
	default:
		return nil, fmt.Errorf("servertest: a server of type %T: want an http.Handler, or a base URL as a string or *url.URL", server)
	}
	if r.limit < 0 {
		r.limit = 2000
		if r.inProcess {
			r.limit = 20000
		}
	}
	if len(r.targets) == 0 {
		r.targets = []Target{{}}
	}
	r.targets = slices.Clone(r.targets)
	for i := range r.targets {
		t := &r.targets[i]
		t.Method, t.Path = cmp.Or(t.Method, "GET"), cmp.Or(t.Path, "/")
		t.Method = safelist.NormalizeMethod(t.Method)
		if !safelist.IsMethod(t.Method) || safelist.IsForbiddenMethod(t.Method) {
			return nil, fmt.Errorf("servertest: targets[%d].Method %q: want one that a page can send", i, t.Method)
		}
		if !strings.HasPrefix(t.Path, "/") {
			return nil, fmt.Errorf("servertest: targets[%d].Path %q: want one that begins with a slash", i, t.Path)
		}
		if _, err := url.Parse(r.url(t.Path)); err != nil {
			return nil, fmt.Errorf("servertest: targets[%d].Path: %w", i, err)
		}
		for j, name := range t.Headers {
			if !safelist.IsHeaderName(name) {
				return nil, fmt.Errorf("servertest: targets[%d].Headers[%d] %q: want the name of a header", i, j, name)
			}
		}
	}
	return r, nil
}

// at sets the server's base URL.
func (r *runner) at(base string) error {
	u, err := origin.ParseURL(base, nil)
	if err != nil {
		return fmt.Errorf("servertest: the server's URL: %w", err)
	}
	if s := u.Scheme(); s != "http" && s != "https" {
		return fmt.Errorf("servertest: the server's URL %q: want one of http or https", base)
	}
	r.base = u
	if r.transport == nil {
		t := http.DefaultTransport.(*http.Transport).Clone()
		t.DisableCompression = true
		r.transport = t
	}
	return nil
}

// url returns the URL of a path at the server.
func (r *runner) url(path string) string {
	base, _, _ := strings.Cut(r.base.WithoutFragment().String(), "?")
	return strings.TrimSuffix(base, "/") + path
}

// findSeeds collects what to ask about from the options and from a policy's configuration.
func (r *runner) findSeeds() error {
	add := func(value string) error {
		o, err := parseSeed(value)
		if err != nil {
			return err
		}
		if !slices.Contains(r.seeds, o) {
			r.seeds = append(r.seeds, o)
		}
		return nil
	}
	for _, value := range r.origins {
		if err := add(value); err != nil {
			return err
		}
	}
	if p, ok := r.oracle.(interface{ Config() policy.Config }); ok {
		c := p.Config()
		r.policy, r.methods, r.headers = &c, c.Methods, c.RequestHeaders
		for _, pattern := range c.Origins {
			for i, example := range examplesOf(pattern) {
				// What has no neighbourhood, such as null, is not a seed.
				if i > 0 || add(example) != nil {
					r.examples = append(r.examples, example)
				}
			}
		}
	}
	if len(r.seeds) == 0 {
		return fmt.Errorf("servertest: no origin to ask about; name one with WithOrigins")
	}
	return nil
}

// parseSeed parses an origin that has a neighbourhood.
func parseSeed(value string) (origin.Origin, error) {
	o, err := origin.Parse(value)
	if err != nil || o.IsOpaque() {
		return o, fmt.Errorf("servertest: %q is not an origin that a page can be of; want one such as https://app.example", value)
	}
	return o, nil
}

// examplesOf returns origins that a pattern of a policy stands for.
func examplesOf(pattern string) (all []string) {
	if pattern == "*" {
		return []string{"https://app.example"}
	}
	head, port := pattern, []string{""}
	if before, ok := strings.CutSuffix(pattern, ":*"); ok {
		head, port = before, []string{"", ":8081"}
	} else if before, list, ok := strings.Cut(pattern, ":["); ok && strings.Contains(before, "://") && strings.HasSuffix(list, "]") {
		head, port = before, nil
		for p := range strings.SplitSeq(strings.TrimSuffix(list, "]"), ",") {
			if p == "443" && strings.HasPrefix(head, "https:") || p == "80" && strings.HasPrefix(head, "http:") {
				port = append(port, "")
			} else {
				port = append(port, ":"+p)
			}
		}
	}
	head = strings.Replace(head, "{uuid}", "3b241101-e2bb-4255-8caf-4136c566a962", 1)
	for _, p := range port {
		if scheme, base, ok := strings.Cut(head, "://*."); ok {
			all = append(all, scheme+"://sub."+base+p, scheme+"://a.b."+base+p)
		} else {
			all = append(all, head+p)
		}
	}
	return all
}
