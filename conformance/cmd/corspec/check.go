package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"github.com/corspec/corspec/fetch"
	"github.com/corspec/corspec/fetch/fetchhttp"
	"github.com/corspec/corspec/internal/quote"
	"github.com/corspec/corspec/origin"
)

const checkAbout = `
Check makes the request that a script on a page of some origin would make with fetch(), does what a browser would do, and
says what happened, why, and what to change. Without a URL it starts a server of its own and walks through a few cases.

The request may come from the clipboard: put "corspec check" in front of what "Copy as cURL" gives, or let check - read that,
"Copy as fetch", "Copy as PowerShell" or a request with its headers from standard input. Origin is the page then, Cookie means
credentials, and Sec-Fetch-Mode and -Dest are the mode and the destination. Options of curl that say something of the request
work without the word curl, too. Flags of several letters may stand anywhere: corspec check curl URL -browser firefox.

A server whose certificate the system does not trust gives no answer; except for macOS and Windows, the environment variable
SSL_CERT_FILE can name a file of certificates to trust.

The exit status is 0 if the page gets a response, 1 if the browser blocks it, 2 for wrong usage and for a request that got
no answer.
`

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

func newAgent() *fetchhttp.Agent {
	jar, _ := cookiejar.New(&cookiejar.Options{PublicSuffixList: publicsuffix.List}) // New does not fail
	transport := fetchhttp.DefaultTransport().(*http.Transport).Clone()
	transport.DisableCompression = true // to see the response as it is; Accept-Encoding does not concern CORS
	a := &fetchhttp.Agent{Transport: transport, Jar: jar}
	a.SuffixList = publicsuffix.List
	return a
}

func runCheck(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := newFlags("check", stderr, checkAbout)
	r := requestFlags(flags)
	asJSON := flags.Bool("json", false, "print one JSON object")
	pageName := flags.String("html", "", "also write a page to look at to `FILE`, with everything in it")
	limit := durationFlag(10 * time.Second)
	flags.Var(&limit, "timeout", "give up after `DURATION`, redirects and all")
	arguments, status, ok := parseArguments(flags, args, r.line, stdout)
	if !ok {
		return status
	}
	fail := func(err error) int {
		fmt.Fprintf(stderr, "corspec check: %v\n", err)
		return exitUsage
	}
	timeout := time.Duration(limit)
	given := given(flags)
	forRequest := "" // a flag that the walk-through has no use for
	for name := range given {
		if name != "json" && name != "timeout" && name != "html" {
			forRequest = name
		}
	}
	urls, err := r.asked(arguments, stdin)
	switch {
	case err != nil:
		return fail(err)
	case len(urls) > 1:
		return fail(fmt.Errorf("one URL at a time, got %q", urls))
	case timeout <= 0:
		return fail(fmt.Errorf("-timeout %v: has to be more than 0", timeout))
	case len(urls) == 0 && (forRequest != "" || r.line.named):
		return fail(fmt.Errorf("-%s is for a request, and there is no URL", cmp.Or(forRequest, "curl")))
	case len(urls) == 0:
		return walkThrough(stdout, stderr, *asJSON, *pageName, timeout)
	}
	r.url = urls[0]
	if err := r.settle(given); err != nil {
		return fail(err)
	}
	return checkWithin(timeout, r, *asJSON, *pageName, stdout, stderr)
}

// explaining is what explanations may take after the time for the network is up.
const explaining = 500 * time.Millisecond

// checkWithin makes the request and prints the report. What takes longer than timeout is given up, explanations and
// all.
func checkWithin(timeout time.Duration, r *checkRequest, asJSON bool, pageName string, stdout, stderr io.Writer) int {
	ctx, cancel := context.WithTimeoutCause(context.Background(), timeout, fmt.Errorf("none within %v, which -timeout sets", timeout))
	defer cancel()
	out := &gate{w: stdout}
	type end struct {
		status int
		err    error
	}
	ended := make(chan end, 1)
	go func() {
		agent := newAgent()
		agent.Profile = r.browser
		text := io.Writer(out)
		if asJSON {
			text = io.Discard
		}
		log, err := check(ctx, agent, r, text)
		if err == nil && asJSON {
			printJSON(out, newReport(r, r.url, log))
		}
		if err == nil && pageName != "" {
			err = writePage(pageName, pageHead{Title: "corspec: " + clean(r.url), Heading: quote.Line(r.url, mostOfURL)}, []*answered{{request: r, url: r.url, log: log}})
		}
		ended <- end{exitStatus(log.Result), err}
	}()
	select {
	case e := <-ended:
		if e.err == nil {
			return e.status
		}
		fmt.Fprintf(stderr, "corspec check: %v\n", e.err)
	case <-time.After(timeout + explaining):
		out.close()
		fmt.Fprintf(stderr, "corspec check: there is an answer, but explaining it takes longer than -timeout %v allows\n", timeout)
	}
	return exitUsage
}

// asked returns the URLs that check is given, as arguments or in a text on standard input.
func (r *checkRequest) asked(arguments []string, stdin io.Reader) ([]string, error) {
	if len(arguments) == 1 && arguments[0] == "-" && !r.line.named {
		text, err := io.ReadAll(io.LimitReader(stdin, maxBody))
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		if err := r.words.parsePaste(string(text)); err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		return r.words.urls, nil
	}
	return r.takeArguments(arguments)
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
func check(ctx context.Context, agent *fetchhttp.Agent, r *checkRequest, stdout io.Writer) (traced, error) {
	if err := needScheme(r.url); err != nil {
		return traced{}, err
	}
	u, err := origin.ParseURL(r.url, nil)
	if err != nil {
		return traced{}, err
	}
	req, ignored, err := r.request()
	if err != nil {
		return traced{}, err
	}
	r.prepare(agent, u)
	p := newPrinter(stdout)
	var body io.Reader
	if r.body != nil {
		body = strings.NewReader(*r.body)
	}
	var sent bool
	log, err := newTraced(agent.Page(r.origin).Do(ctx, req, body, fetchhttp.WithBeforeSend(func(a fetch.Action) {
		if !sent {
			p.request(r, r.url)
		}
		sent = true
		p.explain().Action(a)
		flush(stdout)
	}), fetchhttp.WithObserver(p.explain().Response)))
	if err != nil {
		return log, err
	}
	log.ignored = ignored
	if !sent {
		p.request(r, r.url)
	}
	p.explain().Ignored(log.ignored)
	p.told(r)
	p.explain().Result(log.Trace)
	return log, nil
}

// prepare gives the browser what it has beside the page's request: cookies, headers of its own, and no care for
// certificates.
func (r *checkRequest) prepare(agent *fetchhttp.Agent, u origin.URL) {
	transport, ok := agent.Transport.(*http.Transport)
	if !ok {
		return
	}
	if r.insecure {
		transport.TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	}
	if len(r.own) > 0 {
		agent.Transport = ownHeaders{transport, r.own}
	}
	if target, err := url.Parse(u.String()); err == nil && agent.Jar != nil {
		for _, pair := range r.cookies {
			name, value, _ := strings.Cut(pair, "=")
			agent.Jar.SetCookies(target, []*http.Cookie{{Name: name, Value: value, Path: "/", SameSite: http.SameSiteNoneMode, Secure: u.Scheme() == "https"}})
		}
	}
}

// ownHeaders sends headers that a browser adds by itself.
type ownHeaders struct {
	transport http.RoundTripper
	headers   fetch.HeaderList
}

func (o ownHeaders) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	for _, h := range o.headers {
		switch name := strings.ToLower(h[0]); name {
		case "host", "connection", "content-length", "accept-encoding", "if-none-match", "if-modified-since", "if-range":
			// The transport's own, and those of the browser's cache.
		default:
			if !slices.ContainsFunc(slices.Collect(maps.Keys(r.Header)), func(name string) bool { return strings.EqualFold(name, h[0]) }) {
				r.Header.Set(h[0], h[1])
			}
		}
	}
	return o.transport.RoundTrip(r)
}

// told prints what the words for the request were taken for.
func (p printer) told(r *checkRequest) {
	var names []string
	for _, h := range r.own {
		if !slices.Contains(names, h[0]) {
			names = append(names, h[0])
		}
	}
	if names != nil {
		p.line("  %s %s", p.style(dim, "taken for the browser's own:"), short(strings.Join(names, ", ")))
	}
	if r.insecure {
		p.line("  %s", p.style(dim, "certificates are not verified, which a browser does"))
	}
	for _, n := range r.notes {
		p.line("  %s", p.style(dim, printable(n)))
	}
}

// A traced is a fetch that is done.
type traced struct {
	fetch.Trace
	ignored fetch.HeaderList // the headers that a page must not set
}

// exchanges returns those of the trace that somebody has seen.
func (t *traced) exchanges() []fetch.Exchange {
	made := func(e fetch.Exchange) bool { return e.Response.Headers.Contains(madeUp) }
	if !slices.ContainsFunc(t.Exchanges, made) {
		return t.Exchanges
	}
	return slices.DeleteFunc(slices.Clone(t.Exchanges), made)
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

// request prints what a page asks for.
func (p printer) request(r *checkRequest, url string) {
	p.line("%s fetches %s", p.style(bold, printable(r.origin.String())), p.style(bold, short(r.effectiveMethod()+" "+url)))
	p.line("%s", p.style(dim, "  "+printable(r.settings())))
}

// settings says in a line what the request depends on.
func (r *checkRequest) settings() string {
	s := fmt.Sprintf("mode %s, credentials %s, redirect %s", r.mode, r.credentials, r.redirect)
	if r.destination != fetch.DestinationEmpty {
		s += fmt.Sprintf(", destination %s", r.destination)
	}
	if r.element != 0 {
		s += fmt.Sprintf(", by %s", r.element)
		if r.hasCrossOrigin {
			s += fmt.Sprintf(" with crossorigin %q", r.crossOrigin)
		}
	}
	if r.upload {
		s += ", with a listener on the upload"
	}
	if r.embedderPolicy != fetch.EmbedderPolicyUnsafeNone {
		s += fmt.Sprintf(", embedder policy %s", r.embedderPolicy)
	}
	if r.referrerPolicy != fetch.ReferrerPolicyEmpty {
		s += fmt.Sprintf(", referrer policy %s", r.referrerPolicy)
	}
	if r.browser != fetch.ProfileStandard {
		s += ", as " + r.browser.String()
	}
	return s
}
