package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/origin"
)

const checkAbout = `
Check makes the request that a script on a page of some origin would make with fetch(), does what a browser would do, and
says what happened, why, and what to change. Without a URL it starts a server of its own and walks through a few cases.

A server whose certificate the system does not trust gives no answer; but for macOS and Windows, the environment variable
SSL_CERT_FILE can name a file of certificates to trust.

The exit status is 0 if the page gets a response, 1 if the browser blocks it, 2 for wrong usage and for a request that got
no answer.
`

// A checkRequest is what the flags of check say.
type checkRequest struct {
	origin      origin.Origin
	method      string
	headers     headerFlag
	body        *string
	mode        fetch.Mode
	credentials fetch.CredentialsMode
	redirect    fetch.RedirectMode
	browser     fetch.Profile
}

// A browserFlag is the name of a profile.
type browserFlag struct{ p *fetch.Profile }

func (f browserFlag) String() string {
	if f.p == nil {
		return ""
	}
	return f.p.String()
}

func (f browserFlag) Set(s string) (err error) {
	var ok bool
	if *f.p, ok = fetch.ProfileByName(s); !ok {
		var names []string
		for _, p := range fetch.Profiles() {
			names = append(names, p.String())
		}
		err = fmt.Errorf("there is no such browser; use one of %s", strings.Join(names, ", "))
	}
	return err
}

// A headerFlag collects lines "Name: value".
type headerFlag fetch.HeaderList

func (h *headerFlag) String() string { return "" }

// Set takes a line as curl does: what follows the first colon is the value, and white space around it does not count.
func (h *headerFlag) Set(line string) error {
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		return errors.New("there is no colon; write 'Name: value'")
	}
	*h = append(*h, [2]string{name, strings.Trim(value, " \t")})
	return nil
}

// A durationFlag is a duration.
type durationFlag time.Duration

func (f *durationFlag) String() string { return time.Duration(*f).String() }

func (f *durationFlag) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("no duration; write a number and a unit, such as 500ms or 10s")
	}
	*f = durationFlag(d)
	return nil
}

// An originFlag is an origin.
type originFlag struct{ o *origin.Origin }

func (f originFlag) String() string {
	if f.o == nil || !f.o.IsValid() {
		return ""
	}
	return f.o.String()
}

func (f originFlag) Set(s string) (err error) {
	if *f.o, err = origin.Parse(s); err == nil {
		return nil
	}
	if u, urlErr := origin.ParseURL(s, nil); urlErr == nil && !u.Origin().IsOpaque() {
		return fmt.Errorf("%w; browsers write %s", err, u.Origin())
	}
	return err
}

// A bodyFlag is a body, which may be empty.
type bodyFlag struct{ body **string }

func (f bodyFlag) String() string { return "" }

func (f bodyFlag) Set(s string) error {
	*f.body = &s
	return nil
}

// requestFlags adds the flags that describe a page's request.
func requestFlags(flags *flag.FlagSet) *checkRequest {
	r := &checkRequest{origin: origin.MustParse("https://app.example"), mode: fetch.ModeCORS}
	flags.Var(originFlag{&r.origin}, "origin", "the `ORIGIN` of the page, or null")
	flags.StringVar(&r.method, "X", "", "the `METHOD` (default GET, or POST with -d)")
	flags.Var(&r.headers, "H", "a header of the script, 'Name: value'; may be repeated")
	flags.Var(bodyFlag{&r.body}, "d", "a `BODY`, sent as text/plain unless -H says otherwise")
	flags.TextVar(&r.mode, "mode", r.mode, "the mode: cors, no-cors, same-origin")
	flags.TextVar(&r.credentials, "credentials", r.credentials, "the credentials mode: omit, same-origin, include")
	flags.Var(browserFlag{&r.browser}, "browser", "decide as this `BROWSER`: standard, chromium, firefox, webkitgtk")
	flags.TextVar(&r.redirect, "redirect", r.redirect, "the redirect mode: follow, error, manual")
	return r
}

// effectiveMethod returns the method: that of -X, or what the body asks for.
func (r *checkRequest) effectiveMethod() string {
	switch {
	case r.method != "":
		return r.method
	case r.body != nil:
		return http.MethodPost
	}
	return http.MethodGet
}

// httpRequest makes the request, but for its URL.
func (r *checkRequest) httpRequest(ctx context.Context) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		body = strings.NewReader(*r.body)
	}
	// What the method may be is for the page's fetch to judge.
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://url.invalid/", body)
	if err != nil {
		return nil, err
	}
	req.Method = r.effectiveMethod()
	for _, h := range r.headers {
		req.Header[h[0]] = append(req.Header[h[0]], h[1])
	}
	if r.body != nil && !fetch.HeaderList(r.headers).Contains("Content-Type") {
		req.Header.Set("Content-Type", "text/plain;charset=UTF-8") // as fetch() does for a string
	}
	return req, nil
}

func newAgent() *fetchhttp.Agent {
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // New does not fail
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DisableCompression = true // a browser's own Accept-Encoding is no concern of CORS; see the response as it is
	a := &fetchhttp.Agent{Transport: transport, Jar: jar}
	a.SuffixList = publicsuffix.List
	return a
}

func runCheck(args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("check", stderr, checkAbout)
	r := requestFlags(flags)
	asJSON := flags.Bool("json", false, "print one JSON object")
	limit := durationFlag(10 * time.Second)
	flags.Var(&limit, "timeout", "give up after `DURATION`, redirects and all")
	urls, status, ok := parseInterspersed(flags, args, stdout)
	if !ok {
		return status
	}
	fail := func(err error) int {
		fmt.Fprintf(stderr, "corspec check: %v\n", err)
		return exitUsage
	}
	timeout := time.Duration(limit)
	forRequest := "" // a flag that the walk-through has no use for
	flags.Visit(func(f *flag.Flag) {
		if f.Name != "json" && f.Name != "timeout" {
			forRequest = f.Name
		}
	})
	switch {
	case len(urls) > 1:
		return fail(fmt.Errorf("one URL at a time, got %q", urls))
	case timeout <= 0:
		return fail(fmt.Errorf("-timeout %v: has to be more than 0", timeout))
	case len(urls) == 0 && forRequest != "":
		return fail(fmt.Errorf("-%s is for a request, and there is no URL", forRequest))
	case len(urls) == 0:
		return walkThrough(stdout, stderr, *asJSON, timeout)
	}
	ctx, cancel := context.WithTimeoutCause(context.Background(), timeout, fmt.Errorf("none within %v, which -timeout sets", timeout))
	defer cancel()
	out := stdout
	if *asJSON {
		out = io.Discard
	}
	agent := newAgent()
	agent.Profile = r.browser
	log, err := check(ctx, agent, r, urls[0], out)
	if err != nil {
		return fail(err)
	}
	if *asJSON {
		printJSON(stdout, newReport(r, urls[0], log))
	}
	return exitStatus(log.Result)
}

// exitStatus is the exit status that a fetch ends with.
func exitStatus(result fetch.Result) int {
	switch {
	case !result.Response.IsNetworkError():
		return exitOK
	case result.Verdict.Code == fetch.CodeTransportError || result.Verdict.Code == fetch.CodeAborted:
		return exitUsage
	}
	return exitBad
}

// check makes the request and prints what happens as it goes. The error is one of usage: nothing has been sent.
func check(ctx context.Context, agent *fetchhttp.Agent, r *checkRequest, rawURL string, stdout io.Writer) (traced, error) {
	u, err := origin.ParseURL(rawURL, nil)
	if err != nil {
		return traced{}, err
	}
	if isHostAndPort(u) {
		return traced{}, fmt.Errorf("URL %q: byte 0: %q stands where the scheme does (write http://%s)", rawURL, u.Scheme(), rawURL)
	}
	req, err := r.httpRequest(ctx)
	if err != nil {
		return traced{}, err
	}
	p := newPrinter(stdout)
	var sent bool
	log, err := newTraced(agent.Page(r.origin).Fetch(req, fetchhttp.WithURL(u), fetchhttp.WithMode(r.mode), fetchhttp.WithCredentials(r.credentials), fetchhttp.WithRedirect(r.redirect),
		fetchhttp.WithBeforeSend(func(a fetch.Action) {
			if !sent {
				p.request(r, rawURL)
			}
			sent = true
			p.action(a)
			flush(stdout)
		}), fetchhttp.WithObserver(p.exchange)))
	if err != nil {
		return log, err
	}
	if !sent {
		p.request(r, rawURL)
	}
	for _, h := range log.ignored {
		p.line("  %s %s", p.style(dim, "ignored, as browsers do:"), printable(h[0]+": "+h[1]))
	}
	p.verdict(log)
	return log, nil
}

// isHostAndPort reports whether the URL looks like a host and a port, as in localhost:8080/x, of which the host has become the
// scheme.
func isHostAndPort(u origin.URL) bool {
	rest := u.String()[len(u.Scheme())+1:]
	return u.Origin().IsOpaque() && u.Scheme() != "data" && u.Scheme() != "about" && rest != "" && rest[0] >= '0' && rest[0] <= '9'
}

// A traced is a fetch that is done.
type traced struct {
	fetch.Trace
	ignored fetch.HeaderList // the headers that a page must not set
}

// exchanges returns those of the trace that somebody has seen.
func (t traced) exchanges() (seen []fetch.Exchange) {
	for _, e := range t.Exchanges {
		if !e.Response.Headers.Contains(madeUp) {
			seen = append(seen, e)
		}
	}
	return seen
}

// newTraced returns the trace of a fetch, whether or not it was blocked.
func newTraced(resp *fetchhttp.Response, err error) (traced, error) {
	var blocked *fetchhttp.BlockedError
	switch {
	case errors.As(err, &blocked):
		return traced{blocked.Trace, blocked.Ignored}, nil
	case err != nil:
		return traced{}, err
	}
	resp.Body.Close()
	return traced{resp.Trace, resp.Ignored}, nil
}

func (p printer) request(r *checkRequest, url string) {
	p.line("%s fetches %s", p.style(bold, printable(r.origin.String())), p.style(bold, printable(r.effectiveMethod()+" "+url)))
	browser := ""
	if r.browser != fetch.ProfileStandard {
		browser = ", as " + r.browser.String()
	}
	p.line("%s", p.style(dim, fmt.Sprintf("  mode %s, credentials %s, redirect %s%s", r.mode, r.credentials, r.redirect, browser)))
}

// A checkReport is what check -json prints. Its network and result have the shapes of the executor's "fetch".
type checkReport struct {
	Origin      string          `json:"origin"`
	Method      string          `json:"method"`
	URL         string          `json:"url"`
	Mode        string          `json:"mode"`
	Credentials string          `json:"credentials"`
	Redirect    string          `json:"redirect"`
	Browser     string          `json:"browser"` // whose rules decide
	Network     []networkReport `json:"network"`
	Ignored     jsonHeaders     `json:"ignored,omitempty"`
	Events      []eventReport   `json:"events"`
	Outcome     string          `json:"outcome"` // "allowed", "blocked" or "failed"
	Reached     bool            `json:"reached"`
	Hop         int             `json:"hop"`
	Response    *responseReport `json:"response,omitempty"`
	Code        string          `json:"code,omitempty"`
	Step        string          `json:"step,omitempty"`
	Explanation *explanation    `json:"explanation,omitempty"`
	Engines     string          `json:"engines,omitempty"` // which decide otherwise
}

type networkReport struct {
	Kind        string      `json:"kind"`
	Method      string      `json:"method"`
	URL         string      `json:"url"`
	Headers     jsonHeaders `json:"headers"`
	Credentials bool        `json:"credentials"`
	Response    *headReport `json:"response"` // null where there was none
}

type headReport struct {
	Status  int         `json:"status"`
	Headers jsonHeaders `json:"headers"`
}

type responseReport struct {
	Type       string      `json:"type"`
	Status     int         `json:"status"`
	Headers    jsonHeaders `json:"headers"`
	URL        string      `json:"url"`
	Redirected bool        `json:"redirected"`
}

type eventReport struct {
	Hop     int    `json:"hop"`
	Step    string `json:"step"`
	Outcome string `json:"outcome"`
	Subject string `json:"subject,omitempty"`
}

type explanation struct {
	Happened string      `json:"happened"`
	Why      string      `json:"why"`
	Fix      string      `json:"fix"`
	Send     jsonHeaders `json:"send,omitempty"`
	Link     string      `json:"link"`
	Engines  string      `json:"engines,omitempty"`
}

func newReport(r *checkRequest, url string, log traced) checkReport {
	result := log.Result
	report := checkReport{Origin: r.origin.String(), Method: r.effectiveMethod(), URL: url, Mode: r.mode.String(), Credentials: r.credentials.String(), Redirect: r.redirect.String(), Browser: r.browser.String(), Engines: log.Engines(),
		Network: []networkReport{}, Events: []eventReport{}, Ignored: jsonHeaders(log.ignored), Reached: result.Reached, Hop: result.Hop, Outcome: "allowed"}
	for _, e := range log.exchanges() {
		n := networkReport{Kind: e.Action.Kind.String(), Method: e.Action.Method, URL: e.Action.URL.WithoutFragment().String(), Headers: jsonHeaders(e.Action.Headers), Credentials: e.Action.IncludeCredentials}
		if e.Answered {
			n.Response = &headReport{e.Response.Status, jsonHeaders(e.Response.Headers)}
		}
		report.Network = append(report.Network, n)
	}
	for _, e := range log.Events {
		report.Events = append(report.Events, eventReport{e.Hop, string(e.Step), string(e.Outcome), e.Subject})
	}
	if resp := &result.Response; !resp.IsNetworkError() {
		report.Response = &responseReport{Type: resp.Type.String(), Status: resp.Status, Headers: jsonHeaders(resp.Headers), Redirected: resp.Redirected()}
		if u, ok := resp.URL(); ok {
			report.Response.URL = u.WithoutFragment().String()
		}
		return report
	}
	report.Outcome = "blocked"
	if exitStatus(result) == exitUsage {
		report.Outcome = "failed"
	}
	e := log.Explain()
	report.Code, report.Step = string(result.Verdict.Code), string(result.Verdict.Step)
	report.Explanation = &explanation{e.Happened, e.Why, e.Fix, jsonHeaders(e.Send), e.Link, e.Engines}
	return report
}

// jsonHeaders is a header list of which each byte becomes a code point in JSON, as in the executor's answers.
type jsonHeaders fetch.HeaderList

func (l jsonHeaders) MarshalJSON() ([]byte, error) {
	list := make([][2]string, len(l))
	for i, h := range l {
		for j, s := range h {
			points := make([]rune, len(s))
			for k := range len(s) {
				points[k] = rune(s[k])
			}
			list[i][j] = string(points)
		}
	}
	return encode(list)
}

// printJSON prints one of the reports, which always encode; what becomes of the output, run looks at.
func printJSON(w io.Writer, v any) {
	enc := json.NewEncoder(w)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	enc.Encode(v)
}

// parseInterspersed parses flags that may stand before and after the arguments, and returns the arguments.
func parseInterspersed(flags *flag.FlagSet, args []string, stdout io.Writer) (rest []string, status int, ok bool) {
	for {
		if status, ok = parseFlags(flags, args, stdout); !ok {
			return nil, status, false
		}
		if flags.NArg() == 0 {
			return rest, exitOK, true
		}
		// A "--" ends the flags.
		if i := len(args) - flags.NArg(); i > 0 && args[i-1] == "--" {
			return append(rest, flags.Args()...), exitOK, true
		}
		rest = append(rest, flags.Arg(0))
		args = flags.Args()[1:]
	}
}
